"""A strict reader of WebVTT: what the specification asks of authors (W3C WebVTT, sections 4.1 and 4.2).

Browsers forgive; this does not. It shares no code with what writes the files.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

_TIME = r"(\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"{_TIME} --> {_TIME}")
_VOICE = re.compile(r"<v ((?:[^<>&\n\r]|&(?:amp|lt|gt);)+)>(.*)</v>", re.DOTALL)
_TEXT = re.compile(r"(?:[^&<\r\n\0]|\n(?!\n)|&(?:amp|lt|gt|lrm|rlm|nbsp);)*")


@dataclass(frozen=True)
class StrictCue:
    """A cue as it was read."""

    start_ms: int
    end_ms: int
    voice: str
    lines: tuple[str, ...]


def read_strictly(text: str) -> list[StrictCue]:
    """Return the cues. Raises AssertionError at the first thing that a validator would name."""
    assert "\0" not in text
    assert "\r" not in text
    head, *blocks = text.removesuffix("\n").split("\n\n")
    assert head in {"WEBVTT", "WEBVTT\n"}, "the first line is WEBVTT, and an empty line follows"
    cues = [_cue(block.removeprefix("\n")) for block in blocks if block]
    starts = [cue.start_ms for cue in cues]
    assert starts == sorted(starts), "no cue starts before the one above"
    return cues


def _cue(block: str) -> StrictCue:
    timing, _, payload = block.partition("\n")
    times = _TIMING.fullmatch(timing)
    assert times, f"not a timing line: {timing!r}"
    start, end = _milliseconds(times.groups()[:4]), _milliseconds(times.groups()[4:])
    assert end > start, "a cue ends after it starts"
    assert "-->" not in payload
    voice = _VOICE.fullmatch(payload)
    assert voice, f"one voice span and nothing else: {payload!r}"
    assert _TEXT.fullmatch(voice[2]), f"text with escapes only: {voice[2]!r}"
    lines = tuple(html.unescape(line) for line in voice[2].split("\n"))
    assert all(line.strip() for line in lines), "an empty line would end the cue"
    return StrictCue(start, end, html.unescape(voice[1]), lines)


def _milliseconds(parts: tuple[str, ...]) -> int:
    hours, minutes, seconds, thousandths = map(int, parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1_000 + thousandths

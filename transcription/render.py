"""A transcript as JSON, WebVTT, SRT or plain text.

What is rendered is what is given: whoever serves a transcript hands in the redacted one. Words may hold anything; no
word can end a cue, begin another or become markup.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from domain.speech import Transcript, transcript_to_dict
from transcription.cues import cues_of, one_line, speaker_of

LOOKALIKES = str.maketrans(
    {"<": "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}", ">": "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"}
)
"""SRT has no escapes: what could be markup is printed with these."""


def to_document(transcript: Transcript) -> dict[str, Any]:
    """Return the JSON document of the transcript as a dict."""
    return transcript_to_dict(transcript)


def to_json(transcript: Transcript) -> str:
    """Return the JSON document of the transcript as text."""
    return json.dumps(to_document(transcript), ensure_ascii=False, indent=1) + "\n"


def to_vtt(transcript: Transcript) -> str:
    """Return WebVTT with a voice span per cue (`<v Agent>`)."""
    cues = (
        f"{_clock(cue.start_ms, '.')} --> {_clock(cue.end_ms, '.')}\n<v {cue.speaker}>{_escaped(cue.text)}</v>\n"
        for cue in cues_of(transcript)
    )
    return "\n".join(("WEBVTT\n", *cues))


def to_srt(transcript: Transcript) -> str:
    """Return SRT, `Agent: …` in each cue. SRT knows no escapes, so angle brackets become their printed likes."""
    cues = (
        f"{number}\n{_clock(cue.start_ms, ',')} --> {_clock(cue.end_ms, ',')}\n"
        f"{cue.speaker}: {cue.text.translate(LOOKALIKES)}\n"
        for number, cue in enumerate(cues_of(transcript), 1)
    )
    return "\n".join(cues)


def to_text(transcript: Transcript) -> str:
    """Return one line per segment: `[00:01.2] Agent: …`; hours only where there are any."""
    lines = (
        f"[{_short_clock(segment.start)}] {speaker_of(segment, transcript.channels)}: {one_line(segment.text)}\n"
        for segment in transcript.segments
    )
    return "".join(lines)


FORMATS: dict[str, tuple[str, Callable[[Transcript], str]]] = {
    "json": ("application/json", to_json),
    "vtt": ("text/vtt", to_vtt),
    "srt": ("application/x-subrip", to_srt),
    "text": ("text/plain", to_text),
}
"""Short name → media type and renderer; the one list of what a transcript can be read as."""


def _clock(at_ms: int, point: str) -> str:
    seconds, thousandths = divmod(at_ms, 1_000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{thousandths:03}"


def _short_clock(at_s: float) -> str:
    tenths = max(0, int(at_s * 10 + 1e-6))
    seconds = tenths // 10
    hours = f"{seconds // 3600}:" if seconds >= 3_600 else ""  # noqa: PLR2004 - an hour
    return f"{hours}{seconds // 60 % 60:02}:{seconds % 60:02}.{tenths % 10}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

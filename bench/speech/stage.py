"""A conversation performed: each turn said by its voice, placed on its line, its words and items written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bench.speech.model import RATE, Call, Random, TimedWord, Turn, Utterance, Voice, Wave
from bench.speech.waves import levelled

PARTIES = ("agent", "contact")
SPEECH_DB = -20.0
"""Level of speech before the line: ITU-T P.56 recommends -26 dBov for tests; telephones are often louder."""
TAIL_S = 0.8
Readers = Mapping[tuple[int, str], Voice]
"""(channel, language) → voice."""


def perform(talk: Sequence[Turn], readers: Readers) -> Call:
    """Return the talk on two lines, clean and dry."""
    placed: list[tuple[Turn, float, Utterance]] = []
    reached = [0.0, 0.0]
    cursor = 0.0
    for turn in talk:
        said = readers[turn.channel, turn.language].say(turn.text)
        start = max(0.0, cursor + turn.gap_s, reached[turn.channel] + (0.25 if reached[turn.channel] else 0.0))
        cursor = reached[turn.channel] = start + len(said.wave) / RATE
        placed.append((turn, start, said))
    lines = np.zeros((2, int((max(reached) + TAIL_S) * RATE)), np.float32)
    call = Call(lines)
    for turn, start, said in placed:
        at = round(start * RATE)
        wave: Wave = levelled(said.wave, SPEECH_DB)
        lines[turn.channel, at : at + len(wave)] += wave
        segment = _segment(turn, start, said, readers[turn.channel, turn.language].name)
        call.segments.append(segment)
        call.items.extend(_items(turn, segment))
    call.segments.sort(key=lambda one: (one["start"], one["channel"]))
    return call


def _segment(turn: Turn, start: float, said: Utterance, voice: str) -> dict[str, Any]:
    return {
        "channel": turn.channel,
        "party": PARTIES[turn.channel],
        "start": round(start, 3),
        "end": round(start + len(said.wave) / RATE, 3),
        "text": turn.text,
        "language": turn.language,
        "voice": voice,
        "words": [_word(one, start) for one in said.words],
    }


def _word(one: TimedWord, shift: float) -> dict[str, Any]:
    return {
        "word": one.word,
        "start": None if one.start is None else round(one.start + shift, 3),
        "end": None if one.end is None else round(one.end + shift, 3),
    }


def _items(turn: Turn, segment: dict[str, Any]) -> list[dict[str, Any]]:
    found, at = [], 0
    for piece in turn.pieces:
        count = len(piece.text.split())
        words = segment["words"][at : at + count]
        at += count
        if piece.kind:
            start = words[0]["start"] if words[0]["start"] is not None else segment["start"]
            end = words[-1]["end"] if words[-1]["end"] is not None else segment["end"]
            found.append(
                {
                    "kind": piece.kind,
                    "channel": turn.channel,
                    "start": start,
                    "end": end,
                    "value": piece.value,
                    "spoken": piece.text.rstrip("."),
                }
            )
    return found


def moved(call: Call, rng: Random, seconds: tuple[float, float]) -> Call:
    """Return the call with some silence before it, so that speech does not always begin at once."""
    wait = round(float(rng.uniform(*seconds)), 3)
    call.sound = np.pad(call.sound, ((0, 0), (round(wait * RATE), 0)))
    for one in (*call.segments, *call.items, *call.sounds):
        shift(one, wait)
    return call


def shift(entry: dict[str, Any], seconds: float) -> None:
    """Move a segment, item or sound in time, its words with it."""
    for name in ("start", "end"):
        if entry[name] is not None:
            entry[name] = round(entry[name] + seconds, 3)
    for word in entry.get("words", ()):
        shift(word, seconds)

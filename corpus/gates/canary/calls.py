"""Canaries as calls: a transcript with times, and what the records of such a call would know of its people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from corpus.gates.canary.people import Draw, Keyed, Person, person
from corpus.gates.canary.scenes import END, SCENES, TALK
from domain.speech import EngineStamp, Party, Segment, Speakers, Transcript, Word

_GAP: Final = re.compile(r"\{(\w+)(?::(\w+))?\}")
_SIDES: Final = {">": (0, Party.AGENT), "<": (1, Party.CONTACT)}
_SAID: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_WORD_S, _PAUSE_S = 0.35, 0.6
STAMP: Final = EngineStamp("canary", "canary", "none")


@dataclass(frozen=True, slots=True)
class Canary:
    """One invented call. Its records know the person in every other one: else only the words tell who she is."""

    call_id: str
    transcript: Transcript
    person: Person
    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


def canaries_of(keyed: Keyed, count: int) -> tuple[Canary, ...]:
    """Return the canaries of a release: the same key gives the same ones."""
    return tuple(_canary(keyed, number) for number in range(count))


def _canary(keyed: Keyed, number: int) -> Canary:
    who, draw = person(keyed, number), Draw(keyed, number)
    before, after = draw.choice("before", TALK), draw.choice("after", TALK)
    lines = f"{before}\n{SCENES[number % len(SCENES)]}\n{after}\n{END}"
    call_id = f"call_canary{keyed(b'corpus:gates:canary:id:' + str(number).encode()).hex()[:20]}"
    transcript = _transcript(lines, who)
    if number % 2:
        return Canary(call_id, transcript, who)
    name = f"{who.given} {who.surname}"
    return Canary(call_id, transcript, who, (name,), (f"+1{who.us_phone}", who.uk_phone), (who.email,))


def _transcript(lines: str, who: Person) -> Transcript:
    segments = tuple(_segments(lines, who))
    return Transcript(
        language="en",
        language_probability=1.0,
        duration_s=segments[-1].end,
        channels=2,
        segments=segments,
        stamp=STAMP,
        speakers=Speakers.CHANNELS,
    )


def _segments(lines: str, who: Person) -> Iterator[Segment]:
    at = 0.0
    for line in filter(None, map(str.strip, lines.splitlines())):
        channel, party = _SIDES[line[0]]
        said = _GAP.sub(lambda gap: _told(getattr(who, gap[1]), gap[2] or ""), line[1:]).split()
        words = tuple(
            Word(round(at + place * _WORD_S, 2), round(at + (place + 0.9) * _WORD_S, 2), text, 0.9)
            for place, text in enumerate(said)
        )
        yield Segment(channel, party, words[0].start, words[-1].end, words)
        at = words[-1].end + _PAUSE_S


def _told(value: str, how: str) -> str:
    if how == "spelled":
        return " ".join(value.upper())
    if how == "lower":
        return value.lower()
    if how == "said":
        return " ".join(_SAID[int(digit)] for digit in value)
    size = {"said4": 4, "pairs": 2, "fours": 4, "dashed": 3}.get(how, len(value))
    pieces = [value[at : at + size] for at in range(0, len(value), size)]
    if how == "dashed":
        return f"{value[:3]}-{value[3:6]}-{value[6:]}"
    if how == "said4":
        return ", ".join(" ".join(_SAID[int(digit)] for digit in piece) for piece in pieces)
    return " ".join(pieces)

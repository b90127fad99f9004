"""A script as a transcript: words with times in segments, and where each mark stands in their text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from bench.redaction_eval.model import Call, Item, Place, Random, Role, Said, Script
from domain.speech import EngineStamp, Party, Segment, Speakers, Transcript, Word

STAMP = EngineStamp("generated", "none", "none")
PARTIES = (Party.AGENT, Party.CONTACT)
Lines = list[tuple[int, Sequence[Said]]]
"""(channel, words) of each segment."""


def cut(script: Script, rng: Random) -> Lines:
    """Return the turns as segments: a recogniser begins a new one after some sentences, seldom within."""
    lines: Lines = []
    for turn in script.turns:
        current: list[Said] = []
        for word in turn.words:
            current.append(word)
            closes = word.text.endswith((".", "?", "!"))
            if len(current) > 3 and rng.random() < (0.3 if closes else 0.04 if word.text.endswith(",") else 0.0):
                lines.append((turn.channel, current))
                current = []
        if current:
            lines.append((turn.channel, current))
    return lines


def laid_out(script: Script, rng: Random, lines: Lines | None = None) -> Call:
    """Return the call, on two channels or (one in eight) on one where nobody knows who speaks."""
    lines = cut(script, rng) if lines is None else lines
    mono = rng.random() < 0.125
    clock, before = 0.4, -1
    segments: list[Segment] = []
    for channel, said in lines:
        clock += 0.15 if channel == before else rng.uniform(0.2, 1.2)
        words = []
        for one in said:
            length = 0.12 + 0.05 * len(one.text)
            words.append(Word(round(clock, 2), round(clock + length, 2), one.text, round(rng.uniform(0.5, 1), 2)))
            clock += length + rng.choice((0.02, 0.05, 0.3) if one.carries else (0.02, 0.05))
        place, party = (0, Party.UNKNOWN) if mono else (channel, PARTIES[channel])
        segments.append(Segment(place, party, words[0].start, words[-1].end, tuple(words)))
        before = channel
    kept = Transcript("en", 0.99, round(clock + 0.5, 2), 1 if mono else 2, tuple(segments), STAMP,
                      speakers=Speakers.UNKNOWN if mono else Speakers.CHANNELS)  # fmt: skip
    return with_truth(kept, script, [list(said) for _, said in lines])


def with_truth(transcript: Transcript, script: Script, lines: Sequence[Sequence[Said]]) -> Call:
    """Return the call of a transcript whose segments are these lines, word for word."""
    places: dict[int, list[Place]] = defaultdict(list)
    free: list[Place] = []
    for number, said in enumerate(lines):
        at = 0
        for one in said:
            place = Place(number, at, at + len(one.text.removesuffix("'s")))
            at += len(one.text) + 1
            if one.mark and place.end < at - 1:
                free.append(Place(number, place.end, at - 1))
            if one.mark and one.carries and script.marks[one.mark - 1].role is not Role.FREE:
                places[one.mark].append(place)
            elif one.mark:
                free.append(place)
    found: dict[Role, list[Item]] = {role: [] for role in Role}
    for mark, where in sorted(places.items()):
        meant = script.marks[mark - 1]
        found[meant.role].append(Item(meant.kind, tuple(where)))
    return Call(
        transcript, tuple(found[Role.ITEM]), tuple(found[Role.HARMLESS]), tuple(found[Role.FLAG]), tuple(free),
        script.domain, script.country, script.known,
    )  # fmt: skip

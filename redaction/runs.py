"""Runs: digits and letters that belong together, over fillers, pauses and turns ("nine eight" - "yes" - "four")."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from redaction import lexicon
from redaction.asked import holds
from redaction.cues import ANY, CueIndex
from redaction.neighbours import parts_of
from redaction.phrases import Phrases, listed_phrases
from redaction.spoken import NUMERIC, STRONG, Part, Run, Said
from redaction.view import Token

MAX_FILLERS = 8
MAX_GAP_S = 12.0
MAX_OTHER_TOKENS = 14
"""How much the other side may say between two parts of one number."""
_IN_RUN = STRONG | {Said.REPEAT, Said.SCALE}
_SAID_NOTHING = frozenset({"o", "oh", ""})
_RANGES = frozenset({"between", "from", "either"})
_JOINS = frozenset({ANY, "PERSON", "SPELLING"})
_CODED = NUMERIC | {Said.CODE}


@cache
def _corrections() -> Phrases[bool]:
    return Phrases((phrase, True) for phrase in listed_phrases("corrections.txt"))


def runs(tokens: Sequence[Token], cues: CueIndex | None = None) -> Iterator[Run]:
    """Yield the runs of a stretch of talk. `tokens` may be the whole conversation or one channel of it.

    With `cues`, a question for something else between two parts ends a run ("… 1111" - "And the CVV?" - "731").
    """
    parts = parts_of(tokens)
    stops = _stops(cues)
    taken: list[int] = []
    for at, part in enumerate(parts):
        if part.said not in _IN_RUN or (part.said is Said.LETTER and cues and tokens[at].at in cues.said):
            continue
        if taken and (_other_topic(tokens, taken[-1], at, cues, stops) or not _continues(tokens, parts, taken, at)):
            yield _run(tokens, parts, taken)
            taken = []
        taken.append(at)
    if taken:
        yield _run(tokens, parts, taken)


def _run(tokens: Sequence[Token], parts: Sequence[Part], taken: Sequence[int]) -> Run:
    return Run(tuple(tokens[at] for at in taken), tuple(parts[at] for at in taken))


def _stops(cues: CueIndex | None) -> Sequence[int]:
    return [cue.place for cue in cues.cues if cue.kind not in _JOINS] if cues else ()


def _other_topic(tokens: Sequence[Token], last: int, at: int, cues: CueIndex | None, stops: Sequence[int]) -> bool:
    """Say whether something else is asked for between two tokens, or the other side says more than a reply."""
    if cues is None:
        return False
    first, end = cues.places[tokens[last].at], cues.places[tokens[at].at]
    stop = bisect.bisect_right(stops, first)
    asked = stop < len(stops) and stops[stop] < end
    if asked or (end - first) - (at - last) > MAX_OTHER_TOKENS:
        return True
    own = tokens[at].channel
    other = [token for token in cues.between_places(first, end) if token.channel != own]
    return bool(other) and tokens[last].channel == own and not _passing(other)


def _passing(other: Sequence[Token]) -> bool:
    """Say whether the other side's words leave room for the number to go on: replies, holds, digits said back."""
    spoken = [token for token, part in zip(other, parts_of(other), strict=True) if part.said not in _IN_RUN]
    return holds(spoken)


def _continues(tokens: Sequence[Token], parts: Sequence[Part], taken: Sequence[int], at: int) -> bool:
    last = taken[-1]
    if tokens[at].start - tokens[last].stop > MAX_GAP_S or at - last > MAX_FILLERS + 1:
        return False
    between = range(last + 1, at)
    turned = any(tokens[position].segment != tokens[last].segment for position in (*between, at))
    allowed = lexicon.TURN_FILLERS if turned else lexicon.FILLERS
    left = [p for p in between if parts[p].said is not Said.FILLER and tokens[p].norm not in allowed]
    if [tokens[position].norm for position in between] == ["is"]:
        return False
    if left and parts[last].said is Said.SCALE:
        return False
    if left and not _corrected([tokens[position] for position in between], allowed | _SAID_NOTHING):
        return False
    linked = any(tokens[position].norm == "and" for position in between)
    ranged = linked and taken[0] > 0 and tokens[taken[0] - 1].norm in _RANGES
    return not ranged and not (linked and _separate(parts, taken, at))


def _corrected(between: Sequence[Token], allowed: frozenset[str]) -> bool:
    """Say whether nothing but fillers, corrections and remarks about the number stand between two of its parts."""
    words = [token.norm for token in between]
    if any(token.placeholder for token in between):
        return False
    covered = {place for found in _corrections().find(words) for place in range(found.first, found.end)}
    return all(place in covered or word in allowed or not word for place, word in enumerate(words))


def _separate(parts: Sequence[Part], taken: Sequence[int], at: int) -> bool:
    """Say whether an "and" here joins two quantities ("between nine and five") rather than digits of one number."""
    before = parts[taken[-1]]
    if before.said is Said.SCALE:
        return False
    long = len(taken) >= 3 or (len(before.code) >= 3 and before.said is Said.WRITTEN)  # noqa: PLR2004 - three digits in a row
    return not (long and parts[at].said in _CODED)


def corrections_in(run: Run, places: Mapping[int, int], order: Sequence[Token]) -> list[Run]:
    """Return the takes of a run: what was said before and after each "no sorry", each a run of its own."""
    takes: list[tuple[list[Token], list[Part]]] = [([], [])]
    for token, part in zip(run.tokens, run.parts, strict=True):
        before = takes[-1][0][-1] if takes[-1][0] else None
        if before is not None and _taken_back(order[places[before.at] + 1 : places[token.at]]):
            takes.append(([], []))
        takes[-1][0].append(token)
        takes[-1][1].append(part)
    return [Run(tuple(tokens), tuple(parts)) for tokens, parts in takes]


_TAKEN_BACK = lexicon.words(
    "sorry no mean meant scratch wait actually oops correction mistake again wrong rather not forget"
)


def _taken_back(between: Sequence[Token]) -> bool:
    return any(token.norm in _TAKEN_BACK for token in between)

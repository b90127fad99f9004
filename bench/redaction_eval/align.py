"""The truth brought over to what an engine wrote: which of its words are the item that was said."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from bench.redaction_eval.layout import with_truth
from bench.redaction_eval.model import Call, Mark, Role, Said, Script
from bench.speech.words import Token, tokens
from domain.speech import Transcript

ALIKE = 0.45
"""From this likeness on a word written in an item's place counts as the item; below it, it tells nobody anything."""
SKIP, SWAP, LIKE, JOIN = 70, 150, 100, 30
"""Costs of leaving out or putting in a word, of taking one for another, and how much less that is if they are alike;
of each word more where several are taken for one ("andi loveu" for Ndlovu)."""
SEVERAL, LONG = 4, 3
"""So many words may stand for one, or one for so many, if the one has so many letters."""
COMMON = frozenset(
    {
        "a", "an", "the", "i", "i'm", "im", "it", "its", "it's", "is", "in", "at", "on", "of", "to", "for", "and",
        "or", "be", "by", "my", "me", "you", "your", "we", "he", "she", "this", "that", "so", "oh", "no", "not", "are",
        "was", "as", "if", "up", "do", "with", "have", "has", "our", "can", "will",
    }
)  # fmt: skip
"""Words that tell nothing of an item when they were written in its place."""
Pair = tuple[range, range]
"""Places of the truth and of what was written that stand for one another; one of them may be empty."""
Pairs = list[Pair]


def with_heard_truth(script: Script, transcript: Transcript) -> Call:
    """Return the call of a transcript that an engine made of the script.

    Both sides are aligned per channel, number by number and word by word. A written word that stands for a word of an
    item belongs to the item if it is like what was said, or a figure amid it. Items that were not written at all are in
    the sound only, and not in the call.
    """
    lines = [[Said(word.text) for word in segment.words] for segment in transcript.segments]
    names = {number for number, mark in enumerate(script.marks, 1) if mark.kind == "PERSON"}
    script = replace(script, marks=(*script.marks, Mark("MISHEARD", Role.FREE)))
    for channel in {segment.channel for segment in transcript.segments}:
        places = [
            (number, at)
            for number, segment in enumerate(transcript.segments)
            if segment.channel == channel
            for at in range(len(segment.words))
        ]
        said = [word for turn in script.turns if turn.channel == channel for word in turn.words]
        heard = carried(said, [lines[segment][at].text for segment, at in places], names, len(script.marks))
        for (segment, at), word in zip(places, heard, strict=True):
            lines[segment][at] = word
    return with_truth(transcript, script, lines)


def carried(
    said: Sequence[Said], written: Sequence[str], names: AbstractSet[int] = frozenset(), misheard: int = 0
) -> list[Said]:
    """Return the written words, each with the mark of the said word that it stands for.

    What was written for an unmarked word without being like it ("Shoa" for "sure") has the mark `misheard`: it tells
    nobody anything, so hiding it takes nothing from the reader and leaving it gives nothing away.

    In the marks of `names`, what was written as another word in small letters ("wonder" for Jaswinder) is no name.
    """
    left = _ranges(tokens([word.text for word in said]))
    right = _ranges(tokens(written))
    heard = [Said(text) for text in written]
    pairs = aligned([token.text for token, _ in left], [token.text for token, _ in right])
    for step, (ones, others) in enumerate(pairs):
        for other in others:
            text = right[other][0].text
            if ones:
                meant = _meant(said, [word for one in ones for word in left[one][1]])
                wanted = "".join(left[one][0].text for one in ones)
                got = "".join(right[place][0].text for place in others)
                mark, carries = meant.mark, meant.carries and got != text and text not in COMMON and alike(wanted, got)
                carries = carries or (meant.carries and got == text and _tells(wanted, text))
                if not mark and not alike(wanted, got):
                    mark = misheard
                if mark in names and wanted != text and written[right[other][1].start].islower():
                    carries = False
            else:
                mark, carries = _amid(pairs, step, said, left), any(map(str.isdigit, text))
            for at in right[other][1]:
                if mark and not heard[at].carries:
                    heard[at] = Said(written[at], mark, carries=carries)
    return heard


def aligned(truth: Sequence[str], heard: Sequence[str]) -> Pairs:
    """Return the cheapest pairing of two token lists; alike tokens pair cheaply, several may stand for one."""
    rows = [[SKIP * column for column in range(len(heard) + 1)]]
    steps: list[list[tuple[int, int]]] = [[(0, 1)] * (len(heard) + 1)]
    for number, wanted in enumerate(truth, 1):
        above, row, taken = rows[-1], [SKIP * number], [(1, 0)]
        for column, found in enumerate(heard, 1):
            best, step = above[column - 1] + cost(wanted, found), (1, 1)
            if above[column] + SKIP < best:
                best, step = above[column] + SKIP, (1, 0)
            if row[-1] + SKIP < best:
                best, step = row[-1] + SKIP, (0, 1)
            if wanted != found:
                for many in _joins(wanted, heard, column):
                    joined = cost(wanted, "".join(heard[column - many : column])) + JOIN * (many - 1)
                    if above[column - many] + joined < best:
                        best, step = above[column - many] + joined, (1, many)
                for many in _joins(found, truth, number):
                    joined = cost("".join(truth[number - many : number]), found) + JOIN * (many - 1)
                    if rows[number - many][column - 1] + joined < best:
                        best, step = rows[number - many][column - 1] + joined, (many, 1)
            row.append(best)
            taken.append(step)
        rows.append(row)
        steps.append(taken)
    return _back(steps)


def _joins(one: str, others: Sequence[str], end: int) -> Iterator[int]:
    """Yield how many of the tokens before `end` may together be one token: words and letters, about as long."""
    if len(one) < LONG or not one.isalpha():
        return
    length = 0
    for many in range(1, min(SEVERAL, end) + 1):
        text = others[end - many]
        length += len(text)
        if text.isdigit() or text == one or length > 2 * len(one):
            return
        if many > 1:
            yield many


def _back(steps: Sequence[Sequence[tuple[int, int]]]) -> Pairs:
    """Return the pairs that led to the last cell, in order."""
    pairs: Pairs = []
    one, other = len(steps) - 1, len(steps[-1]) - 1
    while one or other:
        ones, others = steps[one][other]
        pairs.append((range(one - ones, one), range(other - others, other)))
        one, other = one - ones, other - others
    return pairs[::-1]


def cost(one: str, other: str) -> int:
    """Return what it costs to take one word for the other."""
    return 0 if one == other else SWAP - round(LIKE * likeness(one, other))


def alike(one: str, other: str) -> bool:
    """Say whether a word was heard well enough to tell something of what was said."""
    return likeness(one, other) >= ALIKE


@functools.lru_cache(maxsize=1 << 16)
def likeness(one: str, other: str) -> float:
    """Return the share of letters that two words have in common, whatever their order; figures are half alike."""
    common = (Counter(one) & Counter(other)).total()
    share = 2 * common / (len(one) + len(other))
    return max(share, 0.5) if one.isdigit() and other.isdigit() else share


def _tells(said: str, written: str) -> bool:
    return written == said or (written not in COMMON and alike(said, written))


def _amid(pairs: Pairs, step: int, said: Sequence[Said], left: Sequence[tuple[Token, range]]) -> int:
    """Return the mark that stands on both sides of a written word that nobody said, 0 where there is none."""
    marks = []
    for way in (pairs[step::-1], pairs[step:]):
        paired = next((ones for ones, others in way if ones and others), None)
        marks.append(_meant(said, left[paired[0]][1]).mark if paired is not None else 0)
    return marks[0] if marks[0] == marks[1] else 0


def _ranges(found: Sequence[Token]) -> list[tuple[Token, range]]:
    """Return each token with the words that it is of; one in the middle of a word is of that word."""
    done: list[tuple[Token, range]] = []
    last = 0
    for token in found:
        first = token.first if token.first is not None else last
        last = max(first, token.last if token.last is not None else first)
        done.append((token, range(first, last + 1)))
    return done


def _meant(said: Sequence[Said], words: Sequence[int]) -> Said:
    """Return the word that tells what a token is: the one that carries, if one does."""
    return next((said[at] for at in words if said[at].carries), said[words[0]])

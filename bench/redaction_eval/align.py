"""The truth brought over to what an engine wrote: which of its words are the item that was said."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from bench.redaction_eval.layout import with_truth
from bench.redaction_eval.model import Call, Said, Script
from bench.speech.words import Token, tokens
from domain.speech import Transcript

ALIKE = 0.45
"""From this likeness on a word written in an item's place counts as the item; below it, it tells nobody anything."""
SKIP, SWAP, LIKE = 70, 150, 100
"""Costs of leaving out or putting in a word, of taking one for another, and how much less that is if they are alike."""
COMMON = frozenset(
    {
        "a", "an", "the", "i", "i'm", "im", "it", "its", "it's", "is", "in", "at", "on", "of", "to", "for", "and",
        "or", "be", "by", "my", "me", "you", "your", "we", "he", "she", "this", "that", "so", "oh", "no", "not", "are",
        "was", "as", "if", "up", "do", "with", "have", "has", "our", "can", "will",
    }
)  # fmt: skip
"""Words that tell nothing of an item when they were written in its place."""
Pairs = list[tuple[int | None, int | None]]


def with_heard_truth(script: Script, transcript: Transcript) -> Call:
    """Return the call of a transcript that an engine made of the script.

    Both sides are aligned per channel, number by number and word by word. A written word that stands for a word of an
    item belongs to the item if it is like what was said, or a figure amid it. Items that were not written at all are in
    the sound only, and not in the call.
    """
    lines = [[Said(word.text) for word in segment.words] for segment in transcript.segments]
    names = {number for number, mark in enumerate(script.marks, 1) if mark.kind == "PERSON"}
    for channel in {segment.channel for segment in transcript.segments}:
        places = [
            (number, at)
            for number, segment in enumerate(transcript.segments)
            if segment.channel == channel
            for at in range(len(segment.words))
        ]
        said = [word for turn in script.turns if turn.channel == channel for word in turn.words]
        heard = carried(said, [lines[segment][at].text for segment, at in places], names)
        for (segment, at), word in zip(places, heard, strict=True):
            lines[segment][at] = word
    return with_truth(transcript, script, lines)


def carried(said: Sequence[Said], written: Sequence[str], names: AbstractSet[int] = frozenset()) -> list[Said]:
    """Return the written words, each with the mark of the said word that it stands for.

    In the marks of `names`, what was written as another word in small letters ("wonder" for Jaswinder) is no name.
    """
    left = _ranges(tokens([word.text for word in said]))
    right = _ranges(tokens(written))
    heard = [Said(text) for text in written]
    pairs = aligned([token.text for token, _ in left], [token.text for token, _ in right])
    for step, (one, other) in enumerate(pairs):
        if other is None:
            continue
        if one is None:
            mark, carries = _amid(pairs, step, said, left), any(map(str.isdigit, right[other][0].text))
        else:
            meant = _meant(said, left[one][1])
            mark, carries = meant.mark, meant.carries and _tells(left[one][0].text, right[other][0].text)
            if mark in names and left[one][0].text != right[other][0].text and written[right[other][1].start].islower():
                carries = False
        for at in right[other][1]:
            if mark and not heard[at].carries:
                heard[at] = Said(written[at], mark, carries=carries)
    return heard


def aligned(truth: Sequence[str], heard: Sequence[str]) -> Pairs:
    """Return the cheapest pairing of two token lists, None where one side has nothing; alike tokens pair cheaply."""
    rows = [[SKIP * column for column in range(len(heard) + 1)]]
    for number, wanted in enumerate(truth, 1):
        above, row = rows[-1], [SKIP * number]
        for column, found in enumerate(heard, 1):
            swap = above[column - 1] + (0 if wanted == found else SWAP - round(LIKE * likeness(wanted, found)))
            row.append(min(swap, above[column] + SKIP, row[-1] + SKIP))
        rows.append(row)
    pairs: Pairs = []
    one, other = len(truth), len(heard)
    while one or other:
        here = rows[one][other]
        if one and here == rows[one - 1][other] + SKIP:
            one -= 1
            pairs.append((one, None))
        elif other and here == rows[one][other - 1] + SKIP:
            other -= 1
            pairs.append((None, other))
        else:
            one, other = one - 1, other - 1
            pairs.append((one, other))
    return pairs[::-1]


@functools.lru_cache(maxsize=1 << 16)
def likeness(one: str, other: str) -> float:
    """Return the share of letters that two words have in common, whatever their order; figures are half alike."""
    common = (Counter(one) & Counter(other)).total()
    share = 2 * common / (len(one) + len(other))
    return max(share, 0.5) if one.isdigit() and other.isdigit() else share


def _tells(said: str, written: str) -> bool:
    return written == said or (written not in COMMON and likeness(said, written) >= ALIKE)


def _amid(pairs: Pairs, step: int, said: Sequence[Said], left: Sequence[tuple[Token, range]]) -> int:
    """Return the mark that stands on both sides of a written word that nobody said, 0 where there is none."""
    marks = []
    for way in (pairs[step::-1], pairs[step:]):
        paired = next((one for one, other in way if one is not None and other is not None), None)
        marks.append(_meant(said, left[paired][1]).mark if paired is not None else 0)
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


def _meant(said: Sequence[Said], words: range) -> Said:
    """Return the word that tells what a token is: the one that carries, if one does."""
    return next((said[at] for at in words if said[at].carries), said[words.start])

"""Words that few workspaces say are told as a class: who says a rare word is found by it.

A word stays when calls of `rare_k` workspaces at least say it, or when it is one of the ten thousand that everybody
says; of numbers only those of one or two digits are. Counting needs no words, only digests of them, and of each at most
`MOST_TAGS` workspaces; past `MOST_WORDS` words half of the digests are no longer counted, so that those words are taken
for rare. Counts are merged in any order to the same result.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from corpus.deid.vocabulary import Memo, is_common, look
from domain.corpus import CorpusItem, CorpusTurn, CorpusWord

RARE: Final = "RARE"
"""The kind of a word that stands for a rare one."""
MOST_TAGS: Final = 16
"""So many workspaces of a word are remembered: `rare_k` may not be more."""
MOST_WORDS: Final = 4_000_000
"""16 bytes each and workspace: some 200 MB at the very most with a `rare_k` of three."""
_TOLD_DIGITS: Final = 2
_COUNTED_DIGITS: Final = 5
_Numbers = NDArray[np.uint64]


def _digest(norm: str) -> int:
    return int.from_bytes(hashlib.blake2b(norm.encode(), digest_size=8, person=b"rare-word").digest(), "big")


def _counted(text: str) -> int | None:
    """Return the digest of a word that must be counted; None for one that is told whoever says it."""
    one = look(text)
    if not one.norm or is_common(text) or (one.digits == len(one.norm) <= _TOLD_DIGITS):
        return None
    return _digest(one.norm)


_ASKED: Final = Memo(_counted)


def class_word(text: str) -> str:
    """Return what stands for a rare word: a constant by its shape, in its marks."""
    one = look(text)
    word = "[number]" if one.digits else "[name]" if one.capital else "[word]"
    return f"{one.lead}{word}{one.trail}"


@dataclass(frozen=True, slots=True)
class Common:
    """The words that workspaces enough say."""

    digests: frozenset[int]

    def __contains__(self, text: object) -> bool:
        """Say whether a word may be told."""
        return isinstance(text, str) and ((asked := _ASKED[text]) is None or asked in self.digests)


def _none() -> _Numbers:
    return np.zeros(0, dtype=np.uint64)


@dataclass
class TokenCounts:
    """Which workspaces say which word, by digests; sorted pairs, each once."""

    tag: int = 0
    words: _Numbers = field(default_factory=_none)
    tags: _Numbers = field(default_factory=_none)
    below: int = 1 << 64
    """Digests from here on are not counted any more."""
    fresh: set[int] = field(default_factory=set)
    """Said in this workspace, not yet among the pairs."""

    @classmethod
    def of_unit(cls, workspace_tag: bytes) -> Self:
        """Begin to count the calls of a workspace; `workspace_tag` is whatever tells it from others."""
        return cls(int.from_bytes(hashlib.blake2b(workspace_tag, digest_size=8, person=b"rare-space").digest(), "big"))

    def add(self, item: CorpusItem) -> None:
        """Count the words of an item that stand for nothing else."""
        for turn in item.turns:
            for word in turn.words:
                asked = _ASKED[word.text] if word.kind is None else None
                if asked is not None and look(word.text).digits <= _COUNTED_DIGITS:
                    self.fresh.add(asked)

    def merged(self, other: TokenCounts) -> TokenCounts:
        """Return the counts of both."""
        (words, tags), (more, more_tags) = self._pairs(), other._pairs()
        below = min(self.below, other.below)
        return _bounded(np.concatenate((words, more)), np.concatenate((tags, more_tags)), below)

    def common(self, rare_k: int) -> Common:
        """Return the words that so many workspaces say. Raises ValueError when more were asked for than are counted."""
        if not 1 <= rare_k <= MOST_TAGS:
            raise ValueError(f"rare_k must be between 1 and {MOST_TAGS}")
        words, _ = self._pairs()
        found, counts = np.unique(words, return_counts=True)
        return Common(frozenset(found[counts >= rare_k].tolist()))

    def to_bytes(self) -> bytes:
        """Return the stored form."""
        words, tags = self._pairs()
        head = np.array([self.below - 1], dtype=np.uint64)
        return np.concatenate((head, words, tags)).astype("<u8").tobytes()

    @classmethod
    def from_bytes(cls, stored: bytes) -> TokenCounts:
        """Read back what `to_bytes` wrote. Raises ValueError when it cannot have been written so."""
        read = np.frombuffer(stored, dtype="<u8").astype(np.uint64)
        if len(read) % 2 != 1:
            raise ValueError("these are no counts of words")
        half = len(read) // 2
        return TokenCounts(words=read[1 : 1 + half], tags=read[1 + half :], below=int(read[0]) + 1)

    def _pairs(self) -> tuple[_Numbers, _Numbers]:
        """Return (words, tags) with what was counted last."""
        if self.fresh:
            words = np.array(sorted(self.fresh), dtype=np.uint64)
            tags = np.full(len(words), self.tag, dtype=np.uint64)
            self.fresh = set()
            settled = _bounded(np.concatenate((self.words, words)), np.concatenate((self.tags, tags)), self.below)
            self.words, self.tags, self.below = settled.words, settled.tags, settled.below
        return self.words, self.tags


def _bounded(words: _Numbers, tags: _Numbers, below: int) -> TokenCounts:
    """Return the pairs sorted, each once, no word with more tags than are needed, no more words than may be."""
    order = np.lexsort((tags, words))
    words, tags = words[order], tags[order]
    kept = np.ones(len(words), dtype=bool)
    kept[1:] = (words[1:] != words[:-1]) | (tags[1:] != tags[:-1])
    words, tags = words[kept], tags[kept]
    begins = (
        np.flatnonzero(np.concatenate(([True], words[1:] != words[:-1]))) if len(words) else _none().astype(np.intp)
    )
    within = np.arange(len(words)) - np.repeat(begins, np.diff(np.append(begins, len(words))))
    kept = (within < MOST_TAGS) & (words <= np.uint64(below - 1))
    words, tags = words[kept], tags[kept]
    while len(np.unique(words)) > MOST_WORDS:
        below //= 2
        kept = words <= np.uint64(below - 1)
        words, tags = words[kept], tags[kept]
    return TokenCounts(words=words, tags=tags, below=below)


def generalise(item: CorpusItem, common: Common) -> CorpusItem:
    """Return the item with its rare words told as a class."""
    return replace(item, turns=tuple(_turn(turn, common) for turn in item.turns))


def _turn(turn: CorpusTurn, common: Common) -> CorpusTurn:
    rare = [at for at, word in enumerate(turn.words) if word.kind is None and word.text not in common]
    if not rare:
        return turn
    words = list(turn.words)
    for at in rare:
        word = words[at]
        words[at] = CorpusWord(word.start, word.end, class_word(word.text), RARE)
    return CorpusTurn(turn.speaker, tuple(words))

"""Phrases: many of them looked for at once, token by token, the longest winning.

A phrase is written as words with a space between; `a|b` is a choice, and a trailing `?` makes a place optional:
`phone|mobile? number|no` stands for six phrases. All are laid into one trie of tokens, so that a call costs one
dictionary look-up per word that begins no phrase.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import resources
from itertools import product
from typing import Generic, TypeVar

T = TypeVar("T")
_HESITATIONS = frozenset({"uh", "uhh", "umm", "um", "er", "erm"})


@dataclass(slots=True)
class _Node(Generic[T]):
    """A place in the trie: where each next word leads, and what the words so far mean, if they are a phrase."""

    after: dict[str, _Node[T]] = field(default_factory=dict)
    meaning: T | None = None


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A phrase at tokens [first, end) of what was looked through."""

    first: int
    end: int
    meaning: T


class Phrases(Generic[T]):
    """A set of phrases, each with a meaning."""

    def __init__(self, phrases: Iterable[tuple[str, T]]) -> None:
        self._root: _Node[T] = _Node()
        for phrase, meaning in phrases:
            for said in spelled_out(phrase):
                self._add(said, meaning)

    def _add(self, said: Sequence[str], meaning: T) -> None:
        node = self._root
        for word in said:
            node = node.after.setdefault(word, _Node())
        node.meaning = meaning if node.meaning is None else node.meaning

    def find(self, words: Sequence[str]) -> Iterator[Found[T]]:
        """Yield phrases from left to right without overlap, each as long as can be; hesitations inside are skipped."""
        first, heads = 0, self._root.after
        for at in [place for place, word in enumerate(words) if word in heads]:
            found = self._at(words, at) if at >= first else None
            if found is not None:
                yield found
                first = found.end

    def _at(self, words: Sequence[str], first: int) -> Found[T] | None:
        node, best, at = self._root, None, first
        while at < len(words):
            if words[at] in _HESITATIONS and at > first:
                at += 1
                continue
            following = node.after.get(words[at]) or node.after.get(words[at].removesuffix("'s"))
            if following is None:
                break
            node, at = following, at + 1
            if node.meaning is not None:
                best = Found(first, at, node.meaning)
        return best


def listed_phrases(name: str) -> Iterator[str]:
    """Yield the phrases of a list in `words/`, one on each line; lines that begin with # are remarks."""
    text = (resources.files("redaction") / "words" / name).read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))


def spelled_out(phrase: str) -> Iterator[tuple[str, ...]]:
    """Yield every row of words that a written phrase stands for."""
    places = [(*place.removesuffix("?").split("|"), *([""] if place.endswith("?") else [])) for place in phrase.split()]
    for chosen in product(*places):
        said = tuple(word for word in chosen if word)
        if said:
            yield said

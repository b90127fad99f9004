"""Words that could name somebody, each in a few of the places where it is said: what the second detector is asked.

A detector that reads every item would cost ten times the rest of a build. But what it is needed for are words: a word
that everybody says names nobody, unless it is written as a name. So a word that is not common, or has a capital inside
a sentence, is kept with the few of its places that come first by draw, over all items. What is asked then grows with
the vocabulary and not with the items, and the answer holds for every item that says the word.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import groupby
from typing import Any, Final

import msgspec

from corpus.deid.vocabulary import REMEMBERED, is_common, look
from corpus.gates.identities import Keyed
from corpus.gates.second import SecondLook, Sight
from domain.corpus import CorpusItem, CorpusTurn, CorpusWord

PLACES: Final = 4
"""So many places of a word are kept: its meaning differs, its being a name hardly does."""
AROUND: Final = 8
"""So many words before it and after it are its context, over turns."""
NAMED: Final = 20
"""So many ids of items that say a word are kept."""
SURROGATE: Final = "it"
"""Stands for what is marked: a plain word that makes nothing beside it look like a name."""
_CAPITAL: Final = "^"
"""Before the key of a common word that is written as a name."""
_NOT_NAMES: Final = frozenset({"i", "i'm", "i'd", "i'll", "i've", "ok", "okay"})
_LEAST: Final = 2
BUILD_MARK: Final = 0.5
"""From this mean score on a word is taken out of all items when they are written."""
GATE_MARK: Final = 0.8
"""From this mean score on a word that is still there fails the gate: above the other, for other places are drawn."""
Asked = Callable[[str], bool]
_ENDS: Final = (".", "?", "!")


@dataclass(slots=True)
class Seen:
    """A word's places (draw, sight) in order of their draw, and the first of the items that say it, by id."""

    items: int = 0
    ids: list[str] = field(default_factory=list)
    places: list[tuple[int, Sight]] = field(default_factory=list)


class Sightings:
    """Gathers words that could name somebody. Memory grows with the vocabulary; parts may be merged in any order.

    Args:
        keyed: HMAC under the release's key: which places are kept cannot be foreseen.
    """

    def __init__(self, keyed: Keyed) -> None:
        self._keyed = keyed
        self._seen: dict[str, Seen] = {}

    def add(self, item: CorpusItem) -> None:
        """Take an item's words in. Each item once."""
        told: set[str] = set()
        for number, turn in enumerate(item.turns):
            for at, key in keys_of(turn):
                own = self._seen.setdefault(key, Seen())
                if key not in told:
                    own.items += 1
                    _keep(own.ids, item.item_id, NAMED)
                    told.add(key)
                place = f"sight:{item.item_id}:{number}:{at}".encode()
                draw = int.from_bytes(self._keyed(place)[:7], "big")
                if len(own.places) < PLACES or draw < own.places[-1][0]:
                    _keep(own.places, (draw, _sight(item, number, at)), PLACES)

    def take(self, other: Sightings, asked: Asked | None = None) -> None:
        """Take in what was gathered of other items: as much work as there is in the other.

        Args:
            other: what was gathered there.
            asked: says of a word in its normal form whether it will be asked about; others are left, and cost nothing.
        """
        for key, seen in other._seen.items():
            if asked is not None and not asked(key.removeprefix(_CAPITAL)):
                continue
            own = self._seen.setdefault(key, Seen())
            own.items += seen.items
            own.ids = sorted({*own.ids, *seen.ids})[:NAMED]
            own.places = sorted({*own.places, *seen.places})[:PLACES]

    def merged(self, other: Sightings) -> Sightings:
        """Return what both gathered, of different items."""
        whole = Sightings(self._keyed)
        whole.take(self)
        whole.take(other)
        return whole

    def judged(self, second: SecondLook, asked: Asked | None = None) -> Iterator[tuple[str, Seen, float]]:
        """Yield (key, where it was seen, mean score of its places) for each word that is to be asked about, by key.

        Args:
            second: the detector.
            asked: says of a word in its normal form whether it is to be asked about; by default all are.
        """
        wanted = sorted(key for key in self._seen if asked is None or asked(key.removeprefix(_CAPITAL)))
        sights = [sight for key in wanted for _, sight in self._seen[key].places]
        scores = iter(second.scores(sights))
        for key in wanted:
            seen = self._seen[key]
            own = [next(scores) for _ in seen.places]
            yield key, seen, round(sum(own) / len(own), 3)

    def __len__(self) -> int:
        return len(self._seen)

    def to_bytes(self) -> bytes:
        """Return the stored form (MessagePack), the same for the same sightings."""
        return msgspec.msgpack.encode(sorted(self._seen.items(), key=lambda one: one[0]), order="deterministic")

    @classmethod
    def from_bytes(cls, stored: bytes, keyed: Keyed) -> Sightings:
        """Read back what `to_bytes` wrote. Raises msgspec.DecodeError where it is damaged."""
        read = cls(keyed)
        read._seen = dict(msgspec.msgpack.decode(stored, type=list[tuple[str, Seen]]))
        return read


def name_like(
    sightings: Sightings, second: SecondLook, *, mark: float = BUILD_MARK, asked: Asked | None = None
) -> frozenset[str]:
    """Return the keys of the words that the detector takes for personal, at this mean score or above."""
    return frozenset(key for key, _, score in sightings.judged(second, asked) if score >= mark)


def without_named(item: CorpusItem, named: frozenset[str], in_place: Callable[[str], str], kind: str) -> CorpusItem:
    """Return the item with each of these words replaced by what stands in its place, marked with the kind.

    Times stay; an item that says none of them is returned as it is.
    """
    if not named:
        return item
    turns = tuple(_without(turn, named, in_place, kind) for turn in item.turns)
    return item if turns == item.turns else replace(item, turns=turns)


def _without(turn: CorpusTurn, named: frozenset[str], in_place: Callable[[str], str], kind: str) -> CorpusTurn:
    places = {at for at, key in keys_of(turn) if key in named}
    if not places:
        return turn
    words = [
        replace(word, text=in_place(word.text), kind=kind) if at in places else word
        for at, word in enumerate(turn.words)
    ]
    return CorpusTurn(turn.speaker, tuple(words))


def keys_of(turn: CorpusTurn) -> Iterator[tuple[int, str]]:
    """Yield (place, key) of each word of a turn that could name somebody."""
    for at, word in enumerate(turn.words):
        key = _key(word.text)
        if not key or word.kind is not None:
            continue
        if key[0] != _CAPITAL or (at and not turn.words[at - 1].text.endswith(_ENDS)):
            yield at, key


@lru_cache(maxsize=REMEMBERED)
def _key(text: str) -> str:
    """Return the key of a word, "" of one that names nobody wherever it stands."""
    seen = look(text)
    if seen.digits or len(seen.norm) < _LEAST or seen.norm in _NOT_NAMES:
        return ""
    if not is_common(text):
        return seen.norm
    return _CAPITAL + seen.norm if seen.capital else ""


def _sight(item: CorpusItem, number: int, at: int) -> Sight:
    """Return a word among its neighbours, in its turn and the two beside it; what is marked is one plain word."""
    turns = item.turns
    before = [*(turns[number - 1].words if number else ()), *turns[number].words[:at]][-AROUND:]
    after = [*turns[number].words[at + 1 :], *(turns[number + 1].words if number + 1 < len(turns) else ())][:AROUND]
    text = turns[number].words[at].text
    head = _plain(before)
    start = len(head) + 1 if head else 0
    tail = _plain(after)
    return Sight(f"{head} {text} {tail}".strip() if head else f"{text} {tail}".strip(), start, start + len(text))


def _plain(words: Sequence[CorpusWord]) -> str:
    told = (SURROGATE if marked else " ".join(word.text for word in own) for marked, own in _stretches(words))
    return " ".join(told)


def _stretches(words: Sequence[CorpusWord]) -> Iterator[tuple[bool, Iterator[CorpusWord]]]:
    return groupby(words, key=lambda word: word.kind is not None)


def _keep(ordered: list[Any], one: Any, most: int) -> None:
    """Put one into its place of an ordered list that holds no more than `most`."""
    insort(ordered, one)
    del ordered[most:]

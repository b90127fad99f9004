"""What the gates know of the call behind an item: digests, and what a call log has. Staged, and never in a shard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any

import msgspec

from corpus.gates.identities import Hasher, Identities
from corpus.gates.saying import folded
from domain.corpus import CorpusItem


@dataclass(frozen=True, slots=True)
class Trace:
    """What an attacker with the source's metadata has of a call, and what its item must not say.

    `rare` are digests (`Hasher.exact`) of the words that few workspaces say and that were generalised in the item.
    """

    known: Identities
    began_at: datetime | None
    duration_s: float
    direction: str = ""
    place: str = ""
    rare: tuple[bytes, ...] = ()

    def to_bytes(self) -> bytes:
        """Return the stored form (MessagePack)."""
        began = self.began_at.astimezone(UTC).timestamp() if self.began_at else None
        told = (self.known.to_bytes(), began, self.duration_s, self.direction, self.place, self.rare)
        return msgspec.msgpack.encode(told)

    @classmethod
    def from_bytes(cls, stored: bytes) -> Trace:
        """Read back what `to_bytes` wrote. Raises ValueError or msgspec.DecodeError where it is damaged."""
        told: tuple[bytes, float | None, float, str, str, tuple[bytes, ...]] = msgspec.msgpack.decode(
            stored, type=tuple[bytes, float | None, float, str, str, tuple[bytes, ...]]
        )
        known, began, duration_s, direction, place, rare = told
        at = None if began is None else datetime.fromtimestamp(began, UTC)
        return cls(Identities.from_bytes(known), at, duration_s, direction, place, rare)


def rare_of(before: CorpusItem, after: CorpusItem, hasher: Hasher) -> tuple[bytes, ...]:
    """Return digests of the words that generalising took out of an item, each once, sorted."""
    return tuple(sorted({hasher.exact(word) for word in _changed(before, after)}))


def _changed(before: CorpusItem, after: CorpusItem) -> Iterator[str]:
    for old, new in zip_longest(_words(before), _words(after)):
        if old is not None and old != new and (word := folded(old)):
            yield word


def _words(item: CorpusItem) -> Iterator[Any]:
    return (word.text for turn in item.turns for word in turn.words)

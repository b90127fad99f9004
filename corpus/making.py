"""One call to one item: de-identified, looked at again, and traced for the gates. The same way for invented calls."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from corpus.deid import Keyed, SourceCall, deidentify
from corpus.deid.vocabulary import is_common
from corpus.gates.identities import Hasher, Identities
from corpus.gates.residual import residual_of
from corpus.gates.traces import Trace
from corpus.policy import CorpusPolicy
from domain.corpus import CorpusItem
from storage.sealing import derive

NO_WORDS: Final = "no_words"
RESIDUAL: Final = "residual_personal_data"
LEAST_DIGITS: Final = 7
"""A shorter number is an extension or a service's: many workspaces have it, and it is nobody's own."""
TOKEN_BYTES: Final = 8


def keyed_under(release_key: bytes) -> Keyed:
    """Return HMAC-SHA256 under a key derived from the release's: what items are made with."""
    fresh = hmac.new(derive(release_key, "corpus:items"), digestmod=hashlib.sha256)

    def keyed(value: bytes) -> bytes:
        hashing = fresh.copy()
        hashing.update(value)
        return hashing.digest()

    return keyed


def hasher_of(keyed: Keyed) -> Hasher:
    """Return what makes a release's digests for the gates."""
    return Hasher(keyed, is_common)


@dataclass(frozen=True, slots=True)
class Made:
    """An item, and what the gates compare it with."""

    item: CorpusItem
    trace: Trace


class ItemMaker:
    """Makes the items of one release. It is told nothing but the call, and gives the same for the same call and key."""

    def __init__(self, keyed: Keyed, policy: CorpusPolicy) -> None:
        self._keyed = keyed
        self._policy = policy
        self._hasher = hasher_of(keyed)

    def make(self, source: SourceCall) -> Made | str:
        """Return the item of a call, or the reason why there is none."""
        item = deidentify(source, self._keyed, scope=self._policy.surrogates)
        if not any(turn.words for turn in item.turns):
            return NO_WORDS
        known = self._identities(source)
        if residual_of(item, known, self._hasher):
            return RESIDUAL
        place = item.facts.place
        told = (known, source.began_at, source.transcript.duration_s, source.direction, place)
        return Made(item, Trace(*told))

    def _identities(self, source: SourceCall) -> Identities:
        segments = source.transcript.segments
        said = [
            (span.entity_type, [word.text for word in segments[span.segment].words[span.first_word : span.end_word]])
            for span in source.spans
        ]
        return Identities.of(self._hasher, names=source.names, numbers=source.numbers, emails=source.emails, said=said)

    def people(self, source: SourceCall) -> frozenset[bytes]:
        """Return tokens of a call's people, the same in all workspaces: for the splits, and kept no longer."""
        digits = ["".join(sign for sign in number if sign.isdigit()).lstrip("0") for number in source.numbers]
        told = [*(one for one in digits if len(one) >= LEAST_DIGITS), *(mail.lower() for mail in source.emails)]
        return frozenset(self._keyed(f"person:{one}".encode())[:TOKEN_BYTES] for one in told)


def tag_of(release_key: bytes, workspace_id: str) -> bytes:
    """Return what stands for a workspace among counts: nobody without the release's key can say which it is."""
    return keyed_under(release_key)(f"workspace:{workspace_id}".encode())[:TOKEN_BYTES]


def tokens_of(packed: bytes) -> Sequence[bytes]:
    """Return the people's tokens that were put one behind the other."""
    return [packed[at : at + TOKEN_BYTES] for at in range(0, len(packed), TOKEN_BYTES)]

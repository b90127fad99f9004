"""Keyed hashes: how a number is found without being stored, and how the same record gets the same id."""

from __future__ import annotations

import functools
import hashlib
import hmac
from collections.abc import Callable

from domain.ids import id_from_bytes
from storage.paired_ids import PairedIds
from storage.sealing import derive

_TOKENS_KEPT = 32_768


class BlindIndexer:
    """Keyed hashes of one workspace, cut to 128 bits.

    What people are found by is HMAC-SHA256; what only tells our own records apart is keyed BLAKE2b (RFC 7693), which
    takes a third of the time. Both under keys of their own.
    """

    def __init__(self, key: bytes) -> None:
        self._fresh = hmac.new(key, digestmod=hashlib.sha256)
        self._own_key = derive(key, "own-records")
        self._mark = hashlib.blake2b(digest_size=6, key=self._own_key, person=b"mark")
        self._id = hashlib.blake2b(digest_size=16, key=self._own_key, person=b"id")
        self.pairs = PairedIds(derive(key, "paired-ids"))
        """Ids that say where something lies, to those who have this key."""
        self.raw_token = functools.lru_cache(maxsize=_TOKENS_KEPT)(self._made_token)
        """The 16 bytes of a token; switches and phones repeat themselves, so the last ones are remembered."""

    def _made_token(self, value: str) -> bytes:
        hashing = self._fresh.copy()
        hashing.update(value.encode())
        return hashing.digest()[:16]

    def token(self, value: str) -> str:
        """Return 32 hexadecimal digits."""
        return self.raw_token(value).hex()

    def mark(self, value: bytes) -> bytes:
        """Return six bytes: enough to tell the few rows of one call apart, and short."""
        hashing = self._mark.copy()
        hashing.update(value)
        return hashing.digest()

    def derived_id(self, kind: str, value: str) -> str:
        """Return an id of our own shape (`cdr_…`) that is always the same for the same value."""
        return id_from_bytes(kind, self.deriving(kind, "")(value))

    def deriving(self, kind: str, prefix: str) -> Callable[[str], bytes]:
        """Return what makes of a value the 16 bytes of `derived_id(kind, prefix + value)`: for many of one prefix."""
        begun = self._id.copy()
        begun.update(f"{kind}:{prefix}".encode())

        def derived(value: str) -> bytes:
            hashing = begun.copy()
            hashing.update(value.encode())
            return hashing.digest()

        return derived


indexer_of = functools.lru_cache(maxsize=32)(BlindIndexer)
"""The indexers of the workspaces that were busy last, with the tokens that they remember."""

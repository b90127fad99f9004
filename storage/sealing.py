"""Encryption of what is stored. The primitives are `cryptography`'s (AES-256-GCM, HKDF-SHA256); docs/adr says why.

Small values are sealed whole under a random nonce. Objects are sealed in chunks, so that a range can be read without
the rest (the STREAM construction, Hoang et al. 2015): each object has a key of its own, derived from the call's key and
the object's id, the nonce is the chunk's number and whether it is the last, so chunks can be neither reordered,
dropped, repeated nor moved to another object, and a truncated object does not open.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
CHUNK_BYTES: Final = 64 * 1024
SEALED_CHUNK_BYTES: Final = CHUNK_BYTES + TAG_BYTES


class CannotOpen(Exception):
    """The sealed bytes were changed, cut, or belong to another key or place."""


def derive(key: bytes, purpose: str) -> bytes:
    """Return a 32-byte key for one purpose, derived from `key` (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(key)


def seal(key: bytes, plain: bytes, *, place: str) -> bytes:
    """Return nonce + ciphertext + tag, bound to `place` (collection, id and field), so that it opens nowhere else."""
    return ValueSealer(key).seal(plain, place=place)


def unseal(key: bytes, sealed: bytes, *, place: str) -> bytes:
    """Return the plain bytes that `seal` took. Raises CannotOpen."""
    return ValueSealer(key).unseal(sealed, place=place)


class ValueSealer:
    """Seals many small values under one key: what `seal` gives, with the cipher set up once.

    Args:
        key: 32 bytes.
        drawn: for how many values random nonces are drawn at once. Each draw hands the interpreter to another thread,
            which costs more than the sealing. A nonce is used once and thrown away; a process made by fork draws anew.
    """

    def __init__(self, key: bytes, *, drawn: int = 1) -> None:
        self._aead = AESGCM(key)
        self._drawn = drawn
        self._nonces: list[bytes] = []
        self._process = os.getpid()

    def _nonce(self) -> bytes:
        if not self._nonces or self._process != os.getpid():
            fresh = os.urandom(NONCE_BYTES * self._drawn)
            self._nonces = [fresh[at : at + NONCE_BYTES] for at in range(0, len(fresh), NONCE_BYTES)]
            self._process = os.getpid()
        return self._nonces.pop()

    def seal(self, plain: bytes, *, place: str) -> bytes:
        """Return what `seal(key, plain, place=place)` returns."""
        nonce = self._nonce()
        return nonce + self._aead.encrypt(nonce, plain, place.encode())

    def seal_all(self, values: Sequence[tuple[bytes, str]]) -> list[bytes]:
        """Return `seal` of each of these (plain bytes, place), in their order; the nonces are drawn at once."""
        fresh, encrypt = os.urandom(NONCE_BYTES * len(values)), self._aead.encrypt
        nonces = [fresh[at : at + NONCE_BYTES] for at in range(0, len(fresh), NONCE_BYTES)]
        return [
            nonce + encrypt(nonce, plain, place.encode()) for nonce, (plain, place) in zip(nonces, values, strict=True)
        ]

    def unseal(self, sealed: bytes, *, place: str) -> bytes:
        """Return the plain bytes. Raises CannotOpen."""
        try:
            return self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError):
            raise CannotOpen("a sealed value does not open at this place with this key") from None


class ObjectSealer:
    """Seals and opens the chunks of one object. `object_id` must never be used for two different contents."""

    def __init__(self, key: bytes, object_id: str) -> None:
        self._aead = AESGCM(derive(key, f"object:{object_id}"))

    @staticmethod
    def _nonce(number: int, *, last: bool) -> bytes:
        return number.to_bytes(NONCE_BYTES - 1, "big") + (b"\x01" if last else b"\x00")

    def seal_chunk(self, number: int, plain: bytes, *, last: bool) -> bytes:
        """Seal chunk `number`; every chunk but the last holds exactly CHUNK_BYTES."""
        return self._aead.encrypt(self._nonce(number, last=last), plain, None)

    def open_chunk(self, number: int, sealed: bytes, *, last: bool) -> bytes:
        """Open chunk `number`. Raises CannotOpen."""
        try:
            return self._aead.decrypt(self._nonce(number, last=last), sealed, None)
        except (InvalidTag, ValueError):
            raise CannotOpen("a sealed object was changed or cut") from None


def sealed_size(plain_size: int) -> int:
    """Return how many bytes an object of `plain_size` bytes takes when sealed (an empty one has one empty chunk)."""
    return plain_size + TAG_BYTES * max(1, -(-plain_size // CHUNK_BYTES))


class SealingWriter:
    """Feeds bytes in any portions, gives sealed chunks; `finish` seals the last one. Memory: one chunk."""

    def __init__(self, sealer: ObjectSealer) -> None:
        self._sealer = sealer
        self._pending = bytearray()
        self._number = 0
        self.plain_size = 0

    def feed(self, data: bytes) -> bytes:
        """Take plain bytes, return the sealed chunks that are complete (a full chunk waits until more follows)."""
        self.plain_size += len(data)
        self._pending += data
        sealed: list[bytes] = []
        at = 0
        with memoryview(self._pending) as view:
            while len(view) - at > CHUNK_BYTES:
                sealed.append(self._sealer.seal_chunk(self._number, bytes(view[at : at + CHUNK_BYTES]), last=False))
                self._number += 1
                at += CHUNK_BYTES
        del self._pending[:at]
        return b"".join(sealed)

    def finish(self) -> bytes:
        """Return the sealed last chunk."""
        return self._sealer.seal_chunk(self._number, bytes(self._pending), last=True)

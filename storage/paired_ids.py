"""Ids of two halves that nobody but their workspace can tell apart: where something lies, and which one it is.

Whoever has the workspace's key finds by such an id the place without an index over all ids. To everybody else it is
128 random bits: two ids of one place have nothing in common. That is what a block cipher is under one key: AES, one
block an id, a permutation of all ids. No mode is wanted: equal halves have to give the same id again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

HALF_BYTES: Final = 8
ID_BYTES: Final = 16


class PairedIds:
    """Makes ids of pairs and takes them apart; made for one key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._cipher = Cipher(AES(key), ECB())  # noqa: S305 - one block an id: see above

    def joined(self, pairs: Sequence[bytes]) -> list[bytes]:
        """Return the 16 bytes of the ids of these pairs, each of two halves of 8 bytes, one behind the other."""
        encryptor = self._cipher.encryptor()
        ids = encryptor.update(b"".join(pairs)) + encryptor.finalize()
        return [ids[at : at + ID_BYTES] for at in range(0, len(ids), ID_BYTES)]

    def place(self, sixteen: bytes) -> bytes:
        """Return the first half of an id; of 16 bytes that are none of ours, something that names no place."""
        decryptor = self._cipher.decryptor()
        return (decryptor.update(sixteen) + decryptor.finalize())[:HALF_BYTES]

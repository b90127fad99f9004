"""Chance that can be repeated: everything drawn for a call is a function of the release key and of what it is for.

One HMAC under the release key makes the call's own key; the draws are keyed BLAKE2b (RFC 7693) under that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

from corpus.deid.source import Keyed

_One = TypeVar("_One")
_WIDTH = 64


class Draws:
    """Draws of one call, or of one release.

    Args:
        keyed: HMAC under the release key.
        world: what has its own chance; the same world draws the same again.
    """

    def __init__(self, keyed: Keyed, world: str) -> None:
        self._key = keyed(f"deid:{world}".encode())

    def raw(self, purpose: str) -> bytes:
        """Return 64 bytes for a purpose, always the same."""
        return hashlib.blake2b(purpose.encode(), key=self._key, digest_size=_WIDTH).digest()

    def many(self, purpose: str, count: int) -> bytes:
        """Return so many bytes for a purpose."""
        made = self.raw(purpose)
        while len(made) < count:
            made += self.raw(f"{len(made)}:{purpose}")
        return made[:count]

    def number(self, purpose: str, below: int) -> int:
        """Return a number from 0 to below - 1, each as likely (to one part in 2**40)."""
        return int.from_bytes(self.raw(purpose)[:8], "big") % below

    def share(self, purpose: str) -> float:
        """Return a number in [0, 1)."""
        return int.from_bytes(self.raw(purpose)[:6], "big") / (1 << 48)

    def choice(self, purpose: str, among: Sequence[_One]) -> _One:
        """Return one of them."""
        return among[self.number(purpose, len(among))]

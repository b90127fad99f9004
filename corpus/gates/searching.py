"""Whether a planted value stands in any byte of a file: as planted, in pieces, and as digits among other marks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

PIECE_FROM: Final = 5
"""Letters of a piece that is looked for by itself: planted names are invented, no word of a language is among them."""
DIGITS_FROM: Final = 8
_OURS: Final = frozenset({"example"})
"""In every invented address, and in Croissant's own context ("examples"): says nothing."""
_APART: Final = re.compile(rb"(?<=\d)[ .()+/_-]{1,3}(?=\d)")


class Search:
    """Looks for planted values in files that are given piece by piece, in order.

    Args:
        values: as planted; names, numbers, mail, addresses.
    """

    def __init__(self, values: Iterable[str]) -> None:
        told = list(values)
        words = {
            word for value in told for word in re.findall(r"[^\W\d_]+", value.casefold()) if len(word) >= PIECE_FROM
        } - _OURS
        digits = {"".join(re.findall(r"\d", value)) for value in told}
        self._words = tuple(sorted(word.encode() for word in words))
        self._digits = tuple(sorted(one.encode() for one in digits if len(one) >= DIGITS_FROM))
        self._overlap = 4 * max((len(one) for one in (*self._words, *self._digits)), default=0)
        self._tails: dict[str, bytes] = {}
        self.sizes: dict[str, int] = {}
        self.found: dict[str, int] = {}
        """File → how many of the values' pieces were seen in it."""

    def see(self, name: str, chunk: bytes) -> None:
        """Look at the next bytes of a file: a value that lies across two chunks is found too."""
        self.sizes[name] = self.sizes.get(name, 0) + len(chunk)
        text = (self._tails.get(name, b"") + chunk).lower()
        joined = _APART.sub(b"", text) if self._digits else b""
        hits = sum(one in text for one in self._words) + sum(one in text or one in joined for one in self._digits)
        if hits:
            self.found[name] = self.found.get(name, 0) + hits
        self._tails[name] = text[-self._overlap :] if self._overlap else b""

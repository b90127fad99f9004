"""Ids: opaque, chosen by us before the insert: one that timed out may have been applied.

They are random, or a hash under the workspace's key where the same thing must get the same id (call log entries, CDRs).
"""

from __future__ import annotations

import re
import secrets
from typing import Final

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS: Final = [one + two for one in _LETTERS for two in _LETTERS]
_SHIFTS: Final = range(120, -1, -10)
_DIGITS: Final = str.maketrans(_LETTERS, "0123456789abcdefghijklmnopqrstuv")
"""Our letters as the digits that `int` reads."""
_SHAPE: Final = re.compile(r"(?P<kind>[a-z]{2,5})_(?P<body>[a-z2-7]{26})")


def new_id(kind: str) -> str:
    """Return a fresh id such as `call_…`: the kind and 128 random bits in lower-case base32."""
    return id_from_bytes(kind, secrets.token_bytes(16))


def id_from_bytes(kind: str, sixteen: bytes) -> str:
    """Return the id of these 16 bytes: for ids that are a keyed hash, so that the same thing gets the same id.

    It is their base32; `base64.b32encode` gives the same in twice the time, which rows by the million would pay.
    """
    number = int.from_bytes(sixteen, "big") << 2
    return f"{kind}_{''.join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])}"


def bytes_of_id(text: str) -> bytes:
    """Return the 16 bytes that `id_from_bytes` took."""
    return (int(text.rpartition("_")[2].translate(_DIGITS), 32) >> 2).to_bytes(16, "big")


def is_id(kind: str, text: str) -> bool:
    """Say whether the text has the shape of an id of this kind."""
    match = _SHAPE.fullmatch(text)
    return match is not None and match["kind"] == kind

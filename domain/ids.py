"""Ids: opaque, chosen by us before the insert: one that timed out may have been applied.

They are random, or a hash under the workspace's key where the same thing must get the same id (call log entries, CDRs).
"""

from __future__ import annotations

import re
import secrets
from typing import Final

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS: Final = [one + two for one in _LETTERS for two in _LETTERS]
_DIGITS: Final = str.maketrans(_LETTERS, "0123456789abcdefghijklmnopqrstuv")
"""Our letters as the digits that `int` reads."""
_SHAPE: Final = re.compile(r"(?P<kind>[a-z]{2,5})_(?P<body>[a-z2-7]{26})")


def new_id(kind: str) -> str:
    """Return a fresh id such as `call_…`: the kind and 128 random bits in lower-case base32."""
    return id_from_bytes(kind, secrets.token_bytes(16))


def id_from_bytes(kind: str, sixteen: bytes) -> str:
    """Return the id of these 16 bytes: for ids that are a keyed hash, so that the same thing gets the same id.

    It is their base32, written out: a loop takes half as long again, `base64.b32encode` four times as long, and a table
    of three letters does not stay in the processor's cache. Rows by the million would pay.
    """
    bits, of = int.from_bytes(sixteen, "big"), _PAIRS
    first = f"{of[bits >> 118]}{of[bits >> 108 & 1023]}{of[bits >> 98 & 1023]}{of[bits >> 88 & 1023]}"
    second = f"{of[bits >> 78 & 1023]}{of[bits >> 68 & 1023]}{of[bits >> 58 & 1023]}{of[bits >> 48 & 1023]}"
    third = f"{of[bits >> 38 & 1023]}{of[bits >> 28 & 1023]}{of[bits >> 18 & 1023]}{of[bits >> 8 & 1023]}"
    return f"{kind}_{first}{second}{third}{of[bits << 2 & 1023]}"


def bytes_of_id(text: str) -> bytes:
    """Return the 16 bytes that `id_from_bytes` took."""
    return (int(text.rpartition("_")[2].translate(_DIGITS), 32) >> 2).to_bytes(16, "big")


def is_id(kind: str, text: str) -> bool:
    """Say whether the text has the shape of an id of this kind."""
    match = _SHAPE.fullmatch(text)
    return match is not None and match["kind"] == kind

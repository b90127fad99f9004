"""Ids: opaque, never derived from content, chosen by us before the insert: one that timed out may have been applied."""

from __future__ import annotations

import base64
import re
import secrets
from typing import Final

_SHAPE: Final = re.compile(r"(?P<kind>[a-z]{2,5})_(?P<body>[a-z2-7]{26})")


def new_id(kind: str) -> str:
    """Return a fresh id such as `call_…`: the kind and 128 random bits in lower-case base32."""
    return f"{kind}_{base64.b32encode(secrets.token_bytes(16)).decode('ascii').rstrip('=').lower()}"


def is_id(kind: str, text: str) -> bool:
    """Say whether the text has the shape of an id of this kind."""
    match = _SHAPE.fullmatch(text)
    return match is not None and match["kind"] == kind

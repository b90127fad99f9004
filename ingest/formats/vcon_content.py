"""Content that a vCon carries in itself: decoded strictly, and held to the hash that it states."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

from ingest.formats.errors import RowError
from ingest.formats.vcon_model import Dialog

_HASHES: Final = {"sha512": hashlib.sha512, "sha384": hashlib.sha384, "sha256": hashlib.sha256}
"""Draft section 2.4: SHA-512 is the one that all must know."""
_MOST_HASHES: Final = 8
_ENCODINGS: Final = frozenset({"base64url", "base64"})


def from_base64url(text: str) -> bytes:
    """Return the bytes of base64url or, as old writers have it, base64; padding may be missing. Raises RowError."""
    body = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(body + "=" * (-len(body) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise RowError("base64", "the content is not valid base64url") from None


def inline_content(dialog: Dialog) -> bytes | None:
    """Return the recording that stands in the dialog itself, None when it stands elsewhere or nowhere.

    Raises:
        RowError: `base64`, `content_hash`, or `field` when it is encoded in a way that carries no bytes.
    """
    if dialog.body is None or dialog.body == "":
        return None
    if not isinstance(dialog.body, str) or dialog.encoding not in _ENCODINGS:
        raise RowError("field", "the recording is not written in base64url")
    content = from_base64url(dialog.body)
    verify(content, dialog.hashes)
    return content


def verify(content: bytes, stated: Sequence[str]) -> None:
    """Hold the content to what is stated: every hash of a kind that is known here must be right.

    Raises:
        RowError: `content_hash` when one is wrong, or none of those stated can be checked.
    """
    held = HeldTo(stated)
    held.update(content)
    if not held.is_right():
        raise RowError("content_hash", "the content does not have the hash that is stated")


class HeldTo:
    """Content on its way, held to the hashes stated of it. Raises RowError when none of them can be checked."""

    def __init__(self, stated: Sequence[str]) -> None:
        if len(stated) > _MOST_HASHES:
            raise RowError("content_hash", "more hashes are stated than there are kinds of hashes")
        self._held = []
        for one in stated:
            algorithm, _, digest = one.partition("-")
            known = _HASHES.get(algorithm.lower())
            if known is not None:
                self._held.append((known(), from_base64url(digest)))
        if stated and not self._held:
            raise RowError("content_hash", "the content cannot be checked: no SHA-512, SHA-384 or SHA-256 is stated")

    def update(self, piece: bytes) -> None:
        """Take the next piece."""
        for hashing, _ in self._held:
            hashing.update(piece)

    def is_right(self) -> bool:
        """Say whether all that came has every hash that was stated."""
        return all(hmac.compare_digest(hashing.digest(), digest) for hashing, digest in self._held)


def content_hash(digest: bytes) -> str:
    """Return a SHA-512 as a vCon states it."""
    return "sha512-" + base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")

"""What is signed of the corpus and how items leave it, as whoever checks it must know: no keys, no clock.

A signature is Ed25519 (RFC 8032) over the exact bytes that were served, behind a word for what they are, so that a
signed page of the feed cannot be handed in as a manifest. A new key is vouched for by the one before it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

REVOCATION_CHAIN: Final = "corpus-revocations"
REVOCATION_FIELDS: Final = ("sequence", "previous_hash", "release", "item_id", "reason", "at")
"""What of a row of the feed its hash covers (`domain.chains`)."""
KEY_HEADER: Final = "Callward-Signing-Key"
SIGNATURE_HEADER: Final = "Callward-Signature"


class Signed(StrEnum):
    """What a signature is over."""

    MANIFEST = "corpus-manifest"
    FEED = "corpus-revocations"
    KEY = "signing-key"


def signed_message(what: Signed, body: bytes) -> bytes:
    """Return the bytes that are signed."""
    return b"callward/%s/1\n" % what.value.encode() + body


def vouched_for(number: int, public_key: bytes) -> bytes:
    """Return what the key before signs of a new key: its number and itself."""
    return f"{number} {public_key.hex()}".encode()


def fingerprint(public_key: bytes) -> str:
    """Return the SHA-256 of a public key: what people compare, over the telephone if need be."""
    return hashlib.sha256(public_key).hexdigest()


def canonical(told: Mapping[str, Any]) -> bytes:
    """Return a page of the feed as the bytes that are served and signed: UTF-8 JSON, names sorted, no spaces."""
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain).encode()


def told_at(moment: datetime) -> str:
    """Return an instant as the feed writes it, and as its hash covers it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return told_at(value)
    raise TypeError(f"{type(value).__name__} has no place in the feed")

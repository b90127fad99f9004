"""Orders to fetch a recording: its address, which is a secret for a time, sealed under the call's own key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from domain.errors import ChecksumMismatch
from ingest.formats.vcon_content import HeldTo
from storage.mongo import Document
from storage.sealing import seal, unseal

TASK: Final = "fetch"
MODE: Final = "fetch"
"""The `mode` of an upload that no client brings: the ingest worker gets it from the provider."""


@dataclass(frozen=True, slots=True)
class FetchOrder:
    """Where a recording lies, and the hashes that it is said to have (`sha512-base64url`). Neither shown nor logged."""

    address: str = field(repr=False)
    hashes: tuple[str, ...] = ()


def seal_order(order: FetchOrder, key: bytes, recording_id: str) -> bytes:
    """Return the order sealed under the call's key."""
    return seal(key, "\n".join((order.address, *order.hashes)).encode(), place=_place(recording_id))


def open_order(recording: Document, key: bytes) -> FetchOrder:
    """Return the order in a recording's document."""
    sealed = bytes(recording["upload"]["order"])
    address, *hashes = unseal(key, sealed, place=_place(recording["_id"])).decode().split("\n")
    return FetchOrder(address, tuple(hashes))


async def held_to(pieces: AsyncIterator[bytes], hashes: Sequence[str]) -> AsyncIterator[bytes]:
    """Yield the pieces. Raises ChecksumMismatch after the last when they are not what was said of them."""
    held = HeldTo(hashes)
    async for piece in pieces:
        held.update(piece)
        yield piece
    if not held.is_right():
        raise ChecksumMismatch("the recording does not have the hash that was stated")


def _place(recording_id: str) -> str:
    return f"recordings/{recording_id}/order"

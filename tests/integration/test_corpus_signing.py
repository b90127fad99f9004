"""The signing keys: one of each number, each vouched for by the last, the old private half gone."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from corpus.signing import SigningKeys
from domain.errors import Gone
from domain.proofs import Signed, signed_message, vouched_for
from storage.resources import Resources


def utc_now() -> datetime:
    return datetime.now(UTC)


def public(stored: dict[str, str]) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(stored["public_key"]))


async def test_keys_that_are_made_at_once_are_one_chain(resources: Resources) -> None:
    keys = SigningKeys(resources)
    await asyncio.gather(*(keys.sign(Signed.FEED, b"page", now=utc_now()) for _ in range(4)))
    await asyncio.gather(*(keys.rotate(now=utc_now()) for _ in range(3)), return_exceptions=True)
    found = await keys.all()
    assert [one["number"] for one in found] == list(range(1, len(found) + 1))
    assert len(found) >= 2
    for before, after in pairwise(found):
        assert after["vouched_by"] == before["_id"]
        told = vouched_for(after["number"], base64.b64decode(after["public_key"]))
        public(before).verify(base64.b64decode(after["voucher"]), signed_message(Signed.KEY, told))


async def test_after_a_rotation_old_signatures_hold_and_the_old_key_signs_nothing_more(resources: Resources) -> None:
    keys = SigningKeys(resources)
    first = await keys.sign(Signed.MANIFEST, b"as it was", now=utc_now())
    made = await keys.rotate(now=utc_now())
    second = await keys.sign(Signed.MANIFEST, b"as it is", now=utc_now())
    assert second.key_id == made["_id"] != first.key_id
    by_id = {one["_id"]: one for one in await keys.all()}
    old = public(by_id[first.key_id])
    old.verify(base64.b64decode(first.value), signed_message(Signed.MANIFEST, b"as it was"))
    with pytest.raises(InvalidSignature):
        old.verify(base64.b64decode(first.value), signed_message(Signed.FEED, b"as it was"))
    with pytest.raises(Gone):
        await resources.keyring.platform_key(first.key_id)


async def test_no_private_half_lies_in_clear(resources: Resources) -> None:
    keys = SigningKeys(resources)
    signature = await keys.sign(Signed.FEED, b"page", now=utc_now())
    private = await resources.keyring.platform_key(signature.key_id)
    for name in ("keys", "signing_keys"):
        for document in await resources.database.whole(name).find({}):
            assert private not in repr(document).encode()
            assert base64.b64encode(private).decode() not in str(document)
            assert private.hex() not in str(document)
            assert all(private not in bytes(value) for value in document.values() if isinstance(value, bytes))

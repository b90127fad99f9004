"""The keys that manifests and the revocation feed are signed with: Ed25519, numbered, each vouched for by the last.

What must never happen here: a private key that leaves this file, or two keys of one number. Rotating destroys the old
private key at once; its public half and what vouches for its successor stay, so that old signatures can be checked and
whoever trusted the first key can trust the newest.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.errors import Duplicate, Gone, NotFound, Unavailable
from domain.ids import new_id
from domain.proofs import Signed, fingerprint, signed_message, vouched_for
from storage.key_opening import PLATFORM
from storage.mongo import Document
from storage.resources import Resources

KEY_KIND: Final = "signing"
_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, and the 64 bytes in base64."""

    key_id: str
    value: str


class SigningKeys:
    """The one writer of `signing_keys`: public halves in clear, private ones wrapped among the platform's keys."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._keys = resources.database.whole("signing_keys")

    async def sign(self, what: Signed, body: bytes, *, now: datetime) -> Signature:
        """Sign bytes with the key in force; the first one is made when it is first needed.

        Raises:
            Unavailable: keys were rotated faster than one could be opened.
        """
        for _ in range(_TRIES):
            key = await self._in_force() or await self._make(None, now=now)
            if key is None:
                continue
            try:
                private = await self._private(key["_id"])
            except (Gone, NotFound):  # rotated since it was read
                continue
            signature = private.sign(signed_message(what, body))
            return Signature(key["_id"], base64.b64encode(signature).decode("ascii"))
        raise Unavailable("the signing key is being rotated")

    async def all(self) -> list[Document]:
        """Return the public halves, the first key first."""
        return await self._keys.find({}, sort=(("number", 1),))

    async def rotate(self, *, now: datetime) -> Document:
        """Put a new key in force, vouched for by the one before, whose private half is destroyed.

        Raises:
            Unavailable: others rotated at the same time.
        """
        for _ in range(_TRIES):
            made = await self._make(await self._in_force(), now=now)
            if made is not None:
                return made
        raise Unavailable("others rotate the signing key; look whether it is done, then ask again")

    async def _in_force(self) -> Document | None:
        found = await self._keys.find({}, sort=(("number", -1),), limit=1)
        return found[0] if found else None

    async def _private(self, key_id: str) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(await self._resources.keyring.platform_key(key_id))

    async def _make(self, before: Document | None, *, now: datetime) -> Document | None:
        """Make the key after `before`; None when another made it first."""
        private, number = Ed25519PrivateKey.generate(), 1 if before is None else before["number"] + 1
        public = private.public_key().public_bytes_raw()
        document: Document = {
            "_id": new_id("sign"),
            "number": number,
            "algorithm": "Ed25519",
            "public_key": base64.b64encode(public).decode("ascii"),
            "fingerprint": fingerprint(public),
            "created_at": now,
            "vouched_by": None if before is None else before["_id"],
            "voucher": None,
        }
        if before is not None:
            try:
                signing = await self._private(before["_id"])
            except Gone:
                return None
            voucher = signing.sign(signed_message(Signed.KEY, vouched_for(number, public)))
            document["voucher"] = base64.b64encode(voucher).decode("ascii")

        async def write(tx: Any) -> None:
            keyring = self._resources.keyring
            await self._keys.insert(document, tx=tx)
            await keyring.create_platform_key(
                document["_id"], KEY_KIND, now=now, key=private.private_bytes_raw(), tx=tx
            )
            if before is not None:
                await keyring.destroy(PLATFORM, before["_id"], now=now, tx=tx)

        try:
            await self._resources.database.transaction(write)
        except Duplicate:
            return None
        return document

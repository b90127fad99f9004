"""Erasing a call: hide, destroy the key, erase every copy, read back as absent, write the receipt.

What must never happen here: a held record erased; a record said to be erased that can still be read. So the hold is
asked again right before the key goes, and the receipt is written only after every custodian counted zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from domain.errors import CallwardError
from domain.ids import new_id
from governance.custodians import Custodian
from governance.holds import HoldStore
from storage.mongo import Document
from storage.resources import Resources


class Held(CallwardError):
    """A legal hold keeps the record."""

    code = "held"


class NotErased(CallwardError):
    """Something is still there after erasing; the job is tried again."""

    code = "not-erased"


class Purges:
    """The one writer of `receipts`."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    async def erase(
        self, workspace_id: str, call_id: str, custodians: Sequence[Custodian], *, cause: str, now: datetime
    ) -> Document:
        """Erase a call's content and return the receipt. Safe to run twice; raises Held or NotErased."""
        receipts = self._resources.database.scoped("receipts", workspace_id)
        await self._destroy_key(workspace_id, call_id, now=now)
        erased: dict[str, int] = {}
        for custodian in custodians:
            erased[custodian.name] = await custodian.count(workspace_id, call_id)
            await custodian.erase(workspace_id, call_id)
        for custodian in custodians:
            left = await custodian.count(workspace_id, call_id)
            if left:
                raise NotErased("something is left after erasing", custodian=custodian.name, left=left)
        found = await receipts.find_one({"call_id": call_id})
        if found is not None:
            return found
        receipt: Document = {
            "_id": new_id("rcpt"),
            "workspace_id": workspace_id,
            "call_id": call_id,
            "cause": cause,
            "erased_at": now,
            "erased": erased,
            "key_destroyed": await self._resources.keyring.is_destroyed(workspace_id, call_id),
        }
        await receipts.insert(receipt)
        await self._resources.audit.append(
            workspace_id, "call:content:erased", actor="purge", now=now, call_id=call_id, detail={"cause": cause}
        )
        return receipt

    async def _destroy_key(self, workspace_id: str, call_id: str, *, now: datetime) -> None:
        """Destroy the call's key unless it is held; both are decided in one transaction. Raises Held.

        Once the key is gone a hold has nothing left to keep, and the rest of the erasing goes on.
        """
        keyring = self._resources.keyring
        holds = HoldStore(self._resources, workspace_id)

        async def write(tx: Any) -> None:
            await keyring.gate(workspace_id, tx=tx)
            if await keyring.is_destroyed(workspace_id, call_id, tx=tx):
                return
            if await holds.is_held(call_id, tx=tx):
                raise Held("a legal hold keeps the call", call_id=call_id)
            await keyring.destroy(workspace_id, call_id, now=now, tx=tx)

        await self._resources.database.transaction(write)

    async def receipt(self, workspace_id: str, call_id: str) -> Document | None:
        """Return the receipt of an erased call, None when there is none."""
        return await self._resources.database.scoped("receipts", workspace_id).find_one({"call_id": call_id})

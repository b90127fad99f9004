"""Erasing a call: hide, destroy the key, erase every copy, read back as absent, write the receipt.

What must never happen here: a held record erased; a record said to be erased that can still be read. So the hold is
asked again right before the key goes, and the receipt is written only after every custodian counted zero.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.errors import CallwardError
from governance.custodians import Custodian
from governance.holds import Held, HoldStore
from governance.purge_jobs import PurgeJobs
from governance.receipts import Erased, ReceiptKind, ReceiptStore
from storage.mongo import Document
from storage.resources import Resources

__all__ = ["Held", "NotErased", "Purges"]


class NotErased(CallwardError):
    """Something is still there after erasing; the job is tried again."""

    code = "not-erased"


class Purges:
    """Erases calls, and gives proof of it."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    async def erase(
        self,
        workspace_id: str,
        call_id: str,
        custodians: Sequence[Custodian],
        *,
        cause: str,
        now: datetime,
        at_work: Callable[[], Awaitable[bool]] | None = None,
    ) -> Document:
        """Erase a call's content and return the receipt. Safe to run twice, and to be killed anywhere.

        Args:
            workspace_id: whose call.
            call_id: which.
            custodians: who keeps something of it.
            cause: a constant word for the receipt.
            now: this instant.
            at_work: says whether a stage is still at work on the call, and may yet leave something.

        Raises:
            Held: a legal hold keeps it; nothing went.
            NotErased: something is left, or may yet come; the key is gone, and there is no receipt.
        """
        await self._destroy_key(workspace_id, call_id, now=now)
        there = {custodian.name: await custodian.count(workspace_id, call_id) for custodian in custodians}
        jobs = PurgeJobs(self._resources, workspace_id)
        found = await jobs.found(call_id, there, cause=cause, now=now)
        for custodian in custodians:
            await custodian.erase(workspace_id, call_id)
        left = {custodian.name: await custodian.count(workspace_id, call_id) for custodian in custodians}
        if any(left.values()):
            raise NotErased("something is left after erasing", call_id=call_id, left=sum(left.values()))
        if at_work is not None and await at_work():
            raise NotErased("a stage is still at work on the call and may yet leave an object", call_id=call_id)
        counts = {name: int(number) for name, number in found.get("counts", {}).items()}
        erased = Erased(
            kind=ReceiptKind.CALL,
            call_id=call_id,
            cause=cause,
            erased=counts,
            key_destroyed=await self._resources.keyring.is_destroyed(workspace_id, call_id),
        )
        return await ReceiptStore(self._resources, workspace_id).add(erased, "call:content:erased", now=now)

    async def note_artifact(
        self,
        workspace_id: str,
        call_id: str,
        *,
        artifact: str,
        cause: str,
        erased: Mapping[str, int],
        key_destroyed: bool,
        now: datetime,
    ) -> Document:
        """Write the receipt of one artifact of a call that was erased before the rest; once, however often asked."""
        told = Erased(
            kind=ReceiptKind.ARTIFACT,
            call_id=call_id,
            artifact=artifact,
            cause=cause,
            erased=erased,
            key_destroyed=key_destroyed,
        )
        return await ReceiptStore(self._resources, workspace_id).add(told, "call:artifact:erased", now=now)

    async def note_failure(self, workspace_id: str, call_id: str, code: str, *, now: datetime) -> None:
        """Note that erasing a call did not come to its end, for the gauge of what is overdue."""
        await PurgeJobs(self._resources, workspace_id).failed(call_id, code, now=now)

    async def settle(self, workspace_id: str, call_id: str, *, tx: Any = None) -> None:
        """Forget what was noted while a call was erased: the last step."""
        await PurgeJobs(self._resources, workspace_id).settle(call_id, tx=tx)

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
        return await ReceiptStore(self._resources, workspace_id).of_call(call_id)

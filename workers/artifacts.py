"""Parts of a call that go before the call: its sound, its words. The rest stays readable.

What must never happen here: a held part erased; a part told as erased of which an object or document is left. So the
part's own key is destroyed first, in one transaction with the question for holds; then its custodian erases, and
counts zero; then the receipt names the part. A sweep that is killed anywhere finds the part again. Both copies of the
sound, as spoken and redacted, are the recording.
"""

from __future__ import annotations

from typing import Any

import structlog

from domain.call_parts import PARTS, RECORDING, next_due, parts_of
from domain.jobs import JobState
from domain.logs import where
from governance.custodians import Custodian
from governance.holds import HoldStore
from governance.receipts import Erased, ReceiptKind, ReceiptStore
from ingest.call_lists import calls_with_due_parts
from ingest.calls import CallStore
from ingest.custodian import IngestCustodian
from storage.mongo import Document
from storage.resources import Resources
from transcription.custodian import TranscriptionCustodian
from workers.runner import utc_now

log = structlog.get_logger()

CAUSE = "artifact_window_over"


class ArtifactSweep:
    """Erases due parts of calls. Running it twice, or in two relays, changes nothing."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    async def go_on(self) -> int:
        """Look for due parts in every workspace; return how many went. One that fails does not keep the others."""
        gone, after, now = 0, "", utc_now()
        while page := await calls_with_due_parts(self._resources, now=now, after=after):
            after = page[-1]["_id"]
            for call in page:
                try:
                    gone += await self.of_call(call)
                except Exception as error:  # noqa: BLE001 - as the docstring says
                    log.warning("call:artifact:failed", call_id=call["_id"], **where(error))
        return gone

    async def of_call(self, call: Document) -> int:
        """Erase the parts of a call that are due before the call itself; return how many went."""
        gone = 0
        for part in PARTS:
            clock = parts_of(call)[part]
            if clock["erased_at"] is None and clock["until"] <= utc_now() and clock["until"] < call["retain_until"]:
                gone += await self._erase(call, part)
        return gone

    async def _erase(self, call: Document, part: str) -> bool:
        workspace_id, call_id = call["workspace_id"], call["_id"]
        own_key = await self._destroy_key(workspace_id, call_id, part)
        if own_key is None or await self._at_work(call_id):
            return False
        custodian = self._custodian(part)
        found = await custodian.count(workspace_id, call_id)
        await custodian.erase(workspace_id, call_id)
        left = await custodian.count(workspace_id, call_id)
        if left:
            log.error("call:artifact:left", call_id=call_id, artifact=part, left=left)
            return False
        now = utc_now()
        receipt = Erased(ReceiptKind.ARTIFACT, CAUSE, {custodian.name: found}, own_key, call_id=call_id, artifact=part)
        await ReceiptStore(self._resources, workspace_id).add(receipt, "call:artifact:erased", now=now)
        calls = CallStore(self._resources, workspace_id)
        call = await calls.raw(call_id) or call
        rest = {name: clock for name, clock in parts_of(call).items() if name != part}
        await calls.end_part(call, part, due_at=next_due(rest, call["retain_until"]), now=now)
        log.info("call:artifact:erased", call_id=call_id, artifact=part)
        return True

    async def _destroy_key(self, workspace_id: str, call_id: str, part: str) -> bool | None:
        """Destroy the part's key, unless it is held (None): both decided in one transaction. See `destroy_artifact`."""
        keyring, holds = self._resources.keyring, HoldStore(self._resources, workspace_id)

        async def write(tx: Any) -> bool | None:
            await keyring.gate(workspace_id, tx=tx)
            if await holds.is_held(call_id, tx=tx):
                return None
            return await keyring.destroy_artifact(workspace_id, call_id, part, now=utc_now(), tx=tx)

        return await self._resources.database.transaction(write)

    async def _at_work(self, call_id: str) -> bool:
        """Say whether a worker has the call: what it leaves behind without a key is erased in a later round."""
        jobs = await self._resources.outbox.of_call(call_id)
        now = utc_now()
        return any(job["state"] == JobState.CLAIMED.value and job["lease_until"] > now for job in jobs)

    def _custodian(self, part: str) -> Custodian:
        return IngestCustodian(self._resources) if part == RECORDING else TranscriptionCustodian(self._resources)

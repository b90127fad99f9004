"""Erasing a call: the custodians of all rooms, joined here, and what comes last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corpus.custodian import CorpusCustodian
from domain.jobs import Job
from governance.custodians import Custodian
from governance.purges import Purges
from ingest.calls import CallStore
from ingest.custodian import IngestCustodian
from ingest.redelivery import REMEMBERED
from ingest.tombstones import ErasedCall, TombstoneStore
from redaction.custodian import RedactionCustodian
from storage.resources import Resources
from transcription.custodian import TranscriptionCustodian
from workers.runner import utc_now


def custodians(resources: Resources) -> Sequence[Custodian]:
    """Return every room's custodian; a test fails when a personal collection or prefix has none."""
    return (
        TranscriptionCustodian(resources),
        RedactionCustodian(resources),
        IngestCustodian(resources),
        CorpusCustodian(resources),
    )


async def erase_call(resources: Resources, job: Job) -> None:
    """Erase a call's content, leave a tombstone, drop its other jobs, and delete its document last.

    The document goes last so that a run that was killed anywhere before is found again by the sweep. While a stage is
    still at work on the call it stays too, and what that stage leaves behind is erased by the next try.
    """
    calls, purges = CallStore(resources, job.workspace_id), Purges(resources)
    call = await calls.raw(job.call_id)
    if call is not None:
        cause = str(call.get("erase_cause", "request"))
        await purges.erase(
            job.workspace_id,
            job.call_id,
            custodians(resources),
            cause=cause,
            now=utc_now(),
            at_work=lambda: resources.outbox.others_at_work(job, now=utc_now()),
        )
    remembered = call if call is not None and call.get("erase_cause") in REMEMBERED else None

    async def write(tx: Any) -> None:
        now = utc_now()
        if remembered is not None:
            known_as = ErasedCall(
                source=remembered["source"],
                origin_id=remembered["origin_id"],
                content_hash=remembered["content_hash"],
                setup_time=remembered["setup_time"],
            )
            await TombstoneStore(resources, job.workspace_id).place(known_as, now=now, tx=tx)
        await resources.outbox.drop(job.workspace_id, job.call_id, but=job.job_id, tx=tx)
        await calls.remove(job.call_id, tx=tx)
        await purges.settle(job.workspace_id, job.call_id, tx=tx)
        await resources.outbox.complete(job, now=now, tx=tx)

    await resources.database.transaction(write)

"""A claim on a job is kept alive while the work goes on, and the work ends when the claim is another's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import structlog

from domain.errors import LostLease
from domain.jobs import Job
from domain.logs import where
from storage.resources import Resources

log = structlog.get_logger()


@asynccontextmanager
async def leased(resources: Resources, job: Job) -> AsyncIterator[None]:
    """Renew the job's lease every third of it; the work is cancelled when the lease is another's. Raises LostLease."""
    work = asyncio.current_task()
    lost = False

    async def renew() -> None:
        nonlocal lost
        while True:
            await asyncio.sleep(resources.settings.lease_s / 3)
            try:
                held = await resources.outbox.renew(job, now=datetime.now(UTC))
            except Exception as error:  # asked again while the lease lasts; the token fences what is written  # noqa: BLE001
                log.warning("job:lease:not_renewed", **where(error))
                continue
            if not held:
                lost = True
                if work is not None:
                    work.cancel()
                return

    renewal = asyncio.create_task(renew())
    try:
        yield
    except asyncio.CancelledError:
        if lost:
            raise LostLease("the job is held by another worker", job_id=job.job_id) from None
        raise
    finally:
        renewal.cancel()

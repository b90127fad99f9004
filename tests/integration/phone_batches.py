"""Batches of phones for tests that look at the pages they are stored on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from conftest import Tenant

from governance.workspaces import WorkspaceStore
from ingest.call_logs import CallLogStore
from ingest.log_batches import BatchIn, EntryIn
from ingest.log_intake import LogIntake
from ingest.pokes import Pokes
from storage.mongo import Document

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NUMBERS = ("098765 43210", "+442079460018", "112")


def entry(seconds_ago: int, number: str = NUMBERS[0], duration_s: float = 42) -> EntryIn:
    at = int((NOW - timedelta(seconds=seconds_ago)).timestamp() * 1000)
    return EntryIn(number=number, date=at, duration_s=duration_s, type=1)


async def send(tenant: Tenant, entries: list[EntryIn], device: str = "phone-1", now: datetime = NOW) -> Any:
    policy = (await WorkspaceStore(tenant.resources).get(tenant.workspace_id)).policy
    intake = LogIntake(tenant.resources, tenant.workspace_id, policy, Pokes())
    return await intake.take_in(BatchIn(device, "Asia/Kolkata", entries, "IN"), now=now)


def store_of(tenant: Tenant) -> CallLogStore:
    return CallLogStore(tenant.resources, tenant.workspace_id)


async def pages(tenant: Tenant) -> list[Document]:
    return await tenant.resources.database.scoped("call_logs", tenant.workspace_id).find({})

"""What was erased is not taken in again; what only sounds the same is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from conftest import Tenant, now

from ingest.tombstones import ErasedCall, TombstoneStore

BEGAN = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
ERASED = ErasedCall(source="pbx", origin_id="77", content_hash="a" * 64, setup_time=BEGAN)


async def test_an_erased_call_is_known_again_by_its_origin_or_its_bytes_until_something_tells_it_apart(
    tenant: Tenant,
) -> None:
    stones = TombstoneStore(tenant.resources, tenant.workspace_id)
    assert not await stones.is_erased(ERASED)
    for _ in range(2):
        await stones.place(ERASED, now=now())
    for again in (
        ERASED,
        replace(ERASED, content_hash=None),
        replace(ERASED, content_hash="b" * 64),
        replace(ERASED, origin_id=None),
        replace(ERASED, origin_id=None, setup_time=None),
        replace(ERASED, origin_id=None, setup_time=BEGAN.astimezone()),
    ):
        assert await stones.is_erased(again), again
    for other in (
        replace(ERASED, origin_id=None, content_hash="b" * 64),
        replace(ERASED, origin_id="78"),
        replace(ERASED, origin_id=None, setup_time=BEGAN + timedelta(seconds=1)),
        replace(ERASED, origin_id=None, content_hash=None),
    ):
        assert not await stones.is_erased(other), other
    assert len(await tenant.resources.database.scoped("tombstones", tenant.workspace_id).find({})) == 2
    assert await tenant.resources.database.scoped("tombstones", "ws_other").find({}) == []

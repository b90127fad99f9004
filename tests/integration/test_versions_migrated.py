"""Calls from before there were versions: served as they were, heard again like any other."""

from __future__ import annotations

import pytest
from conftest import Tenant
from hearings import QUICK, Studio, heard

from storage.migrations import migrate
from workers.runner import utc_now

OLD_INDEXES = {
    "transcripts": ("workspace_id", "call_id", "kind"),
    "redactions": ("workspace_id", "call_id"),
}


@pytest.fixture
async def studio(tenant: Tenant) -> Studio:
    return await Studio.of(tenant)


async def make_old(studio: Studio, call_id: str) -> None:
    """Take from a call's documents all that came with versions, and bring the indexes of that time back."""
    database = studio.tenant.resources.database
    new = ("version", "ready_versions", "review", "quality", "compute_type", "versions", "parameters", "speakers")
    for name, found in (("calls", {"_id": call_id}), ("transcripts", {"call_id": call_id}), ("redactions", {})):
        where = found | {"workspace_id": studio.tenant.workspace_id}
        await database._raw(name).update_many(where, {"$unset": dict.fromkeys(new, "")})
    await database._raw("outbox").update_many({"call_id": call_id}, {"$unset": {"version": ""}})
    for name, fields in OLD_INDEXES.items():
        partial = {"workspace_id": studio.tenant.workspace_id}  # of this test alone: others run beside it
        keys = [(field, 1) for field in fields]
        await database._raw(name).create_index(
            keys, name="_".join(fields), unique=True, partialFilterExpression=partial
        )
    await database._raw("schema_migrations").delete_one({"_id": 2})


@pytest.mark.settings(**QUICK)
async def test_a_call_from_before_versions_is_served_and_heard_again(studio: Studio) -> None:
    call_id = await studio.ready(heard("please cell me"), heard("please call me"))
    await make_old(studio, call_id)
    database = studio.tenant.resources.database
    assert 2 in await migrate(database, now=utc_now())
    assert await migrate(database, now=utc_now()) == [], "a second time there is nothing to do"
    for name, fields in OLD_INDEXES.items():
        assert "_".join(fields) not in await database._raw(name).index_information()
    call = await studio.call(call_id)
    assert (call["version"], call["review"], call["quality"]) == (1, None, None)
    assert await studio.text(call_id) == "please cell me"
    assert await studio.sound(call_id, version=1) == "fLaC version 1"
    (listed,) = (await studio.client.get(f"/v1/calls/{call_id}/transcriptions")).json()["versions"]
    assert (listed["state"], listed["engine"]["model_id"], listed["quality"]) == ("served", "base", None)
    await studio.again(call_id)
    assert await studio.text(call_id) == "please call me"
    assert await studio.text(call_id, version=1) == "please cell me"
    assert await studio.states(call_id) == ["earlier", "served"]


@pytest.mark.settings(**QUICK)
async def test_a_job_from_before_versions_goes_on(studio: Studio) -> None:
    studio.hearings = [heard("please call me")]
    call_id = await studio.received()
    await studio.work(call_id, most=1)
    await make_old(studio, call_id)
    await migrate(studio.tenant.resources.database, now=utc_now())
    await studio.work(call_id)
    assert await studio.text(call_id) == "please call me"

"""Sources: an administrator says what the data does not; secrets go in and never come out."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from cdr_rows import NOW

from domain.errors import NotFound
from domain.scopes import Scope
from ingest.sources import SourceConfig, SourceStore, source_of_hook

if TYPE_CHECKING:
    from conftest import MakeTenant, Tenant

TWILIO: dict[str, Any] = {
    "provider": "twilio",
    "zone": "Asia/Kolkata",
    "region": "IN",
    "fetch_hosts": ["api.example.com", "*.example.org"],
    "settings": {"account_sid": "AC00"},
    "secrets": {"auth_token": "a-very-secret-token"},
}


async def test_a_source_shows_everything_but_its_secrets(tenant: Tenant) -> None:
    admin = await tenant.client(Scope.WORKSPACE_ADMIN)
    put = await admin.put("/v1/sources/twilio-in", json=TWILIO)
    assert put.status_code == 200
    for answer in (put, await admin.get("/v1/sources/twilio-in"), await admin.get("/v1/sources")):
        assert "a-very-secret-token" not in answer.text
    told = put.json()
    assert (told["secret_names"], told["zone"], told["fetch_hosts"]) == (
        ["auth_token"],
        "Asia/Kolkata",
        ["api.example.com", "*.example.org"],
    )
    assert "/v1/callbacks/twilio/" in told["callback_url"]
    (document,) = await tenant.resources.database.scoped("sources", tenant.workspace_id).find({})
    assert "a-very-secret-token" not in str(document)
    store = SourceStore(tenant.resources, tenant.workspace_id)
    assert await store.secrets(await store.get("twilio-in")) == {"auth_token": "a-very-secret-token"}


async def test_secrets_that_are_left_out_stay_and_an_empty_set_removes_them(tenant: Tenant) -> None:
    admin, store = await tenant.client(Scope.WORKSPACE_ADMIN), SourceStore(tenant.resources, tenant.workspace_id)
    await admin.put("/v1/sources/twilio-in", json=TWILIO)
    hook = (await store.get("twilio-in")).hook
    changed = await admin.put("/v1/sources/twilio-in", json={"provider": "twilio", "zone": "UTC"})
    assert (changed.json()["secret_names"], changed.json()["region"]) == (["auth_token"], None)
    assert (await store.get("twilio-in")).hook == hook
    assert await store.secrets(await store.get("twilio-in")) == TWILIO["secrets"]
    emptied = await admin.put("/v1/sources/twilio-in", json={"provider": "twilio", "secrets": {}})
    assert emptied.json()["secret_names"] == []
    assert await store.secrets(await store.get("twilio-in")) == {}


async def test_a_rotated_address_leads_nowhere_from_then_on(tenant: Tenant) -> None:
    admin = await tenant.client(Scope.WORKSPACE_ADMIN)
    before = (await admin.put("/v1/sources/twilio-in", json=TWILIO)).json()["callback_url"]
    after = (await admin.post("/v1/sources/twilio-in/hook:rotate")).json()["callback_url"]
    assert before != after
    assert await source_of_hook(tenant.resources, before.rpartition("/")[2]) is None
    found = await source_of_hook(tenant.resources, after.rpartition("/")[2])
    assert found is not None
    assert (found.workspace_id, found.name) == (tenant.workspace_id, "twilio-in")
    assert (await admin.post("/v1/sources/other/hook:rotate")).status_code == 404


async def test_a_deleted_source_is_gone_with_its_secrets(tenant: Tenant) -> None:
    admin = await tenant.client(Scope.WORKSPACE_ADMIN)
    await admin.put("/v1/sources/twilio-in", json=TWILIO)
    assert (await admin.delete("/v1/sources/twilio-in")).status_code == 204
    assert (await admin.delete("/v1/sources/twilio-in")).status_code == 404
    assert await tenant.resources.database.scoped("sources", tenant.workspace_id).find({}) == []
    events = {one["event"] for one in await tenant.resources.audit.events(tenant.workspace_id)}
    assert {"source:configured", "source:deleted"} <= events


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"region": "india"}, "region"),
        ({"encoding": "no-such"}, "encoding"),
        ({"encoding": "base64"}, "encoding"),
        ({"own_numbers": "(+"}, "own_numbers"),
        ({"own_numbers": "a{99999999999}"}, "own_numbers"),
        ({"format": "no_such"}, "format"),
        ({"provider": "no_such"}, "provider"),
        ({"format": "csv_mapping"}, "mapping"),
        ({"format": "csv_mapping", "mapping": {"columns": 7}}, "mapping"),
        ({"fetch_hosts": ["http://example.com/"]}, "fetch_hosts"),
        ({"token": "x"}, "token"),
    ],
)
async def test_what_cannot_be_meant_is_refused_by_the_fields_name(
    tenant: Tenant, change: dict[str, Any], field: str
) -> None:
    answer = await (await tenant.client(Scope.WORKSPACE_ADMIN)).put("/v1/sources/pbx", json=change)
    assert answer.status_code == 422, answer.text
    assert field in answer.text
    with pytest.raises(NotFound):
        await SourceStore(tenant.resources, tenant.workspace_id).get("pbx")


async def test_sources_are_the_administrators_and_each_workspaces_own(make_tenant: MakeTenant) -> None:
    mine, theirs = await make_tenant(), await make_tenant()
    await (await mine.client(Scope.WORKSPACE_ADMIN)).put("/v1/sources/twilio-in", json=TWILIO)
    assert (await (await theirs.client(*Scope)).get("/v1/sources/twilio-in")).status_code == 404
    assert (await (await mine.client(Scope.CALLS_WRITE)).get("/v1/sources/twilio-in")).status_code == 403


async def test_a_source_made_by_many_at_once_is_one_whose_secrets_open(tenant: Tenant) -> None:
    store = SourceStore(tenant.resources, tenant.workspace_id)
    made = await asyncio.gather(*(store.put("pbx", SourceConfig(), secrets={"token": "t"}, now=NOW) for _ in range(8)))
    assert len({one.source_id for one in made}) == 1
    assert await store.secrets(await store.get("pbx")) == {"token": "t"}


async def test_a_mapping_with_any_keys_comes_back_as_it_was_written(tenant: Tenant) -> None:
    mapping = {"a.b": {"$c": [1, 2**70, None]}, "": "\x00"}
    store = SourceStore(tenant.resources, tenant.workspace_id)
    await store.put("pbx", SourceConfig(mapping=mapping), now=NOW)
    assert (await store.get("pbx")).config.mapping == mapping

"""The audit chain over the API: a bounded look at each request, the whole check, a kept head, an export."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import MakeTenant, Tenant

from cli.audit import verify_file
from domain.chains import Flaw, read_head
from domain.scopes import Scope
from storage.mongo import Collection

NOW = datetime.now(UTC)


async def filled(tenant: Tenant, count: int) -> Collection:
    for number in range(count):
        await tenant.resources.audit.append(tenant.workspace_id, "test:event", actor=f"key_{number}", now=NOW)
    return tenant.resources.database.scoped("audit_events", tenant.workspace_id)


async def test_a_chain_that_holds_is_told_with_its_length_and_last_hash(tenant: Tenant) -> None:
    client = await tenant.client(Scope.PRIVACY_MANAGE)
    empty = (await client.get("/v1/audit/verification")).json()
    assert (empty["intact"], empty["events"], empty["hash"]) == (True, 0, "")
    await filled(tenant, 5)
    head = (await client.get("/v1/audit/head")).json()
    told = (await client.get("/v1/audit/verification", params={"head": head["line"]})).json()
    assert told == {
        "intact": True,
        "events": 5,
        "hash": head["hash"],
        "flaw": None,
        "at_sequence": None,
        "head_checked": True,
    }
    assert head["sequence"] == 5


@pytest.mark.parametrize(
    ("harm", "flaw", "at"),
    [("change", Flaw.CHANGED, 3), ("delete the middle", Flaw.MISSING, 3), ("cut the tail", Flaw.CUT, 4)],
)
async def test_a_kept_head_shows_a_changed_event_a_missing_one_and_a_cut_tail(
    tenant: Tenant, harm: str, flaw: Flaw, at: int
) -> None:
    client, events = await tenant.client(Scope.PRIVACY_MANAGE), await filled(tenant, 6)
    line = (await client.get("/v1/audit/head")).json()["line"]
    if harm == "change":
        await events.update({"sequence": 3}, {"$set": {"actor": "key_x"}})
    elif harm == "cut the tail":
        await events.delete({"sequence": {"$gt": 3}})
    else:
        await events.delete({"sequence": 3})
    told = (await client.get("/v1/audit/verification", params={"head": line})).json()
    assert (told["intact"], told["flaw"], told["at_sequence"]) == (False, flaw, at)


async def test_a_tail_that_was_cut_and_written_anew_shows_beside_a_kept_head(tenant: Tenant) -> None:
    client, events = await tenant.client(Scope.PRIVACY_MANAGE), await filled(tenant, 4)
    line = (await client.get("/v1/audit/head")).json()["line"]
    await events.delete({"sequence": {"$gt": 2}})
    await filled(tenant, 9)
    assert (await client.get("/v1/audit/verification")).json()["intact"]
    told = (await client.get("/v1/audit/verification", params={"head": line})).json()
    assert (told["flaw"], told["at_sequence"]) == (Flaw.REWRITTEN, 4)


async def test_only_a_head_that_was_signed_for_this_workspace_is_taken(tenant: Tenant, make_tenant: MakeTenant) -> None:
    client = await tenant.client(Scope.PRIVACY_MANAGE)
    await filled(tenant, 2)
    line = (await client.get("/v1/audit/head")).json()["line"]
    other = await make_tenant()
    await filled(other, 2)
    others = (await (await other.client(Scope.PRIVACY_MANAGE)).get("/v1/audit/head")).json()["line"]
    unsigned = read_head(line, "audit").line("audit")
    for wrong in (others, unsigned, line.replace(" 2 ", " 3 "), line[:-1], "callward-audit"):
        answer = await client.get("/v1/audit/verification", params={"head": wrong})
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid"), wrong


async def test_the_exported_chain_verifies_on_another_machine(tenant: Tenant, tmp_path: Path) -> None:
    client, events = await tenant.client(Scope.PRIVACY_MANAGE), await filled(tenant, 4)
    line = (await client.get("/v1/audit/head")).json()["line"]
    file = tmp_path / "chain.jsonl"
    file.write_bytes((await client.get("/v1/audit/export")).content)
    assert (verify_file(file, read_head(line, "audit")).flaw, len(file.read_text().splitlines())) == (None, 4)
    behind = (await client.get("/v1/audit/export?after=3")).text.splitlines()
    assert [json.loads(one)["sequence"] for one in behind] == [4]
    await events.delete({"sequence": 4})
    file.write_bytes((await client.get("/v1/audit/export")).content)
    assert verify_file(file, read_head(line, "audit")).flaw is Flaw.CUT


async def test_reading_the_newest_events_looks_at_no_more_than_the_newest(tenant: Tenant) -> None:
    client, events = await tenant.client(Scope.PRIVACY_MANAGE), await filled(tenant, 5)
    assert (await client.get("/v1/audit?limit=2")).json()["intact"]
    assert await tenant.resources.audit.newest_hold(tenant.workspace_id, limit=3) is not False
    await events.update({"sequence": 1}, {"$set": {"actor": "key_x"}})
    assert await tenant.resources.audit.newest_hold(tenant.workspace_id, limit=3)
    assert not await tenant.resources.audit.newest_hold(tenant.workspace_id, limit=5)
    await events.update({"sequence": 4}, {"$set": {"actor": "key_x"}})
    assert not (await client.get("/v1/audit?limit=2")).json()["intact"]
    assert [one["sequence"] for one in (await client.get("/v1/audit?limit=2")).json()["events"]] == [5, 4]


async def test_only_a_privacy_officer_reads_the_chain_and_only_their_own(
    tenant: Tenant, make_tenant: MakeTenant
) -> None:
    await filled(tenant, 3)
    stranger = await tenant.client(Scope.WORKSPACE_ADMIN, Scope.TRANSCRIPTS_CLEAR)
    other = await (await make_tenant()).client(Scope.PRIVACY_MANAGE)
    for path in ("", "/head", "/verification", "/export"):
        assert (await stranger.get(f"/v1/audit{path}")).status_code == 403
        assert "test:event" not in (await other.get(f"/v1/audit{path}")).text
    assert (await other.get("/v1/audit/verification")).json()["events"] == 0

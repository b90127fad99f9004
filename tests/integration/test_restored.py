"""What was erased does not come back with a backup: unreadable at once, erased again by the look after the restore."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import pytest
from api_process import ROOT
from backups import Backup
from conftest import Tenant, now
from erasing import ERASED, KEPT_AFTERWARDS, QUICK, Case, log

from domain.ids import new_id
from ingest.call_logs import CallLogStore
from ingest.calls import CallStore
from ingest.tombstones import ErasedCall, TombstoneStore
from workers import restored
from workers.relay import Relay
from workers.restored import RestoredLook

if TYPE_CHECKING:
    from cli.stack.embedded import EmbeddedStack


@pytest.fixture
async def case(tenant: Tenant) -> Case:
    return await Case.of(tenant)


@pytest.mark.settings(**QUICK)
async def test_an_erased_call_that_a_backup_brings_back_is_unreadable_at_once_and_erased_again(case: Case) -> None:
    content = case.content()
    call_id = await case.ready(content, call_log=log(), origin_id="pbx-30")
    kept = await case.ready()
    backup = await Backup.of(case, call_id)
    await case.erase(call_id)
    receipt = (await case.client.get(f"/v1/calls/{call_id}/receipt")).json()
    await backup.restore(case)

    assert "calls" in await case.where_found(call_id), "it is there again"
    for path in ("/transcript", "/recording", "/transcript?clear=true&reason=a test", "/recording?clear=true&reason=a"):
        assert (await case.client.get(f"/v1/calls/{call_id}{path}")).status_code in {410, 422}, path
    await RestoredLook(case.resources).run()
    assert await case.listed() == [kept], "hidden before any object is deleted"
    await case.sweep()
    await case.run_erasures(call_id)
    assert await case.where_found(call_id) <= KEPT_AFTERWARDS
    assert await case.objects(call_id) == []
    assert (await case.client.get(f"/v1/calls/{call_id}/receipt")).json() == receipt, "the first proof stands"
    assert len(await case.events("call:restored:erased")) == 1
    assert (await case.client.get(f"/v1/calls/{kept}/transcript")).status_code == 200, "others are left alone"

    assert (await case.register(case.content(), origin_id="pbx-30")).json() == ERASED
    again = (await case.register(content)).json()["call"]["id"]
    assert (await case.client.put(f"/v1/calls/{again}/recording", content=content)).json()["outcome"] == "erased"


@pytest.mark.settings(**QUICK)
async def test_a_restored_call_is_erased_again_by_its_tombstone_alone_but_not_while_it_is_held(case: Case) -> None:
    """Its key may be whole: the same call may have come in under another id just while the first was erased."""
    call_id = await case.ready(origin_id="pbx-31")
    call = await CallStore(case.resources, case.tenant.workspace_id).raw(call_id)
    assert call is not None
    known_as = ErasedCall(call["source"], "pbx-31", call["content_hash"], None)
    await TombstoneStore(case.resources, case.tenant.workspace_id).place(known_as, now=now())
    hold = (await case.client.post("/v1/holds", json={"matter": "2026-116", "call_id": call_id})).json()
    await RestoredLook(case.resources).run()
    assert (await case.client.get(f"/v1/calls/{call_id}/transcript")).status_code == 200, "a hold wins"
    assert (await case.client.delete(f"/v1/holds/{hold['id']}")).status_code == 200
    await RestoredLook(case.resources).run()
    assert (await case.client.get(f"/v1/calls/{call_id}/transcript")).status_code == 410


@pytest.mark.settings(**QUICK)
async def test_a_key_that_is_missing_and_was_never_destroyed_erases_nothing(case: Case) -> None:
    """Older keys restored under newer records lose nothing for good: the newer keys may still be put back."""
    call_id = await case.ready()
    keys = case.resources.database._raw("keys")
    key = await keys.find_one_and_delete({"_id": call_id})
    await RestoredLook(case.resources).run()
    assert await case.events("call:restored:erased") == []
    await keys.insert_one(key)
    assert (await case.client.get(f"/v1/calls/{call_id}/transcript")).status_code == 200


@pytest.mark.settings(**QUICK)
async def test_erased_rows_that_a_backup_brings_back_are_erased_again(case: Case) -> None:
    call_id, kept = await case.ready(call_log=log()), await case.ready(call_log=log())
    logs = CallLogStore(case.resources, case.tenant.workspace_id)
    found, other = await logs.of_call(call_id), await logs.of_call(kept)
    assert found is not None
    backup = await Backup.of(case, call_id)
    assert (await case.client.delete(f"/v1/call-logs/{found['_id']}")).status_code == 200
    await backup.restore(case)
    assert await logs.of_call(call_id) == found
    await RestoredLook(case.resources).run()
    assert await logs.of_call(call_id) is None
    assert await logs.of_call(kept) == other
    assert [event["detail"] for event in await case.events("rows:restored:erased")] == [{"rows": 1}]
    await RestoredLook(case.resources).run()
    assert len(await case.events("rows:restored:erased")) == 1, "there is nothing more to do"


@pytest.mark.settings(**QUICK)
async def test_the_look_goes_on_page_by_page_from_round_to_round_and_then_rests(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restored, "PAGE", 1)
    monkeypatch.setattr(restored, "PAGES_A_ROUND", 1)
    calls = [await case.ready() for _ in range(3)]
    for call_id in calls:
        await case.resources.keyring.destroy(case.tenant.workspace_id, call_id, now=now())
    look, rounds = RestoredLook(case.resources), 0
    total = await case.resources.database.whole("calls").count({})
    total += await case.resources.database.whole("tombstones").count({"row": True})
    while len(await case.events("call:restored:erased")) < len(calls):
        rounds += 1
        assert rounds <= total + len(calls), "it stands still"
        await look.go_on()
    assert rounds >= len(calls), "one page in a round"
    for _ in range(total + 2):
        await look.go_on()
    late = await case.ready()
    await case.resources.keyring.destroy(case.tenant.workspace_id, late, now=now())
    for _ in range(total + 2):
        await look.go_on()
    assert len(await case.events("call:restored:erased")) == len(calls), "it looks once a day"


@pytest.mark.settings(**QUICK)
async def test_a_workspace_that_cannot_be_looked_at_does_not_keep_the_others_restored(
    case: Case, make_tenant: Any
) -> None:
    other = await Case.of(await make_tenant())
    broken, mine = await other.ready(), await case.ready()
    for one, call_id in ((other, broken), (case, mine)):
        await one.resources.keyring.destroy(one.tenant.workspace_id, call_id, now=now())
    await other.resources.database._raw("keys").delete_one({"_id": other.tenant.workspace_id})
    other.resources.keyring._workspace_keys.clear()
    await RestoredLook(case.resources).run()
    assert len(await case.events("call:restored:erased")) == 1


@pytest.mark.settings(**QUICK, sweep_every_s=0.05)
async def test_the_relay_looks_when_it_starts(case: Case) -> None:
    call_id = await case.ready()
    await case.resources.keyring.destroy(case.tenant.workspace_id, call_id, now=now())

    async def publish(*_: Any) -> None:
        if await case.events("call:restored:erased"):
            relay.stop()

    relay = Relay(case.resources, publish)
    await relay.run()
    assert (await case.client.get(f"/v1/calls/{call_id}")).status_code == 410


async def test_receipts_and_tombstones_of_an_earlier_version_are_copied_to_what_is_backed_up_apart(
    tenant: Tenant,
) -> None:
    """The first migration, with data present: it ran when the stack came up, and runs again after a restore."""
    from storage.migrations import MIGRATIONS  # noqa: PLC0415 - the one test of it

    number, _, migration = MIGRATIONS[0]
    assert number == 1
    database = tenant.resources.database
    old_receipts, old_stones = database._records["receipts"], database._records["tombstones"]
    receipts = [{"_id": new_id("rcpt"), "workspace_id": tenant.workspace_id, "call_id": new_id("call")} for _ in "ab"]
    stone = {"_id": new_id("tomb"), "workspace_id": tenant.workspace_id, "mark": "m", "erased_at": now()}
    await old_receipts.insert_many(receipts)
    await old_stones.insert_one(stone)
    await database.scoped("receipts", tenant.workspace_id).insert({**receipts[0], "cause": "written since"})
    for _ in range(2):
        await migration(database)
    found = await database.scoped("receipts", tenant.workspace_id).find({})
    assert {one["_id"]: one.get("cause") for one in found} == {
        receipts[0]["_id"]: "written since",
        receipts[1]["_id"]: None,
    }
    assert [one["_id"] for one in await database.scoped("tombstones", tenant.workspace_id).find({})] == [stone["_id"]]
    for old in (old_receipts, old_stones):
        await old.drop()


async def test_older_keys_restored_beside_the_tombstones_of_rows_learn_again_that_rows_were_erased(
    tenant: Tenant,
) -> None:
    workspace_id, keyring = tenant.workspace_id, tenant.resources.keyring
    await TombstoneStore(tenant.resources, workspace_id).place_rows([new_id("log")], now=now())
    assert (await keyring.month_keys(workspace_id, [], now=now())).rows_erased, "known before the stone is there"
    older = {"$set": {"rows_erased": False}}
    await tenant.resources.database.whole("keys").update({"_id": workspace_id}, older)
    await RestoredLook(tenant.resources).run()
    assert (await keyring.month_keys(workspace_id, [], now=now())).rows_erased


@pytest.mark.settings(**QUICK)
async def test_the_look_before_anything_is_served_hides_calls_and_erases_rows_in_a_process_of_its_own(
    case: Case, stack: EmbeddedStack
) -> None:
    call_id, kept = await case.ready(call_log=log()), await case.ready(call_log=log())
    logs = CallLogStore(case.resources, case.tenant.workspace_id)
    entry = await logs.of_call(kept)
    assert entry is not None
    backup = await Backup.of(case, call_id)
    await case.erase(call_id)
    assert (await case.client.delete(f"/v1/call-logs/{entry['_id']}")).status_code == 200
    await backup.restore(case)
    assert await logs.of_call(kept) is not None, "it could be read"
    env = {name: value for name, value in stack.env.items() if name.startswith("CALLWARD_")}
    look = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "workers", "restored", cwd=ROOT, env=env, stderr=asyncio.subprocess.PIPE
    )
    _, said = await asyncio.wait_for(look.communicate(), 120)
    assert (look.returncode, b"restored:look:done" in said) == (0, True), said.decode()[-2_000:]
    assert await logs.of_call(kept) is None
    assert await case.listed() == [kept]

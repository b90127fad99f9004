"""Two traps of erasing: identifiers in MongoDB's oplog, and a key that a process still remembers."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import bson
import pytest
from api_process import ROOT
from cdr_rows import leg, policy_of, stored
from conftest import now
from erasing import QUICK, Case, log
from pymongo import MongoClient

from domain.errors import Gone
from ingest.cdrs import CdrStore
from ingest.formats.record import Rejection
from ingest.quarantine import QuarantineStore
from workers.ageing import Ageing

if TYPE_CHECKING:
    from conftest import Tenant

    from cli.stack.embedded import EmbeddedStack

PLANTED = (b"4155550177", b"7700900177", b"planted@example.com", b"Planted Person", b"rec-planted", b"PJSIP/planted")


def oplog(stack: EmbeddedStack, since: Any) -> bytes:
    """Everything that was written since, as it lies in the oplog."""
    client: MongoClient[dict[str, Any]] = MongoClient(stack.env["CALLWARD_MONGO_URL"])
    try:
        found = client["local"]["oplog.rs"].find({"ts": {"$gt": since}})
        return b"".join(bson.encode(entry) for entry in found)
    finally:
        client.close()


def newest(stack: EmbeddedStack) -> Any:
    client: MongoClient[dict[str, Any]] = MongoClient(stack.env["CALLWARD_MONGO_URL"])
    try:
        return client["local"]["oplog.rs"].find_one(sort=[("$natural", -1)])["ts"]  # type: ignore[index]
    finally:
        client.close()


@pytest.mark.settings(**QUICK)
async def test_no_number_name_or_address_was_ever_in_the_oplog_in_clear(tenant: Tenant, stack: EmbeddedStack) -> None:
    """What an update or a deletion takes away stays in the oplog for hours: so it must never have been there."""
    since = await asyncio.to_thread(newest, stack)
    case = await Case.of(tenant)
    told = log(caller="+14155550177", contact_name="Planted Person", contact_email="planted@example.com")
    call_id = await case.ready(call_log=told)
    changes = {"leg_id": "PJSIP/planted", "extra": {"clid_name": "Planted Person", "channel": "PJSIP/planted"}}
    store, policy = CdrStore(tenant.resources, tenant.workspace_id), await policy_of(tenant)
    await store.land("pbx", [[leg(1, 1, group="rec-planted", origin_id="rec-planted", **changes)]], policy, now=now())
    row = Rejection(7, "columns", "m", "+447700900177,Planted Person,planted@example.com")
    quarantine = QuarantineStore(tenant.resources, tenant.workspace_id)
    await quarantine.keep_rows("imp_1", [(0, row)], policy, now=now())
    await case.erase(call_id)
    due = max(one["identifiers"]["retain_until"] for one in await stored(tenant)) + timedelta(days=40)
    await Ageing(tenant.resources).of_workspace(tenant.workspace_id, now=due)
    raw = await asyncio.to_thread(oplog, stack, since)
    assert call_id.encode() in raw, "the search sees what was written"
    assert [word for word in PLANTED if word.lower() in raw.lower()] == []


OTHER = """
import asyncio, sys, time
from storage.resources import Resources
from storage.settings import load_settings
from domain.errors import Gone

async def main(workspace_id, call_id, month):
    resources = Resources.open(load_settings())
    from datetime import UTC, datetime
    seen = False
    while True:
        try:
            await resources.keyring.call_key(workspace_id, call_id)
            await resources.keyring.month_key(workspace_id, month, now=datetime.now(UTC))
            if not seen:
                seen = True
                print("open", flush=True)
        except Gone:
            print(f"gone {time.time()}", flush=True)
            return
        if len(sys.argv) > 4:
            await asyncio.sleep(0.01)

asyncio.run(main(*sys.argv[1:4]))
"""


@pytest.mark.parametrize("which", ["call", "month"])
@pytest.mark.settings(**QUICK)
async def test_a_key_that_is_destroyed_opens_nothing_a_second_later_in_any_process(
    tenant: Tenant, stack: EmbeddedStack, which: str
) -> None:
    case = await Case.of(tenant)
    call_id, keyring = await case.ready(), tenant.resources.keyring
    await keyring.month_key(tenant.workspace_id, "2024-01", now=now())
    arguments = [sys.executable, "-c", OTHER, tenant.workspace_id, call_id, "2024-01"]
    env = {name: value for name, value in stack.env.items() if name.startswith("CALLWARD_")}
    other = await asyncio.create_subprocess_exec(
        *arguments, "slowly", cwd=ROOT, env={"PYTHONPATH": str(ROOT), **env}, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    assert (await asyncio.wait_for(other.stdout.readline(), 60)).split() == [b"open"]
    name = call_id if which == "call" else f"{tenant.workspace_id}/2024-01"
    await keyring.destroy(tenant.workspace_id, name, now=now())
    destroyed_at = now().timestamp()
    word, at = (await asyncio.wait_for(other.stdout.readline(), 60)).split()
    await other.wait()
    assert word == b"gone"
    assert float(at) - destroyed_at < 1.0
    with pytest.raises(Gone):
        await (
            keyring.call_key(tenant.workspace_id, call_id)
            if which == "call"
            else keyring.month_key(tenant.workspace_id, "2024-01", now=now())
        )

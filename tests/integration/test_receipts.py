"""Receipts are a chain: one that is altered, missing, cut off or written anew shows; each erasure has one, once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from cdr_rows import leg, policy_of, stored
from conftest import Tenant, now
from erasing import QUICK, Case

from domain.chains import Flaw, Head
from domain.ids import new_id
from domain.scopes import Scope
from governance.purges import Purges
from governance.receipts import Erased, ReceiptKind, ReceiptStore
from ingest.cdrs import CdrStore
from workers.ageing import Ageing

if TYPE_CHECKING:
    from storage.mongo import Document


async def add(tenant: Tenant, call_id: str | None = None) -> Document:
    told = Erased(ReceiptKind.CALL, "request", {"ingest": 3}, key_destroyed=True, call_id=call_id or new_id("call"))
    return await ReceiptStore(tenant.resources, tenant.workspace_id).add(told, "call:content:erased", now=now())


def raw(tenant: Tenant) -> Any:
    return tenant.resources.database._raw("receipts")


async def verdict(tenant: Tenant, **kept: Any) -> tuple[Flaw | None, int | None]:
    found = await ReceiptStore(tenant.resources, tenant.workspace_id).verify(**kept)
    return found.flaw, found.at


async def test_the_chain_of_many_receipts_written_at_once_holds_and_has_no_gap(tenant: Tenant) -> None:
    await asyncio.gather(*(add(tenant) for _ in range(12)))
    assert await verdict(tenant) == (None, None)
    found = await ReceiptStore(tenant.resources, tenant.workspace_id).page(limit=50)
    assert [one["sequence"] for one in found] == list(range(12, 0, -1))


async def test_a_receipt_that_is_asked_for_again_is_the_same_with_one_audit_event(tenant: Tenant) -> None:
    call_id = new_id("call")
    first, again = await asyncio.gather(add(tenant, call_id), add(tenant, call_id))
    assert first["_id"] == again["_id"] == (await add(tenant, call_id))["_id"]
    events = await tenant.resources.audit.events(tenant.workspace_id)
    assert [one["event"] for one in events] == ["call:content:erased"]
    assert events[0]["detail"] == {"cause": "request", "receipt": 1, "receipt_hash": first["hash"]}


@pytest.mark.parametrize(
    ("field", "value"),
    [("erased", {"ingest": 2}), ("cause", "retention_over"), ("call_id", "call_x"), ("months", ["2025-01"])],
)
async def test_a_receipt_that_was_altered_is_found(tenant: Tenant, field: str, value: Any) -> None:
    receipts = [await add(tenant) for _ in range(4)]
    await raw(tenant).update_one({"_id": receipts[1]["_id"]}, {"$set": {field: value}})
    assert await verdict(tenant) == (Flaw.CHANGED, 2)


async def test_a_receipt_that_is_missing_in_the_middle_is_found(tenant: Tenant) -> None:
    receipts = [await add(tenant) for _ in range(4)]
    await raw(tenant).delete_one({"_id": receipts[2]["_id"]})
    assert await verdict(tenant) == (Flaw.MISSING, 3)


async def test_a_cut_tail_is_found_by_the_audit_log_alone_and_by_a_kept_head(tenant: Tenant) -> None:
    receipts = [await add(tenant) for _ in range(4)]
    head = Head(tenant.workspace_id, 4, receipts[3]["hash"], now())
    await raw(tenant).delete_one({"_id": receipts[3]["_id"]})
    assert await verdict(tenant) == (Flaw.CUT, 4)
    await tenant.resources.database._raw("audit_events").delete_many({"workspace_id": tenant.workspace_id})
    assert await verdict(tenant) == (None, None), "who can change both databases is found by a kept head only"
    assert await verdict(tenant, kept=head) == (Flaw.CUT, 4)


async def test_receipts_of_an_earlier_version_are_vouched_for_by_the_first_one_of_the_chain(tenant: Tenant) -> None:
    old = {"workspace_id": tenant.workspace_id, "cause": "request", "erased_at": now(), "erased": {"ingest": 1}}
    calls = [new_id("call") for _ in range(3)]
    for call_id in calls:
        await raw(tenant).insert_one({"_id": new_id("rcpt"), "call_id": call_id, "key_destroyed": True, **old})
    await add(tenant)
    store = ReceiptStore(tenant.resources, tenant.workspace_id)
    assert (await verdict(tenant), await store.unchained()) == ((None, None), 3)
    again = await add(tenant, calls[0])
    assert "sequence" not in again, "the first proof stands"
    await raw(tenant).update_one({"call_id": calls[1]}, {"$set": {"cause": "another"}})
    assert (await verdict(tenant))[0] is Flaw.CHANGED


async def test_a_part_of_a_call_has_a_receipt_of_its_own_and_the_whole_call_another(tenant: Tenant) -> None:
    purges, call_id = Purges(tenant.resources), new_id("call")
    told = {"artifact": "recording", "cause": "retention_over", "erased": {"ingest": 1}, "key_destroyed": True}
    part = await purges.note_artifact(tenant.workspace_id, call_id, **told, now=now())
    assert await purges.receipt(tenant.workspace_id, call_id) is None
    whole = await add(tenant, call_id)
    assert (await purges.note_artifact(tenant.workspace_id, call_id, **told, now=now()))["_id"] == part["_id"]
    assert (await purges.receipt(tenant.workspace_id, call_id) or {})["_id"] == whole["_id"] != part["_id"]


@pytest.mark.settings(**QUICK)
async def test_an_officer_reads_and_checks_receipts_and_nobody_else_does(tenant: Tenant, make_tenant: Any) -> None:
    case = await Case.of(tenant)
    call_id = await case.ready()
    await case.erase(call_id)
    await CdrStore(tenant.resources, tenant.workspace_id).land("pbx", [[leg(1, 1)]], await policy_of(tenant), now=now())
    due = (await stored(tenant))[0]["identifiers"]["retain_until"]
    await Ageing(tenant.resources).of_workspace(tenant.workspace_id, now=due)
    officer = await tenant.client(Scope.PRIVACY_MANAGE)
    told = (await officer.get("/v1/receipts")).json()
    assert [one["kind"] for one in told["receipts"]] == ["traffic", "call"]
    assert told["receipts"][0]["erased"]["cdrs_identifiers"] == 1
    assert "+44" not in str(told)
    checked = (await officer.get("/v1/receipts/verification")).json()
    assert (checked["intact"], checked["receipts"]) == (True, 2)
    again = await officer.get("/v1/receipts/verification", params={"head": checked["head"]})
    assert (again.json()["intact"], again.json()["head_checked"]) == (True, True)
    wrong = await officer.get("/v1/receipts/verification", params={"head": "callward-receipts nonsense"})
    assert (wrong.status_code, wrong.json()["type"]) == (422, "/problems/invalid")
    other = await (await make_tenant()).client(Scope.PRIVACY_MANAGE)
    assert (await other.get("/v1/receipts")).json() == {"receipts": [], "before": None}
    theirs = await other.get("/v1/receipts/verification", params={"head": checked["head"]})
    assert theirs.status_code == 422
    reader = await tenant.client(Scope.CALLS_READ)
    for path in ("/v1/receipts", "/v1/receipts/verification", "/v1/sweep"):
        assert (await reader.get(path)).status_code == 403

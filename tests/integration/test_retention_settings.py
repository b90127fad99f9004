"""What administrators set: versions, conflicts spelt out, two at once, and a second one where it erases soon."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from windows import Windows, old_call, workspace_of

from domain.holds import record_scope
from domain.records import Category
from domain.scopes import Scope
from domain.waivers import Office, WaivableRule
from governance.approvals import TERM, ProposalState, ProposalStore
from governance.holds import HoldStore, NewHold
from governance.retention_settings import RetentionSettingsService
from governance.waivers import NewWaiver, WaiverStore
from workers.runner import utc_now

if TYPE_CHECKING:
    from conftest import MakeTenant, Tenant


@pytest.fixture
async def windows(tenant: Tenant) -> Windows:
    return await Windows.of(tenant)


async def test_a_version_says_who_when_and_why_and_stays_readable(windows: Windows) -> None:
    born = (await windows.first.get(windows.path)).json()
    assert (born["version"], born["in_force"], born["set_by"]) == (1, True, None)
    assert born["windows"]["cdr_identifiers"]["longest"] == "P12M"
    answer = await windows.put(windows={"transcript": "P60D"}, training=True, reason="as the customer wrote")
    assert (answer.status_code, answer.json()["outcome"]) == (200, "set")
    assert answer.headers["etag"] == '"2"'
    now = (await windows.first.get(windows.path)).json()
    assert (now["version"], now["reason"], now["training"]) == (2, "as the customer wrote", True)
    assert now["windows"]["transcript"]["window"] == "P60D"
    assert now["set_by"].startswith("key_")
    before = (await windows.first.get(windows.path, params={"version": 1})).json()
    assert (before["windows"]["transcript"]["window"], before["in_force"]) == (None, False)
    assert [one["version"] for one in (await windows.first.get(f"{windows.path}/versions")).json()] == [1, 2]
    (event,) = await windows.case.events("workspace:retention:set")
    assert event["detail"] == {"version": 2, "reason": "as the customer wrote"}


async def test_what_is_said_again_makes_no_version(windows: Windows) -> None:
    await windows.set(windows={"transcript": "P60D"})
    answer = await windows.put(windows={"transcript": "P60D"})
    assert (answer.status_code, answer.json()["outcome"], await windows.version()) == (200, "unchanged", 2)


async def test_of_two_changes_of_one_version_one_is_told_so(windows: Windows) -> None:
    answers = await asyncio.gather(
        *(windows.put(based_on=1, by=by, windows={"transcript": days}) for by, days in
          ((windows.first, "P60D"), (windows.second, "P90D")))
    )  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    refused = next(answer for answer in answers if answer.status_code == 412)
    assert refused.json()["type"] == "/problems/outdated"
    assert await windows.version() == 2


async def test_the_version_is_named_in_the_header_or_the_body_and_nowhere_guessed(windows: Windows) -> None:
    body = {"reason": "a test of headers", "windows": {"transcript": "P60D"}}
    assert (await windows.first.put(windows.path, json=body)).status_code == 422
    for header, status in (("three", 422), ('"3"', 412), ('"1"', 200)):
        answer = await windows.first.put(windows.path, json=body, headers={"If-Match": header})
        assert answer.status_code == status, header
    answer = await windows.first.put(windows.path, json={**body, "based_on": 1}, headers={"If-Match": '"2"'})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"windows": {"cdr_identifiers": "P13M"}}, "longer than the profile allows"),
        ({"windows": {"call_metadata": "P11Y"}}, "longer than the profile allows"),
        ({"windows": {"cdr_identifiers": "PT4H"}}, "whole days"),
        ({"windows": {"transcript": "PT0S"}}, "never be read"),
        ({"windows": {"recording": "a while"}}, "ISO 8601"),
        ({"windows": {"voices": "P1D"}}, "cannot be accepted"),
        ({"actions": {"transcript": "anonymise"}}, "set erase"),
        ({"actions": {"recording": "aggregate"}}, "not built yet"),
        ({"access": {"agent": ["everything"]}}, "cannot be accepted"),
        ({"reason": " "}, "cannot be accepted"),
    ],
    ids=str,
)
async def test_what_cannot_be_is_refused_and_says_why(windows: Windows, body: dict[str, Any], told: str) -> None:
    answer = await windows.put(**body)
    assert answer.status_code == 422
    assert told in answer.json()["detail"]
    assert await windows.version() == 1


async def test_a_waiver_lets_a_window_be_longer_and_ends_with_its_own_end(windows: Windows) -> None:
    waivers, now = WaiverStore(windows.case.resources), utc_now()
    workspace_id = windows.case.tenant.workspace_id
    new = NewWaiver(WaivableRule.RETENTION_OVER_PROFILE, "a dispute", now + timedelta(days=500), longest="P18M")
    waiver = await waivers.approve(workspace_id, new, approved_by="key_x", office=Office.CEO, now=now)
    assert (await windows.put(windows={"cdr_identifiers": "P20M"})).status_code == 422, "the waiver goes to P18M"
    await windows.set(windows={"cdr_identifiers": "P15M"})
    told = (await windows.first.get(windows.path)).json()["windows"]["cdr_identifiers"]
    assert told["waived_until"] is not None
    policy = (await workspace_of(windows)).policy
    due = policy.due(Category.TRAFFIC_IDENTIFIERS, now)
    assert now + timedelta(days=365) < due, "longer than the profile"
    late = policy.due(Category.TRAFFIC_IDENTIFIERS, now + timedelta(days=490))
    assert late <= now + timedelta(days=490 + 397), "what would outlive the waiver is back at the profile's own"
    await waivers.revoke(workspace_id, waiver.waiver_id, revoked_by="key_x", now=utc_now())
    service = RetentionSettingsService(windows.case.resources, workspace_id)
    assert await service.follow_waivers(by="sweep", now=utc_now())
    assert not await service.follow_waivers(by="sweep", now=utc_now())
    again = (await workspace_of(windows)).policy.due(Category.TRAFFIC_IDENTIFIERS, now)
    assert again < due


async def test_another_tenant_and_another_scope_reach_nothing(windows: Windows, make_tenant: MakeTenant) -> None:
    stranger = await (await make_tenant()).client(*Scope)
    reader = await windows.case.tenant.client(Scope.PRIVACY_MANAGE, Scope.TRANSCRIPTS_CLEAR)
    body = {"reason": "a test of scopes", "based_on": 1}
    for client, status in ((stranger, 404), (reader, 403)):
        for path in (windows.path, f"{windows.path}/versions", f"{windows.path}/proposals"):
            assert (await client.get(path)).status_code == status
        assert (await client.put(windows.path, json=body)).status_code == status
        assert (await client.post(f"{windows.path}/preview", json={})).status_code == status
        answer = await client.post(f"{windows.path}/proposals/prop_x", json={"decision": "approved"})
        assert answer.status_code == status
    assert await windows.version() == 1


async def test_a_shortening_that_erases_waits_for_a_second_administrator(windows: Windows) -> None:
    call_id = await old_call(windows, 10)
    answer = await windows.put(windows={"recording": "P5D", "transcript": "P5D"})
    assert (answer.status_code, answer.json()["outcome"]) == (202, "waiting")
    proposal = answer.json()["proposal"]
    assert (proposal["state"], proposal["goes"]) == ("waiting", {"calls": 1})
    await windows.redate()
    assert (await windows.read(call_id, "transcript")).status_code == 200
    assert await windows.version() == 1
    refused = await windows.decide(proposal["id"], "approved", by=windows.first)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/second-admin-needed")
    late = await windows.case.tenant.client(Scope.WORKSPACE_ADMIN)
    assert (await windows.decide(proposal["id"], "approved", by=late)).status_code == 403, "made after the asking"
    approved = await windows.decide(proposal["id"], "approved")
    assert (approved.status_code, approved.json()["retention"]["version"]) == (200, 2)
    assert approved.json()["retention"]["approved_by"] != approved.json()["retention"]["set_by"]
    assert (await windows.read(call_id, "transcript")).status_code == 410, "before re-dating came to it"
    await windows.redate()
    assert (await windows.case.client.get(f"/v1/calls/{call_id}")).status_code == 410
    assert (await windows.decide(proposal["id"], "approved")).status_code == 409
    assert len(await windows.case.events("retention:approved")) == 1


async def test_within_the_term_of_a_proposal_counts_as_soon(windows: Windows) -> None:
    """Due in a moment after the PUT is due before a second person could have looked."""
    await old_call(windows, 10)
    short = {"recording": "P12D", "transcript": "P12D"}
    assert (await windows.put(windows=short)).status_code == 202
    long = {"recording": f"P{10 + TERM.days + 2}D", "transcript": f"P{10 + TERM.days + 2}D"}
    assert (await windows.put(windows=long)).status_code == 200


async def test_a_rejected_an_expired_and_an_outdated_proposal_change_nothing(windows: Windows) -> None:
    await old_call(windows, 10)
    short = {"recording": "P5D", "transcript": "P5D"}
    rejected = (await windows.put(windows=short)).json()["proposal"]["id"]
    assert (await windows.decide(rejected, "rejected")).json()["proposal"]["state"] == "rejected"
    assert (await windows.decide(rejected, "approved")).status_code == 409
    expired = (await windows.put(windows=short)).json()["proposal"]["id"]
    store = ProposalStore(windows.case.resources, windows.case.tenant.workspace_id)
    found = await store.get(expired)
    assert found.state(found.expires_at - timedelta(milliseconds=1)) is ProposalState.WAITING
    assert found.state(found.expires_at) is ProposalState.EXPIRED
    proposals = windows.case.resources.database.whole("retention_proposals")
    await proposals.update({"_id": expired}, {"$set": {"expires_at": utc_now()}})
    assert (await windows.decide(expired, "approved")).status_code == 409
    outdated = (await windows.put(windows=short)).json()["proposal"]["id"]
    await windows.set(insights=True)
    assert (await windows.decide(outdated, "approved")).status_code == 412
    assert await windows.version() == 2


async def test_a_hold_placed_between_asking_and_approving_keeps_its_call(windows: Windows) -> None:
    kept, gone = await old_call(windows, 10), await old_call(windows, 10)
    proposal = (await windows.put(windows={"recording": "P5D", "transcript": "P5D"})).json()["proposal"]["id"]
    holds = HoldStore(windows.case.resources, windows.case.tenant.workspace_id)
    await holds.place(NewHold("2026-8", record_scope(kept)), now=utc_now())
    assert (await windows.decide(proposal, "approved")).status_code == 200
    await windows.redate()
    await windows.case.sweep()
    for call_id in (kept, gone):
        await windows.case.run_erasures(call_id)
    assert await windows.case.objects(kept) != []
    assert await windows.case.objects(gone) == []


async def test_the_next_change_waits_until_stored_records_follow(windows: Windows) -> None:
    """Else a longer window would bring back what a shorter one has hidden and nobody dated yet."""
    call_id = await old_call(windows, 10)
    proposals = [(await windows.put(windows={"recording": days})).json()["proposal"] for days in ("P5D", "P6D")]
    assert (await windows.decide(proposals[0]["id"], "approved")).status_code == 200
    answer = await windows.put(windows={"recording": "P90D"})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-applied")
    assert (await windows.first.get(windows.path)).json()["applied_at"] is None
    await windows.redate()
    assert (await windows.put(windows={"recording": "P90D"})).status_code == 200
    await windows.redate()
    assert (await windows.read(call_id, "recording")).status_code == 410
    assert (await windows.read(call_id, "transcript")).status_code == 200

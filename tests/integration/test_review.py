"""Quality is shown, a threshold sends a call to review, and a person's decision is kept to."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Tenant
from hearings import QUICK, Studio, heard

from domain.scopes import Scope
from domain.speech import Unheard

GOOD = heard("thank you for calling")
POOR = heard("thank two four falling", mean_probability=0.4)


@pytest.fixture
async def studio(tenant: Tenant) -> Studio:
    return await Studio.of(tenant)


async def threshold(studio: Studio, below: float | None) -> None:
    address = f"/v1/workspaces/{studio.tenant.workspace_id}/speech"
    answer = await studio.client.put(address, json={} if below is None else {"review_below": below})
    assert answer.status_code == 200, answer.text


async def decide(studio: Studio, call_id: str, decision: str, version: int = 1) -> Any:
    body = {"version": version, "decision": decision, "reason": "listened to it"}
    return await studio.client.post(f"/v1/calls/{call_id}/review", json=body)


@pytest.mark.settings(**QUICK)
async def test_a_call_shows_how_well_it_was_heard(studio: Studio) -> None:
    call_id = await studio.ready(heard("thank you", unheard=(Unheard(0, 1.0, 3.5),), speech_share=0.5))
    quality = (await studio.call(call_id))["quality"]
    assert quality["unheard_s"] == 2.5
    assert quality["speech_share"] == 0.5
    assert quality["language_probability"] == 0.98
    assert quality["mean_probability"] == 0.9


@pytest.mark.settings(**QUICK)
async def test_only_calls_below_the_threshold_are_listed_for_review(studio: Studio) -> None:
    before = await studio.ready(POOR)
    await threshold(studio, 0.6)
    good, poor = await studio.ready(GOOD), await studio.ready(POOR)
    listed = (await studio.client.get("/v1/calls", params={"review": "needed"})).json()["calls"]
    assert [call["id"] for call in listed] == [poor]
    assert listed[0]["review"] == {
        "needed": True,
        "state": "needed",
        "reasons": ["low_probability"],
        "decided_at": None,
    }
    rest = (await studio.client.get("/v1/calls", params={"review": "not_needed"})).json()["calls"]
    assert {call["id"] for call in rest} == {before, good}, "a threshold holds for calls that come after it"


@pytest.mark.settings(**QUICK)
async def test_the_list_for_review_goes_on_page_by_page(studio: Studio) -> None:
    await threshold(studio, 0.6)
    ids = [await studio.ready(POOR) for _ in range(3)]
    address, seen = "/v1/calls?review=needed&limit=2", []
    while address:
        answer = await studio.client.get(address)
        seen += [call["id"] for call in answer.json()["calls"]]
        address = answer.links.get("next", {}).get("url", "")
    assert seen == ids[::-1]


@pytest.mark.settings(**QUICK)
async def test_a_rejected_transcript_is_served_to_nobody_until_it_is_accepted(studio: Studio) -> None:
    call_id = await studio.ready(GOOD)
    answer = await decide(studio, call_id, "rejected")
    assert answer.json()["review"]["state"] == "rejected"
    assert await studio.text(call_id) == "409 rejected"
    assert await studio.sound(call_id) == "409 rejected"
    assert (await studio.client.get(f"/v1/calls/{call_id}/vcon")).json()["type"] == "/problems/rejected"
    assert await studio.states(call_id) == ["rejected"]
    clear = {"clear": True, "reason": "judging it again"}
    assert await studio.text(call_id, **clear) == "thank you for calling"
    answer = await decide(studio, call_id, "accepted")
    assert answer.json()["review"] | {"decided_at": None} == {
        "needed": False,
        "state": "accepted",
        "reasons": [],
        "decided_at": None,
    }
    assert await studio.text(call_id) == "thank you for calling"
    events = (await studio.client.get("/v1/audit", params={"call_id": call_id})).json()["events"]
    told = [(event["event"], event["detail"]) for event in events if "review" in event["event"]]
    detail = {"version": 1, "reason": "listened to it"}
    assert told == [("call:review:accepted", detail), ("call:review:rejected", detail)]


@pytest.mark.settings(**QUICK)
async def test_a_decision_holds_for_the_version_that_was_looked_at(studio: Studio) -> None:
    call_id = await studio.ready(POOR, GOOD)
    await decide(studio, call_id, "rejected")
    await studio.again(call_id)
    assert await studio.text(call_id) == "thank you for calling"
    assert await studio.text(call_id, version=1) == "409 rejected"
    assert (await studio.call(call_id))["review"]["state"] == "not_needed"
    assert (await decide(studio, call_id, "rejected", version=1)).status_code == 409
    assert await studio.text(call_id) == "thank you for calling"
    assert await studio.states(call_id) == ["rejected", "served"]


@pytest.mark.settings(**QUICK)
async def test_a_version_that_lets_personal_data_through_cannot_be_accepted_back(studio: Studio) -> None:
    call_id = await studio.ready(heard("it is for won for won"), heard("it is 4111 1111 4111 1111"))
    await studio.again(call_id)
    assert (await decide(studio, call_id, "accepted", version=1)).status_code == 409
    assert (await decide(studio, call_id, "accepted", version=2)).status_code == 200
    assert await studio.text(call_id, version=1) == "409 blocked"


@pytest.mark.settings(**QUICK)
async def test_a_call_that_is_not_ready_cannot_be_judged(studio: Studio) -> None:
    call_id = await studio.received()
    assert (await decide(studio, call_id, "accepted")).status_code == 409


@pytest.mark.settings(**QUICK)
@pytest.mark.parametrize("scope", sorted(set(Scope) - {Scope.WORKSPACE_ADMIN}))
async def test_without_the_scope_nobody_settles_a_review(studio: Studio, scope: Scope) -> None:
    call_id = await studio.ready(GOOD)
    studio.client = await studio.tenant.client(scope)
    assert (await decide(studio, call_id, "rejected")).status_code == 403


@pytest.mark.settings(**QUICK)
@pytest.mark.parametrize("body", [{"decision": "maybe"}, {"version": 0}, {"reason": "x"}, {"by": "me"}])
async def test_a_decision_that_cannot_be_read_changes_nothing(studio: Studio, body: dict[str, Any]) -> None:
    call_id = await studio.ready(GOOD)
    good = {"version": 1, "decision": "rejected", "reason": "listened to it"}
    assert (await studio.client.post(f"/v1/calls/{call_id}/review", json=good | body)).status_code == 422
    assert await studio.text(call_id) == "thank you for calling"

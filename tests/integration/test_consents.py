"""People's choices: each purpose has its own answer, earlier answers stay readable, and nothing says a number."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from conftest import MakeTenant, Tenant
from eligible import ANNA, BEN, utc_now

from domain.scopes import Scope

TRAIN = {"purpose": "train_ai_system", "state": "granted", "act": "spoken", "text_version": "train-1"}
ASK = {"person": {"number": ANNA}}


async def test_an_answer_to_one_purpose_is_none_to_another(tenant: Tenant) -> None:
    officer = await tenant.client(Scope.PRIVACY_MANAGE)
    refused = {"purpose": "marketing", "state": "refused", "act": "clicked", "text_version": "news-2"}
    answer = await officer.post("/v1/people/consents", json={**ASK, "choices": [TRAIN, refused]})
    assert answer.status_code == 201
    assert [one["purpose"] for one in answer.json()["noted"]] == ["train_ai_system", "marketing"]
    found = (await officer.post("/v1/people/consents/search", json=ASK)).json()
    assert {one["purpose"]: one["granted"] for one in found["standing"]} == {
        "train_ai_system": True,
        "marketing": False,
    }


@pytest.mark.parametrize(
    ("choices", "told"),
    [
        ([TRAIN, TRAIN], "answer each purpose once"),
        ([{**TRAIN, "acted_at": "2199-01-01T00:00:00Z"}], "note an act when it has been done"),
        ([{**TRAIN, "acted_at": "2026-01-02T00:00:00Z", "until": "2026-01-02T00:00:00Z"}], "ends before it begins"),
        ([{**TRAIN, "state": "withdrawn", "until": "2199-01-01T00:00:00Z"}], "only what is granted has a period"),
        ([{**TRAIN, "purpose": "everything"}], "purpose"),
        ([{**TRAIN, "act": "silence"}], "act"),
        ([{**TRAIN, "text_version": "Anna said yes"}], "text_version"),
        ([], "choices"),
    ],
)
async def test_what_is_no_answer_is_refused(tenant: Tenant, choices: list[dict[str, Any]], told: str) -> None:
    officer = await tenant.client(Scope.PRIVACY_MANAGE)
    answer = await officer.post("/v1/people/consents", json={**ASK, "choices": choices})
    assert answer.status_code == 422
    assert told in answer.text
    assert (await officer.post("/v1/people/consents/search", json=ASK)).json() == {"standing": [], "history": []}


async def test_nobody_and_a_number_without_its_country_are_refused(tenant: Tenant) -> None:
    officer = await tenant.client(Scope.PRIVACY_MANAGE)
    for number in ("anonymous", "112"):
        answer = await officer.post("/v1/people/consents", json={"person": {"number": number}, "choices": [TRAIN]})
        assert answer.status_code == 422
        assert number not in answer.text


async def test_every_earlier_act_stays_readable_after_a_withdrawal(tenant: Tenant) -> None:
    officer = await tenant.client(Scope.PRIVACY_MANAGE)
    until = (utc_now() + timedelta(days=400)).replace(microsecond=0)
    for changes in ({}, {"text_version": "train-2", "until": until.isoformat()}, {"state": "withdrawn"}):
        body = {**ASK, "choices": [{**TRAIN, **changes}]}
        assert (await officer.post("/v1/people/consents", json=body)).status_code == 201
    found = (await officer.post("/v1/people/consents/search", json=ASK)).json()
    assert [(one["state"], one["text_version"]) for one in found["history"]] == [
        ("granted", "train-1"),
        ("granted", "train-2"),
        ("withdrawn", "train-1"),
    ]
    assert [(one["granted"], one["until"]) for one in found["standing"]] == [(False, None)]


async def test_the_same_act_sent_again_or_twice_at_once_is_noted_once(tenant: Tenant) -> None:
    officer = await tenant.client(Scope.PRIVACY_MANAGE)
    body = {**ASK, "choices": [{**TRAIN, "acted_at": "2026-11-01T10:00:00Z"}]}
    answers = await asyncio.gather(*(officer.post("/v1/people/consents", json=body) for _ in range(3)))
    assert {one.status_code for one in answers} <= {200, 201}
    assert (await officer.post("/v1/people/consents", json=body)).status_code == 200
    found = (await officer.post("/v1/people/consents/search", json=ASK)).json()
    assert len(found["history"]) == 1


async def test_a_person_is_found_by_any_notation_and_by_nothing_else(tenant: Tenant) -> None:
    officer = await tenant.client(Scope.PRIVACY_MANAGE)
    await officer.post("/v1/people/consents", json={"person": {"email": "Anna@Example.com"}, "choices": [TRAIN]})
    await officer.post("/v1/people/consents", json={**ASK, "choices": [TRAIN]})
    for person, acts in (
        ({"number": "(415) 555-0132", "region": "US"}, 1),
        ({"number": "0014155550132", "region": "DE"}, 1),
        ({"email": "anna@example.com"}, 1),
        ({"number": BEN}, 0),
    ):
        found = (await officer.post("/v1/people/consents/search", json={"person": person})).json()
        assert len(found["history"]) == acts, person


async def test_only_keyed_hashes_are_stored_and_the_audit_log_names_nobody(tenant: Tenant) -> None:
    officer = await tenant.client(Scope.PRIVACY_MANAGE)
    await officer.post("/v1/people/consents", json={**ASK, "choices": [TRAIN]})
    await officer.post("/v1/people/objections", json={**ASK, "purpose": "insights"})
    await officer.post("/v1/people/minors", json={**ASK, "age": 11})
    database = tenant.resources.database
    names = ("consents", "objections", "minors", "audit_events")
    stored = [one for name in names for one in await database.scoped(name, tenant.workspace_id).find({})]
    assert len(stored) >= 6
    hashed = {"_id", "people", "certain", "hash", "previous", "before"}
    told = str([{name: value for name, value in one.items() if name not in hashed} for one in stored])
    assert "5550132" not in told
    assert "11" not in {str(value) for one in stored for value in one.values()}
    events = {one["event"] for one in stored if "event" in one}
    assert {"consent:noted", "objection:noted", "minor:noted"} <= events


@pytest.mark.parametrize("scope", [Scope.CALLS_WRITE, Scope.WORKSPACE_ADMIN, Scope.CORPUS_READ])
async def test_other_scopes_do_not_reach_peoples_choices(tenant: Tenant, scope: Scope) -> None:
    other = await tenant.client(scope)
    for path, body in (
        ("consents", {**ASK, "choices": [TRAIN]}),
        ("consents/search", ASK),
        ("objections", {**ASK, "purpose": "insights"}),
        ("minors", ASK),
        ("minors/lift", ASK),
        ("minors/erase", ASK),
    ):
        assert (await other.post(f"/v1/people/{path}", json=body)).status_code == 403, path


async def test_another_workspace_knows_nothing_of_it(tenant: Tenant, make_tenant: MakeTenant) -> None:
    officer = await tenant.client(Scope.PRIVACY_MANAGE)
    await officer.post("/v1/people/consents", json={**ASK, "choices": [TRAIN]})
    noted = (await officer.post("/v1/people/objections", json={**ASK, "purpose": "insights"})).json()
    other = await (await make_tenant()).client(Scope.PRIVACY_MANAGE)
    assert (await other.post("/v1/people/consents/search", json=ASK)).json()["history"] == []
    assert (await other.get("/v1/people/objections")).json()["objections"] == []
    decision = {"decision": "rejected", "reason": "not ours"}
    assert (await other.post(f"/v1/people/objections/{noted['id']}/decision", json=decision)).status_code == 404
    assert (await other.post("/v1/people/minors/lift", json=ASK)).status_code == 404


async def test_an_objection_to_marketing_succeeds_as_it_comes(tenant: Tenant) -> None:
    officer = await tenant.client(Scope.PRIVACY_MANAGE)
    noted = (await officer.post("/v1/people/objections", json={**ASK, "purpose": "marketing"})).json()
    assert (noted["state"], noted["decided_at"]) == ("upheld", noted["noted_at"])
    decision = {"decision": "rejected", "reason": "we would like to"}
    answer = await officer.post(f"/v1/people/objections/{noted['id']}/decision", json=decision)
    assert answer.status_code == 409


async def test_an_objection_is_one_however_often_it_comes_and_is_decided_once(tenant: Tenant) -> None:
    officer = await tenant.client(Scope.PRIVACY_MANAGE)
    body = {**ASK, "purpose": "insights"}
    answers = await asyncio.gather(*(officer.post("/v1/people/objections", json=body) for _ in range(3)))
    assert sorted(one.status_code for one in answers) == [200, 200, 201]
    (objection_id,) = {one.json()["id"] for one in answers}
    upheld = {"decision": "upheld", "reason": "nothing overrides it"}
    path = f"/v1/people/objections/{objection_id}/decision"
    first = (await officer.post(path, json=upheld)).json()
    assert (await officer.post(path, json=upheld)).json() == first
    assert (await officer.post(path, json={**upheld, "decision": "rejected"})).status_code == 409
    page = (await officer.get("/v1/people/objections", params={"state": "upheld", "limit": 1})).json()
    assert ([one["id"] for one in page["objections"]], page["next"]) == ([objection_id], None)
    assert (await officer.get("/v1/people/objections", params={"state": "open"})).json()["objections"] == []

"""Registers of a privacy officer over the API: breaches, disclosures, people's requests, and who the officer is."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from conftest import MakeTenant, Tenant

from api.keys import KeyStore
from domain.scopes import Scope
from domain.waivers import Office

LONG_AGO = (datetime.now(UTC) - timedelta(days=30)).isoformat()
NUMBER = "+44 7700 900123"
GIVEN = {
    "recipient": "Regulator",
    "recipient_kind": "authority",
    "country": "DE",
    "ground": "law",
    "reference": "order 2026/7",
    "purpose": "investigation of fraud",
    "categories": ["traffic_data"],
}


async def platform(tenant: Tenant) -> Any:
    _, text = await KeyStore(tenant.resources).create(
        workspace_id=None, name="platform", scopes=[Scope.WORKSPACE_ADMIN], expires_at=None, now=datetime.now(UTC)
    )
    return tenant.client_with(text)


async def gauges(tenant: Tenant) -> dict[str, float]:
    lines = (await (await platform(tenant)).get("/v1/metrics")).text.splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}


async def test_entering_a_breach_takes_the_affected_keys_away_before_the_answer(tenant: Tenant) -> None:
    officer, phone = await tenant.client(Scope.PRIVACY_MANAGE), await tenant.client(Scope.CALLS_READ)
    keys = await tenant.resources.database.whole("api_keys").find({"workspace_id": tenant.workspace_id})
    lost = next(one["_id"] for one in keys if one["scopes"] == [Scope.CALLS_READ.value])
    assert (await phone.get("/v1/calls")).status_code == 200
    body = {"kind": "breach", "what": "A key was on a public page.", "identified_at": LONG_AGO, "affected_keys": [lost]}
    made = await officer.post("/v1/incidents", json=body)
    assert made.status_code == 201, made.text
    assert made.json()["revoked_keys"] == [lost]
    assert (await phone.get("/v1/calls")).status_code == 401


async def test_a_late_breach_alarms_until_it_is_settled_and_every_step_stays(tenant: Tenant) -> None:
    officer = await tenant.client(Scope.PRIVACY_MANAGE)
    before = (await gauges(tenant))['callward_incidents_overdue{to="cto"}']
    body = {"kind": "breach", "what": "A list went to the wrong customer.", "identified_at": LONG_AGO}
    made = (await officer.post("/v1/incidents", json=body)).json()
    assert made["alarmed"] == ["it_security", "cco", "cto"]
    assert [one["missed"] for one in made["deadlines"]] == [True, True]
    assert (await gauges(tenant))['callward_incidents_overdue{to="cto"}'] == before + 1
    steps = f"/v1/incidents/{made['id']}/steps"
    assert (await officer.post(steps, json={"step": "authority_told"})).status_code == 422
    for step in (
        {"step": "reported_inside"},
        {"step": "assessed", "choice": "risk"},
        {"step": "analyst_decided", "choice": "containment"},
        {"step": "consequences", "note": "the customer saw four records"},
        {"step": "corrected", "note": "the customer deleted them"},
        {"step": "authority_told", "note": "found late, in an audit"},
        {"step": "closed"},
    ):
        answer = await officer.post(steps, json=step)
        assert answer.status_code == 200, answer.text
    told = (await officer.get(f"/v1/incidents/{made['id']}")).json()
    assert (told["closed"], told["alarmed"], len(told["steps"])) == (True, [], 7)
    assert (await officer.post(steps, json={"step": "board_told"})).status_code == 409
    assert (await gauges(tenant))['callward_incidents_overdue{to="cto"}'] == before


async def test_only_a_key_of_the_office_reviews_the_log(tenant: Tenant) -> None:
    officer = await tenant.client(Scope.PRIVACY_MANAGE)
    body = {"kind": "near_miss", "what": "A wrong address was caught.", "identified_at": LONG_AGO}
    made = (await officer.post("/v1/incidents", json=body)).json()
    steps = f"/v1/incidents/{made['id']}/steps"
    assert (await officer.post(steps, json={"step": "reviewed"})).status_code == 422
    _, text = await KeyStore(tenant.resources).create(
        workspace_id=tenant.workspace_id,
        name="cto",
        scopes=[Scope.PRIVACY_MANAGE],
        expires_at=None,
        now=datetime.now(UTC),
        office=Office.CTO,
    )
    reviewed = await tenant.client_with(text).post(steps, json={"step": "reviewed"})
    assert reviewed.json()["steps"][-1]["choice"] == "cto"


async def test_a_disclosure_without_a_ground_that_counts_is_refused_and_others_are_listed(tenant: Tenant) -> None:
    officer = await tenant.client(Scope.PRIVACY_MANAGE)
    assert (await officer.post("/v1/disclosures", json={**GIVEN, "ground": "curiosity"})).status_code == 422
    refused = await officer.post("/v1/disclosures", json={**GIVEN, "country": "US"})
    assert (refused.status_code, refused.json()["field"]) == (422, "safeguard")
    provider = {**GIVEN, "recipient_kind": "service_provider", "ground": "business_obligation"}
    assert (await officer.post("/v1/disclosures", json=provider)).status_code == 422  # `strict` shares with nobody
    ids = [(await officer.post("/v1/disclosures", json=GIVEN)).json()["id"] for _ in range(3)]
    first = (await officer.get("/v1/disclosures?limit=2")).json()
    rest = (await officer.get(f"/v1/disclosures?limit=2&cursor={first['next']}")).json()
    assert {one["id"] for one in (*first["disclosures"], *rest["disclosures"])} == set(ids)
    assert (await officer.get(f"/v1/disclosures/{ids[0]}")).json()["ground"] == "law"


async def test_a_request_finds_what_there_is_of_a_person_and_is_answered_in_order(tenant: Tenant) -> None:
    officer, phone = await tenant.client(Scope.PRIVACY_MANAGE), await tenant.client(Scope.CALLS_WRITE)
    log = {"caller": NUMBER, "callee": "+442079460000", "direction": "inbound", "setup_time": "2026-11-20T11:32:00Z"}
    body = {"recording": {"media_type": "audio/wav", "size": 10}, "call_log": log}
    answer = await phone.post("/v1/calls", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
    call_id = answer.json()["call"]["id"]
    asked = {"kind": "access", "person": {"number": "07700 900123", "region": "GB"}, "place": "GB"}
    made = (await officer.post("/v1/requests", json=asked)).json()
    assert NUMBER.replace(" ", "") not in str(made)
    held = (await officer.get(f"/v1/requests/{made['id']}/holdings")).json()
    assert held["records"]["calls"] == [call_id]
    assert {one["category"]: one["role"] for one in held["processing"]}["communications_content"] == "processor"
    events = f"/v1/requests/{made['id']}/events"
    assert (await officer.post(events, json={"event": "granted"})).status_code == 409
    for event in ("identity_verified", "granted", "answered"):
        noted = await officer.post(events, json={"event": event})
        assert noted.status_code == 200, noted.text
    assert noted.json()["answered"]
    assert (await officer.get("/v1/requests?open_only=true")).json()["requests"] == []


async def test_a_forgotten_request_shows_in_the_gauges(tenant: Tenant) -> None:
    officer = await tenant.client(Scope.PRIVACY_MANAGE)
    before = (await gauges(tenant))["callward_requests_overdue"]
    old = (datetime.now(UTC) - timedelta(days=40)).isoformat()
    asked = {"kind": "erase", "person": {"email": "anna@example.com"}, "received_at": old, "place": "DE"}
    made = (await officer.post("/v1/requests", json=asked)).json()
    assert made["late"]
    assert (await gauges(tenant))["callward_requests_overdue"] == before + 1
    await officer.post(f"/v1/requests/{made['id']}/events", json={"event": "refused", "reason": "legal_obligation"})
    await officer.post(f"/v1/requests/{made['id']}/events", json={"event": "answered"})
    assert (await gauges(tenant))["callward_requests_overdue"] == before


async def test_a_californian_asks_once_a_year_and_learns_of_last_years_marketing(make_tenant: MakeTenant) -> None:
    tenant = await make_tenant()
    officer = await tenant.client(Scope.PRIVACY_MANAGE)
    year = datetime.now(UTC).year
    given = {
        **GIVEN,
        "recipient": "Mailer",
        "recipient_kind": "marketing_partner",
        "ground": "consent",
        "country": "US",
        "recipient_address": "1 Road, Reno",
        "jurisdiction": "US",
        "direct_marketing": True,
        "disclosed_at": f"{year - 1}-06-01T00:00:00Z",
    }
    assert (await officer.post("/v1/disclosures", json=given)).status_code == 201
    asked = {"kind": "direct_marketing_disclosures", "person": {"number": "+14155550132"}, "place": "US-CA"}
    first, second = [(await officer.post("/v1/requests", json=asked)).json() for _ in range(2)]
    assert (first["repeated"], second["repeated"]) == (False, True)
    marketing = (await officer.get(f"/v1/requests/{first['id']}/holdings")).json()["marketing"]
    assert marketing["recipients"] == [{"name": "Mailer", "address": "1 Road, Reno"}]
    assert (await officer.post("/v1/requests", json={**asked, "place": "DE"})).status_code == 422


async def test_registers_are_their_workspaces_and_their_officers(make_tenant: MakeTenant) -> None:
    ours, theirs = await make_tenant(), await make_tenant()
    officer, stranger = await ours.client(Scope.PRIVACY_MANAGE), await theirs.client(Scope.PRIVACY_MANAGE)
    body = {"kind": "breach", "what": "A list was sent.", "identified_at": LONG_AGO}
    incident = (await officer.post("/v1/incidents", json=body)).json()["id"]
    disclosure = (await officer.post("/v1/disclosures", json=GIVEN)).json()["id"]
    asked = {"kind": "access", "person": {"email": "anna@example.com"}}
    request = (await officer.post("/v1/requests", json=asked)).json()["id"]
    for path in (f"/v1/incidents/{incident}", f"/v1/disclosures/{disclosure}", f"/v1/requests/{request}"):
        assert (await officer.get(path)).status_code == 200
        assert (await stranger.get(path)).status_code == 404
        assert (await (await ours.client(Scope.WORKSPACE_ADMIN)).get(path)).status_code == 403


async def test_anybody_may_ask_who_answers_for_privacy_and_only_the_platform_names_them(tenant: Tenant) -> None:
    named = {"name": "Asha Rao", "email": "dpo@example.com", "phone": "+44 7700 900123"}
    path = "/v1/platform/privacy-officer"
    assert (await (await tenant.client(Scope.WORKSPACE_ADMIN)).put(path, json=named)).status_code == 403
    assert (await (await platform(tenant)).put(path, json=named)).status_code == 200
    assert (await tenant.client_with(None).get("/privacy/officer")).json() == named

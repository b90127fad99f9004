"""Holds over the API: placed once, read and released; what they keep, and what their release lets go."""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta

import pytest
from conftest import Tenant
from holding import ANNA, EVERY, NOW, QUERY, events, log_of, new_call, new_cdr, place

from domain.holds import WORKSPACE
from governance.holds import HoldStore, NewHold


async def test_the_same_matter_holds_the_same_once_and_another_matter_once_more(tenant: Tenant) -> None:
    client = await tenant.client(*EVERY)
    call_id = await new_call(client)
    for scope in ({}, {"call_id": call_id}, {"person": {"number": ANNA}}, {"query": QUERY}):
        first = await place(client, **scope)
        again = await client.post("/v1/holds", json={"matter": "2026-114", **scope})
        assert (again.status_code, again.json()["id"]) == (200, first["id"])
        other = await client.post("/v1/holds", json={"matter": "2026-115", **scope})
        assert (other.status_code, other.json()["id"] != first["id"]) == (201, True)
    assert len((await client.get("/v1/holds")).json()) == 8
    assert len(await events(tenant, "legal_hold:placed")) == 8


async def test_two_who_place_the_same_hold_at_once_place_one(tenant: Tenant) -> None:
    client = await tenant.client(*EVERY)
    answers = await asyncio.gather(*(client.post("/v1/holds", json={"matter": "2026-1"}) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(await events(tenant, "legal_hold:placed")) == 1


async def test_a_hold_says_who_placed_and_released_it_when_and_why_and_stays_as_history(tenant: Tenant) -> None:
    client = await tenant.client(*EVERY)
    made = await place(client, reason="letter before action", query={**QUERY, "direction": "inbound"})
    assert made["query"]["from"] == "2026-01-01T00:00:00Z"
    assert (made["scope"], made["reason"], made["released_at"]) == ("query", "letter before action", None)
    released = (await client.delete(f"/v1/holds/{made['id']}?reason=settled out of court")).json()
    again = (await client.delete(f"/v1/holds/{made['id']}?reason=another")).json()
    assert again == released
    assert (released["released_by"], released["release_reason"]) == (made["placed_by"], "settled out of court")
    assert len(await events(tenant, "legal_hold:released")) == 1
    assert (await client.get("/v1/holds")).json() == []
    history = (await client.get("/v1/holds?released=true")).json()
    read = (await client.get(f"/v1/holds/{made['id']}")).json()
    assert history == [read] == [{name: value for name, value in released.items() if name != "goes"}]


async def test_holds_come_in_pages(tenant: Tenant) -> None:
    client = await tenant.client(*EVERY)
    made = [(await client.post("/v1/holds", json={"matter": f"2026-{at}"})).json()["id"] for at in range(5)]
    first = await client.get("/v1/holds?limit=3")
    following = first.headers["Link"].split(">")[0].removeprefix("<")
    second = await client.get(following)
    assert [one["id"] for one in [*first.json(), *second.json()]] == made[::-1]
    assert "Link" not in second.headers
    assert [one["id"] for one in (await client.get("/v1/holds?matter=2026-2")).json()] == [made[2]]


@pytest.mark.parametrize("person", [{"number": "+91 98765 43210"}, {"number": "09876543210"}, {"number": "9876543210"}])
async def test_a_persons_hold_keeps_every_record_however_the_number_is_written(
    tenant: Tenant, person: dict[str, str]
) -> None:
    """The workspace's zone is Asia/Kolkata: a national number is an Indian one."""
    client = await tenant.client(*EVERY)
    call_id = await new_call(client, "+919876543210")
    free = await new_call(client, ANNA)
    hold = await place(client, person=person)
    assert (await client.delete(f"/v1/calls/{call_id}")).json()["type"] == "/problems/held"
    assert (await client.delete(f"/v1/call-logs/{await log_of(tenant, call_id)}")).status_code == 409
    assert (await client.delete(f"/v1/calls/{free}")).status_code == 202
    stored = await tenant.resources.database.scoped("legal_holds", tenant.workspace_id).find({})
    assert "98765" not in str(stored)
    assert "98765" not in str(hold)
    log = (await client.get(f"/v1/call-logs/{await log_of(tenant, call_id)}")).json()
    assert hold["person_ref"] in log["party_refs"]
    await client.delete(f"/v1/holds/{hold['id']}")
    assert (await client.delete(f"/v1/calls/{call_id}")).status_code == 202


async def test_a_call_that_comes_later_is_held_too(tenant: Tenant) -> None:
    client = await tenant.client(*EVERY)
    await place(client, person={"email": "Anna@Example.com"})
    body = {
        "recording": {"media_type": "audio/wav", "size": 10},
        "call_log": {"setup_time": NOW.isoformat(), "contact_email": "anna@example.com"},
    }
    answer = await client.post("/v1/calls", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
    call_id = answer.json()["call"]["id"]
    assert (await client.delete(f"/v1/calls/{call_id}")).status_code == 409


async def test_a_hold_on_one_cdr_keeps_that_one(tenant: Tenant) -> None:
    client = await tenant.client(*EVERY)
    held, free = await new_cdr(tenant), await new_cdr(tenant, at=NOW - timedelta(hours=2))
    hold = await place(client, record_id=held)
    assert (await client.delete(f"/v1/cdrs/{held}")).json()["type"] == "/problems/held"
    assert (await client.delete(f"/v1/cdrs/{free}")).status_code == 200
    await client.delete(f"/v1/holds/{hold['id']}")
    assert (await client.delete(f"/v1/cdrs/{held}")).json()["state"] == "erased"


async def test_two_matters_hold_a_call_until_both_are_released(tenant: Tenant) -> None:
    client = await tenant.client(*EVERY)
    call_id = await new_call(client)
    first, second = [
        (await client.post("/v1/holds", json={"matter": matter, "call_id": call_id})).json()["id"]
        for matter in ("2026-1", "2026-2")
    ]
    await client.delete(f"/v1/holds/{first}")
    assert (await client.delete(f"/v1/calls/{call_id}")).status_code == 409
    await client.delete(f"/v1/holds/{second}")
    assert (await client.delete(f"/v1/calls/{call_id}")).status_code == 202


async def test_a_release_says_what_goes_because_nothing_else_keeps_it(tenant: Tenant) -> None:
    client = await tenant.client(*EVERY)
    long_ago = NOW - timedelta(days=600)
    due, kept = await new_cdr(tenant, at=long_ago), await new_cdr(tenant, at=long_ago - timedelta(days=1))
    await new_cdr(tenant)
    span = {"kind": "cdr", "from": (long_ago - timedelta(days=9)).isoformat(), "to": NOW.isoformat()}
    hold = await place(client, query=span)
    other = (await client.post("/v1/holds", json={"matter": "2026-2", "record_id": kept})).json()
    told = (await client.delete(f"/v1/holds/{hold['id']}")).json()["goes"]
    assert told == [{"what": "cdrs.identifiers", "due": 1, "at_least": False}], "the one that is due and free"
    told = (await client.delete(f"/v1/holds/{other['id']}")).json()["goes"]
    assert told == [{"what": "cdrs.identifiers", "due": 1, "at_least": False}]
    assert due != kept


async def test_releasing_a_hold_on_the_whole_workspace_under_another_lets_nothing_go(tenant: Tenant) -> None:
    client = await tenant.client(*EVERY)
    await new_cdr(tenant, at=NOW - timedelta(days=600))
    hold = await place(client)
    await HoldStore(tenant.resources, tenant.workspace_id).place(NewHold("2026-2", WORKSPACE), now=NOW)
    assert (await client.delete(f"/v1/holds/{hold['id']}")).json()["goes"] == []


async def test_a_hold_whose_event_was_lost_in_a_crash_has_it_once_it_is_asked_for_again(tenant: Tenant) -> None:
    client = await tenant.client(*EVERY)
    new = NewHold("2026-114", WORKSPACE, placed_by="key_of_the_first")
    hold, _ = await HoldStore(tenant.resources, tenant.workspace_id).place(new, now=NOW)
    assert await events(tenant, "legal_hold:placed") == []
    for _ in range(2):
        assert (await client.post("/v1/holds", json={"matter": "2026-114"})).json()["id"] == hold.hold_id
    (event,) = await events(tenant, "legal_hold:placed")
    assert event["actor"] == "key_of_the_first"

"""The filters that spare what is held find just what the rule says is held, in documents as their stores write them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cdr_rows import leg, policy_of, subscriber
from conftest import Tenant

from domain.holds import WORKSPACE, HeldKind, HeldQuery, HoldKind, HoldScope, LegalHold, record_scope
from domain.scopes import Scope
from governance.holds import HoldStore, NewHold
from ingest.cdrs import CdrStore
from ingest.formats.record import Direction, Rejection
from ingest.matches import Matches
from ingest.people import tokens_of
from ingest.quarantine import QuarantineStore
from storage import people
from storage.hold_filters import facts_of, facts_on, held_of, spared, unless
from storage.people import linked_calls, people_of

if TYPE_CHECKING:
    import httpx

NOW = datetime.now(UTC).replace(microsecond=0)
ANNA, BERT, CARL = "+14155550132", "+447700900123", "+14155550199"
PHONE = "b1c8a0de-3f7e-4c55-9a51-0d2f6f1f7a10"
COLLECTIONS = ("calls", "call_logs", "cdrs", "quarantine")


async def call(client: httpx.AsyncClient, caller: str | None = None, minutes: int = 60, **more: Any) -> str:
    body: dict[str, Any] = {"recording": {"media_type": "audio/wav", "size": 10}, **more}
    if caller is not None:
        log = {"setup_time": (NOW - timedelta(minutes=minutes)).isoformat(), "caller": caller, "direction": "inbound"}
        body["call_log"] = {**log, "disposition": "answered", **more.get("call_log", {})}
    answer = await client.post("/v1/calls", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["call"]["id"])


class Filled:
    """A workspace with records of every kind that a hold may name."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.calls: list[str] = []

    @property
    def holds(self) -> HoldStore:
        return HoldStore(self.tenant.resources, self.tenant.workspace_id)

    async def fill(self) -> None:
        client = await self.tenant.client(Scope.CALLS_WRITE, Scope.CALLS_READ)
        email = {"contact_email": "Anna@Example.com"}
        self.calls = [
            await call(client, ANNA),
            await call(client, BERT, 120),
            await call(client, CARL, call_log=email),
            await call(client),
        ]
        entries = [
            {
                "number": number,
                "date": int((NOW - timedelta(minutes=at)).timestamp() * 1000),
                "type": kind,
                "duration_s": 9,
            }
            for at, (number, kind) in enumerate(((ANNA, 1), (BERT, 2), (BERT, 3), (CARL, 1)), start=1)
        ]
        batch = {"device_id": PHONE, "zone": "Asia/Kolkata", "region": "IN", "entries": entries}
        answer = await client.post("/v1/call-logs:batch", json=batch)
        assert answer.status_code == 200, answer.text
        assert answer.json()["counts"]["created"] == 4
        rows = [
            leg(1, at=NOW - timedelta(hours=2), caller=subscriber(ANNA)),
            leg(2, at=NOW - timedelta(hours=3), caller=subscriber(CARL), callee=subscriber(BERT)),
            leg(3, at=NOW - timedelta(hours=4), direction=Direction.OUTBOUND, caller=subscriber(CARL)),
        ]
        policy, workspace_id = await policy_of(self.tenant), self.tenant.workspace_id
        cdrs = CdrStore(self.tenant.resources, workspace_id)
        await cdrs.land("pbx", [[row] for row in rows], policy, now=NOW)
        linked = min(one["_id"] for one in await self.documents("cdrs"))
        await Matches(self.tenant.resources, workspace_id, policy).decide(self.calls[3], linked, now=NOW)
        refused = [(1, Rejection(1, "no_time", "no time", "raw")), (2, Rejection(2, "no_time", "no time", "raw"))]
        await QuarantineStore(self.tenant.resources, workspace_id).keep_rows("imp_1", refused, policy, now=NOW)

    async def documents(self, name: str, where: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        return await self.tenant.resources.database.scoped(name, self.tenant.workspace_id).find(where or {})

    async def person(self, number: str) -> HoldScope:
        tokens = await tokens_of(self.tenant.resources, self.tenant.workspace_id, number, None)
        return HoldScope(HoldKind.PERSON, tokens=tokens)

    async def ids(self, name: str) -> list[str]:
        if name == "call_logs":
            return [facts.record_id for page in await self.documents(name) for facts in facts_on(page)]
        return [document["_id"] for document in await self.documents(name)]

    async def scopes(self) -> list[HoldScope]:
        records = [record_scope(one) for name in ("calls", "call_logs", "cdrs") for one in await self.ids(name)]
        people = [await self.person(one) for one in (ANNA, BERT, CARL, "anna@example.com", "+4930123456")]
        return [WORKSPACE, *records, *people, *queries()]


def queries() -> list[HoldScope]:
    spans = ((NOW - timedelta(hours=2, minutes=30), NOW - timedelta(minutes=30)), (NOW - timedelta(days=9), NOW))
    made = [
        HeldQuery(kind, begin, end + timedelta(seconds=1), **asked)
        for kind in HeldKind
        for begin, end in spans
        for asked in asked_of(kind)
    ]
    return [HoldScope(HoldKind.QUERY, query=query) for query in made]


def asked_of(kind: HeldKind) -> list[dict[str, str]]:
    match kind:
        case HeldKind.CALL:
            return [{}, {"source": "api"}, {"source": "other"}]
        case HeldKind.CALL_LOG:
            return [
                {},
                {"direction": "outbound"},
                {"disposition": "missed"},
                {"source": "device", "direction": "inbound"},
            ]
        case HeldKind.CDR:
            return [{}, {"direction": "outbound"}, {"disposition": "answered", "source": "pbx"}, {"source": "other"}]
        case _:
            return [{}]


@pytest.fixture
async def filled(tenant: Tenant) -> Filled:
    made = Filled(tenant)
    await made.fill()
    return made


def holding(filled: Filled, *scopes: HoldScope) -> list[LegalHold]:
    workspace_id = filled.tenant.workspace_id
    return [LegalHold(f"hold_{at}", workspace_id, "m", scope, NOW) for at, scope in enumerate(scopes)]


async def found(filled: Filled, name: str, holds: list[LegalHold]) -> set[str]:
    """What the filters find; of call logs what is held on the pages that they find."""
    tokens = {token for hold in holds for token in hold.scope.tokens}
    linked = await linked_calls(filled.tenant.resources.database, filled.tenant.workspace_id, tokens)
    filters = spared(holds, name, linked_calls=linked if name == "calls" else ())
    if not filters:
        return set()
    documents = await filled.documents(name, held_of({}, filters))
    if name != "call_logs":
        return {document["_id"] for document in documents}
    facts = [one for page in documents for one in facts_on(page)]
    return {one.record_id for one in facts if any(hold.covers(one) for hold in holds)}


async def by_rule(filled: Filled, name: str, holds: list[LegalHold]) -> set[str]:
    """What the rule says, asked of each document; of calls, the logs of held people too."""
    documents = await filled.documents(name)
    if name == "call_logs":
        facts = [one for page in documents for one in facts_on(page)]
    else:
        facts = [facts_of(name, document) for document in documents]
    held = {one.record_id for one in facts if any(hold.covers(one) for hold in holds)}
    if name == "calls":
        tokens = {token for hold in holds for token in hold.scope.tokens}
        database, workspace_id = filled.tenant.resources.database, filled.tenant.workspace_id
        there = {one["_id"]: await people_of(database, workspace_id, one) for one in documents}
        held |= {call_id for call_id, known in there.items() if not tokens.isdisjoint(known)}
    return held


async def test_the_filters_find_what_the_rule_says_and_nothing_else(filled: Filled) -> None:
    seen: dict[str, set[int]] = {name: set() for name in COLLECTIONS}
    for scope in await filled.scopes():
        holds = holding(filled, scope)
        for name in COLLECTIONS:
            wanted = await by_rule(filled, name, holds)
            assert await found(filled, name, holds) == wanted, (name, scope)
            free = await filled.documents(name, unless({}, spared(holds, name)))
            assert wanted.isdisjoint(document["_id"] for document in free) or name == "calls"
            seen[name].add(len(wanted))
    assert all(len(sizes) > 1 for sizes in seen.values()), "each kind was seen held and free"


async def test_several_holds_find_what_each_of_them_finds(filled: Filled) -> None:
    scopes = [await filled.person(ANNA), record_scope(filled.calls[1]), queries()[-1], queries()[3]]
    for name in COLLECTIONS:
        each = [await found(filled, name, holding(filled, scope)) for scope in scopes]
        assert await found(filled, name, holding(filled, *scopes)) == set().union(*each)


async def test_one_record_is_held_by_what_the_filters_find(filled: Filled) -> None:
    """`holding` asks of one record what `spared` asks of all."""
    placed = {}
    for at, scope in enumerate((await filled.person(BERT), record_scope(filled.calls[0]), queries()[7])):
        hold, fresh = await filled.holds.place(NewHold(f"2026-{at}", scope), now=NOW)
        assert fresh
        placed[hold.hold_id] = hold
    for name in ("calls", "call_logs", "cdrs"):
        for record_id in await filled.ids(name):
            wanted = {key for key, hold in placed.items() if record_id in await by_rule(filled, name, [hold])}
            assert {hold.hold_id for hold in await filled.holds.holding(record_id)} == wanted
            assert await filled.holds.is_held(record_id) is bool(wanted)


async def test_a_person_is_found_in_every_notation_and_by_the_linked_log(filled: Filled) -> None:
    national = await tokens_of(filled.tenant.resources, filled.tenant.workspace_id, "(415) 555-0132", "US")
    assert await found(filled, "calls", holding(filled, HoldScope(HoldKind.PERSON, tokens=national))) >= {
        filled.calls[0]
    }
    by_mail = await found(filled, "calls", holding(filled, await filled.person("ANNA@example.com")))
    assert by_mail == {filled.calls[2]}
    (linked,) = [one for one in await filled.documents("cdrs") if one.get("call_id") == filled.calls[3]]
    token = linked["identifiers"]["index"][0]
    person = HoldScope(HoldKind.PERSON, tokens=(token,))
    assert filled.calls[3] in await found(filled, "calls", holding(filled, person))


async def test_another_workspaces_records_are_not_found(filled: Filled, make_tenant: Any) -> None:
    other = HoldStore(filled.tenant.resources, (await make_tenant()).workspace_id)
    await other.place(NewHold("2026-1", WORKSPACE), now=NOW)
    assert await filled.holds.in_force() == []
    assert [await filled.holds.spared(name) for name in COLLECTIONS] == [[]] * 4
    assert await other.spared("cdrs") == [{}]


async def test_people_in_more_calls_than_are_named_one_by_one_keep_them_all(filled: Filled, monkeypatch: Any) -> None:
    """What cannot be told apart is kept, restricted, and no candidate; one call alone is still told."""
    await filled.holds.place(NewHold("2026-1", await filled.person(BERT)), now=NOW)
    assert {} not in await filled.holds.spared("calls")
    monkeypatch.setattr(people, "MOST_LINKED", 0)
    assert await filled.holds.spared("calls") == [{}]
    assert {} not in await filled.holds.spared("cdrs"), "only calls are found by way of others"
    assert [await filled.holds.is_held(call_id) for call_id in filled.calls[:2]] == [False, True]

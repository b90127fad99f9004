"""Workspaces full of calls for the corpus' tests: who is in each, what they granted, and an oracle of who may be in.

Calls are registered, redacted and said as the product does it; only the recogniser is left out, since what is said is
made here. The oracle looks at nothing that is stored: it knows what was arranged.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from conftest import MakeTenant, Tenant
from corpus_talk import Somebody, Talk, somebody, talk

from domain.consents import Act, ConsentState
from domain.jurisdictions import jurisdiction
from domain.records import Purpose
from domain.scopes import Scope
from governance.consents import Choice, ConsentStore, Person
from governance.workspaces import WorkspaceStore
from ingest.call_logs import CallLogEntry
from ingest.call_parties import PartyFacts
from ingest.documents import NewCall
from ingest.formats.parties import party
from ingest.people import certain, notations
from ingest.registration import Registration
from redaction.engines.presidio import RULES_VERSION
from redaction.port import FinderStamp
from redaction.store import RedactionStore
from storage.resources import Resources
from transcription.store import TranscriptKind, TranscriptStore

TRAIN = Purpose.TRAIN_AI_SYSTEM
INSTRUCTED = (Purpose.TRANSCRIPTION, Purpose.REDACTION, Purpose.SERVE_CUSTOMER, TRAIN)
PLACES = ("IN", "US", "DE", "US", "IN", "DE")
SWITCHED_OFF, NOT_INSTRUCTED = 3, 4
"""The workspaces of which no call may be in: one did not switch training on, one's instruction does not name it."""
AGENTS = 5
UNASKED = 4
"""The agent of each workspace whom nobody asked."""
PERSONAL = ("not_asked", "withdrawn", "expired", "other_purpose", "opted_out", "objected", "minor")
OF_CALL = ("held", "restricted", "emergency", "not_ready", "old_redaction", "unknown_party", "minor_party")
AT_ONCE = 16


@dataclass(frozen=True)
class Contact:
    """Somebody who calls, and what stands between their calls and the corpus ("": nothing)."""

    who: Somebody
    bar: str


@dataclass
class WorldCall:
    """One call as it was arranged."""

    workspace: int
    contact: Contact
    agent: int
    bar: str
    talk: Talk
    began: datetime
    call_id: str = ""

    @property
    def lawful(self) -> bool:
        """Whether everything that must hold holds, from first principles (law.md C4)."""
        barred = self.bar or self.contact.bar or self.agent == UNASKED
        return not barred and self.workspace not in {SWITCHED_OFF, NOT_INSTRUCTED}


@dataclass
class World:
    """All of it."""

    tenants: list[Tenant]
    agents: list[list[Somebody]]
    calls: list[WorldCall] = field(default_factory=list)

    @property
    def planted(self) -> set[str]:
        """Every real value that was said in any call, or is known of its people; lower case."""
        return set().union(*(call.talk.planted for call in self.calls))

    def lawful(self) -> set[str]:
        """Return the ids of the calls that may be in."""
        return {call.call_id for call in self.calls if call.lawful}


async def make_world(make_tenant: MakeTenant, resources: Resources, *, calls: int, seed: int, now: datetime) -> World:
    """Make six workspaces in three jurisdictions with so many calls, and everything that people said of them."""
    rng = Random(seed)  # noqa: S311 - a world, not a key
    tenants = [
        await make_tenant(profile="ruu", instruction=INSTRUCTED[:3] if at == NOT_INSTRUCTED else INSTRUCTED)
        for at in range(len(PLACES))
    ]
    agents = [
        [somebody(rng, place, 2500 + at * AGENTS + one) for one in range(AGENTS)] for at, place in enumerate(PLACES)
    ]
    world = World(tenants, agents)
    contacts: list[list[Contact]] = [[] for _ in PLACES]
    for serial in range(calls):
        world.calls.append(_arranged(rng, world, contacts, serial, now))
    await _in_groups([_stored(resources, world, call, now) for call in world.calls])
    for at, tenant in enumerate(tenants):
        await _say_what_people_want(resources, tenant, at, world.agents[at], contacts[at], now)
    await _in_groups([_bar(resources, tenants[call.workspace], call) for call in world.calls if call.bar])
    return world


def _arranged(rng: Random, world: World, contacts: list[list[Contact]], serial: int, now: datetime) -> WorldCall:
    at = serial % len(PLACES)
    if contacts[at] and rng.random() < 0.1:
        contact = rng.choice(contacts[at])
    else:
        bar = rng.choice(PERSONAL) if rng.random() < 0.2 else ""
        contact = Contact(somebody(rng, PLACES[at], serial), bar)
        contacts[at].append(contact)
    agent = rng.randrange(AGENTS)
    bar = rng.choice(OF_CALL) if rng.random() < 0.15 else ""
    began = now - timedelta(days=rng.randint(1, 4), minutes=rng.randint(0, 700))
    return WorldCall(at, contact, agent, bar, talk(rng, world.agents[at][agent], contact.who, serial), began)


async def _in_groups(work: Sequence[Awaitable[Any]]) -> None:
    waiting = asyncio.Semaphore(AT_ONCE)

    async def one(doing: Awaitable[Any]) -> None:
        async with waiting:
            await doing

    await asyncio.gather(*(one(each) for each in work))


async def _stored(resources: Resources, world: World, call: WorldCall, now: datetime) -> None:
    """Register a call, and store what was said in it and where personal data stands, as the stages do."""
    tenant = world.tenants[call.workspace]
    workspace = await WorkspaceStore(resources).get(tenant.workspace_id)
    registration = Registration(resources, tenant.workspace_id, workspace.policy)
    done = await registration.register(_new_call(world, call), key=f"k{id(call)}", body_hash="b", now=call.began)
    call.call_id = done.call["_id"]
    document = {**done.call, "version": 1}
    transcript = call.talk.transcript()
    transcripts = TranscriptStore(resources, tenant.workspace_id)
    await transcripts.save(await transcripts.seal(document, TranscriptKind.CLEAR, transcript, now=call.began))
    rules = "1" if call.bar == "old_redaction" else RULES_VERSION
    stamp = FinderStamp("truth", "none", rules)
    await RedactionStore(resources, tenant.workspace_id).save_spans(document, call.talk.spans, stamp, now=call.began)
    if call.bar != "not_ready":
        calls = resources.database.scoped("calls", tenant.workspace_id)
        await calls.update({"_id": call.call_id}, {"$set": {"state": "ready", "ready_versions": [1]}})
    del now


def _new_call(world: World, call: WorldCall) -> NewCall:
    agent, contact = world.agents[call.workspace][call.agent], call.contact.who
    place = jurisdiction(PLACES[call.workspace])
    caller = party("112" if call.bar == "emergency" else agent.number, "DE" if call.bar == "emergency" else None)
    callee = party("anonymous" if call.bar == "unknown_party" else contact.number, None)
    lasted = call.talk.clock
    return NewCall(
        media_type="audio/wav",
        size=1000,
        channels=("agent", "contact"),
        call_log=CallLogEntry(
            setup_time=call.began,
            end_time=call.began + timedelta(seconds=lasted),
            duration_s=lasted,
            direction="outbound",
            disposition="answered",
            caller=caller,
            callee=callee,
        ),
        names=(agent.name, contact.name),
        emails=(contact.email,),
        parties=(
            PartyFacts(caller, place=place),
            PartyFacts(callee, place=place, minor=call.bar == "minor_party"),
        ),
    )


async def _say_what_people_want(
    resources: Resources,
    tenant: Tenant,
    at: int,
    agents: Sequence[Somebody],
    contacts: Sequence[Contact],
    now: datetime,
) -> None:
    admin, officer = await tenant.client(Scope.WORKSPACE_ADMIN), await tenant.client(Scope.PRIVACY_MANAGE)
    if at != SWITCHED_OFF:
        path = f"/v1/workspaces/{tenant.workspace_id}/retention"
        version = (await admin.get(path)).json()["version"]
        wanted = {"based_on": version, "training": True, "reason": "the customer wants it"}
        answer = await admin.put(path, json=wanted)
        assert answer.status_code == 200, answer.text
    asked = [(agent, "") for number, agent in enumerate(agents) if number != UNASKED]
    asked += [(contact.who, contact.bar) for contact in contacts]
    await _in_groups([_consent(resources, tenant.workspace_id, who, bar, now) for who, bar in asked])
    for contact in contacts:
        person = {"number": contact.who.number}
        if contact.bar == "opted_out":
            answer = await officer.post("/v1/training/opt-outs", json=person)
        elif contact.bar == "objected":
            answer = await officer.post("/v1/people/objections", json={"person": person, "purpose": TRAIN.value})
        elif contact.bar == "minor":
            answer = await officer.post("/v1/people/minors", json={"person": person, "parental_consent": False})
        else:
            continue
        assert answer.status_code in {200, 201}, answer.text


async def _consent(resources: Resources, workspace_id: str, who: Somebody, bar: str, now: datetime) -> None:
    """Note what somebody granted by number, ten days ago; the e-mail address is the same person's."""
    if bar == "not_asked":
        return
    begun = now - timedelta(days=10)
    purpose = Purpose.MARKETING if bar == "other_purpose" else TRAIN
    until = now - timedelta(hours=1) if bar == "expired" else None
    token = (await resources.keyring.blind_indexer(workspace_id)).token
    store = ConsentStore(resources, workspace_id)
    for known_as in (who.number, who.email):
        person = Person(tuple(map(token, notations(known_as, None))), tuple(map(token, certain(known_as, None))))
        granted = Choice(purpose, ConsentState.GRANTED, Act.CLICKED, "2026-01", begun, until)
        await store.note(person, [granted], by="key_test", now=begun)
        if bar == "withdrawn":
            taken = Choice(purpose, ConsentState.WITHDRAWN, Act.CLICKED, "2026-01", begun + timedelta(days=2))
            await store.note(person, [taken], by="key_test", now=begun + timedelta(days=2))


async def _bar(resources: Resources, tenant: Tenant, call: WorldCall) -> None:
    officer = await tenant.client(Scope.PRIVACY_MANAGE)
    if call.bar == "held":
        answer = await officer.post("/v1/holds", json={"matter": "2026-9", "call_id": call.call_id})
        assert answer.status_code in {200, 201}, answer.text
    elif call.bar == "restricted":
        answer = await officer.post(
            "/v1/restrictions", json={"call_id": call.call_id, "reason": "accuracy is contested"}
        )
        assert answer.status_code in {200, 201}, answer.text
    del resources


def told(world: World) -> Counter[str]:
    """Return how many calls each bar, first of the call and then of the person, keeps out."""
    return Counter(call.bar or call.contact.bar or ("agent" if call.agent == UNASKED else "") for call in world.calls)

"""Whoever may not be in the corpus any more leaves in the next look, whatever says so; nobody else does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from corpus_calls import Office, open_office
from corpus_shelf import Shelf, shelf, utc_now

from corpus.custodian import CorpusCustodian
from corpus.items import ItemStore
from corpus.leaving import REWRITE_TASK
from corpus.release_files import FileState
from corpus.revocations import RevocationStore
from corpus.watching import OVERLAP, CorpusWatch
from domain.holds import WORKSPACE, HeldKind, HeldQuery, HoldKind, HoldScope, record_scope
from domain.jobs import Job
from governance.holds import HoldStore, NewHold
from governance.opt_outs import OptOutStore
from governance.restrictions import RestrictionStore
from ingest.calls import CallStore
from storage.key_opening import PLATFORM
from storage.resources import Resources
from workers.chores import ChoreRunner
from workers.corpus_rewriting import rewrite_release
from workers.corpus_watch import CorpusLooks


@dataclass
class Room:
    """A workspace with three calls in a published release, and a watch that has looked once."""

    office: Office
    found: Shelf
    calls: list[str]
    watch: CorpusWatch
    since: int = 0
    began: datetime = field(default_factory=utc_now)

    @property
    def resources(self) -> Resources:
        return self.office.resources

    async def left(self, *, now: datetime | None = None) -> dict[str, str]:
        """Look once; return who left since the beginning: call → why."""
        await self.watch.look(now=now or utc_now())
        by_item = {item: call for call, item in self.found.items.items()}
        rows = await RevocationStore(self.resources).page(after=self.since, limit=1000)
        return {by_item[row["item_id"]]: row["reason"] for row in rows if row["item_id"] in by_item}

    def number(self, at: int) -> str:
        """Return the number of somebody who only takes part in this call."""
        return self.office.talks[self.calls[at]][2].number


@pytest.fixture
async def room(resources: Resources) -> Room:
    office = await open_office(resources)
    calls = await office.calls(3, began=utc_now() - timedelta(days=2))
    people = [[await office.token(one) for one in office.talks[call][1:]] for call in calls]
    found = await shelf(resources, office.workspace_id, calls, people=people)
    made = Room(office, found, calls, CorpusWatch(resources))
    made.since = (await RevocationStore(resources).head(now=utc_now())).sequence
    assert await made.left() == {}, "they may all be in"
    return made


async def opt_out(room: Room) -> None:
    store = OptOutStore(room.resources, room.office.workspace_id)
    await store.opt_out(room.number(1), by="key_test", now=utc_now())


async def withdraw(room: Room) -> None:
    await room.office.note(room.office.talks[room.calls[1]][2], "withdrawn", at=utc_now())


async def hold(room: Room, scope: HoldScope) -> None:
    store = HoldStore(room.resources, room.office.workspace_id)
    await store.place(NewHold("2026-7", scope), now=utc_now())


async def hold_call(room: Room) -> None:
    await hold(room, record_scope(room.calls[1]))


async def hold_person(room: Room) -> None:
    token = await room.office.token(room.office.talks[room.calls[1]][2])
    await hold(room, HoldScope(HoldKind.PERSON, tokens=(token,)))


async def hold_query(room: Room) -> None:
    call = await CallStore(room.resources, room.office.workspace_id).raw(room.calls[1])
    assert call is not None
    began = call["setup_time"]
    query = HeldQuery(HeldKind.CALL, began, began + timedelta(seconds=1))
    await hold(room, HoldScope(HoldKind.QUERY, query=query))


async def restrict(room: Room) -> None:
    store = RestrictionStore(room.resources, room.office.workspace_id)
    await store.set(record_scope(room.calls[1]), reason="disputed", set_by="key_test", now=utc_now())


async def object_(room: Room) -> None:
    await _note(room, "objections", state="open", decided_at=None)


async def minor(room: Room) -> None:
    await _note(room, "minors", lifted_at=None)


async def _note(room: Room, kind: str, **fields: object) -> None:
    token = await room.office.token(room.office.talks[room.calls[1]][2])
    told = {"people": [token], "certain": [token], "purpose": "train_ai_system", "noted_at": utc_now()}
    document = {"_id": f"{kind}-{room.calls[1]}", **told, **fields}
    await room.resources.database.scoped(kind, room.office.workspace_id).insert(document)


async def erase(room: Room) -> None:
    store = CallStore(room.resources, room.office.workspace_id)
    await store.start_erasing(room.calls[1], cause="request", now=utc_now())


async def found_more(room: Room) -> None:
    """A later hearing found personal data that the served version lets through."""
    calls = room.resources.database.scoped("calls", room.office.workspace_id)
    change = {"closed_versions.1": "found_more", "updated_at": utc_now()}
    await calls.update({"_id": room.calls[1]}, {"$set": change})


ACTS: dict[str, Callable[[Room], Awaitable[None]]] = {
    "person_opted_out": opt_out,
    "consent_withdrawn": withdraw,
    "held": hold_call,
    "held by person": hold_person,
    "held by query": hold_query,
    "restricted": restrict,
    "objection": object_,
    "minor": minor,
    "erased": erase,
    "redaction_not_checked": found_more,
}


@pytest.mark.parametrize("act", ACTS)
async def test_the_act_lets_its_call_leave_in_the_next_look_and_no_other(room: Room, act: str) -> None:
    await ACTS[act](room)
    assert await room.left() == {room.calls[1]: act.split(maxsplit=1)[0]}
    assert (await room.found.document())["files"][0]["state"] == FileState.STALE
    assert await room.left() == {room.calls[1]: act.split(maxsplit=1)[0]}, "once is enough"


@pytest.mark.parametrize("way", ["held", "workspace_opted_out", "workspace_ended"])
async def test_what_reaches_the_whole_workspace_takes_all_its_items(room: Room, way: str) -> None:
    workspaces, mine = room.resources.database.whole("workspaces"), {"_id": room.office.workspace_id}
    if way == "held":
        await hold(room, WORKSPACE)
    elif way == "workspace_opted_out":
        await workspaces.update(mine, {"$set": {"training_opted_in": False}})
    else:
        await workspaces.update(mine, {"$set": {"ending": {"ended_at": utc_now()}}})
    assert await room.left() == dict.fromkeys(room.calls, way)


async def test_a_ground_that_runs_out_is_over_at_its_first_instant(resources: Resources) -> None:
    office = await open_office(resources)
    calls = await office.calls(2, began=utc_now() - timedelta(days=2), granted=False)
    ends = (utc_now() + timedelta(hours=1)).replace(microsecond=0)
    for call in calls:
        for one in office.talks[call][1:]:
            until = ends if call == calls[0] else None
            await office.note(one, "granted", at=utc_now() - timedelta(days=3), until=until)
    found = await shelf(resources, office.workspace_id, calls, lawful_until=ends)
    room = Room(office, found, calls, CorpusWatch(resources))
    assert await room.left(now=ends - timedelta(milliseconds=1)) == {}
    assert await room.left(now=ends) == {calls[0]: "consent_expired"}
    assert await room.left(now=ends + timedelta(hours=1)) == {calls[0]: "consent_expired"}, "the other's was prolonged"


async def test_a_change_that_shows_late_is_not_missed(room: Room) -> None:
    """A transaction commits after the look that followed the instant it carries; and the watch was started anew."""
    noted = utc_now()
    await room.left(now=noted + timedelta(seconds=30))
    store = OptOutStore(room.resources, room.office.workspace_id)
    await store.opt_out(room.number(1), by="key_test", now=noted)
    room.watch = CorpusWatch(room.resources)
    assert await room.left(now=noted + OVERLAP) == {room.calls[1]: "person_opted_out"}


async def test_what_no_change_told_of_is_found_by_the_walk(room: Room) -> None:
    store = OptOutStore(room.resources, room.office.workspace_id)
    await store.opt_out(room.number(1), by="key_test", now=utc_now() - timedelta(days=30))
    told: dict[str, str] = {}
    for _ in range(50):
        told = await room.left()
        if told:
            break
    assert told == {room.calls[1]: "person_opted_out"}


async def test_an_item_that_a_restore_brought_back_leaves_again_and_the_feed_names_it_once(room: Room) -> None:
    await opt_out(room)
    assert len(await room.left()) == 1
    item = room.found.items[room.calls[1]]
    back = {"$set": {"state": "in"}, "$unset": {"leaving": "", "reason": ""}}
    await room.resources.database.whole("corpus_items").update({"_id": item}, back)
    await room.left()
    assert [one["_id"] for one in await ItemStore(room.resources).still_in([item])] == []
    rows = await RevocationStore(room.resources).page(after=room.since, limit=1000)
    assert [row["item_id"] for row in rows].count(item) == 1


async def test_two_watches_at_once_and_a_failed_look_lose_nothing(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    await opt_out(room)

    async def fail(*_: object) -> dict[str, str]:
        raise OSError

    monkeypatch.setattr(CorpusWatch, "_going", fail)
    with pytest.raises(OSError):  # noqa: PT011 - made here
        await room.left()
    monkeypatch.undo()
    await asyncio.gather(*(CorpusWatch(room.resources).look(now=utc_now()) for _ in range(3)))
    assert await room.left() == {room.calls[1]: "person_opted_out"}


async def test_from_the_act_to_the_file_without_the_row_it_takes_the_relays_turn_and_one_job(room: Room) -> None:
    await opt_out(room)
    looks = CorpusLooks(room.resources)
    looks.go_on()
    await looks.settled()
    outbox = room.resources.outbox
    jobs = [one for one in await outbox.of_call(room.found.release_id) if one["task"] == REWRITE_TASK]
    assert len(jobs) == 1
    job = await outbox.claim(jobs[0]["_id"], now=utc_now())
    assert isinstance(job, Job)
    assert job.workspace_id == PLATFORM
    await ChoreRunner(room.resources, {REWRITE_TASK: rewrite_release}).run(job)
    gone = room.found.items[room.calls[1]]
    assert await room.found.rows() == set(room.found.items.values()) - {gone}
    assert (utc_now() - room.began) < timedelta(minutes=1)


async def test_erasing_a_call_takes_its_rows_out_of_every_release_and_its_lineage_with_them(room: Room) -> None:
    workspace_id, call = room.office.workspace_id, room.calls[0]
    second = await shelf(room.resources, workspace_id, room.calls, state="review")
    custodian = CorpusCustodian(room.resources)
    assert await custodian.count(workspace_id, call) == 2
    await custodian.erase(workspace_id, call)
    assert await custodian.count(workspace_id, call) == 0
    await custodian.erase(workspace_id, call)
    for found in (room.found, second):
        assert await found.rows() == {item for one, item in found.items.items() if one != call}
        assert await found.objects() == {one["object_id"] for one in (await found.document())["files"]}
    assert await custodian.count(workspace_id, room.calls[1]) == 2
    other = await open_office(room.resources)
    assert await custodian.count(other.workspace_id, call) == 0, "another workspace's call of that id is another call"


async def test_erasing_waits_for_another_that_writes_the_file(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    from corpus import rewriting  # noqa: PLC0415 - its insides are replaced

    workspace_id, custodian = room.office.workspace_id, CorpusCustodian(room.resources)

    async def busy(*_: object) -> bool:
        return False

    monkeypatch.setattr(rewriting._Rewriting, "_claim", busy)
    await custodian.erase(workspace_id, room.calls[0])
    assert await custodian.count(workspace_id, room.calls[0]) == 1, "no receipt yet"
    assert (await room.found.document())["files"][0]["state"] == FileState.STALE, "and nothing of it is served"
    monkeypatch.undo()
    await custodian.erase(workspace_id, room.calls[0])
    assert await custodian.count(workspace_id, room.calls[0]) == 0


async def test_an_item_that_left_while_its_release_was_built_is_closed_when_the_build_ends(room: Room) -> None:
    building = {"_id": room.found.release_id}
    releases = room.resources.database.whole("corpus_releases")
    files = (await room.found.document())["files"]
    await releases.update(building, {"$set": {"state": "building", "phase": "writing", "files": []}})
    await opt_out(room)
    await room.left()
    await releases.update(building, {"$set": {"state": "review", "phase": None, "files": files}})
    await room.left()
    assert (await room.found.document())["files"][0]["state"] == FileState.STALE

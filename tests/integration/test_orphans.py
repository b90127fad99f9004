"""Objects without a record and records without their object, on the real store: found and closed; nothing else goes."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from api_process import spoken, wav
from conftest import Tenant

from domain.calls import STAGES, CallState, StageState
from domain.holds import record_scope
from domain.ids import new_id
from domain.scopes import Scope
from domain.sound import SoundState
from governance.holds import HoldStore, NewHold
from ingest.calls import CallStore
from ingest.recordings import RecordingStore, TakenIn, object_key
from redaction.doubles import PlainFinder
from redaction.store import RedactionStore
from storage.objects import ObjectStore
from storage.resources import Resources
from workers.orphans import OrphanWatch, call_of

pytestmark = pytest.mark.settings(mongo_database="orphans", s3_bucket="orphans", orphan_grace_s=3600.0)
WRITE = (Scope.CALLS_WRITE, Scope.CALLS_READ)


def late() -> datetime:
    """When all that is there now is older than the grace."""
    return datetime.now(UTC) + timedelta(hours=1, minutes=1)


class Yard:
    """A workspace, what lies in the store of it, and the walk."""

    def __init__(self, tenant: Tenant, client: httpx.AsyncClient) -> None:
        self.tenant, self.client = tenant, client
        self.resources: Resources = tenant.resources
        self.objects: ObjectStore = tenant.resources.objects
        self.calls = CallStore(tenant.resources, tenant.workspace_id)

    async def registered(self, content: bytes, **recording: Any) -> tuple[str, dict[str, Any]]:
        body = {"recording": {"media_type": "audio/wav", "size": len(content), **recording}}
        answer = await self.client.post("/v1/calls", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
        assert answer.status_code == 201, answer.text
        return answer.json()["call"]["id"], answer.json()["upload"]

    async def received(self, seed: int) -> str:
        """Register a call and send its recording."""
        content = wav(seed=seed)
        call_id, _ = await self.registered(content)
        answer = await self.client.put(f"/v1/calls/{call_id}/recording", content=content)
        assert answer.status_code == 202, answer.text
        return call_id

    async def put(self, key: str) -> str:
        await self.objects.call("put_object", Key=key, Body=b"sealed, once")
        return key

    async def original(self, call_id: str) -> str:
        recording = await RecordingStore(self.resources, self.tenant.workspace_id).of_call(call_id)
        return object_key(call_id, recording["original"]["object_id"])

    async def walk(self, *, now: datetime | None = None, page: int = 3) -> None:
        await OrphanWatch(self.resources, page=page).walk(now=now or late())

    async def keys(self, call_id: str) -> set[str]:
        return {*await self.objects.list_keys(f"u/{call_id}/"), *await self.objects.list_keys(f"c/{call_id}/")}

    async def audit(self, event: str) -> list[dict[str, Any]]:
        events = await self.resources.audit.events(self.tenant.workspace_id)
        return [one for one in events if one["event"] == event]

    async def state(self, call_id: str) -> tuple[str, list[str]]:
        call = await self.calls.raw(call_id)
        assert call is not None
        return call["state"], [row["reason"] for row in call["stages"] if row["reason"]]


@pytest.fixture
async def yard(tenant: Tenant) -> AsyncIterator[Yard]:
    made = Yard(tenant, await tenant.client(*WRITE))
    yield made
    for prefix in ("u/", "c/"):
        await made.objects.abort_all(prefix)
        await made.objects.delete_prefix(prefix)


async def put_link(link: dict[str, Any], content: bytes) -> None:
    async with httpx.AsyncClient(trust_env=False) as plain:
        assert (await plain.put(link["url"], content=content, headers=link["headers"])).status_code == 200


async def test_objects_that_no_record_refers_to_go_and_the_others_stay(yard: Yard) -> None:
    received, (waiting, plan) = await yard.received(1), await yard.registered(wav(9.0), multipart=True)
    await put_link(plan["parts"][0], wav(9.0))
    kept = await yard.keys(received) | await yard.keys(waiting)
    assert len(kept) == 2
    orphans = {
        await yard.put(f"c/{received}/{new_id('obj')}"),
        await yard.put(f"u/{received}/{new_id('upl')}"),
        await yard.put(f"u/{received}/{new_id('upl')}/00001"),
        await yard.put(f"u/{waiting}/{new_id('upl')}/00001"),
        await yard.put(f"c/{waiting}/{new_id('obj')}"),
    }
    await yard.walk()
    assert await yard.keys(received) | await yard.keys(waiting) == kept
    told = await yard.audit("objects:orphans:removed")
    assert sum(one["detail"]["objects"] for one in told) == len(orphans)
    await yard.walk()
    assert await yard.audit("objects:orphans:removed") == told, "a second walk finds nothing and says nothing"
    assert (await yard.state(received))[0] == "received"


@pytest.mark.parametrize(("older_by", "gone"), [(timedelta(seconds=-30), False), (timedelta(seconds=30), True)])
async def test_what_is_younger_than_the_grace_is_not_touched(yard: Yard, older_by: timedelta, gone: bool) -> None:
    call_id = await yard.received(2)
    key = await yard.put(f"c/{call_id}/{new_id('obj')}")
    await yard.objects.call("create_multipart_upload", Key=f"c/{call_id}/{new_id('obj')}")
    await yard.walk(now=datetime.now(UTC) + timedelta(hours=1) + older_by)
    assert (key not in await yard.keys(call_id)) == gone
    assert (not await yard.objects.open_uploads(f"c/{call_id}/")) == gone


async def test_what_is_not_ours_stays_however_old(yard: Yard) -> None:
    """Another deployment may share the bucket: its calls have ids like ours, and our keys never knew them."""
    stranger = new_id("call")
    foreign = [
        await yard.put(f"c/{stranger}/{new_id('obj')}"),
        await yard.put(f"u/{stranger}/{new_id('upl')}"),
        await yard.put("c/readme.txt"),
        await yard.put("u/call_short/x"),
        await yard.put("inbox/ws/monday.csv"),
        await yard.put("backup/2026/c/x"),
    ]
    half = f"c/{stranger}/{new_id('obj')}"
    await yard.objects.call("create_multipart_upload", Key=half)
    await yard.walk()
    there = [key for prefix in ("c/", "u/", "inbox/", "backup/") for key in await yard.objects.list_keys(prefix)]
    assert sorted(there) == sorted(foreign)
    assert [one.key for one in await yard.objects.open_uploads("c/")] == [half]
    await yard.objects.delete_prefix("inbox/")
    await yard.objects.delete_prefix("backup/")


def test_only_keys_of_our_shape_lie_under_a_call() -> None:
    call_id, one = new_id("call"), new_id("obj")
    assert {call_of(key) for key in (f"u/{call_id}/{one}", f"u/{call_id}/{one}/00001", f"c/{call_id}/{one}")} == {
        call_id
    }
    for foreign in (f"c/{call_id}", f"c/{call_id}/{one}/x", f"x/{call_id}/{one}", f"c/call_1/{one}", "", "c/", call_id):
        assert call_of(foreign) is None, foreign


async def test_a_late_upload_to_a_call_that_was_erased_goes(yard: Yard) -> None:
    call_id = await yard.received(3)
    key = await yard.put(f"u/{call_id}/{new_id('upl')}")
    await yard.calls.remove(call_id)
    await yard.resources.keyring.destroy(yard.tenant.workspace_id, call_id, now=datetime.now(UTC))
    await yard.walk()
    assert key not in await yard.keys(call_id)


async def test_an_erasure_under_way_is_left_to_itself(yard: Yard) -> None:
    call_id = await yard.received(4)
    key = await yard.put(f"c/{call_id}/{new_id('obj')}")
    await yard.calls.start_erasing(call_id, cause="request", now=datetime.now(UTC))
    await yard.objects.delete(await yard.original(call_id))
    await yard.walk()
    assert await yard.keys(call_id) == {key}
    assert (await yard.state(call_id))[0] == "erasing"


async def test_an_object_that_is_settled_between_the_listing_and_the_look_stays(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = wav(seed=5)
    call_id, _ = await yard.registered(content)
    recordings = RecordingStore(yard.resources, yard.tenant.workspace_id)
    recording = await recordings.of_call(call_id)

    async def pieces() -> AsyncIterator[bytes]:
        yield content

    taken: TakenIn = await recordings.take_in(recording, pieces(), sha256=None)
    place, listing = object_key(call_id, taken.object_id), ObjectStore.list_page
    assert await yard.keys(call_id) == {place}

    async def settled_after(store: ObjectStore, prefix: str, **arguments: Any) -> Any:
        page = await listing(store, prefix, **arguments)
        if any(listed.key == place for listed in page):
            await recordings.settle(recording, taken, now=datetime.now(UTC), tx=None)
        return page

    monkeypatch.setattr(ObjectStore, "list_page", settled_after)
    await yard.walk()
    assert await yard.keys(call_id) == {place}


async def test_an_object_that_is_settled_after_the_first_look_stays_too(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = wav(seed=6)
    call_id, _ = await yard.registered(content)
    recordings = RecordingStore(yard.resources, yard.tenant.workspace_id)
    recording = await recordings.of_call(call_id)

    async def pieces() -> AsyncIterator[bytes]:
        yield content

    taken = await recordings.take_in(recording, pieces(), sha256=None)
    append = type(yard.resources.audit).append

    async def settled_before(*arguments: Any, **named: Any) -> None:
        await append(*arguments, **named)
        await recordings.settle(recording, taken, now=datetime.now(UTC), tx=None)

    monkeypatch.setattr(type(yard.resources.audit), "append", settled_before)
    await yard.walk()
    assert await yard.keys(call_id) == {object_key(call_id, taken.object_id)}


async def test_a_walk_that_is_killed_in_the_middle_is_done_again_and_ends_the_same(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_ids = [await yard.received(seed) for seed in (10, 11, 12)]
    kept = {key for call_id in call_ids for key in await yard.keys(call_id)}
    for call_id in call_ids:
        for _ in range(3):
            await yard.put(f"c/{call_id}/{new_id('obj')}")
    delete, budget = ObjectStore.delete, 0

    async def killed(store: ObjectStore, key: str) -> None:
        nonlocal budget
        if not budget:
            raise ConnectionResetError
        budget -= 1
        await delete(store, key)

    monkeypatch.setattr(ObjectStore, "delete", killed)
    for deletions in (0, 1, 2, 4):
        budget = deletions
        with pytest.raises(ConnectionResetError):
            await yard.walk(page=2)
        assert kept <= {key for call_id in call_ids for key in await yard.keys(call_id)}
    monkeypatch.setattr(ObjectStore, "delete", delete)
    await yard.walk(page=2)
    assert {key for call_id in call_ids for key in await yard.keys(call_id)} == kept
    told = sum(one["detail"]["objects"] for one in await yard.audit("objects:orphans:removed"))
    assert told >= 9, "what went was told before it went"


@pytest.mark.parametrize("page", [1, 2, 100])
async def test_a_call_whose_recording_is_gone_fails_with_a_dead_letter(yard: Yard, page: int) -> None:
    calls = sorted([await yard.received(100 * page + seed) for seed in range(5)])
    lost = [calls[0], calls[2], calls[4]]
    for call_id in lost:
        await yard.objects.delete(await yard.original(call_id))
    for _ in range(2):
        await yard.walk(page=page)
    for call_id in calls:
        told = ("failed", ["recording_missing"]) if call_id in lost else ("received", [])
        assert await yard.state(call_id) == told
    letters = await yard.resources.outbox.dead_letters(yard.tenant.workspace_id)
    assert sorted(letter["call_id"] for letter in letters) == lost
    assert {(letter["task"], letter["error"]) for letter in letters} == {("transcribe", "recording_missing")}
    assert sorted(str(one["call_id"]) for one in await yard.audit("call:recording:missing")) == lost
    jobs = [job for call_id in lost for job in await yard.resources.outbox.of_call(call_id)]
    assert len(jobs) == len(lost), "the job that waited for the recording is the dead letter"


async def test_a_ready_call_whose_recording_is_gone_is_not_served_and_comes_back_when_it_is_restored(
    yard: Yard,
) -> None:
    call_id = await yard.received(20)
    (job,) = await yard.resources.outbox.of_call(call_id)
    await yard.resources.outbox.drop(yard.tenant.workspace_id, call_id, but="", tx=None)
    await _redacted(yard, call_id)
    assert job["task"] == "transcribe"
    place = await yard.original(call_id)
    bytes_there = (await yard.objects.call("get_object", Key=place))["Body"].read()
    audio = await yard.keys(call_id) - {place}
    await yard.objects.delete(place)
    await yard.walk()
    assert await yard.state(call_id) == ("failed", ["recording_missing"])
    assert await yard.keys(call_id) == audio, "the redacted sound is referred to and stays"
    (letter,) = await yard.resources.outbox.dead_letters(yard.tenant.workspace_id)
    await yard.objects.call("put_object", Key=place, Body=bytes_there)
    admin = await yard.tenant.client(Scope.WORKSPACE_ADMIN)
    assert (await admin.post(f"/v1/dead-letters/{letter['_id']}/requeue")).status_code == 202
    await yard.walk()
    assert (await yard.state(call_id))[0] == "processing"


async def _redacted(yard: Yard, call_id: str) -> None:
    """Write down what the stages would have."""
    now, finder = datetime.now(UTC), PlainFinder()
    call = await yard.calls.raw(call_id)
    assert call is not None

    async def pieces() -> AsyncIterator[bytes]:
        yield b"fLaC" + bytes(1000)

    redactions = RedactionStore(yard.resources, yard.tenant.workspace_id)
    await redactions.save_spans(call, finder.find(spoken("thank you")), finder.stamp, now=now)
    await redactions.save_audio(
        call_id,
        await redactions.put_audio(call_id, pieces(), media_type="audio/flac"),
        version=1,
        state=SoundState.VERIFIED,
    )
    for stage in STAGES:
        await yard.calls.set_stage(call_id, stage, StageState.DONE, version=1, call_state=CallState.READY, now=now)


async def test_a_call_that_a_worker_is_at_is_left_to_the_worker(yard: Yard) -> None:
    call_id = await yard.received(30)
    (job,) = await yard.resources.outbox.of_call(call_id)
    assert await yard.resources.outbox.claim(job["_id"], now=late() - timedelta(seconds=1)) is not None
    await yard.objects.delete(await yard.original(call_id))
    await yard.walk()
    assert await yard.state(call_id) == ("received", [])
    assert await yard.resources.outbox.dead_letters(yard.tenant.workspace_id) == []


async def test_a_recording_that_only_just_arrived_is_not_missed(yard: Yard) -> None:
    call_id = await yard.received(31)
    await yard.objects.delete(await yard.original(call_id))
    await yard.walk(now=datetime.now(UTC) + timedelta(minutes=59))
    assert await yard.state(call_id) == ("received", [])


async def test_a_recording_that_a_listing_left_out_is_looked_for_by_itself(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_id = await yard.received(32)

    async def nothing(*_: Any, **__: Any) -> list[Any]:
        return []

    monkeypatch.setattr(ObjectStore, "list_page", nothing)
    await yard.walk()
    assert await yard.state(call_id) == ("received", [])


async def test_a_held_call_keeps_every_object_that_is_its_recording(yard: Yard) -> None:
    call_id = await yard.received(33)
    holds = HoldStore(yard.resources, yard.tenant.workspace_id)
    await holds.place(NewHold("2026-114", record_scope(call_id)), now=datetime.now(UTC))
    before = await yard.keys(call_id)
    await yard.walk()
    assert await yard.keys(call_id) == before


async def test_an_upload_goes_on_after_a_walk_in_the_middle_of_it(yard: Yard) -> None:
    content = wav(seconds=1_200, seed=34)
    call_id, plan = await yard.registered(content, multipart=True)
    await put_link(plan["parts"][0], content[: plan["part_bytes"]])
    await yard.walk()
    await put_link(plan["parts"][1], content[plan["part_bytes"] :])
    done = await yard.client.post(f"/v1/calls/{call_id}/complete", json={"sha256": hashlib.sha256(content).hexdigest()})
    assert done.status_code == 202, done.text


@pytest.mark.settings(mongo_database="orphans", s3_bucket="orphans", orphans_every_s=0.0, orphan_grace_s=1.0)
async def test_turned_off_it_looks_at_nothing(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    async def looked(*_: Any, **__: Any) -> None:
        raise AssertionError("it looked")

    monkeypatch.setattr(ObjectStore, "list_page", looked)
    await OrphanWatch(yard.resources).go_on()

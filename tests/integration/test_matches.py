"""Recordings and call logs find each other, in whatever order they come; where two fit, a person decides."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from api_process import wav
from conftest import Tenant

from domain.ids import new_id
from domain.scopes import Scope
from governance.workspaces import WorkspaceStore
from ingest.call_lists import calls_to_match
from ingest.calls import CallStore
from ingest.cdrs import CdrStore
from ingest.formats.parties import party
from ingest.formats.record import Row
from ingest.log_reading import CallLogReader
from ingest.match_document import GIVE_UP_AFTER
from ingest.matches import Matches, poke
from storage.catalog import INSTANT
from storage.mongo import Collection
from workers.matching import match_recordings

WRITE = (Scope.CALLS_WRITE, Scope.CALLS_READ)
NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=2)
RAVI, MEERA = "+447700900123", "+447700900456"


class Shop:
    """A workspace with a phone's recordings and logs."""

    def __init__(self, tenant: Tenant, client: httpx.AsyncClient) -> None:
        self.tenant, self.client = tenant, client
        self.resources = tenant.resources

    async def recording(self, who: str = RAVI, at: datetime = NOON, **changes: Any) -> str:
        """Register a recording that its phone named in Samsung's way; return the call's id."""
        name = f"Call recording {who}_{at:%y%m%d}_{at:%H%M%S}.m4a"
        recording = {"media_type": "audio/mp4", "size": 1000, "file_name": name} | changes.pop("recording", {})
        body = {"recording": recording, "device_zone": "UTC", **changes}
        answer = await self.client.post("/v1/calls", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["call"]["id"])

    async def log(self, who: str | None = RAVI, at: datetime = NOON, *, device: str = "phone-one", **entry: Any) -> str:
        """Send one entry of the phone's call log; return its id."""
        sent = {"number": who, "type": 2, "duration_s": 60, "date": int(at.timestamp() * 1000), **entry}
        body = {"device_id": device, "zone": "Europe/London", "region": "GB", "entries": [sent]}
        answer = await self.client.post("/v1/call-logs:batch", json=body)
        assert answer.status_code == 200, answer.text
        await poke(self.resources, self.tenant.workspace_id, at, at, now=datetime.now(UTC))
        return str(answer.json()["results"][0]["id"])

    async def cdr(self, who: str = RAVI, at: datetime = NOON) -> str:
        """Land one CDR of the switch; return its id."""
        policy = (await WorkspaceStore(self.resources).get(self.tenant.workspace_id)).policy
        row = Row(
            source="asterisk",
            group=uuid.uuid4().hex,
            key=uuid.uuid4().hex,
            raw_line=1,
            caller=party("+442079460018", None),
            callee=party(who, None),
            setup_time=at,
            duration_s=60.0,
        )
        store = CdrStore(self.resources, self.tenant.workspace_id)
        landed = await store.land("pbx", [[row]], policy, now=datetime.now(UTC))
        await poke(self.resources, self.tenant.workspace_id, at, at, now=datetime.now(UTC))
        return landed.created[0]

    async def settle(self, *, rounds: int = 12) -> None:
        """Let the sweep look until nobody is due; waiting for the next try is left out."""
        for _ in range(rounds):
            due = await calls_to_match(self.resources, now=datetime.now(UTC), limit=1000)
            if not [call for call in due if call["workspace_id"] == self.tenant.workspace_id]:
                return
            await match_recordings(self.resources, limit=1000)
            await self._skip_displacing()
        raise AssertionError("recordings never stop looking")

    async def _skip_displacing(self) -> None:
        soon = {"match.next_try_at": {"$lte": datetime.now(UTC) + timedelta(seconds=5), **INSTANT}}
        await CallStore(self.resources, self.tenant.workspace_id).poke_matches(soon, now=datetime.now(UTC))

    async def match(self, call_id: str) -> dict[str, Any]:
        answer = await self.client.get(f"/v1/calls/{call_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["match"]
        return found

    async def standing(self, call_id: str) -> tuple[str, str | None]:
        found = await self.match(call_id)
        return found["state"], found["log_id"]

    async def linked(self, log_id: str) -> str | None:
        """Return the call that a log points at."""
        if log_id.startswith("cdr_"):
            document = await self.resources.database._raw("cdrs").find_one({"_id": log_id})
        else:
            logs = CallLogReader(self.resources, self.tenant.workspace_id)
            document = await logs.find(log_id, now=datetime.now(UTC))
        assert document is not None
        call_id: str | None = document.get("call_id")
        return call_id


@pytest.fixture
async def shop(tenant: Tenant) -> Shop:
    return Shop(tenant, await tenant.client(*WRITE))


@pytest.mark.parametrize("first", ["recording", "log"])
async def test_a_recording_and_its_log_find_each_other_whichever_comes_first(shop: Shop, first: str) -> None:
    if first == "log":
        log_id = await shop.log()
        call_id = await shop.recording()
    else:
        call_id = await shop.recording()
        await shop.settle()
        assert await shop.standing(call_id) == ("open", None)
        log_id = await shop.log()
    await shop.settle()
    found = await shop.match(call_id)
    assert (found["state"], found["log_id"], found["how"]) == ("matched", log_id, "number")
    assert 0.8 <= found["confidence"] < 1.0
    assert await shop.linked(log_id) == call_id
    detail = (await shop.client.get(f"/v1/calls/{call_id}")).json()
    assert detail["setup_time"] == NOON.isoformat().replace("+00:00", "Z")
    assert detail["call_log"]["direction"] == "outbound"
    assert RAVI[-7:] not in str(detail)


async def test_the_file_name_and_the_number_in_it_are_stored_nowhere_in_clear(shop: Shop) -> None:
    call_id = await shop.recording()
    database = shop.resources.database
    for name in ("calls", "recordings", "idempotency_keys", "outbox", "audit_events"):
        for document in [one async for one in database._raw(name).find({})]:
            assert RAVI[-9:] not in str(document), name
            assert "Call recording" not in str(document), name
    assert (await shop.match(call_id))["began"] == NOON.isoformat().replace("+00:00", "Z")


async def test_an_id_is_certain_even_when_nothing_else_fits_and_comes_late(shop: Shop) -> None:
    other = await shop.log(MEERA, NOON - timedelta(hours=9))
    call_id = await shop.recording(log_id=other)
    await shop.log()
    await shop.settle()
    found = await shop.match(call_id)
    assert (found["log_id"], found["how"], found["confidence"]) == (other, "id", 1.0)
    waiting = await shop.recording(log_id=new_id("log"))
    await shop.settle()
    assert await shop.standing(waiting) == ("open", None), "a recording that names its log takes no other"


async def test_an_id_takes_a_log_that_was_only_inferred_and_the_other_looks_anew(shop: Shop) -> None:
    log_id = await shop.log()
    inferred = await shop.recording()
    await shop.settle()
    assert await shop.standing(inferred) == ("matched", log_id)
    named = await shop.recording("Mum", log_id=log_id)
    await shop.settle()
    assert await shop.standing(named) == ("matched", log_id)
    assert await shop.standing(inferred) == ("open", None)
    assert await shop.linked(log_id) == named
    second = await shop.recording("Mum", log_id=log_id)
    await shop.settle()
    assert await shop.standing(second) == ("review", None), "what is matched by id is never undone"
    assert await shop.linked(log_id) == named


async def test_a_second_log_undoes_an_inferred_match_and_both_are_left_for_a_person(shop: Shop) -> None:
    first = await shop.log()
    call_id = await shop.recording()
    await shop.settle()
    assert await shop.standing(call_id) == ("matched", first)
    second = await shop.log(at=NOON + timedelta(seconds=40))
    await shop.settle()
    found = await shop.match(call_id)
    assert (found["state"], {one["log_id"] for one in found["candidates"]}) == ("review", {first, second})
    assert (await shop.linked(first), await shop.linked(second)) == (None, None)
    assert (await shop.client.get(f"/v1/calls/{call_id}")).json()["setup_time"] is None, "it was the log's"


async def test_two_recordings_of_one_log_are_both_left_for_a_person(shop: Shop) -> None:
    log_id = await shop.log()
    one = await shop.recording()
    await shop.settle()
    two = await shop.recording(at=NOON + timedelta(seconds=5))
    await shop.settle()
    assert [await shop.standing(call_id) for call_id in (one, two)] == [("review", None)] * 2
    assert await shop.linked(log_id) is None


@pytest.mark.parametrize(
    "order", list(itertools.permutations(["log", "second log", "recording", "named"])), ids="-".join
)
async def test_the_order_of_arrival_does_not_matter(shop: Shop, order: tuple[str, ...]) -> None:
    """Two logs fit one recording; a contact's name fits both by time. Nobody gets anything, in any order."""
    calls = {}
    for what in order:
        if what.endswith("log"):
            await shop.log(at=NOON + timedelta(seconds=30 * (what != "log")))
        else:
            calls[what] = await shop.recording(RAVI if what == "recording" else "Mum 2")
        await shop.settle()
    assert {what: (await shop.standing(call_id))[0] for what, call_id in calls.items()} == {
        "recording": "review",
        "named": "review",
    }


@pytest.mark.parametrize("order", list(itertools.permutations(["log", "numbered", "named"])), ids="-".join)
async def test_a_number_outweighs_a_mere_time_in_any_order(shop: Shop, order: tuple[str, ...]) -> None:
    made: dict[str, str] = {}
    for what in order:
        made[what] = await (shop.log() if what == "log" else shop.recording(RAVI if what == "numbered" else "Mum 2"))
        await shop.settle()
    assert await shop.standing(made["numbered"]) == ("matched", made["log"])
    assert await shop.standing(made["named"]) == ("review", None)
    assert await shop.linked(made["log"]) == made["numbered"]


async def test_recordings_and_logs_that_come_all_at_once_end_as_if_one_after_the_other(shop: Shop) -> None:
    steps = [timedelta(hours=hour) for hour in range(6)]

    async def sweeps() -> None:
        for _ in range(8):
            await match_recordings(shop.resources, limit=1000)

    made = await asyncio.gather(
        *(shop.log(at=NOON - step) for step in steps), *(shop.recording(at=NOON - step) for step in steps), sweeps()
    )
    await shop.settle()
    logs, calls = made[: len(steps)], made[len(steps) : 2 * len(steps)]
    assert [await shop.standing(str(call)) for call in calls] == [("matched", log) for log in logs]


async def test_a_name_without_a_number_is_matched_by_time_with_little_confidence(shop: Shop) -> None:
    log_id = await shop.log()
    call_id = await shop.recording("Office 5551234", device_id="phone-one")
    await shop.settle()
    found = await shop.match(call_id)
    assert (found["log_id"], found["how"]) == (log_id, "time")
    assert found["confidence"] < 0.7
    stranger = await shop.recording("Office 5551234", device_id="phone-two")
    await shop.settle()
    assert await shop.standing(stranger) == ("open", None), "another phone's log fits by nothing"
    assert await shop.standing(call_id) == ("matched", log_id)


async def test_without_the_devices_zone_a_local_time_is_not_guessed(shop: Shop) -> None:
    await shop.log()
    call_id = await shop.recording(device_zone=None)
    await shop.settle()
    assert await shop.standing(call_id) == ("none", None)
    told = await shop.recording(device_zone=None, recording={"started_at": NOON.isoformat()})
    await shop.settle()
    assert (await shop.standing(told))[0] == "matched"


async def test_a_cdr_is_a_log_too_and_two_of_different_kinds_are_two_candidates(shop: Shop) -> None:
    call_id = await shop.recording()
    cdr_id = await shop.cdr()
    await shop.settle()
    assert await shop.standing(call_id) == ("matched", cdr_id)
    assert await shop.linked(cdr_id) == call_id
    log_id = await shop.log()
    await shop.settle()
    assert {one["log_id"] for one in (await shop.match(call_id))["candidates"]} == {cdr_id, log_id}
    assert await shop.linked(cdr_id) is None


async def test_a_person_decides_and_nothing_undoes_it(shop: Shop) -> None:
    first, second = await shop.log(), await shop.log(at=NOON + timedelta(seconds=40))
    call_id = await shop.recording()
    await shop.settle()
    listed = (await shop.client.get("/v1/matches")).json()["matches"]
    assert [one["call_id"] for one in listed] == [call_id]
    assert RAVI[-7:] not in str(listed)
    decided = await shop.client.put(f"/v1/matches/{call_id}", json={"log_id": second})
    assert (decided.status_code, decided.json()["match"]["how"]) == (200, "person"), decided.text
    await shop.log(at=NOON + timedelta(seconds=50))
    other = await shop.recording(at=NOON + timedelta(seconds=3))
    await shop.settle()
    assert await shop.standing(call_id) == ("matched", second)
    assert await shop.linked(second) == call_id
    assert (await shop.match(other))["state"] == "review", "the log that was decided is none of its candidates"
    assert second not in {one["log_id"] for one in (await shop.match(other))["candidates"]}
    none = await shop.client.put(f"/v1/matches/{call_id}", json={"log_id": None})
    assert (none.json()["match"]["state"], none.json()["setup_time"]) == ("none", None)
    await shop.settle()
    assert await shop.standing(call_id) == ("none", None)
    assert await shop.linked(second) is None
    told = await shop.tenant.resources.audit.events(shop.tenant.workspace_id, call_id=call_id)
    assert [event["event"] for event in told] == ["call:match:decided"] * 2
    assert {event["detail"]["log_id"] for event in told} == {second, "none"}
    assert first not in str(told)


async def test_a_decision_frees_the_others(shop: Shop) -> None:
    log_id = await shop.log()
    one, two = await shop.recording(), await shop.recording(at=NOON + timedelta(seconds=5))
    await shop.settle()
    assert (await shop.standing(two))[0] == "review"
    await shop.client.put(f"/v1/matches/{one}", json={"log_id": None})
    await shop.settle()
    assert await shop.standing(two) == ("matched", log_id)


async def test_what_cannot_be_decided_is_refused(shop: Shop, make_tenant: Any) -> None:
    log_id = await shop.log()
    owner, call_id = await shop.recording(), await shop.recording("Mum")
    assert (await shop.client.put(f"/v1/matches/{owner}", json={"log_id": log_id})).status_code == 200
    taken = await shop.client.put(f"/v1/matches/{call_id}", json={"log_id": log_id})
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/conflict")
    assert await shop.linked(log_id) == owner
    unknown = await shop.client.put(f"/v1/matches/{call_id}", json={"log_id": new_id("log")})
    assert unknown.status_code == 404
    given = await shop.recording(call_log={"setup_time": NOON.isoformat(), "caller": RAVI, "callee": MEERA})
    assert (await shop.match(given))["how"] == "given"
    assert (await shop.client.put(f"/v1/matches/{given}", json={"log_id": log_id})).status_code == 409
    stranger = Shop(await make_tenant(), await (await make_tenant()).client(*WRITE))
    assert (await stranger.client.put(f"/v1/matches/{call_id}", json={"log_id": log_id})).status_code == 404
    theirs = await stranger.recording()
    assert (await stranger.client.put(f"/v1/matches/{theirs}", json={"log_id": log_id})).status_code == 404
    reader = await shop.tenant.client(Scope.CALLS_READ)
    assert (await reader.put(f"/v1/matches/{call_id}", json={"log_id": None})).status_code == 403


async def test_another_tenants_log_fits_nobody(shop: Shop, make_tenant: Any) -> None:
    other = await make_tenant()
    await Shop(other, await other.client(*WRITE)).log()
    call_id = await shop.recording()
    await shop.settle()
    assert await shop.standing(call_id) == ("open", None)


@pytest.mark.parametrize(("days_ago", "sooner"), [(10, True), (-1, False)], ids=["an earlier day", "a later day"])
async def test_the_retention_is_moved_to_an_earlier_day_only(shop: Shop, days_ago: int, sooner: bool) -> None:
    at = datetime.now(UTC) - timedelta(days=days_ago) if sooner else datetime.now(UTC) + timedelta(hours=20)
    call_id = await shop.recording()
    before = (await shop.client.get(f"/v1/calls/{call_id}")).json()["record"]["retain_until"]
    log_id = await shop.log(at=at)
    await shop.client.put(f"/v1/matches/{call_id}", json={"log_id": log_id})
    document = await CallStore(shop.resources, shop.tenant.workspace_id).raw(call_id)
    recording = await Matches(
        shop.resources,
        shop.tenant.workspace_id,
        (await WorkspaceStore(shop.resources).get(shop.tenant.workspace_id)).policy,
    )._recordings.of_call(call_id)
    assert document is not None
    kept = datetime.fromisoformat(before)
    assert document["retain_until"] == recording["retain_until"]
    assert (document["retain_until"] < kept) == sooner
    assert sooner or document["retain_until"] == kept
    await shop.client.put(f"/v1/matches/{call_id}", json={"log_id": None})
    again = await CallStore(shop.resources, shop.tenant.workspace_id).raw(call_id)
    assert again is not None
    assert again["retain_until"] == document["retain_until"], "what was shortened stays short"


async def test_a_recording_tries_again_more_and_more_seldom_and_gives_up_after_thirty_days(shop: Shop) -> None:
    call_id = await shop.recording()
    matches = Matches(
        shop.resources,
        shop.tenant.workspace_id,
        (await WorkspaceStore(shop.resources).get(shop.tenant.workspace_id)).policy,
    )
    calls, pauses = CallStore(shop.resources, shop.tenant.workspace_id), []
    for _ in range(3):
        call = await calls.raw(call_id)
        assert call is not None
        now = call["match"]["next_try_at"]
        await matches.look(call, now=now)
        after = await calls.raw(call_id)
        assert after is not None
        pauses.append(after["match"]["next_try_at"] - now)
    assert pauses == [timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=120)]
    for late, state in ((GIVE_UP_AFTER - timedelta(milliseconds=1), "open"), (GIVE_UP_AFTER, "none")):
        call = await calls.raw(call_id)
        assert call is not None
        assert await matches.look(call, now=call["created_at"] + late) == state
    log_id = await shop.log()
    await shop.settle()
    assert await shop.standing(call_id) == ("matched", log_id), "a log that comes at last still finds it"


async def test_a_look_that_was_overtaken_writes_nothing(shop: Shop) -> None:
    call_id = await shop.recording()
    calls = CallStore(shop.resources, shop.tenant.workspace_id)
    stale = await calls.raw(call_id)
    assert stale is not None
    log_id = await shop.log()
    policy = (await WorkspaceStore(shop.resources).get(shop.tenant.workspace_id)).policy
    await Matches(shop.resources, shop.tenant.workspace_id, policy).look(stale, now=datetime.now(UTC))
    assert await shop.linked(log_id) is None
    assert (await shop.match(call_id))["state"] == "open"
    await shop.settle()
    assert await shop.linked(log_id) == call_id


async def test_a_recording_that_is_being_erased_takes_no_log_and_holds_up_no_other(shop: Shop) -> None:
    log_id = await shop.log()
    going, staying = await shop.recording(), await shop.recording(at=NOON + timedelta(seconds=5))
    await CallStore(shop.resources, shop.tenant.workspace_id).start_erasing(
        going, cause="request", now=datetime.now(UTC)
    )
    await shop.settle()
    assert await shop.standing(staying) == ("matched", log_id)


async def test_the_list_goes_on_by_cursor_and_shows_each_once(shop: Shop) -> None:
    for minute in range(5):
        await shop.recording("Mum", at=NOON + timedelta(hours=minute))
    await shop.settle()
    seen: list[str] = []
    cursor = None
    for _ in range(3):
        query = {"state": "open", "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await shop.client.get("/v1/matches", params=query)).json()
        seen += [one["call_id"] for one in page["matches"]]
        cursor = page["next"]
    assert (len(seen), len(set(seen)), cursor) == (5, 5, None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"device_zone": "Mars/Base"}, "body.device_zone"),
        ({"log_id": "log_x"}, "body.log_id"),
        ({"device_id": "+44 7700 900123"}, "body.device_id"),
        (
            {"recording": {"started_at": (datetime.now(UTC) + timedelta(days=2)).isoformat()}},
            "recording.started_at",
        ),
        ({"recording": {"file_name": "x" * 256}}, "body.recording.file_name"),
    ],
    ids=["zone", "log", "device", "future", "long name"],
)
async def test_what_helps_to_find_the_log_is_checked(shop: Shop, change: dict[str, Any], field: str) -> None:
    recording = {"media_type": "audio/mp4", "size": 1000} | change.pop("recording", {})
    answer = await shop.client.post(
        "/v1/calls", json={"recording": recording, **change}, headers={"Idempotency-Key": uuid.uuid4().hex}
    )
    assert answer.status_code == 422, answer.text
    assert field in answer.text
    assert "7700" not in answer.text


async def test_a_matched_recording_is_received_like_any_other(shop: Shop) -> None:
    content = wav(seed=77)
    log_id = await shop.log()
    call_id = await shop.recording(recording={"media_type": "audio/wav", "size": len(content)})
    await shop.settle()
    digest = hashlib.sha256(content).hexdigest()
    sent = await shop.client.put(f"/v1/calls/{call_id}/recording", content=content, headers={"Content-SHA256": digest})
    assert sent.status_code == 202
    await shop.settle()
    assert await shop.standing(call_id) == ("matched", log_id)


async def test_every_look_is_served_by_an_index_of_its_own(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A partial index serves only queries that repeat its filter; without it each look reads a whole workspace."""
    asked: list[dict[str, Any]] = []
    scoped = Collection._scoped

    def watched(collection: Collection, found: Any) -> Any:
        by_id = "'_id': 'call_" in str(found) or "'_id': {'$in'" in str(found)
        if collection._raw.name == "calls" and "'match." in str(found) and not by_id:
            asked.append(scoped(collection, found))
        return scoped(collection, found)

    monkeypatch.setattr(Collection, "_scoped", watched)
    log_id = await shop.log()
    named = await shop.recording("Mum")
    for _ in range(2):
        await shop.recording()
        await shop.settle()
    await shop.client.put(f"/v1/matches/{named}", json={"log_id": log_id})
    await shop.recording("Mum", log_id=log_id)
    await shop.settle()
    await shop.client.get("/v1/matches")
    calls = shop.resources.database._raw("calls")
    plain = [
        {"_id": new_id("call"), "workspace_id": shop.tenant.workspace_id, "state": "ready", "created_at": NOON}
        for _ in range(500)
    ]
    await calls.insert_many(plain, bypass_document_validation=True)
    used = {_index_of(await calls.find(one).explain()) for one in asked}
    assert len(used) > 2, "the looks were not seen"
    assert used <= {  # the planner may serve two looks by one of them, as other tests fill the collection
        "match-next_try_at",
        "workspace_id_match-began",
        "workspace_id_match-stated",
        "workspace_id_match-log_id",
        "workspace_id_match-state_created_at-desc__id-desc",
    }
    await calls.delete_many({"_id": {"$in": [one["_id"] for one in plain]}})


async def test_a_file_of_cdrs_wakes_the_recordings_that_wait_for_them(shop: Shop) -> None:
    """Without being told they would look again after half a minute, and in the end every six hours."""
    call_id = await shop.recording()
    await shop.settle()
    assert (await shop.match(call_id))["state"] == "open"
    row = (
        f'"","+442079460018","{RAVI}","out","""x"" <1>","PJSIP/1-1","PJSIP/t-1","Dial","x","{NOON:%Y-%m-%d %H:%M:%S}",'
        f'"{NOON:%Y-%m-%d %H:%M:%S}","{NOON:%Y-%m-%d %H:%M:59}","60","59","ANSWERED","DOCUMENTATION",'
        '"1795168800.1",""\n'
    )
    query = {"zone": "UTC", "region": "GB", "format": "asterisk_csv"}
    for landed in (1, 0):  # sent again, it wakes them again: the first delivery may have been killed before it did
        answer = await shop.client.post("/v1/cdrs", params=query, content=row)
        assert answer.json()["landed"] == landed, answer.text
        due = await calls_to_match(shop.resources, now=datetime.now(UTC), limit=1000)
        assert call_id in {call["_id"] for call in due}
    await shop.settle()
    assert (await shop.match(call_id))["state"] == "matched"


def _index_of(told: dict[str, Any]) -> str:
    """Return the name of the index that a plan reads."""
    stage = told["queryPlanner"]["winningPlan"]
    while "indexName" not in stage:
        stage = stage.get("queryPlan") or stage.get("inputStage") or stage["inputStages"][0]
    return str(stage["indexName"])

"""Call logs over the API: each entry lands once, in any order and however often, or is refused with a reason."""

from __future__ import annotations

import asyncio
import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import bson
import httpx
import pytest
from conftest import MakeTenant, Tenant
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.scopes import Scope
from governance.workspaces import WorkspaceStore
from ingest.call_logs import CallLogStore
from ingest.log_batches import MOST_ENTRIES, BatchIn, EntryIn
from ingest.log_intake import LogIntake
from ingest.log_pages import unfolded
from ingest.pokes import Pokes
from ingest.tombstones import TombstoneStore
from ingest.traffic import open_identifiers
from storage.mongo import Collection

WRITE = (Scope.CALLS_WRITE, Scope.CALLS_READ)
NOW = datetime.now(UTC).replace(microsecond=0)
PHONE = "b1c8a0de-3f7e-4c55-9a51-0d2f6f1f7a10"


def ms(moment: datetime) -> int:
    """Android's DATE."""
    return int(moment.timestamp() * 1000)


def entry(minutes_ago: int = 5, **changes: Any) -> dict[str, Any]:
    """An entry as an app reads it from the phone's log."""
    at = ms(NOW - timedelta(minutes=minutes_ago))
    return {"number": "098765 43210", "date": at, "duration_s": 42, "type": 1, "sim_slot": 0} | changes


def batch(*entries: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"device_id": PHONE, "zone": "Asia/Kolkata", "region": "IN", "entries": list(entries)} | changes


async def send(client: httpx.AsyncClient, *entries: dict[str, Any], **changes: Any) -> dict[str, Any]:
    answer = await client.post("/v1/call-logs:batch", json=batch(*entries, **changes))
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    assert sum(told["counts"].values()) == len(entries) == len(told["results"])
    assert [result["index"] for result in told["results"]] == list(range(len(entries)))
    return told


def statuses(told: dict[str, Any]) -> list[str]:
    return [result["status"] for result in told["results"]]


async def test_a_batch_lands_once_and_again_changes_nothing(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    first = await send(client, entry(1), entry(2, number=None, presentation=2), entry(3, number="112"))
    again = await send(client, entry(1), entry(2, number=None, presentation=2), entry(3, number="112"))
    assert statuses(first) == ["created"] * 3
    assert statuses(again) == ["duplicate"] * 3
    assert [one["id"] for one in first["results"]] == [one["id"] for one in again["results"]]
    listed = (await client.get("/v1/call-logs")).json()["call_logs"]
    assert [one["id"] for one in listed] == [one["id"] for one in first["results"]]
    assert [one["party_kind"] for one in listed] == ["subscriber", "withheld", "emergency"]
    assert [len(one["party_refs"]) for one in listed] == [1, 0, 0]


async def refused(client: httpx.AsyncClient, body: Any, **headers: str) -> dict[str, Any]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = await client.post(
        "/v1/call-logs:batch", content=content, headers={"Content-Type": "application/json", **headers}
    )
    assert 400 <= answer.status_code < 500, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def stored(tenant: Tenant) -> list[dict[str, Any]]:
    """Every entry that is stored, as a document of its own."""
    pages = await tenant.resources.database.scoped("call_logs", tenant.workspace_id).find({})
    return [entry for page in pages for entry in unfolded(page)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"note": "asked about the price"}, "body.entries.0.note"),
        ({"name": "Ravi"}, "body.entries.0.name"),
        ({"message": "see you at noon"}, "body.entries.0.message"),
        ({"password": "hunter2"}, "body.entries.0.password"),
        ({"+14155550132": "x"}, "body.entries.0.(a name that is not repeated here)"),
        ({"a` - at `$.x": "x"}, "body.entries.0.(a name that is not repeated here)"),
        ({"number": 9876543210}, "body.entries.0.number"),
        ({"date": "1795174200000"}, "body.entries.0.date"),
        ({"sim_slot": True}, "body.entries.0.sim_slot"),
        ({"sim_slot": 1.5}, "body.entries.0.sim_slot"),
    ],
    ids=repr,
)
async def test_a_field_that_is_not_taken_refuses_the_whole_batch_by_its_name(
    tenant: Tenant, changes: dict[str, Any], field: str
) -> None:
    client = await tenant.client(*WRITE)
    problem = await refused(client, batch(entry(1, **changes), entry(2)))
    assert (problem["type"], problem["status"]) == ("/problems/invalid", 422)
    assert [error["field"] for error in problem["errors"]] == [field]
    told = json.dumps(problem)
    assert not [value for value in changes.values() if len(str(value)) > 4 and str(value) in told]
    assert await stored(tenant) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"", 400),
        (b"\xff", 400),
        (b'{"device_id": ' + b"[" * 1000, 422),
        (b'{"entries": ' + b"[" * 100_000, 422),
        (b"[]", 422),
        (json.dumps(batch()).encode(), 422),
        (json.dumps(batch(entry(), device_id="")).encode(), 422),
        (json.dumps(batch(entry(), device_id="490154203237518")).encode(), 422),
        (json.dumps(batch(entry(), zone="Asia/Nowhere")).encode(), 422),
        (json.dumps(batch(entry(), region="india")).encode(), 422),
        (json.dumps(batch(entry(), sent_at="noon")).encode(), 422),
        (json.dumps({"device_id": PHONE, "entries": [entry()]}).encode(), 422),
        (json.dumps(batch(entry(), locations=[])).encode(), 422),
        (b'{"device_id": "' + b"x" * 2**20 + b'"}', 413),
    ],
    ids=lambda value: repr(value)[:40],
)
async def test_a_batch_without_the_shape_of_one_is_refused(tenant: Tenant, body: bytes, status: int) -> None:
    client = await tenant.client(*WRITE)
    assert (await refused(client, body))["status"] == status
    assert await stored(tenant) == []


async def test_a_value_that_cannot_be_meant_is_told_and_the_rest_lands(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    told = await send(
        client,
        entry(1, entry_id="row-1"),
        entry(2, duration_s=-5, entry_id="row-2"),
        entry(-60 * 25),
        entry(4, number="he said he would call back"),
        entry(5, date=None, setup_time=(NOW - timedelta(minutes=5)).isoformat()),
    )
    assert statuses(told) == ["created", "rejected", "rejected", "rejected", "created"]
    assert [one.get("reason") for one in told["results"]] == [None, "negative_duration", "future", "field", None]
    assert [one.get("entry_id") for one in told["results"]] == ["row-1", "row-2", None, None, None]
    assert "he said" not in json.dumps(told)
    assert len(await stored(tenant)) == 2


async def test_a_thousand_entries_land_and_one_more_is_refused(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    entries = [entry(0, date=ms(NOW) - at) for at in range(MOST_ENTRIES)]
    told = await send(client, *entries)
    assert told["counts"]["created"] == MOST_ENTRIES
    problem = await refused(client, batch(*entries, entry(9)))
    assert problem["errors"][0]["field"] == "body.entries"
    assert len(await stored(tenant)) == MOST_ENTRIES


async def test_a_packed_batch_is_the_same_batch(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    plain = json.dumps(batch(entry(1))).encode()
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    packed = await client.post("/v1/call-logs:batch", content=gzip.compress(plain), headers=headers)
    assert packed.status_code == 200, packed.text
    again = await send(client, entry(1))
    assert [one["id"] for one in packed.json()["results"]] == [one["id"] for one in again["results"]]


async def test_gzip_that_is_cut_wrong_or_a_bomb_is_refused(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    packed = gzip.compress(json.dumps(batch(entry(1))).encode())
    bomb = gzip.compress(b" " * (64 * 2**20))
    encoded = {"Content-Encoding": "gzip"}
    assert len(bomb) < 2**20
    assert (await refused(client, packed[:-9], **encoded))["field"] == "Content-Encoding"
    assert (await refused(client, packed + b"x", **encoded))["field"] == "Content-Encoding"
    assert (await refused(client, b"no gzip", **encoded))["field"] == "Content-Encoding"
    assert (await refused(client, packed, **{"Content-Encoding": "br"}))["field"] == "Content-Encoding"
    assert (await refused(client, bomb, **encoded))["type"] == "/problems/too-large"
    edge = b'{"device_id": "' + b"x" * (2**20 - 17) + b'"}'
    assert len(edge) == 2**20
    assert (await refused(client, gzip.compress(edge), **encoded))["status"] == 422
    assert (await refused(client, gzip.compress(edge + b" "), **encoded))["status"] == 413
    assert await stored(tenant) == []


async def test_another_media_type_and_a_key_without_the_scope_are_refused(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    assert (await refused(client, batch(entry()), **{"Content-Type": "text/plain"}))["status"] == 422
    reader = await tenant.client(Scope.CALLS_READ)
    assert (await refused(reader, batch(entry())))["status"] == 403
    assert (await refused(tenant.client_with(None), batch(entry())))["status"] == 401
    assert await stored(tenant) == []


async def test_a_running_call_is_updated_and_an_older_word_of_it_changes_nothing(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    first = await send(client, entry(1, duration_s=0, type=2))
    assert statuses(await send(client, entry(1, duration_s=90, type=2))) == ["updated"]
    assert statuses(await send(client, entry(1, duration_s=0, type=2))) == ["duplicate"]
    assert statuses(await send(client, entry(1, duration_s=90, type=2))) == ["duplicate"]
    log = (await client.get(f"/v1/call-logs/{first['results'][0]['id']}")).json()
    assert (log["duration_s"], log["disposition"], log["direction"]) == (90, "answered", "outbound")
    assert log["updated_at"] is not None


async def test_twice_in_one_batch_is_one_entry(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    told = await send(client, entry(1, duration_s=0), entry(1, duration_s=90), entry(1, duration_s=90))
    assert statuses(told) == ["duplicate", "created", "duplicate"]
    assert len({one["id"] for one in told["results"]}) == 1
    assert [one["duration_s"] for one in await stored(tenant)] == [90]


async def test_many_deliveries_at_once_make_each_entry_once(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    batches = [[entry(at, duration_s=lasted) for at in range(20)] for lasted in (0, 5, 90, 90, 5)]
    told = await asyncio.gather(*(send(client, *one) for one in batches))
    assert sum(one["counts"]["created"] for one in told) == 20
    assert {one["duration_s"] for one in await stored(tenant)} == {90}
    assert len(await stored(tenant)) == 20


async def test_a_batch_that_was_killed_in_the_middle_is_sent_again(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await tenant.client(*WRITE)
    insert = Collection.insert_many

    async def cut(self: Collection, pages: list[Any], **named: Any) -> Any:
        assert len(pages) == 4, "a page a day"
        await insert(self, pages[:1], **named)
        raise RuntimeError

    entries = [entry(at * 24 * 60, date=ms(NOW) - at * 86_400_000 - n) for at in range(4) for n in range(5)]
    monkeypatch.setattr(Collection, "insert_many", cut)
    assert (await client.post("/v1/call-logs:batch", json=batch(*entries))).status_code == 500
    monkeypatch.setattr(Collection, "insert_many", insert)
    told = await send(client, *entries)
    assert (told["counts"]["created"], told["counts"]["duplicate"]) == (15, 5)
    assert len(await stored(tenant)) == 20


async def test_what_is_too_old_is_expired_or_keeps_its_totals_only(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    minutes_of_a_year = 366 * 24 * 60
    told = await send(client, entry(12 * minutes_of_a_year), entry(2 * minutes_of_a_year), entry(1))
    assert statuses(told) == ["expired", "created", "created"]
    assert told["results"][0]["reason"] == "retention_over"
    by_id = {one["_id"]: one for one in await stored(tenant)}
    assert len(by_id) == 2
    old = by_id[told["results"][1]["id"]]
    assert "identifiers" not in old
    assert b"43210" not in bson.encode(old)
    assert old["duration_s"] == 42
    keys = await tenant.resources.keyring.live_months(tenant.workspace_id)
    assert len(keys) == 1, "no key is made for a month whose identifiers are over"
    clear = await tenant.client(*WRITE, Scope.TRANSCRIPTS_CLEAR)
    shown = await clear.get(f"/v1/call-logs/{old['_id']}", params={"clear": "true", "reason": "test"})
    assert (shown.status_code, shown.json()["number"], shown.json()["identifiers"]) == (200, None, None)


async def test_what_was_erased_is_not_taken_in_again_and_leaves_one_audit_line(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    first = await send(client, entry(1), entry(2))
    log_id = first["results"][0]["id"]
    assert await CallLogStore(tenant.resources, tenant.workspace_id).erase(log_id, now=NOW)
    assert await TombstoneStore(tenant.resources, tenant.workspace_id).erased_rows([log_id]) == {log_id}
    again = await send(client, entry(1), entry(2))
    assert statuses(again) == ["erased", "duplicate"]
    assert "id" not in again["results"][0]
    assert [one["_id"] for one in await stored(tenant)] == [first["results"][1]["id"]]
    events = await tenant.resources.audit.events(tenant.workspace_id)
    lines = [event for event in events if event["event"] == "call_log:redelivery:refused"]
    assert [line["detail"] for line in lines] == [{"entries": 1}]


async def test_numbers_are_sealed_found_by_hash_and_shown_in_the_clear_copy_only(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    told = await send(client, entry(1), entry(2, number="112"), entry(3, number="121"), entry(4, presentation=2))
    for document in await stored(tenant):
        raw = bson.encode(document)
        assert not [text for text in (b"98765", b"43210", PHONE.encode()) if text in raw]
    log_id = told["results"][0]["id"]
    for number, region in (("+919876543210", None), ("09876543210", "IN"), ("919876543210", "IN")):
        found = await client.post("/v1/call-logs/search", json={"number": number, "region": region})
        assert [one["id"] for one in found.json()["call_logs"]] == [log_id]
        assert "43210" not in found.text
    for number in ("112", "121", "-1", "anonymous", "+442079460018"):
        found = await client.post("/v1/call-logs/search", json={"number": number, "region": "IN"})
        assert found.json()["call_logs"] == [], number
    address = f"/v1/call-logs/{log_id}"
    assert (await client.get(address)).json()["number"] is None
    assert (await client.get(address, params={"clear": "true", "reason": "test"})).status_code == 403
    officer = await tenant.client(Scope.CALLS_READ, Scope.TRANSCRIPTS_CLEAR)
    assert (await officer.get(address, params={"clear": "true"})).json()["type"] == "/problems/reason-missing"
    clear = (await officer.get(address, params={"clear": "true", "reason": "the customer asked"})).json()
    shown = {name: clear[name] for name in ("number", "e164", "caller", "callee", "device_id", "sim_slot")}
    assert list(shown.values()) == ["098765 43210", "+919876543210", "+919876543210", None, PHONE, 0]
    events = await tenant.resources.audit.events(tenant.workspace_id)
    assert [one["event"] for one in events].count("call_log:numbers:read_clear") == 1


async def test_another_tenant_sees_nothing_and_its_same_device_is_another(make_tenant: MakeTenant) -> None:
    one, other = await make_tenant(), await make_tenant()
    mine, theirs = await one.client(*WRITE), await other.client(*WRITE)
    first = await send(mine, entry(1))
    second = await send(theirs, entry(1))
    assert statuses(second) == ["created"]
    assert first["results"][0]["id"] != second["results"][0]["id"]
    assert (await theirs.get(f"/v1/call-logs/{first['results'][0]['id']}")).status_code == 404
    await send(mine, entry(2))
    cursor = (await theirs.get("/v1/call-logs/cursor", params={"device_id": PHONE})).json()
    assert cursor["entries"] == 1


async def test_the_cursor_shows_a_batch_that_was_lost_in_the_middle(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    day = 24 * 60
    sent = [entry(at * day, date=ms(NOW - timedelta(days=at)) - n) for at in (0, 2, 3) for n in range(at + 1)]
    await send(client, *sent)
    await send(client, entry(1 * day), device_id="another-phone")
    told = (await client.get("/v1/call-logs/cursor", params={"device_id": PHONE, "days": 7})).json()
    per_day = {(NOW - timedelta(days=at)).date().isoformat(): at + 1 for at in (0, 2, 3)}
    assert {one["day"]: one["entries"] for one in told["days"]} == per_day
    assert told["entries"] == 8
    assert datetime.fromisoformat(told["newest_at"]) == NOW
    short = (await client.get("/v1/call-logs/cursor", params={"device_id": PHONE, "days": 1})).json()
    assert [one["day"] for one in short["days"]] == [NOW.date().isoformat()]
    assert short["entries"] == 8


async def test_a_phone_that_nobody_knows_has_sent_nothing(tenant: Tenant) -> None:
    client = await tenant.client(Scope.CALLS_WRITE)
    told = (await client.get("/v1/call-logs/cursor", params={"device_id": "never-seen"})).json()
    assert (told["entries"], told["oldest_at"], told["newest_at"], told["days"]) == (0, None, None, [])
    for wrong in ("", "490154203237518", "+919876543210", "x" * 129):
        assert (await client.get("/v1/call-logs/cursor", params={"device_id": wrong})).status_code == 422


async def test_pages_follow_each_other_without_gap_or_repetition(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    same = ms(NOW)
    await send(client, *(entry(0, date=same - at // 3, number=f"+4477009001{at:02}") for at in range(10)))
    seen: list[str] = []
    address: str | None = "/v1/call-logs?limit=3"
    while address is not None:
        page = await client.get(address)
        seen.extend(one["id"] for one in page.json()["call_logs"])
        following = page.headers.get("link")
        address = following.split(">")[0].strip("<") if following else None
    assert len(seen) == len(set(seen)) == 10
    assert set(seen) == {one["_id"] for one in await stored(tenant)}


async def test_the_devices_clock_is_compared_with_ours_and_times_stay_as_they_are(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    ahead = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
    told = await send(client, entry(1), sent_at=ahead)
    assert 10_000 < told["clock_skew_s"] < 11_000
    assert (await send(client, entry(1)))["clock_skew_s"] is None
    assert datetime.fromisoformat(told["newest_at"]) == NOW - timedelta(minutes=1)


async def test_a_log_that_comes_with_its_recording_indexes_subjects_only(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    body = {
        "recording": {"media_type": "audio/wav", "size": 10},
        "call_log": {"setup_time": NOW.isoformat(), "caller": "+442079460018", "callee": "112", "region": "IN"},
    }
    assert (await client.post("/v1/calls", json=body, headers={"Idempotency-Key": "k"})).status_code == 201
    (log,) = await stored(tenant)
    assert len(log["identifiers"]["index"]) == 1
    for number, found in (("+442079460018", 1), ("112", 0)):
        answer = await client.post("/v1/calls/search", json={"number": number, "region": "IN"})
        assert len(answer.json()["calls"]) == found


ENTRY = st.builds(
    EntryIn,
    number=st.sampled_from(["098765 43210", "+442079460018", "112", None]),
    date=st.integers(ms(NOW) - 2, ms(NOW)),
    duration_s=st.sampled_from([None, 0, 5, 42]),
    type=st.sampled_from([1, 2]),
    presentation=st.sampled_from([1, 2]),
    sim_slot=st.sampled_from([None, 0]),
)
BATCH = st.builds(
    BatchIn,
    device_id=st.sampled_from(["phone-1", "phone-2"]),
    zone=st.sampled_from(["Asia/Kolkata", "Europe/London"]),
    entries=st.lists(ENTRY, min_size=1, max_size=6),
    region=st.sampled_from([None, "IN"]),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(BATCH, min_size=1, max_size=5), data=st.data())
async def test_any_order_of_batches_whole_or_split_ends_in_one_state(
    make_tenant: MakeTenant, batches: list[BatchIn], data: st.DataObject
) -> None:
    tenant = await make_tenant()
    split = [BatchIn(one.device_id, one.zone, [entry], one.region) for one in batches for entry in one.entries]
    shuffled = data.draw(st.permutations(split + batches))
    first = await state_after(tenant, batches)
    assert await state_after(tenant, shuffled) == first
    await tenant.resources.database.scoped("call_logs", tenant.workspace_id).delete({})
    assert await state_after(tenant, shuffled) == first


async def state_after(tenant: Tenant, batches: list[BatchIn]) -> dict[str, Any]:
    """Deliver the batches; return what is stored, with the sealed part opened, less the times at which it came."""
    workspace = await WorkspaceStore(tenant.resources).get(tenant.workspace_id)
    intake = LogIntake(tenant.resources, tenant.workspace_id, workspace.policy, Pokes())
    for one in batches:
        told = await intake.take_in(one, now=NOW)
        assert len(told.results) == len(one.entries)
    found = {}
    for document in await stored(tenant):
        held = await open_identifiers(tenant.resources, tenant.workspace_id, "call_logs", document, now=NOW)
        kept = {name: value for name, value in document.items() if name not in {"created_at", "updated_at"}}
        found[document["_id"]] = kept | {"identifiers": {**document["identifiers"], "sealed": held}}
    return found

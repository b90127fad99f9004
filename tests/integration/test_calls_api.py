"""The way in: register, upload, complete, in every order that a phone on a bad network finds."""

from __future__ import annotations

import asyncio
import hashlib
import struct
import uuid
from typing import Any

import httpx
import pytest
from conftest import Tenant

from domain.scopes import Scope

WRITE = (Scope.CALLS_WRITE, Scope.CALLS_READ)


def wav(seconds: float = 0.5, *, seed: int = 0) -> bytes:
    """A µ-law WAV of pseudo-noise, different for each seed."""
    samples = hashlib.shake_128(seed.to_bytes(8, "big")).digest(int(8000 * seconds))
    fmt = struct.pack("<HHIIHHH", 7, 1, 8000, 8000, 1, 8, 0)
    chunks = b"fmt " + struct.pack("<I", len(fmt)) + fmt + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def registration(content: bytes, **changes: Any) -> dict[str, Any]:
    """The body of a registration."""
    recording = {"media_type": "audio/wav", "size": len(content)} | changes.pop("recording", {})
    return {"recording": recording} | changes


async def register(client: httpx.AsyncClient, body: dict[str, Any], key: str | None = None) -> httpx.Response:
    return await client.post("/v1/calls", json=body, headers={"Idempotency-Key": key or uuid.uuid4().hex})


async def put(link: dict[str, Any], content: bytes) -> httpx.Response:
    """PUT to a presigned link as a client does, over the network to the real store."""
    async with httpx.AsyncClient() as plain:
        return await plain.put(link["url"], content=content, headers=link["headers"])


async def upload(client: httpx.AsyncClient, content: bytes, **changes: Any) -> dict[str, Any]:
    answer = await register(client, registration(content, **changes))
    assert answer.status_code == 201, answer.text
    registered: dict[str, Any] = answer.json()
    assert (await put(registered["upload"]["single"], content)).status_code == 200
    done = await client.post(
        f"/v1/calls/{registered['call']['id']}/complete", json={"sha256": hashlib.sha256(content).hexdigest()}
    )
    assert done.status_code == 202, done.text
    call: dict[str, Any] = done.json()
    return call


async def test_an_uploaded_recording_is_received_with_its_first_job(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    call = await upload(client, wav())
    assert call["state"] == "received"
    assert call["record"]["role"] == "processor"
    assert call["record"]["purposes"] == ["transcription", "redaction", "serve_customer"]
    jobs = await tenant.resources.outbox.of_call(call["id"])
    assert [(job["task"], job["state"]) for job in jobs] == [("transcribe", "ready")]


async def test_the_same_upload_sent_three_times_makes_one_call(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    content, key = wav(seed=1), uuid.uuid4().hex
    digest = hashlib.sha256(content).hexdigest()
    ids = set()
    for attempt in range(3):
        answer = await register(client, registration(content), key)
        assert answer.status_code == (201 if attempt == 0 else 200)
        body = answer.json()
        ids.add(body["call"]["id"])
        if body["upload"]:
            assert (await put(body["upload"]["single"], content)).status_code == 200
        done = await client.post(f"/v1/calls/{body['call']['id']}/complete", json={"sha256": digest})
        assert done.status_code == 202
    assert len(ids) == 1
    assert len((await client.get("/v1/calls")).json()["calls"]) == 1
    assert len(await tenant.resources.outbox.of_call(ids.pop())) == 1


async def test_the_same_call_under_three_idempotency_keys_is_one_call(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    content = wav(seed=2)
    ids = [(await upload(client, content, call_log={"setup_time": "2026-11-20T10:00:00Z"}))["id"] for _ in range(3)]
    assert len(set(ids)) == 1
    assert [call["id"] for call in (await client.get("/v1/calls")).json()["calls"]] == [ids[0]]


async def test_the_same_sound_at_another_time_is_another_call(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    content = wav(seed=3)
    one = await upload(client, content, call_log={"setup_time": "2026-11-20T10:00:00Z"})
    two = await upload(client, content, call_log={"setup_time": "2026-11-20T11:00:00Z"})
    assert one["id"] != two["id"]


async def test_one_origin_id_is_one_call_even_when_registered_at_the_same_moment(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    body = registration(wav(seed=4), origin_id="pbx-77")
    answers = await asyncio.gather(*(register(client, body) for _ in range(8)))
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    assert len({answer.json()["call"]["id"] for answer in answers if answer.status_code < 300}) == 1


async def test_two_completions_at_once_receive_the_call_once(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    content = wav(seed=5)
    registered = (await register(client, registration(content))).json()
    await put(registered["upload"]["single"], content)
    call_id = registered["call"]["id"]
    body = {"sha256": hashlib.sha256(content).hexdigest()}
    answers = await asyncio.gather(*(client.post(f"/v1/calls/{call_id}/complete", json=body) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [202] * 4, [answer.text for answer in answers]
    assert len(await tenant.resources.outbox.of_call(call_id)) == 1
    assert len(await tenant.resources.objects.list_keys(f"c/{call_id}/")) == 1


async def test_one_call_completed_at_once_under_several_keys_is_one_call(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    content = wav(seed=15)
    digest = {"sha256": hashlib.sha256(content).hexdigest()}
    ids = []
    for _ in range(4):
        registered = (await register(client, registration(content))).json()
        await put(registered["upload"]["single"], content)
        ids.append(registered["call"]["id"])
    answers = await asyncio.gather(*(client.post(f"/v1/calls/{call_id}/complete", json=digest) for call_id in ids))
    assert [answer.status_code for answer in answers] == [202] * 4, [answer.text for answer in answers]
    assert len({answer.json()["id"] for answer in answers}) == 1
    states = [call["state"] for call in (await client.get("/v1/calls")).json()["calls"]]
    assert states == ["received"]


async def test_parts_may_come_in_any_order_and_be_resumed(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    content = wav(seconds=2_200, seed=6)
    registered = (await register(client, registration(content, recording={"multipart": True}))).json()
    plan, call_id = registered["upload"], registered["call"]["id"]
    size = plan["part_bytes"]
    assert len(plan["parts"]) == 3
    second = plan["parts"][1]
    assert (await put(second, content[size : 2 * size])).status_code == 200
    digest = {"sha256": hashlib.sha256(content).hexdigest()}
    early = await client.post(f"/v1/calls/{call_id}/complete", json=digest)
    assert (early.status_code, early.json()["type"]) == (422, "/problems/size-mismatch")
    resumed = (await client.post(f"/v1/calls/{call_id}/upload")).json()
    assert resumed["arrived"] == [2]
    for part in reversed(resumed["parts"]):
        at = (part["number"] - 1) * size
        assert (await put(part, content[at : at + size])).status_code == 200
    done = await client.post(f"/v1/calls/{call_id}/complete", json=digest)
    assert done.status_code == 202, done.text


async def test_a_plain_streaming_put_does_it_in_one(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    content = wav(seed=7)
    call_id = (await register(client, registration(content))).json()["call"]["id"]
    done = await client.put(f"/v1/calls/{call_id}/recording", content=content)
    assert (done.status_code, done.json()["state"]) == (202, "received")
    again = await client.put(f"/v1/calls/{call_id}/recording", content=content)
    assert again.status_code == 202
    other = await client.put(f"/v1/calls/{call_id}/recording", content=content, headers={"Content-Sha256": "0" * 64})
    assert other.status_code == 409


@pytest.mark.parametrize(
    ("content", "declared", "code"),
    [
        (b"", 10, "size-mismatch"),
        (b"<html>this is an error page, not a recording</html>" * 10, None, "not-audio"),
        (wav(seed=8)[:-100], len(wav(seed=8)), "size-mismatch"),
        (b"fLaC" + bytes(2000), None, "unsupported-media"),
    ],
    ids=["empty", "not audio", "truncated", "another type"],
)
async def test_wrong_bytes_get_a_clear_problem_and_the_call_waits_for_the_right_ones(
    tenant: Tenant, content: bytes, declared: int | None, code: str
) -> None:
    client = await tenant.client(*WRITE)
    body = registration(b"", recording={"size": declared or len(content)})
    call_id = (await register(client, body)).json()["call"]["id"]
    answer = await client.put(f"/v1/calls/{call_id}/recording", content=content)
    problem = answer.json()
    assert problem["type"] in {f"/problems/{code}", "/problems/empty-recording"}, problem
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["what_to_do"]
    assert (await client.get(f"/v1/calls/{call_id}")).json()["state"] == "awaiting_upload"
    assert await tenant.resources.objects.list_keys(f"c/{call_id}/") == []


async def test_a_wrong_sha256_is_found_by_us_and_a_second_upload_succeeds(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    content = wav(seed=9)
    registered = (await register(client, registration(content))).json()
    call_id, link = registered["call"]["id"], registered["upload"]["single"]
    digest = {"sha256": hashlib.sha256(content).hexdigest()}
    missing = await client.post(f"/v1/calls/{call_id}/complete", json=digest)
    assert missing.json()["type"] == "/problems/upload-missing"
    damaged = bytes([content[0]]) + content[1:-1] + b"\x00"
    assert (await put(link, damaged)).status_code == 200
    refused = await client.post(f"/v1/calls/{call_id}/complete", json=digest)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/checksum-mismatch")
    assert (await put(link, content)).status_code == 200
    assert (await client.post(f"/v1/calls/{call_id}/complete", json=digest)).status_code == 202


async def test_a_tampered_link_and_a_link_without_its_headers_are_refused_by_the_store(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    content = wav(seed=10)
    link = (await register(client, registration(content))).json()["upload"]["single"]
    moved = dict(link, url=link["url"].replace("/u/", "/c/"))
    assert (await put(moved, content)).status_code == 403
    assert (await put(dict(link, headers={}), content)).status_code == 403
    assert (await put(link, content + b"more than was announced")).status_code == 403


@pytest.mark.settings(upload_expires_s=3)
async def test_an_expired_link_is_refused_and_a_fresh_one_works(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    content = wav(seed=11)
    registered = (await register(client, registration(content))).json()
    await asyncio.sleep(4.5)
    assert (await put(registered["upload"]["single"], content)).status_code == 403
    fresh = (await client.post(f"/v1/calls/{registered['call']['id']}/upload")).json()
    assert (await put(fresh["single"], content)).status_code == 200


@pytest.mark.settings(max_recording_bytes=5000)
async def test_a_recording_over_the_limit_is_refused_announced_or_not(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    content = wav(seconds=1.0, seed=12)
    answer = await register(client, registration(content))
    assert (answer.status_code, answer.json()["limit_bytes"]) == (413, 5000)
    call_id = (await register(client, registration(content, recording={"size": 100}))).json()["call"]["id"]
    streamed = await client.put(f"/v1/calls/{call_id}/recording", content=content)
    assert streamed.status_code == 413


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (registration(b"x" * 10, recording={"media_type": "text/html"}), 415, "unsupported-media"),
        (registration(b"x" * 10, note="said to me that"), 422, "invalid"),
        (registration(b"x" * 10, call_log={"setup_time": "2026-11-20T10:00:00"}), 422, "invalid"),
        (registration(b"x" * 10, call_log={"setup_time": "2199-01-01T00:00:00Z"}), 422, "invalid"),
        (registration(b"x" * 10, call_log={"setup_time": "2001-01-01T00:00:00Z"}), 410, "gone"),
        (registration(b"", recording={"size": 0}), 422, "invalid"),
    ],
)
async def test_a_registration_that_cannot_be_kept_says_why_and_stores_nothing(
    tenant: Tenant, body: dict[str, Any], status: int, code: str
) -> None:
    client = await tenant.client(*WRITE)
    key = uuid.uuid4().hex
    for _ in range(2):
        answer = await register(client, body, key)
        assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{code}")
        assert "said to me" not in answer.text
    assert (await client.get("/v1/calls")).json()["calls"] == []


async def test_an_idempotency_key_is_needed_and_belongs_to_one_body(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    missing = await client.post("/v1/calls", json=registration(wav()))
    assert (missing.status_code, missing.json()["type"]) == (400, "/problems/idempotency-key-missing")
    key = uuid.uuid4().hex
    assert (await register(client, registration(wav()), key)).status_code == 201
    other = await register(client, registration(wav(seconds=1)), key)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")


async def test_another_workspace_sees_404_everywhere_and_nothing_in_its_lists(make_tenant: Any) -> None:
    owner, stranger = await make_tenant(), await make_tenant()
    call = await upload(await owner.client(*WRITE), wav(seed=13))
    everything = await stranger.client(*Scope)
    for method, path in (
        ("GET", ""),
        ("GET", "/transcript"),
        ("GET", "/recording"),
        ("POST", "/upload"),
        ("DELETE", ""),
        ("GET", "/receipt"),
    ):
        answer = await everything.request(method, f"/v1/calls/{call['id']}{path}")
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found"), (method, path)
    digest = {"sha256": "0" * 64}
    assert (await everything.post(f"/v1/calls/{call['id']}/complete", json=digest)).status_code == 404
    assert (await everything.put(f"/v1/calls/{call['id']}/recording", content=wav())).status_code == 404
    assert (await everything.get("/v1/calls")).json()["calls"] == []
    assert (await everything.post("/v1/holds", json={"matter": "m", "call_id": call["id"]})).status_code == 404
    assert (await everything.get(f"/v1/workspaces/{owner.workspace_id}")).status_code == 404


async def test_pages_hold_every_call_once_and_a_foreign_or_forged_cursor_is_refused(make_tenant: Any) -> None:
    owner, stranger = await make_tenant(), await make_tenant()
    client = await owner.client(*WRITE)
    made = [(await register(client, registration(wav()))).json()["call"]["id"] for _ in range(5)]
    seen: list[str] = []
    page = (await client.get("/v1/calls?limit=2")).json()
    cursor = page["next"]
    while True:
        seen += [call["id"] for call in page["calls"]]
        if page["next"] is None:
            break
        page = (await client.get("/v1/calls", params={"limit": 2, "cursor": page["next"]})).json()
    assert seen == made[::-1]
    other = await stranger.client(*WRITE)
    for bad in (cursor, cursor[:-4], "AAAA", "é" * 10):
        owner_of_it = other if bad is cursor else client
        answer = await owner_of_it.get("/v1/calls", params={"cursor": bad})
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")


async def test_calls_are_found_by_number_and_the_number_is_shown_only_clear(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    log = {"setup_time": "2026-11-20T10:00:00Z", "caller": "(415) 555-0132", "region": "US", "callee": "anonymous"}
    call = await upload(client, wav(seed=14), call_log=log)
    found = (await client.post("/v1/calls/search", json={"number": "+14155550132"})).json()["calls"]
    assert [one["id"] for one in found] == [call["id"]]
    assert (await client.post("/v1/calls/search", json={"number": "anonymous"})).json()["calls"] == []
    detail = await client.get(f"/v1/calls/{call['id']}")
    assert "5550132" not in detail.text
    assert detail.json()["records"]["traffic_identifiers"]["role"] == "controller"
    assert (await client.get(f"/v1/calls/{call['id']}?clear=true&reason=test")).status_code == 403
    officer = await tenant.client(Scope.CALLS_READ, Scope.TRANSCRIPTS_CLEAR, Scope.PRIVACY_MANAGE)
    assert (await officer.get(f"/v1/calls/{call['id']}?clear=true")).json()["type"] == "/problems/reason-missing"
    clear = await officer.get(f"/v1/calls/{call['id']}?clear=true&reason=customer asked")
    assert clear.json()["call_log"]["caller"] == "+14155550132"
    audit = (await officer.get(f"/v1/audit?call_id={call['id']}")).json()
    assert audit["intact"] is True
    assert audit["events"][0]["event"] == "call:numbers:read_clear"

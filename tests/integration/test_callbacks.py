"""Callbacks over HTTP: who is let in, what is stored, and that nothing is stored twice or out of order."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import jwt
import pytest

from domain.errors import Gone
from domain.jobs import JobState
from domain.scopes import Scope
from ingest.cdrs import CdrStore
from ingest.providers.signatures import twilio_signature
from ingest.registration import Registration
from ingest.sources import Source, SourceConfig, SourceStore
from workers.runner import utc_now

if TYPE_CHECKING:
    import httpx
    from conftest import Tenant

    from storage.mongo import Document

PUBLIC_URL = "https://calls.example.com/callward"
TOKEN = "fictional-auth-token"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
RINGING = {
    "AccountSid": "AC1", "CallSid": "CA1", "CallStatus": "ringing", "From": "+14155550132", "To": "+14155550198",
    "Direction": "inbound", "Timestamp": "Fri, 20 Nov 2026 09:00:00 +0000", "SequenceNumber": "0",
}  # fmt: skip
ANSWERED = {**RINGING, "CallStatus": "in-progress", "Timestamp": "Fri, 20 Nov 2026 09:00:05 +0000"}
ENDED = {
    **RINGING, "CallStatus": "completed", "CallDuration": "60", "Timestamp": "Fri, 20 Nov 2026 09:01:05 +0000",
}  # fmt: skip
RECORDED = {
    "AccountSid": "AC1", "CallSid": "CA1", "RecordingSid": "RE1", "RecordingStatus": "completed",
    "RecordingUrl": "https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1", "RecordingDuration": "58",
    "RecordingStartTime": "Fri, 20 Nov 2026 09:00:05 +0000", "From": "+14155550132", "To": "+14155550198",
}  # fmt: skip
pytestmark = pytest.mark.settings(public_url=PUBLIC_URL)


async def source(
    tenant: Tenant,
    provider: str,
    *,
    secrets: Mapping[str, str] | None = None,
    hosts: tuple[str, ...] = (),
    **settings: str,
) -> Source:
    config = SourceConfig(provider=provider, fetch_hosts=hosts, settings=settings)
    store = SourceStore(tenant.resources, tenant.workspace_id)
    return await store.put(f"{provider}-line", config, secrets=dict(secrets or {}), now=utc_now())


async def twilio(tenant: Tenant, *hosts: str) -> Source:
    return await source(tenant, "twilio", secrets={"auth_token": TOKEN}, hosts=hosts, account_sid="AC1")


def path(found: Source) -> str:
    return f"/v1/callbacks/{found.config.provider}/{found.hook}"


async def post(tenant: Tenant, found: Source, fields: Mapping[str, str], token: str = TOKEN) -> httpx.Response:
    signature = twilio_signature(token, PUBLIC_URL + path(found), fields.items())
    headers = {**FORM, "X-Twilio-Signature": signature}
    return await tenant.client_with(None).post(path(found), content=urlencode(fields), headers=headers)


async def cdrs(tenant: Tenant) -> list[Document]:
    found = await tenant.resources.database.scoped("cdrs", tenant.workspace_id).find({})
    return sorted(found, key=lambda one: str(one["_id"]))


def told(document: Document) -> Document:
    """What is stored of a call, apart from how and when it came."""
    apart = {"_id", "revision", "created_at", "updated_at", "rows", "identifiers"}
    return {name: value for name, value in document.items() if name not in apart}


async def nothing_stored(tenant: Tenant) -> None:
    assert await cdrs(tenant) == []
    assert await tenant.resources.database.scoped("calls", tenant.workspace_id).count({}) == 0


async def test_a_signed_callback_lands_as_a_cdr_and_the_answer_is_empty_twiml(tenant: Tenant) -> None:
    answer = await post(tenant, await twilio(tenant), ENDED)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert answer.text.endswith("<Response/>")
    (cdr,) = await cdrs(tenant)
    assert (cdr["source"], cdr["format"], cdr["disposition"]) == ("twilio-line", "twilio", "answered")
    assert cdr["talk_s"] == 60
    assert cdr["facts"]["verified"] == "signature"
    assert "5550132" not in str(told(cdr))


async def test_statuses_in_any_order_and_more_than_once_make_the_same_call(make_tenant: Any) -> None:
    stored = []
    for events in (
        [RINGING, ANSWERED, ENDED, RECORDED],
        [RECORDED, ENDED, ENDED, ANSWERED, RINGING, RECORDED, RINGING],
    ):
        tenant = await make_tenant()
        found = await twilio(tenant)
        for event in events:
            assert (await post(tenant, found, event)).status_code == 200
        (cdr,) = await cdrs(tenant)
        stored.append({name: value for name, value in told(cdr).items() if not name.endswith(("workspace_id", "_id"))})
    assert stored[0] == stored[1]
    assert (stored[0]["duration_s"], stored[0]["talk_s"], stored[0]["recordings"]) == (65.0, 60.0, 1)


async def test_the_same_callback_many_times_at_once_is_one_call_and_one_recording(tenant: Tenant) -> None:
    found = await twilio(tenant, "*.twilio.com")
    answers = await asyncio.gather(*(post(tenant, found, RECORDED) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}
    (cdr,) = await cdrs(tenant)
    assert cdr["recordings"] == 1
    (call,) = await tenant.resources.database.scoped("calls", tenant.workspace_id).find({})
    jobs = await tenant.resources.outbox.of_call(call["_id"])
    assert [(job["task"], job["queue"], job["state"]) for job in jobs] == [("fetch", "ingest", JobState.READY.value)]


async def test_a_finished_recording_becomes_a_call_whose_address_is_sealed(tenant: Tenant) -> None:
    found = await twilio(tenant, "*.twilio.com")
    for status in ("in-progress", "absent", "failed"):
        await post(tenant, found, {**RECORDED, "RecordingStatus": status, "RecordingSid": f"RE{status}"})
    assert await tenant.resources.database.scoped("calls", tenant.workspace_id).count({}) == 0
    await post(tenant, found, RECORDED)
    (call,) = await tenant.resources.database.scoped("calls", tenant.workspace_id).find({})
    assert (call["source"], call["origin_id"], call["state"], call["size"]) == (
        "twilio-line",
        "RE1",
        "awaiting_upload",
        None,
    )
    (recording,) = await tenant.resources.database.scoped("recordings", tenant.workspace_id).find({})
    everything = str([call, recording, await cdrs(tenant), await tenant.resources.outbox.of_call(call["_id"])])
    for secret in ("api.twilio.com", "Recordings/RE1", "4155550132", TOKEN):
        assert secret not in everything
    reader = await tenant.client(Scope.CALLS_READ, Scope.CALLS_WRITE)
    assert (await reader.get(f"/v1/calls/{call['_id']}")).json()["size"] is None
    refused = await reader.post(f"/v1/calls/{call['_id']}/upload")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")


async def test_without_hosts_to_fetch_from_a_recording_is_counted_and_nothing_ordered(tenant: Tenant) -> None:
    assert (await post(tenant, await twilio(tenant), RECORDED)).status_code == 200
    (cdr,) = await cdrs(tenant)
    assert cdr["recordings"] == 1
    assert await tenant.resources.database.scoped("calls", tenant.workspace_id).count({}) == 0


async def test_a_given_up_recording_is_tried_again_with_the_address_that_comes_next(tenant: Tenant) -> None:
    found = await twilio(tenant, "*.twilio.com")
    await post(tenant, found, RECORDED)
    (call,) = await tenant.resources.database.scoped("calls", tenant.workspace_id).find({})
    (job,) = await tenant.resources.outbox.of_call(call["_id"])
    claimed = await tenant.resources.outbox.claim(job["_id"], now=utc_now())
    assert claimed is not None
    await tenant.resources.outbox.bury(claimed, code="fetch-refused")
    await post(tenant, found, {**RECORDED, "RecordingUrl": "https://media.twilio.com/fresh"})
    jobs = await tenant.resources.outbox.of_call(call["_id"])
    assert [one["state"] for one in jobs] == [JobState.DEAD.value, JobState.READY.value]
    await post(tenant, found, {**RECORDED, "RecordingUrl": "https://media.twilio.com/fresher"})
    assert len(await tenant.resources.outbox.of_call(call["_id"])) == 2


async def test_what_nobody_vouches_for_is_refused_and_stores_nothing(tenant: Tenant) -> None:
    found = await twilio(tenant, "*.twilio.com")
    client = tenant.client_with(None)
    body = urlencode(RECORDED)
    good = twilio_signature(TOKEN, PUBLIC_URL + path(found), RECORDED.items())
    attempts: list[list[tuple[str, str]]] = [
        [],
        [("X-Twilio-Signature", "")],
        [("X-Twilio-Signature", good[:-2] + "A=")],
        [("X-Twilio-Signature", good), ("X-Twilio-Signature", good)],
        [("X-Twilio-Signature", twilio_signature(TOKEN, f"http://callward.test{path(found)}", RECORDED.items()))],
    ]
    for headers in attempts:
        answer = await client.post(path(found), content=body, headers=[*FORM.items(), *headers])
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/callback-refused")
    changed = body.replace("RE1", "RE2")
    answer = await client.post(path(found), content=changed, headers={**FORM, "X-Twilio-Signature": good})
    assert answer.status_code == 403
    host = {**FORM, "X-Twilio-Signature": good, "Host": "evil.example.com", "X-Forwarded-Host": "evil.example.com"}
    assert (await client.post(path(found), content=changed, headers=host)).status_code == 403
    assert (await client.post(f"{path(found)}?x=1", content=body, headers=host)).status_code == 403
    await nothing_stored(tenant)
    assert (await client.post(path(found), content=body, headers=host)).status_code == 200


async def test_an_address_that_is_nobodys_tells_nothing(tenant: Tenant, make_tenant: Any) -> None:
    found, other = await twilio(tenant), await make_tenant()
    client = tenant.client_with(None)
    theirs = await source(other, "exotel", vouched_by="address")
    for address in (
        f"/v1/callbacks/twilio/{'x' * 32}",
        f"/v1/callbacks/plivo/{found.hook}",
        f"/v1/callbacks/twilio/{theirs.hook}",
        f"/v1/callbacks/unheard/{found.hook}",
        "/v1/callbacks/twilio/short",
        f"/v1/callbacks/twilio/{found.hook}%00",
    ):
        answer = await client.post(address, content=urlencode(ENDED), headers=FORM)
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found"), address
        assert found.hook not in answer.text
    await nothing_stored(tenant)


async def test_a_callback_lands_in_the_workspace_of_its_address_and_in_no_other(make_tenant: Any) -> None:
    one, other = await make_tenant(), await make_tenant()
    mine, theirs = await twilio(one), await twilio(other)
    signature = twilio_signature(TOKEN, PUBLIC_URL + path(mine), ENDED.items())
    headers = {**FORM, "X-Twilio-Signature": signature}
    crossed = await one.client_with(None).post(path(theirs), content=urlencode(ENDED), headers=headers)
    assert crossed.status_code == 403
    assert (await post(one, mine, ENDED)).status_code == 200
    assert len(await cdrs(one)) == 1
    assert await cdrs(other) == []


async def test_a_source_whose_check_is_not_configured_refuses(tenant: Tenant) -> None:
    for provider in ("twilio", "exotel", "bandwidth", "connect", "telnyx", "vonage", "plivo"):
        found = await source(tenant, provider)
        fields = {**ENDED, "ContactId": "x", "eventType": "answer"}
        headers = {**FORM, "X-Twilio-Signature": twilio_signature("", PUBLIC_URL + path(found), fields.items())}
        answer = await tenant.client_with(None).post(path(found), content=urlencode(fields), headers=headers)
        assert answer.status_code == 403, provider
    await nothing_stored(tenant)


async def test_an_event_of_no_interest_is_answered_and_not_stored(tenant: Tenant) -> None:
    found = await twilio(tenant)
    assert (await post(tenant, found, {"AccountSid": "AC1", "CallSid": "CA1", "Digits": "1"})).status_code == 200
    await nothing_stored(tenant)


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"{", "application/json"),
        (b"[1, 2]", "application/json"),
        (b"[" * 2000, "application/json"),
        (b'{"ContactId": ["a"]}', "application/json"),
        (b'{"ContactId": "x", "InitiationTimestamp": "yesterday"}', "application/json"),
        (b'{"ContactId": "x", "InitiationTimestamp": "2099-01-01T00:00:00Z"}', "application/json"),
        (b'{"ContactId": "x", "Agent": {"AgentInteractionDuration": -1}}', "application/json"),
        (b'{"ContactId": 12345678901234567890.0}', "application/json"),
        (b'{"records": [{"data": "%%%"}], "requestId": "r"}', "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"a=%ff", "application/x-www-form-urlencoded"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"", "application/json"),
    ],
)
async def test_what_cannot_be_read_is_refused_whole_with_a_reason(tenant: Tenant, body: bytes, media_type: str) -> None:
    found = await source(tenant, "connect", secrets={"shared_secret": "s3cret"})
    headers = {"Content-Type": media_type, "X-Callward-Secret": "s3cret"}
    answer = await tenant.client_with(None).post(path(found), content=body, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/callback-unreadable")
    await nothing_stored(tenant)


async def test_a_body_over_a_mebibyte_is_refused(tenant: Tenant) -> None:
    found = await source(tenant, "connect", secrets={"shared_secret": "s3cret"})
    answer = await tenant.client_with(None).post(
        path(found), content=b"{" + b" " * 2**20, headers={"X-Callward-Secret": "s3cret"}
    )
    assert answer.status_code == 413


async def test_exotels_passthru_comes_by_get_and_is_marked_as_not_verified(tenant: Tenant) -> None:
    found = await source(tenant, "exotel", vouched_by="address")
    query = {
        "CallSid": "ex1", "CallFrom": "09999999991", "CallTo": "08047112233", "Direction": "incoming",
        "CallType": "completed", "StartTime": "2026-11-20 14:30:00", "EndTime": "1970-01-01 05:30:00",
        "CurrentTime": "2026-11-20 14:31:00", "DialCallDuration": "20", "RecordingUrl": "null",
    }  # fmt: skip
    for _ in range(2):
        answer = await tenant.client_with(None).get(f"{path(found)}?{urlencode(query)}")
        assert (answer.status_code, answer.text) == (200, "ok")
    (cdr,) = await cdrs(tenant)
    assert cdr["facts"]["verified"] == "no"
    assert "end_time" not in cdr
    assert cdr["setup_time"].isoformat() == "2026-11-20T09:00:00+00:00"
    assert (await tenant.client_with(None).get(path(await twilio(tenant)))).status_code == 403


async def test_a_provider_that_sends_no_get_is_not_there_for_one(tenant: Tenant) -> None:
    found = await source(tenant, "telnyx", public_key="x")
    assert (await tenant.client_with(None).get(path(found))).status_code == 404


async def test_firehose_hears_its_own_request_id_and_the_newest_version_of_a_contact_stays(tenant: Tenant) -> None:
    found = await source(tenant, "connect", secrets={"shared_secret": "s3cret"})

    def contact(updated: str, reason: str) -> bytes:
        record = {
            "ContactId": "c-1", "Channel": "VOICE", "InitiationMethod": "INBOUND", "DisconnectReason": reason,
            "InitiationTimestamp": "2026-11-20T09:00:00Z", "DisconnectTimestamp": "2026-11-20T09:01:00Z",
            "LastUpdateTimestamp": updated, "CustomerEndpoint": {"Address": "+14155550132", "Type": "TELEPHONE_NUMBER"},
        }  # fmt: skip
        return json.dumps(record).encode()

    for updated, reason in (("2026-11-21T00:00:00Z", "NEWER"), ("2026-11-20T10:00:00Z", "OLDER")):
        delivery = {
            "requestId": "req-1",
            "timestamp": 1795165200000,
            "records": [{"data": base64.b64encode(contact(updated, reason)).decode()}],
        }
        answer = await tenant.client_with(None).post(
            path(found), json=delivery, headers={"X-Amz-Firehose-Access-Key": "s3cret"}
        )
        assert answer.json() == {"requestId": "req-1", "timestamp": 1795165200000}
    (cdr,) = await cdrs(tenant)
    assert cdr["facts"]["ended_by"] == "NEWER"
    assert cdr["facts"]["verified"] == "secret"


async def test_vonages_token_is_checked_over_the_bytes_as_sent(tenant: Tenant) -> None:
    secret = "fictional-signature-secret-of-32-characters"
    found = await source(tenant, "vonage", secrets={"signature_secret": secret})
    body = b'{"status": "answered",  "uuid": "u1", "conversation_uuid": "CON-1", "from": "14155550132"}'
    claims = {"iat": int(utc_now().timestamp()), "payload_hash": hashlib.sha256(body).hexdigest()}
    token = jwt.encode(claims, secret, algorithm="HS256")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    client = tenant.client_with(None)
    assert (await client.post(path(found), content=body.replace(b",  ", b", "), headers=headers)).status_code == 403
    assert (await client.post(path(found), content=body, headers=headers)).status_code == 200
    (cdr,) = await cdrs(tenant)
    assert cdr["disposition"] == "answered"


async def test_a_call_that_was_erased_does_not_come_back_by_its_callback(tenant: Tenant) -> None:
    found = await twilio(tenant, "*.twilio.com")
    await post(tenant, found, RECORDED)
    (call,) = await tenant.resources.database.scoped("calls", tenant.workspace_id).find({})
    admin = await tenant.client(Scope.PRIVACY_MANAGE)
    erased = await admin.delete(f"/v1/calls/{call['_id']}")
    assert erased.status_code == 202
    assert (await post(tenant, found, RECORDED)).status_code == 200
    calls = await tenant.resources.database.scoped("calls", tenant.workspace_id).find({})
    assert [one["state"] for one in calls] == ["erasing"]


async def test_a_crash_between_row_and_recording_is_mended_by_the_next_delivery(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await twilio(tenant, "*.twilio.com")
    land = CdrStore.land

    async def falls(self: CdrStore, *given: Any, **named: Any) -> Any:
        await land(self, *given, **named)
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(CdrStore, "land", falls)
        assert (await post(tenant, found, RECORDED)).status_code == 500
    assert await tenant.resources.database.scoped("calls", tenant.workspace_id).count({}) == 0
    assert (await post(tenant, found, RECORDED)).status_code == 200
    assert len(await cdrs(tenant)) == 1
    assert await tenant.resources.database.scoped("calls", tenant.workspace_id).count({}) == 1


async def test_a_recording_that_cannot_be_registered_for_a_missing_key_is_asked_for_again(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`Gone` is not only "its time is over": told as done, the recording would be lost without a word."""
    found = await twilio(tenant, "*.twilio.com")

    async def no_key(*_: object, **__: object) -> None:
        raise Gone("the workspace's key is destroyed")

    with monkeypatch.context() as broken:
        broken.setattr(Registration, "register", no_key)
        assert (await post(tenant, found, RECORDED)).status_code == 503
    assert (await post(tenant, found, RECORDED)).status_code == 200
    assert await tenant.resources.database.scoped("calls", tenant.workspace_id).count({}) == 1

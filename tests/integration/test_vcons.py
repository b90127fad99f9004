"""vCons in and out over the real stores: each thing once, nothing that was said or who said it where it must not be."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import bson
import jsonschema_rs
import pytest
import zstandard
from api_process import spoken, wav
from conftest import SHARED, MakeTenant, Tenant, now
from vcon_calls import ALL, LEO, MAYA, encoded, send, taken, vcon

from domain.calls import STAGES, CallState, StageState
from domain.errors import Unavailable
from domain.scopes import Scope
from domain.sound import SoundState
from domain.spans import redact_transcript
from ingest.calls import CallStore
from ingest.registration import Registration
from ingest.sources import SourceConfig, SourceStore
from ingest.vcons import MAX_BYTES
from redaction.doubles import PlainFinder
from redaction.store import RedactionStore
from storage.catalog import BY_NAME
from transcription.store import TranscriptKind, TranscriptStore

CLEAR = (*ALL, Scope.TRANSCRIPTS_CLEAR)
SCHEMA = SHARED / "samples/telephony/vcon_ietf/vcon_json_schema.json"
SECRETS = ("Maya Test", "maya@example.com", "my secret words", "4155550132", "2079460018", "maya-call.wav")
INLINE_LIMIT = "api.routers.vcons.INLINE_BYTES"


async def everything_stored(tenant: Tenant) -> bytes:
    """Every document of the workspace, as MongoDB holds it."""
    held = [await tenant.resources.database.scoped(name, tenant.workspace_id).find({}) for name in BY_NAME]
    return b"\n".join(bson.encode(document) for documents in held for document in documents)


async def test_a_vcon_lands_its_traffic_and_its_recording_and_leaves_what_was_said(tenant: Tenant) -> None:
    client = await tenant.client(*ALL)
    body = await taken(client, vcon(wav(seed=101)))
    (recording,) = body["recordings"]
    assert (recording["dialog"], recording["outcome"]) == (0, "created")
    assert body["outcomes"] == {"created": 1}
    assert body["ignored"] == {"messages": 1, "analyses": 1, "attachments": 1}
    call = (await client.get(f"/v1/calls/{recording['call_id']}")).json()
    assert (call["state"], call["source"], call["call_log"]["direction"]) == ("received", "vcon", "inbound")
    jobs = await tenant.resources.outbox.of_call(recording["call_id"])
    assert [job["task"] for job in jobs] == ["transcribe"]
    stored = await everything_stored(tenant)
    assert not [secret for secret in SECRETS if secret.encode() in stored]


async def test_the_same_vcon_sent_again_and_at_once_changes_nothing(tenant: Tenant) -> None:
    client = await tenant.client(*ALL)
    document = vcon(wav(seed=102))
    first = await taken(client, document)
    again = await taken(client, document)
    assert again["outcomes"] == {"duplicates": 1}
    assert again["recordings"][0] | {"outcome": "created"} == first["recordings"][0]
    assert again["recordings"][0]["outcome"] == "existing"
    other = vcon(wav(seed=103))
    answers = await asyncio.gather(*(send(client, other) for _ in range(4)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    final = await taken(client, other)
    ids = {one["call_id"] for answer in answers if answer.status_code == 200 for one in answer.json()["recordings"]}
    assert ids - {None} == {final["recordings"][0]["call_id"]}
    assert len((await client.get("/v1/calls")).json()["calls"]) == 2


@pytest.mark.parametrize("step", ["register", "receive_stream"])
async def test_a_vcon_cut_short_between_its_parts_is_completed_when_it_comes_again(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    client = await tenant.client(*ALL)
    document = vcon(wav(seed=120))

    async def broken(*_: Any, **__: Any) -> Any:
        raise Unavailable("the object store does not answer")

    with monkeypatch.context() as patched:
        patched.setattr(Registration, step, broken)
        assert (await send(client, document)).status_code == 503
    body = await taken(client, document)
    assert body["outcomes"] == {"duplicates": 1}
    (call,) = (await client.get("/v1/calls")).json()["calls"]
    assert (call["id"], call["state"]) == (body["recordings"][0]["call_id"], "received")
    assert len(await tenant.resources.outbox.of_call(call["id"])) == 1


async def test_later_versions_of_a_vcon_are_the_same_call(tenant: Tenant) -> None:
    client = await tenant.client(*ALL)
    content = wav(seed=104)
    document = vcon(content)
    first = await taken(client, document)
    amended = document | {"uuid": str(uuid.uuid4()), "amended": {"uuid": document["uuid"]}}
    second = await taken(client, amended)
    assert second["recordings"][0]["call_id"] == first["recordings"][0]["call_id"]
    assert second["cdrs"] == first["cdrs"]
    redacted = vcon(wav(seed=105), redacted={"uuid": document["uuid"], "type": "x"})
    third = await taken(client, redacted)
    assert (third["recordings"][0]["outcome"], third["cdrs"]) == ("conflict", first["cdrs"])
    assert len((await client.get("/v1/calls")).json()["calls"]) == 1


async def test_what_was_erased_does_not_come_back(tenant: Tenant) -> None:
    client = await tenant.client(*ALL, Scope.PRIVACY_MANAGE)
    document = vcon(wav(seed=106))
    call_id = (await taken(client, document))["recordings"][0]["call_id"]
    assert (await client.delete(f"/v1/calls/{call_id}")).status_code == 202
    again = await taken(client, document)
    assert again["recordings"] == [{"dialog": 0, "outcome": "erased", "call_id": None, "reason": None}]


async def test_a_recording_that_lies_elsewhere_is_told_and_not_fetched(tenant: Tenant) -> None:
    client = await tenant.client(*ALL)
    body = await taken(client, vcon(None))
    assert body["recordings"] == [{"dialog": 0, "outcome": "not_fetched", "call_id": None, "reason": "host_not_listed"}]
    assert (await client.get("/v1/calls")).json()["calls"] == []


async def test_bytes_that_are_no_sound_are_refused_and_the_rest_lands(tenant: Tenant) -> None:
    client = await tenant.client(*ALL)
    body = await taken(client, vcon(b"<html>an error page</html>" * 10))
    assert [(one["outcome"], one["reason"]) for one in body["recordings"]] == [("refused", "not-audio")]
    assert body["outcomes"] == {"created": 1}
    pictures = vcon(wav(seed=107))
    pictures["dialog"][0]["mediatype"] = "image/png"
    body = await taken(client, pictures)
    assert [one["reason"] for one in body["recordings"]] == ["unsupported-media"]


async def test_a_call_of_which_the_retention_is_over_is_not_stored(make_tenant: MakeTenant) -> None:
    tenant = await make_tenant(content_retention="P30D")
    client = await tenant.client(*ALL)
    body = await taken(client, vcon(wav(seed=108), began=now() - timedelta(days=40)))
    assert [one["outcome"] for one in body["recordings"]] == ["expired"]
    body = await taken(client, vcon(wav(seed=109), began=now() - timedelta(days=29)))
    assert [one["outcome"] for one in body["recordings"]] == ["created"]


async def test_a_damaged_dialog_is_named_and_the_others_land(tenant: Tenant) -> None:
    client = await tenant.client(*ALL)
    document = vcon(wav(seed=110))
    document["dialog"][0]["content_hash"] = "sha512-" + encoded(bytes(64))
    body = await taken(client, document)
    assert [(one["dialog"], one["reason"]) for one in body["rejected"]] == [(0, "content_hash")]
    assert body["recordings"] == []


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (vcon(None, critical=["x-unheard-of"]), "critical"),
        (vcon(None, uuid=None), "field"),
        (vcon(None, dialog=[]), "not_a_call"),
        (vcon(None, dialog=[{"type": "text", "start": "2026-11-20T10:00:00"}]), "time"),
        ({"ciphertext": "AA", "recipients": []}, "encrypted"),
        ({"payload": "e30", "signatures": [{"protected": "e30", "signature": "AA"}]}, "signature"),
        ([vcon(None), vcon(None)], "json"),
        ([], "json"),
        ("text", "json"),
    ],
)
async def test_what_may_not_be_taken_in_is_refused_whole(tenant: Tenant, document: Any, reason: str) -> None:
    answer = await send(await tenant.client(*ALL), document)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/file-refused"), answer.text
    assert answer.json()["reason"] == reason
    assert await tenant.resources.database.scoped("cdrs", tenant.workspace_id).count({}) == 0


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"[" * 5000, b'{"uuid":' * 2000, b"\x1f\x8b\x08"])
async def test_bytes_that_are_no_vcon_are_refused(tenant: Tenant, content: bytes) -> None:
    client = await tenant.client(*ALL)
    answer = await client.post("/v1/vcons", content=content, headers={"Content-Type": "application/vcon+json"})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/file-refused"), answer.text


async def test_a_source_gives_the_zone_and_is_the_calls_source(tenant: Tenant, make_tenant: MakeTenant) -> None:
    client = await tenant.client(*ALL)
    await SourceStore(tenant.resources, tenant.workspace_id).put(
        "recorder", SourceConfig(zone="Asia/Kolkata", region="IN"), now=now()
    )
    document = vcon(None, dialog=[{"type": "text", "start": "2026-11-20T10:00:00", "parties": [0, 1]}])
    body = await taken(client, document, params={"source": "recorder"})
    (cdr,) = await tenant.resources.database.scoped("cdrs", tenant.workspace_id).find({"_id": {"$in": body["cdrs"]}})
    assert (cdr["setup_time"], cdr["source"]) == (datetime(2026, 11, 20, 4, 30, tzinfo=UTC), "recorder")
    stranger = await (await make_tenant()).client(*ALL)
    assert (await send(stranger, document, params={"source": "recorder"})).status_code == 404
    assert (await send(client, document, params={"source": "Not A Name"})).status_code == 422


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress])
async def test_a_compressed_body_is_opened(tenant: Tenant, compress: Any) -> None:
    client = await tenant.client(*ALL)
    content = compress(json.dumps(vcon(wav(seed=111))).encode())
    answer = await client.post("/v1/vcons", content=content, headers={"Content-Type": "application/vcon+json"})
    assert answer.status_code == 200, answer.text


async def test_a_body_over_the_limit_is_refused_packed_or_not(tenant: Tenant) -> None:
    client = await tenant.client(*ALL)

    async def endless() -> Any:
        for _ in range(MAX_BYTES // 2**20 + 1):
            yield b" " * 2**20

    answer = await client.post("/v1/vcons", content=endless())
    assert (answer.status_code, answer.json()["limit_bytes"]) == (413, MAX_BYTES)
    bomb = gzip.compress(b" " * (MAX_BYTES + 1))
    refused = await client.post("/v1/vcons", content=bomb)
    assert (refused.status_code, refused.json()["reason"] in {"bomb", "too_large"}) == (422, True)


async def test_other_scopes_and_other_tenants_reach_nothing(tenant: Tenant, make_tenant: MakeTenant) -> None:
    reader = await tenant.client(Scope.CALLS_READ, Scope.TRANSCRIPTS_READ)
    assert (await send(reader, vcon(None))).status_code == 403
    assert (await send(tenant.client_with(None), vcon(None))).status_code == 401
    call_id = await ready(tenant, seed=112)
    stranger = await (await make_tenant()).client(*CLEAR)
    for query in ({}, {"clear": "true", "reason": "curious"}):
        assert (await stranger.get(f"/v1/calls/{call_id}/vcon", params=query)).status_code == 404
    writer = await tenant.client(Scope.CALLS_WRITE, Scope.CALLS_READ)
    assert (await writer.get(f"/v1/calls/{call_id}/vcon")).status_code == 403
    clear_only = await tenant.client(Scope.TRANSCRIPTS_CLEAR)
    assert (await clear_only.get(f"/v1/calls/{call_id}/vcon")).status_code == 403
    assert (await reader.get(f"/v1/calls/{call_id}/vcon", params={"clear": "true", "reason": "why"})).status_code == 403


async def ready(tenant: Tenant, *, seed: int) -> str:
    """Take a vCon in and write down what the stages would have; return the call's id."""
    client = await tenant.client(*ALL)
    call_id: str = (await taken(client, vcon(wav(seed=seed))))["recordings"][0]["call_id"]
    calls, transcripts = (
        CallStore(tenant.resources, tenant.workspace_id),
        TranscriptStore(tenant.resources, tenant.workspace_id),
    )
    redactions, finder = RedactionStore(tenant.resources, tenant.workspace_id), PlainFinder()
    call = await calls.raw(call_id)
    assert call is not None
    clear = spoken("thank you for calling", "write to maya@example.com or call 4155550132 please")
    spans = finder.find(clear)
    for kind, text in ((TranscriptKind.CLEAR, clear), (TranscriptKind.REDACTED, redact_transcript(clear, spans))):
        await transcripts.save(await transcripts.seal(call, kind, text, now=now()))
    await redactions.save_spans(call, spans, finder.stamp, now=now())

    async def pieces() -> Any:
        yield REDACTED_SOUND

    await redactions.save_audio(
        call_id,
        await redactions.put_audio(call_id, pieces(), media_type="audio/flac"),
        version=1,
        state=SoundState.VERIFIED,
    )
    for stage in STAGES:
        await calls.set_stage(
            call_id, stage, StageState.DONE, version=1, call_state=CallState.READY, now=now(), facts={"ready_at": now()}
        )
    return call_id


REDACTED_SOUND = b"fLaC" + bytes(range(256)) * 400


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


async def test_the_redacted_vcon_holds_no_number_name_or_word_that_was_taken_out(tenant: Tenant) -> None:
    client = await tenant.client(*ALL)
    call_id = await ready(tenant, seed=113)
    answer = await client.get(f"/v1/calls/{call_id}/vcon")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/vcon+json")
    assert not [secret for secret in SECRETS if secret in answer.text]
    document = answer.json()
    assert document["parties"] == [{"role": "customer"}, {"role": "agent"}]
    (dialog,) = document["dialog"]
    assert dialog["url"] == f"{tenant.resources.settings.public_url}/v1/calls/{call_id}/recording?version=1"
    assert decoded(dialog["content_hash"].removeprefix("sha512-")) == hashlib.sha512(REDACTED_SOUND).digest()
    assert "EMAIL_ADDRESS" in document["analysis"][0]["body"]["segments"][1]["text"]
    sound = await client.get(f"/v1/calls/{call_id}/recording")
    assert sound.content == REDACTED_SOUND
    assert (await client.get(f"/v1/calls/{call_id}/vcon")).json() == document, "the same version has the same id"


async def test_the_clear_vcon_is_the_predecessor_that_the_redacted_one_names(tenant: Tenant) -> None:
    client = await tenant.client(*CLEAR)
    call_id = await ready(tenant, seed=114)
    address = f"/v1/calls/{call_id}/vcon"
    redacted = (await client.get(address)).json()
    assert (await client.get(address, params={"clear": "true"})).json()["type"] == "/problems/reason-missing"
    clear = (await client.get(address, params={"clear": "true", "reason": "quality check"})).json()
    assert clear["uuid"] == redacted["redacted"]["uuid"]
    assert "redacted" not in clear
    assert [party["tel"] for party in clear["parties"]] == [f"tel:{MAYA}", f"tel:{LEO}"]
    assert "maya@example.com" in clear["analysis"][0]["body"]["segments"][1]["text"]
    digest = hashlib.sha512(wav(seed=114)).digest()
    assert decoded(clear["dialog"][0]["content_hash"].removeprefix("sha512-")) == digest
    events = await tenant.resources.audit.events(tenant.workspace_id, call_id=call_id, limit=10)
    assert [event["event"] for event in events].count("call:vcon:read_clear") == 1


async def test_inline_sound_is_the_sound_itself(tenant: Tenant) -> None:
    client = await tenant.client(*CLEAR)
    call_id = await ready(tenant, seed=115)
    address = f"/v1/calls/{call_id}/vcon"
    redacted = (await client.get(address, params={"inline": "true"})).json()["dialog"][0]
    assert decoded(redacted["body"]) == REDACTED_SOUND
    query = {"inline": "true", "clear": "true", "reason": "quality check"}
    clear = (await client.get(address, params=query)).json()["dialog"][0]
    assert decoded(clear["body"]) == wav(seed=115)


async def test_sound_that_is_too_large_to_stand_inside_is_told(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    client = await tenant.client(*ALL)
    call_id = await ready(tenant, seed=116)
    monkeypatch.setattr(INLINE_LIMIT, len(REDACTED_SOUND))
    assert (await client.get(f"/v1/calls/{call_id}/vcon", params={"inline": "true"})).status_code == 200
    monkeypatch.setattr(INLINE_LIMIT, len(REDACTED_SOUND) - 1)
    answer = await client.get(f"/v1/calls/{call_id}/vcon", params={"inline": "true"})
    assert (answer.status_code, answer.json()["limit_bytes"]) == (413, len(REDACTED_SOUND) - 1)


async def test_a_call_that_is_not_ready_or_erased_has_no_vcon(tenant: Tenant) -> None:
    client = await tenant.client(*ALL, Scope.PRIVACY_MANAGE)
    waiting = (await taken(client, vcon(wav(seed=117))))["recordings"][0]["call_id"]
    assert (await client.get(f"/v1/calls/{waiting}/vcon")).json()["type"] == "/problems/not-ready"
    gone = await ready(tenant, seed=118)
    assert (await client.delete(f"/v1/calls/{gone}")).status_code == 202
    assert (await client.get(f"/v1/calls/{gone}/vcon")).json()["type"] == "/problems/gone"


@pytest.mark.skipif(not SCHEMA.exists(), reason="the shared samples are not here")
async def test_both_versions_are_what_the_schema_asks_and_come_in_again_as_one_call(
    tenant: Tenant, make_tenant: MakeTenant
) -> None:
    client = await tenant.client(*CLEAR)
    address = f"/v1/calls/{await ready(tenant, seed=119)}/vcon"
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text("utf-8")), validate_formats=True)
    versions = [
        (await client.get(address, params={"clear": "true", "reason": "quality check", "inline": "true"})).json(),
        (await client.get(address)).json(),
    ]
    for document in versions:
        assert [error.message for error in validator.iter_errors(document)] == []
    elsewhere = await (await make_tenant()).client(*ALL)
    first, second = [await taken(elsewhere, document) for document in versions]
    assert first["cdrs"] == second["cdrs"]
    assert (first["recordings"][0]["outcome"], second["recordings"][0]["outcome"]) == ("created", "not_fetched")

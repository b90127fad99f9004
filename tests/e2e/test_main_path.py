"""A recording goes in, a redacted transcript comes out, and what was said is nowhere to be found."""

from __future__ import annotations

import re
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bson
import numpy as np
import pytest
from pymongo import MongoClient
from support import MEDIA_TYPES, SAMPLES, RunningCallward, sample, spoken_items, wait_for

from cli.client import ApiClient, ApiError
from cli.uploading import upload
from domain.speech import Party
from redaction.flac import decode_flac
from transcription.decode_guard import decode_guarded
from transcription.engines.faster_whisper import FasterWhisperEngine
from transcription.transcribe import transcribe_recording

pytestmark = pytest.mark.xdist_group("e2e")
REAL_SPEECH = Path(__file__).resolve().parents[3] / "shared" / "samples" / "audio"
FORMATS = ("json", "vtt", "srt", "text")
KINDS = ("CREDIT_CARD", "PHONE_NUMBER", "EMAIL_ADDRESS")


@dataclass
class ReadyCall:
    """A call that went all the way."""

    call_id: str
    script: dict[str, Any]
    customer: ApiClient
    officer: ApiClient


@pytest.fixture(scope="session")
def ready(callward: RunningCallward) -> Iterator[ReadyCall]:
    """The card payment, uploaded by the mobile app and through all stages."""
    script = sample("card_payment")
    log = {"setup_time": "2026-11-20T10:00:00Z", "caller": script["caller"], "callee": script["callee"]}
    log |= {"agent_name": script["agent_name"], "contact_name": script["contact_name"]}
    body = {
        "recording": {"media_type": "audio/wav"},
        "channels": ["agent", "contact"],
        "consent": "granted",
        "call_log": log,
    }
    with (
        callward.client("mobile app") as phone,
        callward.client("customer") as customer,
        callward.client("privacy officer") as officer,
    ):
        call_id = upload(phone, SAMPLES / script["file"], body)
        with pytest.raises(ApiError, match="still being worked on"):
            customer.get(f"/v1/calls/{call_id}/transcript")
        wait_for("the call is ready", lambda: customer.get(f"/v1/calls/{call_id}")["state"] == "ready", timeout_s=180)
        yield ReadyCall(call_id, script, customer, officer)


def digits_of(script: dict[str, Any]) -> list[str]:
    """The last seven digits of each number that is spoken: enough to betray it, too many to be chance."""
    items = spoken_items(script, "CREDIT_CARD", "PHONE_NUMBER")
    return [re.sub(r"\D", "", item["value"])[-7:] for item in items]


def names_of(script: dict[str, Any]) -> list[str]:
    return [name for key in ("agent_name", "contact_name") for name in script[key].split()]


def assert_nothing_personal(text: str, script: dict[str, Any], where: str) -> None:
    """Fail, without quoting, when a number, address or name of the script can be read in the text."""
    digits = re.sub(r"\D", "", text)
    assert not [number for number in digits_of(script) if number in digits], f"a number is readable in {where}"
    lowered = text.lower()
    for item in spoken_items(script, "EMAIL_ADDRESS"):
        local = re.split(r"@|\bat\b", item["value"].lower())[0]
        for piece in (item["value"].lower(), item["spoken"].lower(), local):
            assert piece.strip() not in lowered, f"an e-mail address is readable in {where}"
    for name in names_of(script):
        assert not re.search(rf"\b{name.lower()}\b", lowered), f"a name is readable in {where}"


@pytest.mark.parametrize("format_", FORMATS)
def test_no_personal_data_is_in_the_transcript_in_any_format(ready: ReadyCall, format_: str) -> None:
    answer = ready.customer.request("GET", f"/v1/calls/{ready.call_id}/transcript?format={format_}")
    text = answer.text
    if format_ == "json":
        text = "\n".join(word["text"] for segment in answer.json()["segments"] for word in segment["words"])
        text += "\n".join(segment["text"] for segment in answer.json()["segments"])
    if format_ in {"vtt", "srt"}:
        text = "\n".join(line for line in text.splitlines() if "-->" not in line)
    if format_ == "text":
        text = re.sub(r"\[\d+:[\d.]+\]", "", text)
    for kind in KINDS:
        assert f"[{kind}]" in text
    assert_nothing_personal(text, ready.script, f"the transcript as {format_}")


def test_the_rest_of_the_conversation_stays_readable_with_speakers_and_times(ready: ReadyCall) -> None:
    transcript = ready.customer.get(f"/v1/calls/{ready.call_id}/transcript")
    text = " ".join(segment["text"] for segment in transcript["segments"]).lower()
    assert "thank you for calling" in text
    assert {segment["party"] for segment in transcript["segments"]} == {"agent", "contact"}
    for segment in transcript["segments"]:
        ends = [0.0]
        for word in segment["words"]:
            assert 0 <= word["start"] <= word["end"] <= transcript["duration_s"] + 0.5
            assert word["start"] >= ends[-1] - 0.001
            ends.append(word["end"])


def test_no_personal_data_is_in_listing_search_or_detail(ready: ReadyCall) -> None:
    for answer in (
        ready.customer.request("GET", "/v1/calls"),
        ready.customer.request("GET", f"/v1/calls/{ready.call_id}"),
        ready.customer.request("POST", "/v1/calls/search", json={"number": ready.script["caller"]}),
    ):
        assert ready.call_id in answer.text
        text = answer.text.lower()
        assert not [name for name in names_of(ready.script) if name.lower() in text]
        assert not [number for number in digits_of(ready.script) if re.search(rf"\d*{number}", text)]


def test_no_personal_data_is_in_the_logs(ready: ReadyCall, callward: RunningCallward) -> None:
    logs = callward.logs()
    assert "call:stage:done" in logs
    assert "http:request:done" in logs
    lowered = logs.lower()
    for name in (*names_of(ready.script), "card_payment", "thank you for calling", "example.com"):
        assert name.lower() not in lowered
    assert not [number for number in digits_of(ready.script) if number in logs]


def test_no_personal_data_is_in_mongodb_in_clear(ready: ReadyCall, callward: RunningCallward) -> None:
    client: MongoClient[dict[str, Any]] = MongoClient(callward.stack.env["CALLWARD_MONGO_URL"])
    try:
        documents = 0
        for database in (name for name in client.list_database_names() if name.startswith("callward")):
            for collection in client[database].list_collection_names():
                for document in client[database][collection].find():
                    documents += 1
                    raw = bson.encode(document)
                    for told in (
                        *digits_of(ready.script),
                        *names_of(ready.script),
                        "thank you for calling",
                        "Thank you",
                    ):
                        assert told.encode() not in raw, f"{collection} holds something that was said"
        assert documents > 10
    finally:
        client.close()


def test_raw_files_of_both_stores_hold_no_words_and_no_playable_audio(
    ready: ReadyCall, callward: RunningCallward
) -> None:
    original = (SAMPLES / ready.script["file"]).read_bytes()
    redacted = ready.customer.request("GET", f"/v1/calls/{ready.call_id}/recording").content
    speech = [*telling_pieces(original), *telling_pieces(redacted)]
    assert len(speech) >= 20
    marks = [*speech, b"WAVEfmt ", b"fLaC\x00", b"thank you for calling", b"Northwind"]
    files = [file for part in ("mongo", "s3") for file in (callward.stack.data_dir / part).rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) > len(original)
    for file in files:
        content = file.read_bytes()
        found = [at for at, mark in enumerate(marks) if mark in content]
        assert not found, f"{file.parent.name}/{file.name} holds clear audio or words (marks {found} of {len(marks)})"


def telling_pieces(content: bytes) -> list[bytes]:
    """Return pieces of 48 bytes that cannot stand anywhere by chance: no silence, no padding."""
    step = len(content) // 60
    pieces = [content[at : at + 48] for at in range(len(content) // 10, len(content) - 48, step)]
    return [piece for piece in pieces if len(set(piece)) > 20]


def decoded_redacted(ready: ReadyCall) -> tuple[list[Any], int]:
    return decode_flac(ready.customer.request("GET", f"/v1/calls/{ready.call_id}/recording").content)


def test_personal_data_is_a_tone_in_the_redacted_audio_and_the_rest_is_untouched(ready: ReadyCall) -> None:
    redacted, rate = decoded_redacted(ready)
    original = decode_guarded(SAMPLES / ready.script["file"], max_duration_s=600)
    assert (rate, len(redacted)) == (original.sample_rate, 2)
    changed = [
        np.asarray(new) != np.asarray(old)[: len(new)] for new, old in zip(redacted, original.channels, strict=True)
    ]
    for item in spoken_items(ready.script, *KINDS, "PERSON"):
        first, last = int(item["start"] * rate), int(item["end"] * rate)
        for channel in redacted:
            piece = channel[first:last].astype(np.float64)
            assert tone_share(piece, rate) > 0.95, f"{item['entity_type']} is audible"
    untouched = 1.0 - float(np.mean([channel.mean() for channel in changed]))
    assert untouched > 0.4, "most of the call must stay as it was"


def tone_share(piece: Any, rate: int) -> float:
    """Return the share of energy in the strongest narrow band: 1 for a tone, 1 for silence, far less for speech."""
    if not np.any(piece):
        return 1.0
    power = np.abs(np.fft.rfft(piece * np.hanning(len(piece)))) ** 2
    peak = int(np.argmax(power))
    width = max(3, int(30 * len(piece) / rate))
    return float(power[max(0, peak - width) : peak + width].sum() / power.sum())


def test_transcribing_the_redacted_audio_again_does_not_bring_anything_back(ready: ReadyCall, tmp_path: Path) -> None:
    file = tmp_path / "again.flac"
    file.write_bytes(ready.customer.request("GET", f"/v1/calls/{ready.call_id}/recording").content)
    engine = FasterWhisperEngine("base", cache_dir=tmp_path / "models")
    again = transcribe_recording(
        decode_guarded(file, max_duration_s=600), engine, parties={0: Party.AGENT, 1: Party.CONTACT}
    )
    assert "calling" in again.text.lower()
    assert_nothing_personal(again.text, ready.script, "the redacted audio")
    assert len(re.findall(r"\d", again.text)) <= 6, "digits came back"


def test_ranges_of_the_redacted_audio_are_parts_of_the_whole(ready: ReadyCall) -> None:
    address = f"/v1/calls/{ready.call_id}/recording"
    whole = ready.customer.request("GET", address)
    assert whole.headers["content-type"] == "audio/wav"
    for header, piece in (
        ("bytes=0-99", whole.content[:100]),
        ("bytes=65530-65545", whole.content[65530:65546]),
        ("bytes=131071-", whole.content[131071:]),
        ("bytes=-1", whole.content[-1:]),
    ):
        part = ready.customer.request("GET", address, headers={"Range": header})
        assert (part.status_code, part.content) == (206, piece)
    with pytest.raises(ApiError, match="lies outside"):
        ready.customer.request("GET", address, headers={"Range": f"bytes={len(whole.content)}-"})


def test_the_clear_copy_needs_its_scope_and_a_reason_and_leaves_an_audit_event(ready: ReadyCall) -> None:
    address = f"/v1/calls/{ready.call_id}/transcript"
    with pytest.raises(ApiError, match="scopes"):
        ready.customer.get(f"{address}?clear=true&reason=curious")
    with pytest.raises(ApiError, match="A reason is missing"):
        ready.officer.get(f"{address}?clear=true")
    with pytest.raises(ApiError, match="scopes"):
        ready.officer.get(address)
    clear = ready.officer.get(f"{address}?clear=true&reason=subject request 12")
    assert clear["redacted"] is False
    assert "Brooks" in str(clear)
    events = ready.officer.get(f"/v1/audit?call_id={ready.call_id}")["events"]
    assert (events[0]["event"], events[0]["detail"]["reason"]) == ("call:transcript:read_clear", "subject request 12")


def test_every_record_tells_its_role_purposes_and_until_when(ready: ReadyCall) -> None:
    records = ready.customer.get(f"/v1/calls/{ready.call_id}")["records"]
    assert {name: record["role"] for name, record in records.items()} == {
        "content": "processor",
        "traffic": "controller",
        "traffic_identifiers": "controller",
    }
    for record in records.values():
        assert record["purposes"]
        assert record["policy_id"]
        assert record["policy_version"] == 1
    assert records["content"]["retain_until"] == "2026-12-20T18:30:00Z"


@pytest.mark.parametrize(("content", "reason"), [(b"RIFF\x00\x10\x00\x00WAVEjunk" + bytes(5000), "not_audio")])
def test_bytes_that_only_look_like_audio_fail_with_a_reason_and_are_not_served(
    callward: RunningCallward, tmp_path: Path, content: bytes, reason: str
) -> None:
    file = tmp_path / "looks.wav"
    file.write_bytes(content)
    with (
        callward.client("mobile app") as phone,
        callward.client("customer") as customer,
        callward.client("admin") as admin,
    ):
        call_id = upload(phone, file, {"recording": {"media_type": MEDIA_TYPES[".wav"]}})
        wait_for("the call fails", lambda: customer.get(f"/v1/calls/{call_id}")["state"] == "failed")
        stages = customer.get(f"/v1/calls/{call_id}")["stages"]
        assert (stages[0]["state"], stages[0]["reason"]) == ("failed", reason)
        with pytest.raises(ApiError, match="not served"):
            customer.get(f"/v1/calls/{call_id}/transcript")
        letters = [letter for letter in admin.get("/v1/dead-letters") if letter["call_id"] == call_id]
        assert [letter["error"] for letter in letters] == [reason]
        admin.post(f"/v1/dead-letters/{letters[0]['job_id']}/requeue")
        wait_for("it is tried and fails again", lambda: bool(admin.get("/v1/dead-letters")))


@pytest.mark.skipif(not REAL_SPEECH.exists(), reason="real speech lies beside the checkout, users do not have it")
def test_a_call_that_changes_its_language_is_blocked_and_says_so(callward: RunningCallward) -> None:
    with callward.client("mobile app") as phone, callward.client("customer") as customer:
        call_id = upload(phone, REAL_SPEECH / "multilingual.mp3", {"recording": {"media_type": "audio/mpeg"}})
        wait_for("the call is blocked", lambda: customer.get(f"/v1/calls/{call_id}")["state"] == "blocked")
        assert customer.get(f"/v1/calls/{call_id}")["stages"][1]["reason"] == "language_unsupported"
        for what in ("transcript", "recording"):
            with pytest.raises(ApiError, match="not served"):
                customer.get(f"/v1/calls/{call_id}/{what}")


def test_silence_is_ready_with_an_empty_transcript(callward: RunningCallward, tmp_path: Path) -> None:
    file = tmp_path / "silence.wav"
    with wave.open(str(file), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16_000 * 3))
    with callward.client("mobile app") as phone, callward.client("customer") as customer:
        call_id = upload(phone, file, {"recording": {"media_type": "audio/wav"}})
        wait_for("the call is ready", lambda: customer.get(f"/v1/calls/{call_id}")["state"] == "ready")
        assert customer.get(f"/v1/calls/{call_id}/transcript")["segments"] == []
        assert customer.request("GET", f"/v1/calls/{call_id}/recording").content[:4] == b"RIFF"


def test_erasing_hides_at_once_and_leaves_a_receipt_and_nothing_else(callward: RunningCallward, tmp_path: Path) -> None:
    file = tmp_path / "short.wav"
    whole = (SAMPLES / "card_payment.wav").read_bytes()
    file.write_bytes(whole[:120_000])
    with (
        callward.client("mobile app") as phone,
        callward.client("customer") as customer,
        callward.client("privacy officer") as officer,
    ):
        call_id = upload(phone, file, {"recording": {"media_type": "audio/wav"}, "channels": ["agent", "contact"]})
        wait_for("ready", lambda: customer.get(f"/v1/calls/{call_id}")["state"] == "ready")
        assert customer.get(f"/v1/calls/{call_id}")["truncated"] is True
        assert officer.request("DELETE", f"/v1/calls/{call_id}").json()["state"] == "erasing"
        with pytest.raises(ApiError, match="Erased"):
            customer.get(f"/v1/calls/{call_id}/transcript")

        def receipt() -> bool:
            return officer.request("DELETE", f"/v1/calls/{call_id}").json()["state"] == "erased"

        wait_for("the call is erased", receipt, timeout_s=60)
        proof = officer.get(f"/v1/calls/{call_id}/receipt")
        assert proof["key_destroyed"] is True
        assert proof["erased"]["transcription"] == 2
        with pytest.raises(ApiError, match="was erased"):
            upload(phone, file, {"recording": {"media_type": "audio/wav"}})

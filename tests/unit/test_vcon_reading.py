"""vCons of every version are read as calls; what may not be processed is refused, and nothing is lost."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from conftest import SHARED
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats.errors import REASONS, FileRefused
from ingest.formats.joining import join, joined
from ingest.formats.options import ParseOptions
from ingest.formats.reading import Input
from ingest.formats.record import CallRecord, Direction, Disposition, PartyKind, Rejection, Row, to_json
from ingest.formats.vcon import FORMAT, read, recognise
from ingest.formats.vcon_rows import MOST_ROWS

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OPTIONS = ParseOptions(now=NOW)
FIRST = "01928e10-193e-8231-b9a2-279e0d16bc46"
SECOND = "01928e10-193e-8231-b9a2-279e0d16bc47"
THIRD = "01928e10-193e-8231-b9a2-279e0d16bc48"
SOUND = b"RIFF\x24\x00\x00\x00WAVEfmt and so on, with \xfe\xff in it"
SYNTHETIC = sorted((SHARED / "samples/telephony/vcon_synthetic").glob("*.json"))
IETF = SHARED / "samples/telephony/vcon_ietf"


def vcon(**changes: Any) -> dict[str, Any]:
    """A call between two fictional people, with the recording elsewhere."""
    whole: dict[str, Any] = {
        "uuid": FIRST,
        "created_at": "2026-11-20T10:05:00Z",
        "parties": [
            {"tel": "tel:+14155550132", "name": "Maya Test", "role": "customer"},
            {"tel": "+442079460018", "name": "Leo Example", "role": "agent"},
        ],
        "dialog": [
            {
                "type": "recording",
                "start": "2026-11-20T10:00:00+05:30",
                "duration": 62.5,
                "parties": [0, 1],
                "mediatype": "audio/wav",
                "url": "https://example.com/r/1.wav",
                "content_hash": "sha512-" + encoded(hashlib.sha512(SOUND).digest()),
            }
        ],
        "analysis": [],
        "attachments": [],
    }
    return whole | changes


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def dialog(**changes: Any) -> dict[str, Any]:
    """The vCon with its one dialog changed; None takes a member out."""
    whole = vcon()
    one = whole["dialog"][0] | changes
    whole["dialog"] = [{name: value for name, value in one.items() if value is not None}]
    return whole


def items(*documents: Any, options: ParseOptions = OPTIONS) -> list[Row | Rejection]:
    content = "\n".join(json.dumps(one) for one in documents).encode()
    return list(read(Input(BytesIO(content)), options))


def calls(*documents: Any, options: ParseOptions = OPTIONS) -> list[CallRecord]:
    found = list(joined(items(*documents, options=options)))
    assert not [one for one in found if isinstance(one, Rejection)], found
    return [one for one in found if isinstance(one, CallRecord)]


def only(*documents: Any, options: ParseOptions = OPTIONS) -> CallRecord:
    (call,) = calls(*documents, options=options)
    return call


def reasons(*documents: Any, options: ParseOptions = OPTIONS) -> list[str]:
    return [one.reason for one in items(*documents, options=options) if isinstance(one, Rejection)]


def test_a_recording_is_a_call_between_its_parties() -> None:
    call = only(vcon())
    assert (call.caller.e164, call.callee.e164) == ("+14155550132", "+442079460018")
    assert call.setup_time == datetime(2026, 11, 20, 4, 30, tzinfo=UTC)
    assert call.end_time == datetime(2026, 11, 20, 4, 31, 2, 500_000, tzinfo=UTC)
    assert (call.duration_s, call.disposition) == (62.5, Disposition.ANSWERED)
    assert (call.origin_id, call.source) == (FIRST, "vcon")
    assert call.recording is not None
    assert (call.recording.url, call.recording.status) == ("https://example.com/r/1.wav", "external")
    assert call.extra["caller_name"] == "Maya Test"


def test_the_originator_is_the_caller_wherever_it_stands() -> None:
    call = only(dialog(originator=1))
    assert (call.caller.e164, call.callee.e164) == ("+442079460018", "+14155550132")


@pytest.mark.parametrize(
    ("role", "direction"),
    [
        ("agent", Direction.OUTBOUND),
        ("customer", Direction.INBOUND),
        ("sme", Direction.UNKNOWN),
        (7, Direction.UNKNOWN),
    ],
)
def test_the_callers_role_says_the_direction_and_nothing_else_does(role: Any, direction: Direction) -> None:
    whole = vcon()
    whole["parties"][0]["role"] = role
    assert only(whole).direction is direction


def test_old_names_of_members_are_read_like_the_new_ones() -> None:
    new = dialog(url=None, body=encoded(SOUND), encoding="base64url")
    old = copy.deepcopy(new)
    old["vcon"] = "0.0.1"
    one = old["dialog"][0]
    one["mimetype"] = one.pop("mediatype")
    one["alg"], one["signature"] = "SHA-512", one.pop("content_hash").removeprefix("sha512-")
    assert join([row for row in items(old) if isinstance(row, Row)]) == join(
        [row for row in items(new) if isinstance(row, Row)]
    )


@pytest.mark.parametrize("version", ["0.0.1", "0.0.2", "0.1.0", "0.2.0", "0.3.0", "0.4.0", None])
def test_every_version_up_to_the_present_is_read(version: str | None) -> None:
    assert only(vcon(vcon=version)).origin_id == FIRST


@pytest.mark.parametrize("version", ["0.5.0", "1.0.0", "0.0", "latest"])
def test_a_version_that_nobody_knows_is_refused(version: str) -> None:
    assert reasons(vcon(vcon=version)) == ["field"]


@pytest.mark.parametrize("member", ["critical", "must_support"])
def test_an_unknown_critical_extension_must_not_be_processed(member: str) -> None:
    (refused,) = items(vcon(**{member: ["CC", "x-unheard-of"]}))
    assert isinstance(refused, Rejection)
    assert (refused.reason, refused.rows) == ("critical", 1)
    assert reasons(vcon(**{member: ["CC"]})) == []
    assert reasons(vcon(extensions=["x-unheard-of"])) == []


def test_parties_without_numbers_are_nobody_and_their_names_are_kept_apart() -> None:
    call = only(vcon(parties=[{"name": "Maya Test"}, {"mailto": "mailto:leo@example.com"}]))
    assert (call.caller.kind, call.caller.subject) == (PartyKind.NONE, None)
    assert (call.callee.kind, call.callee.subject) == (PartyKind.ADDRESS, "leo@example.com")
    assert call.extra["caller_name"] == "Maya Test"


def test_an_empty_tel_falls_back_to_the_address() -> None:
    call = only(vcon(parties=[{"tel": "", "sip": "sip:maya@example.com"}, {"tel": "anonymous"}]))
    assert call.caller.subject == "sip:maya@example.com"
    assert call.callee.kind is PartyKind.WITHHELD


def test_an_emergency_number_in_a_sip_address_is_no_subject() -> None:
    call = only(vcon(parties=[{"sip": "sip:1234@10.0.0.15"}, {"sip": "sip:911@example.com"}]))
    assert (call.callee.kind, call.callee.subject) == (PartyKind.EMERGENCY, None)


def test_a_number_as_a_float_is_refused_and_as_an_integer_it_is_exact() -> None:
    assert reasons(vcon(parties=[{"tel": 14155550132.5}, {}])) == ["number_as_float"]
    assert only(vcon(parties=[{"tel": 9007199254740993}, {}])).caller.raw == "9007199254740993"


def test_a_conference_has_a_leg_for_each_party_that_was_reached() -> None:
    whole = dialog(parties=[0, [1, 2]])
    whole["parties"].append({"tel": "+447700900123"})
    call = only(whole)
    assert [leg.callee.e164 for leg in call.legs] == ["+442079460018", "+447700900123"]
    assert len(call.recordings) == 1


def test_a_chat_that_names_the_writer_only_is_between_its_two_people() -> None:
    chat = [{"type": "text", "start": f"2026-11-20T10:0{n}:00Z", "parties": [n % 2], "body": "hi"} for n in range(4)]
    call = only(vcon(dialog=chat))
    assert (call.caller.e164, call.callee.e164) == ("+14155550132", "+442079460018")
    assert [leg.callee.e164 for leg in call.legs] == ["+442079460018", "+14155550132"] * 2
    of_three = [*vcon()["parties"], {"tel": "+447700900123"}]
    assert only(vcon(dialog=chat[:1], parties=of_three)).callee.kind is PartyKind.NONE


def test_transfers_and_attempts_are_legs_of_the_call() -> None:
    whole = vcon()
    whole["parties"].append({"tel": "+447700900123"})
    whole["dialog"] += [
        {
            "type": "transfer",
            "start": "2026-11-20T10:01:00+05:30",
            "transferor": 1,
            "transferee": 0,
            "transfer_target": 2,
            "original": 0,
        },
        {
            "type": "incomplete",
            "start": "2026-11-20T09:59:00+05:30",
            "parties": [0, 1],
            "disposition": "no-answer",
        },
    ]
    call = only(whole)
    assert [leg.disposition for leg in call.legs] == [Disposition.NO_ANSWER, Disposition.ANSWERED, None]
    assert call.legs[2].callee.e164 == "+447700900123"
    assert call.disposition is Disposition.ANSWERED


@pytest.mark.parametrize(
    ("said", "disposition"),
    [
        ("no-answer", Disposition.NO_ANSWER),
        ("congestion", Disposition.FAILED),
        ("failed", Disposition.FAILED),
        ("busy", Disposition.BUSY),
        ("hung-up", Disposition.CANCELLED),
        ("voicemail-no-message", Disposition.VOICEMAIL),
        (None, None),
    ],
)
def test_an_attempt_ends_as_the_draft_names_it(said: str | None, disposition: Disposition | None) -> None:
    assert only(dialog(type="incomplete", url=None, disposition=said)).disposition is disposition


def test_a_recording_set_is_no_leg() -> None:
    whole = vcon()
    whole["dialog"].append({"type": "recording-set", "start": "2026-11-20T10:00:00+05:30", "recordings": [0]})
    assert len(only(whole).legs) == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "hologram"}, "field"),
        ({"type": "incomplete", "disposition": "vanished"}, "field"),
        ({"start": None}, "time"),
        ({"start": "1970-01-01T00:00:00Z"}, "time"),
        ({"start": "0001-01-01T00:00:00+23:59"}, "time"),
        ({"start": "9999-12-31T23:59:59-23:59"}, "time"),
        ({"start": "yesterday"}, "time"),
        ({"start": True}, "field"),
        ({"start": 10**400}, "time"),
        ({"start": "2026-11-24T00:00:00Z"}, "future"),
        ({"duration": -1}, "negative_duration"),
        ({"duration": 1e12}, "field"),
        ({"duration": "long"}, "field"),
        ({"duration": []}, "field"),
        ({"parties": [0, 7]}, "field"),
        ({"parties": "all"}, "field"),
        ({"parties": [0, True]}, "field"),
        ({"parties": -1}, "field"),
        ({"originator": 7}, "field"),
        ({"originator": "0"}, "field"),
        ({"body": "@@@", "encoding": "base64url"}, "base64"),
        ({"body": "AAA=AAA", "encoding": "base64url"}, "base64"),
        ({"body": "AAAAA", "encoding": "base64url"}, "base64"),
        ({"body": encoded(SOUND + b"!"), "encoding": "base64url"}, "content_hash"),
        ({"body": encoded(SOUND), "encoding": "base64url", "content_hash": "md5-AAAA"}, "content_hash"),
        ({"body": encoded(SOUND), "encoding": "none"}, "field"),
        ({"body": {"a": 1}, "encoding": "json"}, "field"),
    ],
)
def test_a_bad_dialog_is_refused_with_its_reason_and_the_others_land(changes: dict[str, Any], reason: str) -> None:
    whole = vcon()
    whole["dialog"].append(whole["dialog"][0] | changes)
    if changes.get("start", "") is None:
        del whole["dialog"][1]["start"]
    found = items(whole)
    assert [one.reason for one in found if isinstance(one, Rejection)] == [reason]
    assert [one.leg_id for one in found if isinstance(one, Row)] == ["0"]


@pytest.mark.parametrize(
    "stated",
    [
        "sha256-" + encoded(hashlib.sha256(SOUND).digest()),
        ["md5-AAAA", "sha512-" + encoded(hashlib.sha512(SOUND).digest())],
        None,
    ],
)
def test_inline_content_lands_when_its_hash_is_right(stated: Any) -> None:
    call = only(dialog(url=None, body=encoded(SOUND), encoding="base64url", content_hash=stated))
    assert call.recording is not None
    assert call.recording.status == "inline"


def test_one_wrong_hash_among_right_ones_is_enough_to_refuse() -> None:
    right = "sha512-" + encoded(hashlib.sha512(SOUND).digest())
    wrong = "sha256-" + encoded(bytes(32))
    assert reasons(dialog(body=encoded(SOUND), encoding="base64url", content_hash=[right, wrong])) == ["content_hash"]


def test_what_was_taken_out_by_redaction_leaves_no_recording_behind() -> None:
    assert only(dialog(url=None)).recording is None


def test_a_start_without_zone_needs_the_sources_zone_and_is_never_guessed() -> None:
    local = dialog(start="2026-11-20T10:00:00")
    (refused,) = items(local)
    assert isinstance(refused, Rejection)
    assert refused.reason == "time"
    assert "zone" in refused.message
    there = ParseOptions(now=NOW, zone=ZoneInfo("Asia/Kolkata"))
    assert only(local, options=there).setup_time == datetime(2026, 11, 20, 4, 30, tzinfo=UTC)


def test_a_start_a_day_ahead_lands_and_one_second_more_does_not() -> None:
    edge = NOW + timedelta(days=1)
    assert reasons(dialog(start=edge.isoformat())) == []
    assert reasons(dialog(start=(edge + timedelta(seconds=1)).isoformat())) == ["future"]


@pytest.mark.parametrize("uuid", [None, "", "no uuid", 7])
def test_a_vcon_without_a_uuid_cannot_be_known_again_and_is_refused(uuid: Any) -> None:
    assert reasons(vcon(uuid=uuid)) == ["field"]


def test_a_vcon_without_dialogs_is_refused_and_not_passed_over() -> None:
    assert reasons(vcon(dialog=[])) == ["not_a_call"]


def test_a_refused_document_counts_all_its_dialogs_and_repeats_nothing_that_was_said() -> None:
    whole = vcon(critical=["x-unheard-of"], dialog=vcon()["dialog"] * 3)
    whole["dialog"][0] = {"type": "text", "start": "2026-11-20T10:00:00Z", "body": "my secret words"}
    (refused,) = items(whole)
    assert isinstance(refused, Rejection)
    assert (refused.rows, refused.raw) == (3, "")


def test_an_encrypted_vcon_is_refused_with_its_own_reason() -> None:
    jwe = {"protected": "e30", "ciphertext": "AAAA", "recipients": [], "iv": "AAAA", "tag": "AAAA"}
    assert reasons(jwe) == ["encrypted"]


def amended(uuid: str, before: str, *, member: str = "amended", **changes: Any) -> dict[str, Any]:
    return vcon(uuid=uuid, **{member: {"uuid": before, "type": "PII"}}, **changes)


@pytest.mark.parametrize("member", ["amended", "appended", "redacted"])
def test_a_later_version_is_the_same_call(member: str) -> None:
    call = only(vcon(), amended(SECOND, FIRST, member=member))
    assert (call.origin_id, call.rows, len(call.legs)) == (FIRST, 2, 1)
    assert only(amended(SECOND, FIRST, member=member)).idempotency_key == call.idempotency_key


def test_a_chain_of_versions_in_one_file_is_one_call() -> None:
    assert only(vcon(), amended(SECOND, FIRST), amended(THIRD, SECOND)).origin_id == FIRST


def test_a_redacted_version_takes_nothing_away_and_an_amended_one_corrects() -> None:
    redacted = amended(SECOND, FIRST, member="redacted", parties=[{}, {}], created_at="2026-11-21T00:00:00Z")
    corrected = amended(THIRD, FIRST, created_at=None)
    corrected["dialog"][0]["duration"] = 63
    for order in ([vcon(), redacted, corrected], [corrected, redacted, vcon()]):
        call = only(*order)
        assert call.caller.e164 == "+14155550132"
        assert call.duration_s == 63


def test_an_empty_redacted_member_says_nothing() -> None:
    assert only(vcon(redacted={}, amended={}, group=[])).origin_id == FIRST


def test_lines_an_array_and_single_documents_are_read_alike() -> None:
    two = [vcon(), vcon(uuid=SECOND)]
    as_array = list(read(Input(BytesIO(json.dumps(two).encode())), OPTIONS))
    assert [one.key for one in as_array if isinstance(one, Row)] == [f"{FIRST}/0", f"{SECOND}/0"]
    assert calls(vcon()) == calls(*[json.loads(json.dumps(vcon(), indent=2))])
    assert [one.idempotency_key for one in joined(as_array) if isinstance(one, CallRecord)] == [
        one.idempotency_key for one in calls(*two)
    ]


def test_the_same_file_twice_and_in_reverse_is_the_same_calls() -> None:
    documents = [vcon(), vcon(uuid=SECOND), amended(THIRD, FIRST)]
    once, again = calls(*documents), calls(*documents, *reversed(documents))

    def told(found: list[CallRecord]) -> list[tuple[str, int, Any]]:
        return sorted((one.idempotency_key, len(one.legs), one.duration_s) for one in found)

    assert told(once) == told(again)


def test_deep_nesting_is_refused_and_does_not_crash() -> None:
    deep = b'{"uuid":"' + FIRST.encode() + b'","dialog":' + b"[" * 1000 + b"]" * 1000 + b"}"
    found = list(read(Input(BytesIO(deep)), OPTIONS))
    assert [one.reason for one in found if isinstance(one, Rejection)] == ["too_deep"]


def test_the_last_dialog_that_a_call_can_have_lands_and_the_next_does_not() -> None:
    one = {"type": "text", "start": "2026-11-20T10:00:00Z", "parties": [0, 1]}
    assert reasons(vcon(dialog=[one] * MOST_ROWS)) == []
    (refused,) = items(vcon(dialog=[one] * (MOST_ROWS + 1)))
    assert isinstance(refused, Rejection)
    assert (refused.reason, refused.rows) == ("too_many_rows", MOST_ROWS + 1)


def test_many_parties_in_many_dialogs_do_not_multiply() -> None:
    everybody = {"type": "text", "start": "2026-11-20T10:00:00Z", "parties": list(range(3_000))}
    found = items(vcon(parties=[{}] * 3_000, dialog=[everybody] * 50))
    assert sum(isinstance(one, Row) for one in found) == 2_999
    assert [one.reason for one in found if isinstance(one, Rejection)] == ["too_many_rows"] * 49


@pytest.mark.parametrize("longest", [2_000, 2_001])
@pytest.mark.parametrize("member", ["name", "sip", "filename", "subject"])
def test_a_text_of_two_thousand_characters_lands_and_one_more_does_not(member: str, longest: int) -> None:
    whole = vcon()
    place = {"filename": whole["dialog"][0], "subject": whole}.get(member, whole["parties"][0])
    place[member] = "x" * longest
    if member == "sip":
        del place["tel"]
    assert reasons(whole) == ([] if longest == 2_000 else ["field"])


def test_a_recording_with_more_hashes_than_there_are_kinds_is_refused() -> None:
    right = "sha512-" + encoded(hashlib.sha512(SOUND).digest())
    inline = {"body": encoded(SOUND), "encoding": "base64url", "url": None}
    assert reasons(dialog(content_hash=[right] * 8, **inline)) == []
    assert reasons(dialog(content_hash=[right] * 9, **inline)) == ["content_hash"]


def test_vcons_are_recognised_and_other_json_is_not() -> None:
    assert recognise(json.dumps(vcon()).encode()) > 0.9
    assert recognise(json.dumps([vcon()]).encode()) > 0.9
    assert recognise(b'{"payload":"e30","signatures":[]}') > 0.5
    assert recognise(b'{"ciphertext":"AA","recipients":[]}') > 0.5
    for other in (b'{"variables":{"uuid":"1"}}', b"<recording/>", b"", b'{"uuid":"x"}', b"a,b,c\n"):
        assert recognise(other) == 0.0
    assert FORMAT.joins


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
_MEMBERS = sorted({*vcon(), "critical", "redacted", "amended", "vcon", "payload", "signatures"})
_DIALOG_MEMBERS = sorted({*vcon()["dialog"][0], "body", "encoding", "originator", "disposition", "alg", "signature"})


@settings(deadline=None)
@given(changes=st.dictionaries(st.sampled_from(_MEMBERS), _JSON, max_size=3))
def test_any_member_may_be_anything_and_no_dialog_is_lost(changes: dict[str, Any]) -> None:
    whole = vcon(**changes)
    given_dialogs = whole["dialog"] if isinstance(whole["dialog"], list) else []
    found = items(whole)
    rows = sum(one.rows if isinstance(one, Rejection) else 1 for one in found)
    assert rows >= max(1, len(given_dialogs))
    assert all(one.reason in REASONS for one in found if isinstance(one, Rejection))


@settings(deadline=None)
@given(changes=st.dictionaries(st.sampled_from(_DIALOG_MEMBERS), _JSON, max_size=4))
def test_any_dialog_is_a_row_or_a_rejection(changes: dict[str, Any]) -> None:
    whole = vcon()
    whole["dialog"] = [whole["dialog"][0] | changes] * 2
    found = items(whole)
    mains = [one for one in found if isinstance(one, Rejection) or "/" not in str(one.leg_id)]
    assert len(mains) == 2
    for record in joined(found):
        assert to_json(record)


@settings(deadline=None)
@given(data=st.data())
def test_damaged_bytes_end_in_rows_and_rejections_or_a_refusal(data: st.DataObject) -> None:
    content = bytearray(json.dumps(vcon()).encode())
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    cut = data.draw(st.integers(1, len(content)))
    try:
        found = list(read(Input(BytesIO(bytes(content[:cut]))), OPTIONS))
    except FileRefused:
        return
    assert all(isinstance(one, Row) or one.reason in REASONS for one in found)


@pytest.mark.skipif(not SYNTHETIC, reason="the shared samples are not here")
def test_the_hundred_synthetic_vcons_land_with_a_zone_and_none_is_lost_without() -> None:
    zoned = ParseOptions(now=NOW, zone=ZoneInfo("America/New_York"))
    numbers: Counter[PartyKind] = Counter()
    for path in SYNTHETIC:
        dialogs = len(json.loads(path.read_text("utf-8"))["dialog"])
        without = list(read(Input(BytesIO(path.read_bytes())), OPTIONS))
        assert len(without) == dialogs
        assert {one.reason for one in without if isinstance(one, Rejection)} <= {"time"}
        found = list(joined(read(Input(BytesIO(path.read_bytes())), zoned)))
        (call,) = found
        assert isinstance(call, CallRecord)
        assert len(call.legs) == dialogs
        numbers += Counter((call.caller.kind, call.callee.kind))
        assert call.direction in {Direction.OUTBOUND, Direction.INBOUND}
    assert len(SYNTHETIC) == 100
    assert numbers == {PartyKind.SUBSCRIBER: 151, PartyKind.ADDRESS: 49}, "49 agents have an address only"


@pytest.mark.skipif(not IETF.exists(), reason="the shared samples are not here")
def test_the_drafts_own_vcons_are_one_call_in_all_their_versions() -> None:
    names = ("ext_rec", "ext_rec_amended", "ext_rec_analysis", "ext_rec_redacted")
    documents = [json.loads((IETF / f"ab_call_{name}.vcon").read_text("utf-8")) for name in names]
    for order in (documents, documents[::-1]):
        call = only(*order)
        assert call.caller.e164 == "+12345678901"
        assert call.disposition is Disposition.ANSWERED
    inline = only(json.loads((IETF / "ab_call_int_rec.vcon").read_text("utf-8")))
    assert inline.recording is not None
    assert inline.recording.status == "inline"
    assert reasons(json.loads((IETF / "ab.vcon").read_text("utf-8"))) == ["field"]
    assert reasons(json.loads((IETF / "ab_call_ext_rec_encrypted.vcon").read_text("utf-8"))) == ["encrypted"]

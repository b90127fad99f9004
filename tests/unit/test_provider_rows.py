"""What each provider's events say: the traps of formats.md A1, and that no event breaks its reader or is lost."""

from __future__ import annotations

import base64
import io
import itertools
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from conftest import SHARED
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.errors import RowError, ZoneNeeded
from ingest.formats.joining import join
from ingest.formats.options import ParseOptions
from ingest.formats.provider_events import FORMAT
from ingest.formats.reading import Input
from ingest.formats.record import CallRecord, Direction, Disposition, PartyKind, Rejection, Row
from ingest.formats.registry import detect
from ingest.providers.errors import CallbackUnreadable
from ingest.providers.events import without_address
from ingest.providers.payload import events_of, multipart_pairs, read_json
from ingest.providers.registry import NAMES, authorization, load_provider, provider_of
from ingest.providers.request import Credentials

OPTIONS = ParseOptions()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def rows(provider: str, *events: Mapping[str, Any], options: ParseOptions = OPTIONS) -> list[Row]:
    found = load_provider(provider)
    return [row for event in events for one in found.unwrap(event) for row in found.rows(one, options, 1)]


def call(provider: str, *events: Mapping[str, Any]) -> CallRecord:
    """Return the call that events make, after making sure that their order and repetition change nothing."""
    made = rows(provider, *events)
    expected = join([*made, made[0]])
    for order in itertools.islice(itertools.permutations(made), 24):
        again = join([*order, *order[:1]])
        assert (again.duration_s, again.disposition, again.recordings) == (
            expected.duration_s,
            expected.disposition,
            expected.recordings,
        )
        assert (again.setup_time, again.answer_time, again.end_time) == (
            expected.setup_time,
            expected.answer_time,
            expected.end_time,
        )
    return expected


TWILIO = {"AccountSid": "AC1", "CallSid": "CA1", "From": "+14155550132", "To": "+14155550198", "Direction": "inbound"}


def test_twilios_recording_is_completed_whatever_status_comes_last() -> None:
    said = [
        {**TWILIO, "RecordingSid": "RE1", "RecordingStatus": one}
        for one in ("in-progress", "completed", "failed", "absent")
    ]
    (recording,) = call("twilio", *said).recordings
    assert (recording.origin_id, recording.status) == ("RE1", "completed")
    (recording,) = call("twilio", said[0], said[3]).recordings
    assert recording.status == "absent"


def test_twilios_statuses_and_a_transferred_leg_make_one_call() -> None:
    parent = {**TWILIO, "CallStatus": "ringing", "Timestamp": "Fri, 20 Nov 2026 09:00:00 +0000"}
    answered = {**TWILIO, "CallStatus": "in-progress", "Timestamp": "Fri, 20 Nov 2026 09:00:04 +0000"}
    child = {
        **TWILIO,
        "CallSid": "CA2",
        "ParentCallSid": "CA1",
        "Direction": "outbound-dial",
        "CallStatus": "no-answer",
        "Timestamp": "Fri, 20 Nov 2026 09:00:30 +0000",
        "CallDuration": "0",
    }
    ended = {**TWILIO, "CallStatus": "completed", "CallDuration": "60", "Timestamp": "Fri, 20 Nov 2026 09:01:04 +0000"}
    made = call("twilio", parent, answered, child, ended)
    assert (made.origin_id, made.direction, made.disposition) == ("CA1", Direction.INBOUND, Disposition.ANSWERED)
    assert (made.setup_time, made.answer_time, made.end_time) == (
        at("2026-11-20 09:00:00"),
        at("2026-11-20 09:00:04"),
        at("2026-11-20 09:01:04"),
    )
    assert sorted(str(leg.leg_id) for leg in made.legs) == ["CA1", "CA2"]
    assert len(rows("twilio", {**TWILIO, "CallStatus": "unheard-of"})) == 0


@pytest.mark.parametrize(
    "hidden", ["anonymous", "+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253", "Restricted"]
)
def test_a_caller_who_hides_from_twilio_is_nobody(hidden: str) -> None:
    (row,) = rows("twilio", {**TWILIO, "CallStatus": "ringing", "From": hidden})
    assert row.caller.kind is PartyKind.WITHHELD
    assert row.caller.subject is None


@pytest.mark.parametrize("shown", ["client:alice", "sip:alice@example.com"])
def test_an_address_is_a_party_of_twilio(shown: str) -> None:
    (row,) = rows("twilio", {**TWILIO, "CallStatus": "ringing", "From": shown})
    assert (row.caller.raw, row.caller.kind) == (shown, PartyKind.ADDRESS)


def test_plivos_milliseconds_offsets_and_opaque_ids_are_read() -> None:
    recording = {
        "CallUUID": "bwad",
        "RecordUrl": "https://media.plivo.com/1.mp3",
        "RecordingID": "not-a-uuid",
        "RecordingDurationMs": "345100.00000",
        "RecordingStartMs": "1437902102000.00000",
        "From": "+14155550132",
        "To": "14155550198",
    }
    ended = {
        "call_uuid": "bwad",
        "resource_uri": "/v1/",
        "call_state": "ANSWER",
        "call_duration": 4,
        "end_time": "2015-07-26 15:45:02+05:30",
        "initiation_time": "2015-07-26 15:44:49+05:30",
        "answer_time": None,
        "from_number": "+14155550132",
        "to_number": "14155550198",
        "call_direction": "outbound",
        "total_amount": "0.01300",
    }
    made = call("plivo", recording, ended)
    assert made.recordings[0].duration_s == 345.1
    assert made.recordings[0].start_time == at("2015-07-26 09:15:02")
    assert (made.end_time, made.setup_time) == (at("2015-07-26 10:15:02"), at("2015-07-26 10:14:49"))
    assert (made.callee.raw, made.callee.e164) == ("14155550198", "+14155550198")
    assert made.cost is not None
    assert made.cost.amount == "0.01300"
    assert len(rows("plivo", {"objects": [ended, recording], "meta": {}})) == 2


def test_a_plivo_time_without_an_offset_needs_the_sources_zone() -> None:
    event = {"CallUUID": "a", "CallStatus": "completed", "EndTime": "2026-11-20 09:00:00"}
    with pytest.raises(ZoneNeeded):
        rows("plivo", event)


def test_vonages_legs_share_a_conversation_and_numbers_need_no_plus() -> None:
    event = {
        "uuid": "leg-1",
        "conversation_uuid": "CON-1",
        "from": "14155550132",
        "to": "447700900123",
        "direction": "inbound",
    }
    made = call(
        "vonage",
        {**event, "status": "ringing", "timestamp": "2026-11-20T09:00:00.000Z"},
        {**event, "status": "answered", "timestamp": "2026-11-20T09:00:05.500Z"},
        {
            **event,
            "status": "completed",
            "timestamp": "2026-11-20T09:01:06.000Z",
            "duration": "60",
            "price": "0.01",
            "start_time": "2026-11-20T09:00:05.000Z",
            "end_time": "2026-11-20T09:01:05.000Z",
        },
        {
            "conversation_uuid": "CON-1",
            "recording_uuid": "rec-1",
            "recording_url": "https://api.nexmo.com/v1/files/1",
            "start_time": "2026-11-20T09:00:05Z",
            "end_time": "2026-11-20T09:01:05Z",
        },
    )
    assert (made.origin_id, made.caller.e164, made.callee.e164) == ("CON-1", "+14155550132", "+447700900123")
    assert (made.setup_time, made.answer_time) == (at("2026-11-20 09:00:00"), at("2026-11-20 09:00:05.500"))
    assert (made.disposition, len(made.legs), made.recordings[0].duration_s) == (Disposition.ANSWERED, 1, 60.0)


def telnyx(kind: str, moment: str, **payload: Any) -> dict[str, Any]:
    shared = {
        "call_session_id": "s",
        "call_leg_id": "l",
        "from": "+14155550132",
        "to": "+14155550198",
        "direction": "incoming",
    }
    return {
        "data": {"event_type": kind, "id": kind, "occurred_at": moment, "payload": {**shared, **payload}},
        "meta": {},
    }


def test_telnyx_events_order_themselves_by_when_they_occurred() -> None:
    made = call(
        "telnyx",
        telnyx("call.hangup", "2026-11-20T09:01:00Z", hangup_cause="normal_clearing", end_time="2026-11-20T09:01:00Z"),
        telnyx("call.initiated", "2026-11-20T09:00:00Z", start_time="2026-11-20T09:00:00Z"),
        telnyx("call.answered", "2026-11-20T09:00:10Z"),
        telnyx(
            "call.recording.saved",
            "2026-11-20T09:02:00Z",
            recording_id="r",
            duration_millis=30000,
            channels="dual",
            recording_urls={"mp3": "https://api.telnyx.com/r.mp3", "wav": "https://api.telnyx.com/r.wav"},
        ),
    )
    assert (made.direction, made.disposition, made.duration_s, made.talk_s) == (
        Direction.INBOUND,
        Disposition.ANSWERED,
        60,
        50,
    )
    (recording,) = made.recordings
    assert (recording.duration_s, recording.channels, recording.url) == (30.0, 2, "https://api.telnyx.com/r.wav")
    assert rows("telnyx", telnyx("call.dtmf.received", "2026-11-20T09:00:10Z", digit="1")) == []
    (busy,) = rows("telnyx", telnyx("call.hangup", "2026-11-20T09:01:00Z", hangup_cause="user_busy"))
    assert busy.disposition is Disposition.BUSY


def test_bandwidths_durations_are_iso_and_its_recordings_complete() -> None:
    event = {
        "eventType": "recordingComplete",
        "callId": "c",
        "accountId": "1",
        "recordingId": "r",
        "duration": "PT1M30.5S",
    }
    (recording,) = call(
        "bandwidth", {**event, "mediaUrl": "https://voice.bandwidth.com/media", "channels": 2}
    ).recordings
    assert (recording.duration_s, recording.channels, recording.status) == (90.5, 2, "completed")
    ended = {
        "eventType": "disconnect",
        "callId": "c",
        "cause": "busy",
        "startTime": "2026-11-20T09:00:00.000Z",
        "endTime": "2026-11-20T09:00:20.000Z",
    }
    assert call("bandwidth", ended).disposition is Disposition.BUSY
    assert rows("bandwidth", {"eventType": "gather", "callId": "c"}) == []
    for duration in ("P", "PT-3S", "PTS", "P1Y", "PT1H2"):
        with pytest.raises(RowError):
            rows("bandwidth", {**event, "duration": duration})


EXOTEL = {"CallSid": "ex", "Direction": "incoming", "CallFrom": "09999999991", "CallTo": "08047112233"}


def test_exotels_two_callbacks_make_one_completed_call_with_no_end_of_1970() -> None:
    first = {
        **EXOTEL,
        "CallType": "call-attempt",
        "StartTime": "2026-11-20 14:30:00",
        "EndTime": "1970-01-01 05:30:00",
        "CurrentTime": "2026-11-20 14:30:10",
        "DialCallDuration": "0",
        "RecordingUrl": "null",
    }
    second = {
        "CallSid": "ex",
        "EventType": "terminal",
        "Status": "completed",
        "DateUpdated": "Fri, 20 Nov 2026 14:31:00",
        "StartTime": "2026-11-20 14:30:00",
        "EndTime": "0001-01-01T00:00:00Z",
        "ConversationDuration": 41,
        "Legs": [{"OnCallDuration": 41, "Status": "completed"}],
        "RecordingUrl": "https://recordings.exotel.com/x.mp3",
        "From": "09999999991",
        "To": "08047112233",
        "Direction": "inbound",
    }
    made = call("exotel", first, second)
    assert (made.setup_time, made.end_time) == (at("2026-11-20 09:00:00"), None)
    assert (made.disposition, made.direction, made.talk_s) == (Disposition.ANSWERED, Direction.INBOUND, 41.0)
    assert made.caller.e164 == "+919999999991"
    assert len(made.recordings) == 1
    only_known = call("exotel", first)
    assert (only_known.end_time, only_known.recordings) == (None, [])


def test_knowlaritys_date_and_time_are_put_together_in_indias_zone() -> None:
    event = {
        "call_uuid": "k",
        "call_date": "2026-11-20",
        "call_time": "14:30:00",
        "agent_number": "+919999999992",
        "customer_number": "+919999999991",
        "caller_duration": "30",
        "call_type": "outgoing",
    }
    made = call("knowlarity", event)
    assert made.setup_time == at("2026-11-20 09:00:00")
    assert (made.caller.e164, made.callee.e164) == ("+919999999992", "+919999999991")
    assert made.talk_s == 30.0


OZONETEL = {
    "monitorUCID": 78901234567890123456,
    "CallerID": "919999999991",
    "AgentPhoneNumber": "09999999992",
    "Type": "inbound",
    "StartTime": "2026-11-20 14:30:00",
    "EndTime": "2026-11-20 14:31:00",
    "TimeToAnswer": "00:00:11",
    "CallDuration": "00:01:00",
    "Status": "Answered",
    "AudioFile": "https://recordings.ozonetel.example.com/1.mp3",
    "UUI": "order 7",
}


def test_ozonetels_ucid_keeps_all_its_digits_and_is_refused_as_a_float() -> None:
    made = call("ozonetel", {"data": json.dumps(OZONETEL)})
    assert made.origin_id == "78901234567890123456"
    assert call(
        "ozonetel", {"data": json.dumps({**OZONETEL, "monitorUCID": "78901234567890123456"})}
    ).idempotency_key == (made.idempotency_key)
    assert (made.setup_time, made.answer_time) == (at("2026-11-20 09:00:00"), at("2026-11-20 09:00:11"))
    assert (made.caller.raw, made.caller.e164, made.duration_s) == ("919999999991", "+919999999991", 60.0)
    assert made.extra["uui"] == "order 7"
    for lossy in ("7.8901234567890123E19", "78901234567890123456.0"):
        with pytest.raises(RowError, match="floating") as caught:
            rows("ozonetel", {"data": json.dumps(OZONETEL).replace("78901234567890123456", lossy)})
        assert caught.value.reason == "number_as_float"
    for inner in ("[]", "1", "{", '{"a": NaN}'):
        with pytest.raises(CallbackUnreadable):
            rows("ozonetel", {"data": inner})


def test_smartflos_end_replaces_itself_and_what_came_before_adds_to_it() -> None:
    event = {
        "uuid": "u",
        "caller_id_number": "9999999991",
        "call_to_number": "+918047112233",
        "start_stamp": "2026-11-20 14:30:00",
        "direction": "inbound",
    }
    ended = {
        **event,
        "end_stamp": "2026-11-20 14:31:00",
        "answer_stamp": "2026-11-20 14:30:05",
        "call_status": "answered",
        "billsec": "55",
    }
    made = call("smartflo", event, ended)
    assert (made.setup_time, made.end_time, made.talk_s) == (at("2026-11-20 09:00:00"), at("2026-11-20 09:01:00"), 55.0)
    assert made.caller.e164 == "+919999999991"


CONTACT = {
    "AWSContactTraceRecordFormatVersion": "2017-03-10",
    "ContactId": "c1",
    "Channel": "VOICE",
    "InitiationMethod": "INBOUND",
    "InitiationTimestamp": "2026-11-20T09:00:00Z",
    "DisconnectTimestamp": "2026-11-20T09:05:00Z",
    "CustomerEndpoint": {"Address": "+14155550132"},
    "SystemEndpoint": {"Address": "+14155550198"},
    "Agent": {
        "ConnectedToAgentTimestamp": "2026-11-20T09:01:00Z",
        "AgentInteractionDuration": 240,
        "Username": "agent7",
    },
    "LastUpdateTimestamp": "2026-11-20T09:10:00Z",
    "Attributes": {"order": "7"},
    "Recordings": [{"Location": "bucket/c1_20261120T09:01_UTC.wav", "Status": "AVAILABLE"}],
}


def test_an_older_version_of_a_contact_after_a_newer_one_changes_nothing() -> None:
    older = {**CONTACT, "LastUpdateTimestamp": "2026-11-20T09:09:59Z", "Attributes": {"order": "6"}, "Agent": None}
    newest = call("connect", CONTACT)
    for events in ([CONTACT, older], [older, CONTACT], [older, CONTACT, older]):
        made = call("connect", *events)
        assert (made.extra, made.answer_time, made.disposition) == (
            newest.extra,
            newest.answer_time,
            newest.disposition,
        )
    assert newest.disposition is Disposition.ANSWERED
    assert newest.extra["attribute_order"] == "7"
    assert newest.recordings[0].url is None


def test_a_transferred_contact_belongs_to_its_first_call_and_a_chat_is_none() -> None:
    second = {
        **CONTACT,
        "ContactId": "c2",
        "InitialContactId": "c1",
        "InitiationMethod": "TRANSFER",
        "InitiationTimestamp": "2026-11-20T09:04:00Z",
        "DisconnectTimestamp": "2026-11-20T09:15:00Z",
    }
    made = call("connect", CONTACT, second)
    assert (made.origin_id, len(made.legs), made.duration_s, len(made.recordings)) == ("c1", 2, 900.0, 2)
    assert rows("connect", {**CONTACT, "Channel": "CHAT"}) == []


def test_contacts_come_in_a_firehose_delivery_or_an_eventbridge_event() -> None:
    encoded = base64.b64encode(
        json.dumps(CONTACT).encode() + b"\n" + json.dumps({**CONTACT, "ContactId": "c3"}).encode()
    )
    assert len(rows("connect", {"requestId": "r", "records": [{"data": encoded.decode()}]})) == 2
    assert len(rows("connect", {"detail-type": "x", "detail": CONTACT})) == 1
    for broken in ("%", base64.b64encode(b"[]").decode(), "", None, 7):
        with pytest.raises(CallbackUnreadable):
            rows("connect", {"requestId": "r", "records": [{"data": broken}]})


def test_credentials_are_for_the_providers_own_hosts() -> None:
    known = Credentials(settings={"account_sid": "AC1"}, secrets={"auth_token": "t"})
    provider = load_provider("twilio")
    assert authorization(provider, known, "api.twilio.com")
    for host in ("s3.amazonaws.com", "twilio.com.evil.example", "", "twilio.com"):
        assert authorization(provider, known, host) == {}
    own = Credentials(settings={**known.settings, "api_host": "twilio.proxy.example.com"}, secrets=known.secrets)
    assert authorization(provider, own, "twilio.proxy.example.com")


def test_a_repeated_name_in_a_form_does_not_replace_what_was_read_first() -> None:
    (event,) = events_of("application/x-www-form-urlencoded", b"CallSid=CA1&CallSid=CA2")
    assert event["CallSid"] == "CA1"


def test_a_multipart_form_is_read_and_a_file_in_it_refused() -> None:
    def part(name: str, value: str, more: str = "") -> str:
        return f'--x\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'

    body = (part("CallSid", "ex") + part("Status", "completed") + "--x--\r\n").encode()
    assert multipart_pairs("multipart/form-data; boundary=x", body) == [("CallSid", "ex"), ("Status", "completed")]
    with pytest.raises(CallbackUnreadable):
        multipart_pairs(
            "multipart/form-data; boundary=x", (part("f", "x", '; filename="a.wav"') + "--x--\r\n").encode()
        )
    for broken in ("multipart/form-data", "multipart/form-data; boundary=y"):
        with pytest.raises(CallbackUnreadable):
            events_of(broken, body)


@pytest.mark.parametrize(
    "text",
    ["[" * 18 + "]" * 18, '{"a":' * 17 + "1" + "}" * 17, "[" * 100_000, "NaN", "Infinity", '"\\ud800"', "1" * 5000],
)
def test_json_that_is_too_deep_or_no_json_is_refused(text: str) -> None:
    with pytest.raises(CallbackUnreadable):
        read_json(text)


def test_json_of_the_greatest_depth_that_is_allowed_is_read() -> None:
    assert read_json("[" * 16 + "]" * 16)


def read(data: bytes) -> list[Row | Rejection]:
    return list(FORMAT.read(Input(io.BytesIO(data)), OPTIONS))


def test_files_of_events_are_read_as_lines_as_a_list_as_one_object_and_as_forms() -> None:
    event = {**TWILIO, "CallStatus": "ringing", "Timestamp": "Fri, 20 Nov 2026 09:00:00 +0000"}
    line = json.dumps(event).encode()
    for data in (
        line,
        b"\xef\xbb\xbf" + line + b"\r\n",
        json.dumps(event, indent=1).encode(),
        json.dumps([event]).encode(),
        urlencode(event).encode(),
    ):
        assert detect(data, OPTIONS).name == "provider_events"
        (row,) = read(data)
        assert isinstance(row, Row)
        assert (row.source, row.group) == ("twilio", "CA1")
    mixed = b"\n".join(
        [line, b"{broken", b"", json.dumps({"a": 1}).encode(), json.dumps(CONTACT).encode(), urlencode(event).encode()]
    )
    found = read(mixed)
    assert [(item.raw_line, item.reason if isinstance(item, Rejection) else item.source) for item in found] == [
        (1, "twilio"),
        (2, "json"),
        (4, "not_a_call"),
        (5, "connect"),
        (6, "twilio"),
    ]


def test_the_address_of_a_recording_leaves_no_file_and_no_row_that_is_stored() -> None:
    event = {
        **TWILIO,
        "RecordingSid": "RE1",
        "RecordingStatus": "completed",
        "RecordingUrl": "https://api.twilio.com/secret",
    }
    (row,) = read(json.dumps(event).encode())
    assert "secret" not in str(row)
    (with_it,) = rows("twilio", event)
    assert with_it.recording is not None
    assert with_it.recording.url == "https://api.twilio.com/secret"
    assert without_address(with_it) == row
    plain = Row("twilio", "g", "k", 1)
    assert without_address(plain) is plain


SAMPLES = SHARED / "samples/telephony"


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not here")
@pytest.mark.parametrize(
    ("folder", "provider", "count"),
    [
        ("twilio", "twilio", 7),
        ("vonage", "vonage", 2),
        ("telnyx_recording_webhook", "telnyx", 3),
        ("bandwidth_recording_webhook", "bandwidth", 2),
    ],
)
def test_every_shared_sample_of_a_provider_is_recognised_and_read(folder: str, provider: str, count: int) -> None:
    files = [file for file in sorted((SAMPLES / folder).iterdir()) if "vectors" not in file.name]
    assert len(files) == count
    for file in files:
        assert detect(file.read_bytes(), OPTIONS).name == "provider_events", file.name
        found = read(file.read_bytes())
        assert [item.source for item in found if isinstance(item, Row)] == [provider], file.name


EVENTS: dict[str, Mapping[str, Any]] = {
    "twilio": {
        **TWILIO,
        "CallStatus": "completed",
        "CallDuration": "1",
        "Timestamp": "Fri, 20 Nov 2026 09:00:00 +0000",
    },
    "plivo": {"CallUUID": "a", "CallStatus": "completed", "Duration": "1", "RecordingStartMs": "1", "RecordUrl": ""},
    "vonage": {"conversation_uuid": "a", "status": "completed", "duration": "1", "timestamp": "2026-11-20T09:00:00Z"},
    "telnyx": telnyx("call.recording.saved", "2026-11-20T09:00:00Z", recording_id="r", duration_millis=1)["data"][
        "payload"
    ],
    "bandwidth": {
        "eventType": "recordingComplete",
        "callId": "a",
        "duration": "PT1S",
        "startTime": "2026-11-20T09:00:00Z",
    },
    "exotel": {**EXOTEL, "Status": "completed", "StartTime": "2026-11-20 14:30:00", "RecordingUrl": "x"},
    "knowlarity": {"call_uuid": "k", "call_date": "2026-11-20", "call_time": "14:30:00", "call_duration": "1"},
    "ozonetel": OZONETEL,
    "smartflo": {"uuid": "u", "start_stamp": "2026-11-20 14:30:00", "billsec": "1"},
    "connect": CONTACT,
}
ODD = [
    "-1",
    "1e400",
    "PT9999999999S",
    "0001-01-01T00:00:00Z",
    "9999-12-31 23:59:59",
    "Fri, 99 Nov",
    "null",
    "+" * 9,
    "\x00",
]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=30)
    | st.sampled_from(ODD),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@pytest.mark.parametrize("name", NAMES)
@given(drawn=st.data())
def test_no_event_breaks_its_reader_whatever_stands_in_its_fields(name: str, drawn: st.DataObject) -> None:
    event = dict(EVENTS[name])
    for field in drawn.draw(st.sets(st.sampled_from(sorted(event)), max_size=3)):
        event[field] = drawn.draw(VALUES)
    try:
        made = rows(name, event)
    except (RowError, ZoneNeeded, CallbackUnreadable):
        return
    for row in made:
        assert row.group
        assert row.key
        assert row.source == name
        join([row, row])


def _lines(parts: Iterable[bytes]) -> bytes:
    return b'{"CallSid": "CA0", "AccountSid": "AC"}\n' + b"\n".join(parts)


PIECES = st.lists(
    st.sampled_from([json.dumps(event).encode() for event in EVENTS.values()])
    | st.binary(max_size=40)
    | st.just(b"{}"),
    max_size=6,
)


@given(PIECES)
def test_every_line_of_a_file_is_a_row_or_a_rejection(parts: list[bytes]) -> None:
    data = _lines(parts)
    lines = [line.decode("utf-8", "replace").strip() for line in data.split(b"\n")]
    assert {item.raw_line for item in read(data)} == {number for number, line in enumerate(lines, start=1) if line}


@pytest.mark.parametrize("name", NAMES)
def test_every_provider_recognises_its_own_event_and_no_other_does(name: str) -> None:
    event = dict(EVENTS[name])
    if name == "telnyx":
        event = {"data": {"event_type": "call.recording.saved", "payload": event}}
    if name == "bandwidth":
        event["accountId"] = "1"
    found = provider_of(event)
    assert found is not None
    assert found.name == name

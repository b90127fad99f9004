"""FreeSWITCH records: epochs only, percent-encoding where it is, and which legs are one call."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from parsing import BERLIN, NO_ZONE, calls_of, one_row, read_text, reasons, sample
from structured_samples import A_LEG, B_LEG, C_LEG, leg, xml_leg

from ingest.formats.joining import join
from ingest.formats.record import Direction, Disposition, PartyKind, Row

START = datetime.fromtimestamp(1795082400, UTC).replace(microsecond=1)


def row(**variables: Any) -> Row:
    return one_row("freeswitch_json", json.dumps(leg(**variables)))


def test_times_are_read_from_microseconds_exactly_and_never_from_the_local_stamp() -> None:
    assert row().setup_time == START
    assert one_row("freeswitch_json", json.dumps(leg()), NO_ZONE).setup_time == START


def test_epochs_are_read_where_there_are_no_microseconds() -> None:
    found = row(start_uepoch="0", start_epoch="1795082400", answer_uepoch="0", end_uepoch="", end_epoch="1795082463")
    assert (found.setup_time, found.answer_time) == (START.replace(microsecond=0), None)
    assert found.end_time == datetime.fromtimestamp(1795082463, UTC)


def test_a_leg_of_1970_or_zero_was_never_answered() -> None:
    for never in ("0", "", "1"):
        assert row(answer_uepoch=never, hangup_cause="NO_ANSWER").answer_time is None


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        ("USER_BUSY", Disposition.BUSY),
        ("NO_ANSWER", Disposition.NO_ANSWER),
        ("ORIGINATOR_CANCEL", Disposition.CANCELLED),
        ("CALL_REJECTED", Disposition.REJECTED),
        ("UNALLOCATED_NUMBER", Disposition.FAILED),
        ("", None),
    ],
)
def test_the_hangup_cause_tells_how_an_unanswered_leg_ended(cause: str, expected: Disposition | None) -> None:
    assert row(answer_uepoch="0", hangup_cause=cause).disposition is expected


def test_an_answered_leg_is_answered_whatever_its_cause_and_voicemail_when_the_box_took_it() -> None:
    assert row(hangup_cause="USER_BUSY").disposition is Disposition.ANSWERED
    assert row(last_app="voicemail").disposition is Disposition.VOICEMAIL


def test_the_called_leg_meets_the_calling_one() -> None:
    for link in ({"call_uuid": A_LEG}, {"originating_leg_uuid": A_LEG}, {"originator": A_LEG.upper()}):
        (call,) = calls_of("freeswitch_json", (json.dumps(leg()) + json.dumps(leg(B_LEG, **link))).encode())
        assert sorted(one.leg_id or "" for one in call.legs) == [A_LEG, B_LEG]
        assert call.origin_id == A_LEG


def test_a_leg_that_got_its_own_uuid_back_is_still_known_by_who_called_it() -> None:
    assert row(uuid=B_LEG, call_uuid=B_LEG, originating_leg_uuid=A_LEG).group == A_LEG


def test_a_blind_transfer_of_the_caller_is_one_call_with_three_legs() -> None:
    first = leg(transfer_source="1795082430:00000000-0000-4000-8000-000000000000:bl_xfer:1003/default/XML")
    first["callflow"].insert(0, {"caller_profile": {"destination_number": "1003"}, "times": {}})
    legs = [first, leg(B_LEG, originating_leg_uuid=A_LEG), leg(C_LEG, originating_leg_uuid=A_LEG, called="1003")]
    (call,) = calls_of("freeswitch_json", "\n".join(map(json.dumps, legs)).encode())
    assert len(call.legs) == 3
    assert call.callee.raw == "+442079460018"
    assert call.extra["transferred_to"] == "1003"


def test_an_attended_transfer_is_two_calls_that_name_each_other() -> None:
    history = f"1795082430:00000000-0000-4000-8000-000000000000:uuid_br:{C_LEG}"
    legs = [leg(), leg(B_LEG, originating_leg_uuid=A_LEG, transfer_history=history), leg(C_LEG)]
    first, second = calls_of("freeswitch_json", "\n".join(map(json.dumps, legs)).encode())
    assert first.extra["related_leg"] == C_LEG
    assert second.origin_id == C_LEG


def test_one_uuid_with_two_hangup_causes_is_one_leg_and_the_later_end_wins() -> None:
    early, late = row(hangup_cause="USER_BUSY"), row(hangup_cause="NORMAL_CLEARING", end_uepoch="1795082464000000")
    for rows in ([early, late], [late, early]):
        call = join(rows)
        assert len(call.legs) == 1
        assert call.legs[0].facts["hangup_cause"] == "NORMAL_CLEARING"


def test_values_are_decoded_where_they_are_encoded_and_left_where_they_are_not() -> None:
    encoded = row(start_stamp="2030-01-01%2000:00:00", accountcode="a%2Bb", channel_name="M%C3%BCller")
    assert (encoded.extra["accountcode"], encoded.extra["channel_name"]) == ("a+b", "Müller")
    plain = row(sip_from_uri="1001@pbx.example.com", accountcode="100%25")
    assert plain.extra["accountcode"] == "100%25"
    broken = row(start_stamp="", accountcode="caf%E9")
    assert broken.extra["accountcode"] == "caf%E9"


def test_xml_says_the_same_as_json() -> None:
    one = one_row("freeswitch_xml", xml_leg(effective_caller_id_name="M%C3%BCller"))
    assert one.callee.e164 == "+442079460018"
    assert one.extra["caller_name"] == "Müller"
    assert (one.setup_time, one.group, one.leg_id) == (START, A_LEG, A_LEG)


def test_the_prefix_of_a_leg_files_is_no_part_of_the_uuid() -> None:
    assert one_row("freeswitch_xml", xml_leg("a_" + A_LEG)).key == A_LEG


def test_a_hidden_number_is_nobody() -> None:
    hidden = row(privacy_hide_number="true", caller="+442079460019").caller
    assert (hidden.kind, hidden.subject) == (PartyKind.WITHHELD, None)


def test_a_recording_is_known_by_its_path() -> None:
    recording = row(record_path="/var/rec", record_name="one.wav", record_seconds="61").recording
    assert recording is not None
    assert (recording.name, recording.duration_s) == ("/var/rec/one.wav", 61.0)
    assert row().recording is None


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"uuid": ""}, "field"),
        ({"uuid": 9.007199254740993e15}, "number_as_float"),
        ({"uuid": "x y"}, "field"),
        ({"start_uepoch": "soon"}, "time"),
        ({"start_uepoch": "99999999999999999"}, "time"),
        ({"duration": "-1"}, "negative_duration"),
        ({"end_uepoch": "1795082300000000"}, "end_before_start"),
        ({"start_uepoch": "1895082400000000", "answer_uepoch": "0", "end_uepoch": "0"}, "future"),
        ({"caller": "4.91512E+11"}, "number_as_float"),
    ],
)
def test_a_record_that_cannot_be_meant_is_refused_with_its_reason(variables: dict[str, Any], reason: str) -> None:
    rows, rejections = read_text("freeswitch_json", json.dumps(leg(**variables)) + "\n" + json.dumps(leg(B_LEG)))
    assert reasons(rejections) == [(1, reason)]
    assert [one.key for one in rows] == [B_LEG]


def test_other_documents_and_elements_are_refused_as_rows() -> None:
    assert reasons(read_text("freeswitch_json", '{"a":1}')[1]) == [(1, "field")]
    assert reasons(read_text("freeswitch_xml", "<cdr><a/></cdr>")[1]) == [(1, "xml")]


def test_the_companys_own_numbers_tell_the_direction() -> None:
    options = replace(BERLIN, own_numbers="10..")
    assert one_row("freeswitch_json", json.dumps(leg()), options).direction is Direction.OUTBOUND
    assert row().direction is Direction.OUTBOUND, "an extension is the company's own"


def test_the_real_answered_call_is_read() -> None:
    (call,) = calls_of("freeswitch_json", sample("freeswitch/json_cdr_1.json"), NO_ZONE)
    assert (call.caller.raw, call.callee.raw, call.disposition) == ("1001", "1002", Disposition.ANSWERED)
    assert call.setup_time == datetime(2018, 1, 11, 10, 25, 44, 534355, UTC)
    assert call.end_time == datetime(2018, 1, 11, 10, 26, 55, 494269, UTC)
    assert (call.duration_s, call.talk_s) == (71.0, 68.0)


def test_the_real_call_without_an_end_has_none() -> None:
    (call,) = calls_of("freeswitch_json", sample("freeswitch/json_cdr_2.json"), NO_ZONE)
    assert (call.answer_time, call.end_time, call.disposition) == (None, None, None)
    assert call.setup_time == datetime(2014, 4, 8, 19, 10, 21, 278217, UTC)

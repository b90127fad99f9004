"""Asterisk's channel events: what each real sample is the log of, and a call that is the same in whatever order."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest
from parsing import IN_UTC, NO_ZONE, TELEPHONY, calls_of, read_bytes, read_text, reasons, sample

from ingest.formats.errors import UnknownFormat, ZoneNeeded
from ingest.formats.joining import join
from ingest.formats.record import CallRecord, Direction, Disposition, Row

ANSWERED, NO_ANSWER = Disposition.ANSWERED, Disposition.NO_ANSWER
SAMPLES = {
    "adhoc_conference": (ANSWERED, "1801", "1130", 4, 0),
    "answered_incoming_call": (ANSWERED, "0612345678", "1002", 2, 0),
    "answered_internal": (ANSWERED, "1045", "1001", 2, 0),
    "answered_originate": (ANSWERED, "1045", "1001", 2, 0),
    "answered_outgoing_call": (ANSWERED, "1001", "**9642301", 2, 0),
    "answered_outgoing_call_with_custom_caller_id": (ANSWERED, "1015", "5551112222", 2, 1),
    "call_to_mobile_dial": (ANSWERED, "1001", "1002", 3, 0),
    "early_hung_up_incoming_call": (NO_ANSWER, "14201", "42307", 1, 0),
    "given_cels_of_forwarded_call_when_generate_call_log_then_requested_different_from_destination": (
        *(ANSWERED, "101", "102"),
        *(2, 0),
    ),
    "given_queue_call_then_destination_user_uuid_should_be_answered_callee": (ANSWERED, "", "", 3, 0),
    "group_call_has_no_duplicate_participant": (ANSWERED, "", "", 3, 0),
    "internal_no_answer": (NO_ANSWER, "1045", "1001", 2, 0),
    "meeting_has_destination_details_setup_correctly": (ANSWERED, "1603", "*41250219", 1, 0),
    "originate_hung_up_by_switchboard": (NO_ANSWER, "1003", "1002", 2, 0),
    "recording_missing_mixmonitor_extra": (ANSWERED, "", "", 2, 1),
    "recording_missing_mixmonitor_stop": (ANSWERED, "", "", 2, 2),
    "recording_mixmonitor_on_unanswered_call_produces_no_recording": (NO_ANSWER, "", "", 2, 0),
    "recording_multiple_mixmonitors": (ANSWERED, "", "", 2, 2),
    "recording_recorded_originate": (ANSWERED, "1011", "1015", 3, 1),
    "recording_recording_end_time_uses_latest_chan_end_when_no_mixmonitor_stop": (ANSWERED, "", "", 3, 1),
    "recording_recording_from_interception": (ANSWERED, "8000", "9201", 3, 0),
    "recording_recording_pause_resume": (ANSWERED, "", "", 2, 1),
    "recording_recording_pause_resume_non_standard_filename_generated_uuid": (ANSWERED, "", "", 2, 1),
    "recording_simple_mixmonitor": (ANSWERED, "", "", 2, 1),
    "unanswered_outcall": (NO_ANSWER, "1001", "**9742310", 2, 0),
    "uniqueids_that_do_not_have_the_same_sort_order_chonologically_and_alphabetically": (
        *(ANSWERED, "1066", "1624"),
        *(2, 0),
    ),
    "user_missed_call_fallback_answered": (ANSWERED, "8000", "8002", 3, 0),
    "when_calling_unreachable_phone_then_destination_info_is_set_within_call_log": (
        *(Disposition.FAILED, "1603", "1604"),
        *(1, 0),
    ),
    "when_incall_and_unreachable_phone_then_call_log_contains_no_source_user_uuid": (NO_ANSWER, "1603", "91800", 2, 0),
}


def events(name: str) -> bytes:
    return sample(f"asterisk_cel/{name}.cel.txt")


def call(name: str) -> CallRecord:
    return calls_of("asterisk_cel", events(name), IN_UTC)[0]


def clock(moment: datetime | None) -> str | None:
    return moment.strftime("%H:%M:%S.%f").rstrip("0") if moment else None


@pytest.mark.parametrize("name", SAMPLES)
def test_each_real_sample_is_read_as_the_call_that_its_name_tells(name: str) -> None:
    found = call(name)
    told = (found.disposition, found.caller.raw, found.callee.raw, len(found.legs), len(found.recordings))
    assert told == SAMPLES[name]
    assert (found.answer_time is not None) is (found.disposition is ANSWERED)
    assert found.end_time is not None


@pytest.mark.parametrize("name", SAMPLES)
def test_each_real_sample_is_one_call_in_whatever_order_and_however_often(name: str) -> None:
    rows, refused = read_bytes("asterisk_cel", events(name), IN_UTC)
    assert refused == []
    group = [row for row in rows if row.group == rows[0].group]
    expected = join(group)
    shuffled = random.Random(name).sample(group, len(group))  # noqa: S311 - a test's order
    for order in (list(reversed(group)), shuffled, group + shuffled):
        assert msgspec.structs.replace(join(order), rows=0) == msgspec.structs.replace(expected, rows=0)


def test_all_samples_of_the_folder_are_in_the_table() -> None:
    sample("asterisk_cel/answered_internal.cel.txt")
    folder = {path.name.removesuffix(".cel.txt") for path in (TELEPHONY / "asterisk_cel").iterdir()}
    assert folder == set(SAMPLES)


def test_a_call_is_answered_by_who_was_called_and_not_by_the_callers_own_phone() -> None:
    assert clock(call("answered_originate").answer_time) == "14:15:16.389857"
    assert clock(call("recording_recorded_originate").answer_time) == "13:19:04.710762"


def test_a_queue_answers_no_call_before_somebody_does() -> None:
    found = call("given_queue_call_then_destination_user_uuid_should_be_answered_callee")
    assert clock(found.answer_time) == "15:39:14.086632"


def test_a_recording_without_a_stop_ends_with_its_channel() -> None:
    first, second = call("recording_missing_mixmonitor_stop").recordings
    assert (clock(first.end_time), clock(second.end_time)) == ("00:00:00.15", "00:00:00.12")
    [late] = call("recording_recording_end_time_uses_latest_chan_end_when_no_mixmonitor_stop").recordings
    assert clock(late.end_time) == "00:00:00.12"


def test_a_recording_paused_and_resumed_is_one_and_lasts_as_long_as_its_parts() -> None:
    [found] = call("recording_recording_pause_resume").recordings
    assert (clock(found.start_time), clock(found.end_time)) == ("20:03:38.173476", "20:03:50.656679")
    assert found.duration_s == pytest.approx(1.102332 + 1.977559 + 1.931388)


def test_a_recording_whose_file_is_not_told_is_kept_without_a_name() -> None:
    [found] = call("recording_missing_mixmonitor_extra").recordings
    assert (found.name, found.status, clock(found.end_time)) == (None, "unnamed", "00:00:00.09")


def test_an_intercepted_call_is_two_records_that_name_each_other() -> None:
    waiting, interceptor = calls_of("asterisk_cel", events("recording_recording_from_interception"), IN_UTC)
    assert interceptor.origin_id in {leg.leg_id for leg in waiting.legs}
    assert clock(waiting.answer_time) == "15:11:14.248989"
    [recording] = interceptor.recordings
    assert recording.end_time is None  # its channel goes on in the other call


def test_a_forwarded_call_says_who_was_dialled_and_who_answered() -> None:
    found = call("given_cels_of_forwarded_call_when_generate_call_log_then_requested_different_from_destination")
    assert (found.callee.raw, found.extra["answered_by"]) == ("102", "103")
    assert found.facts["transfer"] == "forwarded"


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("answered_incoming_call", Direction.INBOUND),
        ("early_hung_up_incoming_call", Direction.INBOUND),
        ("when_incall_and_unreachable_phone_then_call_log_contains_no_source_user_uuid", Direction.INBOUND),
        ("answered_outgoing_call", Direction.OUTBOUND),
        ("unanswered_outcall", Direction.OUTBOUND),
        ("answered_internal", Direction.INTERNAL),
        ("meeting_has_destination_details_setup_correctly", Direction.UNKNOWN),
    ],
)
def test_direction_is_what_the_dial_plan_says(name: str, direction: Direction) -> None:
    assert call(name).direction is direction


HEADER = "eventtype,eventtime,cid_name,cid_num,exten,context,channame,appname,uniqueid,linkedid,extra"


def line(event: str, second: int, unique: str = "1782907200.1", number: str = "1001", extra: str = "") -> str:
    quoted = extra.replace('"', '""')
    return f'{event},2026-07-01 12:00:{second:02},,{number},1002,inside,SIP/{unique},,{unique},1782907200.1,"{quoted}"'


def log(*lines: str) -> str:
    return "\n".join((HEADER, *lines)) + "\n"


def test_csv_with_a_header_is_read_and_a_call_that_goes_on_has_no_end() -> None:
    text = log(
        line("CHAN_START", 0), line("CHAN_START", 1, "1782907200.2", "1002"), line("CHAN_END", 2, "1782907200.2")
    )
    [found] = calls_of("asterisk_cel", text.encode(), IN_UTC)
    assert (found.end_time, found.disposition, found.duration_s) == (None, None, None)
    [found] = calls_of("asterisk_cel", (text + line("CHAN_END", 3)).encode(), IN_UTC)
    assert (clock(found.end_time), found.disposition) == ("12:00:03.", NO_ANSWER)


def test_cel_custom_without_a_header_is_read_with_epochs_that_need_no_zone() -> None:
    fields = ["CHAN_START", "1782907200.5", "Ann", "1001", "", "", "", "1002", "inside", "SIP/1-1", "", "", "3", "acc"]
    text = ",".join(f'"{field}"' for field in [*fields, "1782907200.1", "1782907200.1", "", "", "", ""])
    [row], refused = read_text("asterisk_cel", text, NO_ZONE)
    assert (row.at, row.kind, row.callee.raw) == (
        datetime(2026, 7, 1, 12, 0, 0, 500_000, tzinfo=UTC),
        "CHAN_START",
        "1002",
    )
    assert refused == []


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (line("chan start", 1), "field"),
        (line("HANGUP", 1, unique=""), "field"),
        (line("HANGUP", 61), "time"),
        (line("HANGUP", 1).replace("2026-07-01 12:00:01", ""), "time"),
        (line("HANGUP", 1).replace("2026", "2027"), "future"),
        (line("HANGUP", 1, number="4.91512E+11"), "number_as_float"),
        (HEADER, "header_repeated"),
        ("HANGUP,2026-07-01 12:00:01", "columns"),
    ],
)
def test_a_bad_event_is_refused_with_its_line(bad: str, reason: str) -> None:
    rows, refused = read_text("asterisk_cel", log(line("CHAN_START", 0), bad, line("CHAN_END", 2)), IN_UTC)
    assert (len(rows), reasons(refused)) == (2, [(3, reason)])


def test_a_psql_table_keeps_a_bar_inside_its_last_column() -> None:
    text = (
        " eventtype | eventtime | uniqueid | linkedid | extra\n-----------+---\n"
        ' HANGUP | 2026-07-01 12:00:00 | 1.1 | 1.1 | {"hangupcause":17,"a":"b|c"}\n(1 row)\n'
    )
    [row], refused = read_text("asterisk_cel", text, IN_UTC)
    assert (row.extra["extra"].replace(" ", ""), refused) == ('{"hangupcause":17,"a":"b|c"}', [])
    assert reasons(read_text("asterisk_cel", text.replace('{"h', 'x|{"h'), IN_UTC)[1]) == [(3, "columns")]


@pytest.mark.parametrize(
    ("cause", "disposition"),
    [(16, NO_ANSWER), (17, Disposition.BUSY), (21, Disposition.REJECTED), (38, Disposition.FAILED)],
)
def test_an_unanswered_call_ends_as_its_hangup_cause_says(cause: int, disposition: Disposition) -> None:
    text = log(line("CHAN_START", 0), line("HANGUP", 1, extra=f'{{"hangupcause":{cause}}}'), line("LINKEDID_END", 2))
    assert calls_of("asterisk_cel", text.encode(), IN_UTC)[0].disposition is disposition


@pytest.mark.parametrize("extra", ["{", "[1]", '{"hangupcause": "17"}', '{"a":' * 2000, "null"])
def test_an_events_broken_detail_is_no_reason_to_lose_it(extra: str) -> None:
    text = log(line("CHAN_START", 0), line("HANGUP", 1, extra=extra), line("MIXMONITOR_START", 1, extra=extra))
    [found] = calls_of("asterisk_cel", text.encode(), IN_UTC)
    assert found.rows == 3


def test_voicemail_is_told_by_its_application() -> None:
    app = line("APP_START", 1).replace("1782907200.1,,1782907200.1", "1782907200.1,VoiceMail,1782907200.1")
    text = log(line("CHAN_START", 0), app, line("LINKEDID_END", 9))
    assert calls_of("asterisk_cel", text.encode(), IN_UTC)[0].disposition is Disposition.VOICEMAIL


def test_a_blind_transfer_is_a_fact_and_its_target_is_sealed() -> None:
    told = line("BLINDTRANSFER", 3, extra='{"extension":"1003"}')
    [found] = calls_of("asterisk_cel", log(line("CHAN_START", 0), told, line("LINKEDID_END", 9)).encode(), IN_UTC)
    assert found.facts["transfer"] == "blind"
    assert found.extra["transferred_to"] == "1003"


def test_a_missing_zone_refuses_the_file_and_another_format_is_none_of_it() -> None:
    with pytest.raises(ZoneNeeded, match=r"UTC\+00:00"):
        read_text("asterisk_cel", log(line("CHAN_START", 0)), NO_ZONE)
    with pytest.raises(UnknownFormat):
        read_text("asterisk_cel", "a,b\n1,2\n", IN_UTC)


def test_own_numbers_tell_the_direction_of_a_call() -> None:
    own = replace(IN_UTC, own_numbers="1001")
    assert calls_of("asterisk_cel", log(line("CHAN_START", 0)).encode(), own)[0].direction is Direction.OUTBOUND


def test_join_takes_rows_of_one_event_alone() -> None:
    rows: list[Row] = read_text("asterisk_cel", log(line("LINKEDID_END", 5)), IN_UTC)[0]
    assert clock(join(rows).end_time) == "12:00:05."

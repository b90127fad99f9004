"""FreeSWITCH's CSV: the default template, saved by the switch or again by a spreadsheet."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from parsing import NO_ZONE, calls_of, one_row, read_bytes, read_text, reasons, sample

from ingest.formats.errors import UnknownFormat, ZoneNeeded
from ingest.formats.record import Disposition, PartyKind

UUID = "d80e22e0-4c15-11ea-97a0-9dd79410affb"
LEG = (
    f'"Ann","+442079460111","1002","default","2026-07-01 12:00:00","2026-07-01 12:00:05","2026-07-01 12:00:20",'
    f'"20","15","NORMAL_CLEARING","{UUID}","","acc","PCMU","PCMA"'
)


def test_a_leg_of_the_default_template_is_read_whole() -> None:
    row = one_row("freeswitch_csv", LEG)
    assert (row.caller.e164, row.callee.raw, row.callee.kind) == ("+442079460111", "1002", PartyKind.EXTENSION)
    assert row.setup_time == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert row.end_time == datetime(2026, 7, 1, 10, 0, 20, tzinfo=UTC)
    assert (row.duration_s, row.talk_s, row.disposition) == (20, 15, Disposition.ANSWERED)
    assert (row.key, row.group, row.origin_id) == (UUID, UUID, UUID)
    assert row.extra == {"caller_name": "Ann", "context": "default", "accountcode": "acc"}
    assert row.facts == {"hangup_cause": "NORMAL_CLEARING", "read_codec": "PCMU", "write_codec": "PCMA"}


def test_the_template_with_its_two_later_columns_and_a_header_is_read_too() -> None:
    names = "caller_id_name,caller_id_number,destination_number,context,start_stamp,answer_stamp,end_stamp,duration"
    header = f"{names},billsec,hangup_cause,uuid,bleg_uuid,accountcode,read_codec,write_codec,sip_hangup,ani"
    rows, refused = read_text("freeswitch_csv", f'{header}\n{LEG},"send_bye","1001"\n{header}\n')
    assert (rows[0].extra["ani"], reasons(refused)) == ("1001", [(3, "header_repeated")])


@pytest.mark.parametrize(
    ("cause", "disposition"),
    [
        ("USER_BUSY", Disposition.BUSY),
        ("NO_USER_RESPONSE", Disposition.NO_ANSWER),
        ("ORIGINATOR_CANCEL", Disposition.CANCELLED),
        ("CALL_REJECTED", Disposition.REJECTED),
        ("UNALLOCATED_NUMBER", Disposition.FAILED),
        ("NORMAL_CLEARING", Disposition.NO_ANSWER),
    ],
)
def test_a_leg_that_was_not_answered_ends_as_its_cause_says(cause: str, disposition: Disposition) -> None:
    leg = LEG.replace("2026-07-01 12:00:05", "").replace("NORMAL_CLEARING", cause)
    assert one_row("freeswitch_csv", leg).disposition is disposition


def test_of_several_rows_under_one_uuid_the_one_that_ends_last_wins() -> None:
    later = LEG.replace("12:00:20", "12:00:40").replace("NORMAL_CLEARING", "USER_BUSY")
    for order in ((LEG, later), (later, LEG), (later, LEG, LEG)):
        [call] = calls_of("freeswitch_csv", "\n".join(order).encode())
        assert (call.facts["hangup_cause"], call.rows, len(call.legs)) == ("USER_BUSY", len(order), 1)


def test_of_rows_that_end_alike_the_same_one_wins_in_either_order() -> None:
    other = LEG.replace("NORMAL_CLEARING", "USER_BUSY")
    [first] = calls_of("freeswitch_csv", f"{LEG}\n{other}".encode())
    [second] = calls_of("freeswitch_csv", f"{other}\n{LEG}".encode())
    assert msgspec.structs.replace(first, legs=[]) == msgspec.structs.replace(second, legs=[])


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (LEG.replace(UUID, "no-uuid"), "field"),
        (LEG.replace("NORMAL_CLEARING", "16"), "field"),
        (LEG.replace('"15"', '"-15"'), "negative_duration"),
        (LEG.replace("+442079460111", "4.42079E+11"), "number_as_float"),
        (LEG + ",more", "columns"),
        (LEG.replace("2026-07-01 12:00:00", ""), "time"),
    ],
)
def test_a_bad_leg_is_refused_with_its_line(bad: str, reason: str) -> None:
    rows, refused = read_text("freeswitch_csv", f"{LEG}\n{bad}\n{LEG}\n")
    assert (len(rows), reasons(refused)) == (2, [(2, reason)])


def test_a_missing_zone_refuses_the_file_and_another_format_is_none_of_it() -> None:
    with pytest.raises(ZoneNeeded):
        read_text("freeswitch_csv", LEG, NO_ZONE)
    with pytest.raises(UnknownFormat):
        read_text("freeswitch_csv", "a,b\n1,2\n")


def test_the_real_sample_saved_by_a_spreadsheet_is_eight_calls() -> None:
    content = sample("freeswitch/Master_reedited_in_spreadsheet.csv")
    rows, refused = read_bytes("freeswitch_csv", content)
    assert (len(rows), refused) == (10, [])
    calls = calls_of("freeswitch_csv", content)
    assert len(calls) == 8
    thrice = next(call for call in calls if call.rows == 3)
    assert thrice.facts["hangup_cause"] == "USER_BUSY"
    assert {row.callee.kind for row in rows if row.callee.raw == "&"} == {PartyKind.SERVICE}
    assert rows[0].setup_time == datetime(2020, 2, 10, 22, 41, tzinfo=ZoneInfo("Europe/Berlin"))

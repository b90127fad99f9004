"""Cisco CUCM: a header line, a line of types, epochs in UTC, legs under one global call id."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from parsing import NO_ZONE, calls_of, one_row, read_text, reasons

from ingest.formats.errors import UnknownFormat
from ingest.formats.record import Disposition

NAMES = (
    "cdrRecordType,globalCallID_callManagerId,globalCallID_callId,origLegCallIdentifier,dateTimeOrigination,origNodeId,"
    "callingPartyNumber,destLegIdentifier,destNodeId,originalCalledPartyNumber,finalCalledPartyNumber,"
    "origCause_value,destCause_value,dateTimeConnect,dateTimeDisconnect,duration,origDeviceName,pkid"
)
HEADER = ",".join(f'"{name}"' for name in NAMES.split(","))
TYPES = (
    "INTEGER,INTEGER,INTEGER,INTEGER,INTEGER,INTEGER,VARCHAR(50),INTEGER,INTEGER,VARCHAR(50),VARCHAR(50),"
    "INTEGER,INTEGER,INTEGER,INTEGER,INTEGER,VARCHAR(129),UNIQUEIDENTIFIER"
)
LEG = '1,1,4711,100,1782900000,1,"1001",101,1,"02079460123","02079460123",0,16,1782900005,1782900020,15,"SEP1","p1"'
FILE = f"{HEADER}\n{TYPES}\n"


def test_a_leg_is_read_whole_without_any_zone() -> None:
    row = one_row("cucm", FILE + LEG, NO_ZONE)
    assert (row.group, row.key, row.raw_line) == ("1-4711", "1-4711/p1", 3)
    assert row.setup_time == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert row.answer_time == datetime(2026, 7, 1, 10, 0, 5, tzinfo=UTC)
    assert (row.duration_s, row.talk_s, row.disposition) == (20, 15, Disposition.ANSWERED)
    assert row.callee.e164 == "+442079460123"
    assert row.extra["origDeviceName"] == "SEP1"


def test_an_epoch_of_zero_is_never() -> None:
    row = one_row("cucm", FILE + LEG.replace("1782900005", "0").replace(",0,16,", ",0,17,"), NO_ZONE)
    assert (row.answer_time, row.disposition) == (None, Disposition.BUSY)


@pytest.mark.parametrize(
    ("causes", "disposition"),
    [
        ("0,0", Disposition.NO_ANSWER),
        ("16,0", Disposition.NO_ANSWER),
        ("0,21", Disposition.REJECTED),
        ("0,1", Disposition.FAILED),
    ],
)
def test_an_unanswered_leg_ends_as_its_cause_says(causes: str, disposition: Disposition) -> None:
    leg = LEG.replace("1782900005", "0").replace(",0,16,", f",{causes},")
    assert one_row("cucm", FILE + leg, NO_ZONE).disposition is disposition


def test_a_transfer_makes_two_legs_of_one_call_that_name_who_answered() -> None:
    second = LEG.replace('"p1"', '"p2"').replace(',"02079460123",0', ',"1005",0').replace("1782900020", "1782900090")
    [call] = calls_of("cucm", f"{FILE}{LEG}\n{second}\n{LEG}\n".encode(), NO_ZONE)
    assert (len(call.legs), call.rows, call.duration_s) == (2, 3, 90)
    assert call.extra["answered_by"] == "1005"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (HEADER, "header_repeated"),
        (TYPES, "header_repeated"),
        (LEG.replace("1,1,4711", "2,1,4711"), "not_a_call"),
        (LEG.replace("4711", "4.711E+15"), "number_as_float"),
        (LEG.replace("4711", ""), "field"),
        (LEG.replace("1782900000", "0"), "time"),
        (LEG.replace("1782900000", "noon"), "time"),
        (LEG.replace(",15,", ",-15,"), "negative_duration"),
        (LEG + ",1", "columns"),
    ],
)
def test_a_bad_leg_is_refused_with_its_line(bad: str, reason: str) -> None:
    rows, refused = read_text("cucm", f"{FILE}{LEG}\n{bad}\n{LEG}\n", NO_ZONE)
    assert (len(rows), reasons(refused)) == (2, [(4, reason)])


def test_a_file_without_the_line_of_types_loses_no_row() -> None:
    assert len(read_text("cucm", f"{HEADER}\n{LEG}\n", NO_ZONE)[0]) == 1


def test_a_long_global_call_id_keeps_all_its_digits() -> None:
    huge = str(2**53 + 1)
    assert one_row("cucm", FILE + LEG.replace("4711", huge), NO_ZONE).group == f"1-{huge}"


def test_the_cluster_belongs_to_the_call() -> None:
    rows, _ = read_text("cucm", f"{HEADER},globalCallId_ClusterID\n{LEG},East\n{LEG},West\n", NO_ZONE)
    assert {row.group for row in rows} == {"East-1-4711", "West-1-4711"}


def test_another_format_is_none_of_it_and_an_empty_file_holds_nothing() -> None:
    with pytest.raises(UnknownFormat):
        read_text("cucm", "a,b\n1,2\n")
    assert read_text("cucm", "") == ([], [])
    assert len(read_text("cucm", FILE, replace(NO_ZONE, region=None))[0]) == 0

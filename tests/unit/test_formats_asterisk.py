"""Asterisk's CDR files: which column is what, whose zone it is, and what a row's keys are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from parsing import BERLIN, IN_UTC, NO_ZONE, calls_of, one_row, read_bytes, read_text, reasons, sample

from ingest.formats.errors import UnknownFormat, ZoneNeeded
from ingest.formats.record import Direction, Disposition, PartyKind

HEAD = '"acc","1001","+442079460123","inside","""Ann"" <1001>"'
CORE = (
    '"PJSIP/1001-01","PJSIP/trunk-02","Dial","PJSIP/trunk","{start}","{answer}","{end}","20","15","ANSWERED","BILLING"'
)


def core(
    start: str = "2026-07-01 12:00:00", answer: str = "2026-07-01 12:00:05", end: str = "2026-07-01 12:00:20"
) -> str:
    return CORE.format(start=start, answer=answer, end=end)


PLAIN = f"{HEAD},{core()}"
WITH_ID = f'{PLAIN},"1782900000.7",""'


def test_a_row_of_eighteen_columns_is_read_whole() -> None:
    row = one_row("asterisk_csv", WITH_ID)
    assert (row.caller.raw, row.caller.kind, row.extra["caller_name"]) == ("1001", PartyKind.EXTENSION, "Ann")
    assert row.callee.e164 == "+442079460123"
    assert row.setup_time == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert row.answer_time == datetime(2026, 7, 1, 10, 0, 5, tzinfo=UTC)
    assert row.end_time == datetime(2026, 7, 1, 10, 0, 20, tzinfo=UTC)
    assert (row.duration_s, row.talk_s, row.disposition) == (20, 15, Disposition.ANSWERED)
    assert (row.group, row.origin_id, row.raw_line) == ("1782900000.7", "1782900000.7", 1)
    assert row.facts == {"technology": "PJSIP", "last_app": "Dial", "ama_flags": "BILLING"}
    assert row.extra["accountcode"] == "acc"


@pytest.mark.parametrize(
    ("tail", "group", "key"),
    [
        ("", None, None),
        (',"note"', None, None),
        (',"1782900000.7"', "1782900000.7", None),
        (',"1782900000.7","note"', "1782900000.7", None),
        (',"1782900000.7","note","1782899990.1"', "1782899990.1", None),
        (',"peer","1782899990.1","5"', "1782899990.1", None),
        (',"1782900000.7","note","peer","1782899990.1","5"', "1782899990.1", "1782900000.7/5"),
        (',"pbx1-1782900000.7","note","peer","pbx1-1782899990.1","5"', "pbx1-1782899990.1", "pbx1-1782900000.7/5"),
    ],
)
def test_cdr_csv_is_read_with_and_without_its_optional_columns(tail: str, group: str | None, key: str | None) -> None:
    row = one_row("asterisk_csv", PLAIN + tail)
    assert row.group == group or (group is None and len(row.group) == 32)
    assert row.key == key or key is None
    assert ("note" in row.extra.values()) is ("note" in tail)


@pytest.mark.parametrize(
    ("tail", "group", "key"),
    [
        (',"acc"', None, None),
        (',"acc","1782900000.7","note",7', "1782900000.7", "1782900000.7/7"),
        (',"acc","note",7', None, None),
        (',"acc","1782900000.7","note",7,"1782899990.1"', "1782899990.1", "1782900000.7/7"),
        (',"acc","1782900000.7","note","1782899990.1"', "1782899990.1", None),
    ],
)
def test_cdr_custom_with_the_caller_id_first_is_read_too(tail: str, group: str | None, key: str | None) -> None:
    row = one_row("asterisk_csv", f'"""Ann"" <1001>","1001","+442079460123","inside",{core()}{tail}')
    assert (row.caller.raw, row.callee.e164) == ("1001", "+442079460123")
    assert row.group == group or (group is None and len(row.group) == 32)
    assert row.key == key or key is None


def test_a_header_names_columns_in_any_order() -> None:
    text = (
        "disposition,duration,dst,src,calldate,uniqueid,recordingfile,did\n"
        "BUSY,4,+442079460123,1001,2026-07-01 12:00:00,1782900000.7,a.wav,020\n"
    )
    row = one_row("asterisk_csv", text)
    assert (row.disposition, row.duration_s, row.raw_line) == (Disposition.BUSY, 4, 2)
    assert row.recording is not None
    assert row.recording.name == "a.wav"
    assert row.extra["did"] == "020"
    assert (row.answer_time, row.end_time, row.talk_s) == (None, None, None)


def test_a_header_that_stands_mid_file_is_refused_in_either_kind_of_file() -> None:
    header = "calldate,src,dst,duration,disposition"
    line = "2026-07-01 12:00:00,1001,1002,4,BUSY"
    rows, refused = read_text("asterisk_csv", f"{header}\n{line}\n{header}\n{line}\n")
    assert (len(rows), reasons(refused)) == (2, [(3, "header_repeated")])
    rows, refused = read_text("asterisk_csv", f"{WITH_ID}\n{header}\n{WITH_ID}\n")
    assert (len(rows), reasons(refused)) == (2, [(2, "header_repeated")])


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (PLAIN, "columns"),
        (WITH_ID + ',"more"', "columns"),
        (WITH_ID.replace("ANSWERED", "GONE"), "field"),
        (WITH_ID.replace('"20"', '"-20"'), "negative_duration"),
        (WITH_ID.replace("12:00:20", "11:59:58"), "end_before_start"),
        (WITH_ID.replace("12:00:05", "12:00:22"), "end_before_start"),
        (WITH_ID.replace("2026-07-01 12:00:00", "then"), "time"),
        (WITH_ID.replace("2026-07-01 12:00:00", ""), "time"),
        (WITH_ID.replace("+442079460123", "4.91512E+11"), "number_as_float"),
        (WITH_ID.replace("1782900000.7", "1.78290E+09"), "number_as_float"),
        (WITH_ID.replace("2026-07-01 12", "2026-11-24 13"), "future"),
        (WITH_ID.replace("2026-07-01 12:00:00", "7/1/2026 12:00"), "time"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_the_others_land(row: str, reason: str) -> None:
    rows, refused = read_text("asterisk_csv", f"{WITH_ID}\n{row}\n{WITH_ID}\n")
    assert len(rows) == 2
    assert reasons(refused) == [(2, reason)]
    assert refused[0].raw == row


def test_a_day_ahead_is_allowed_and_a_second_more_is_not() -> None:
    ahead = replace(IN_UTC, now=datetime(2026, 6, 30, 12, 0, 0, tzinfo=UTC))
    assert one_row("asterisk_csv", PLAIN, ahead).setup_time == datetime(2026, 7, 1, 12, tzinfo=UTC)
    rows, refused = read_text("asterisk_csv", PLAIN, replace(ahead, now=datetime(2026, 6, 30, 11, 59, 59, tzinfo=UTC)))
    assert (rows, reasons(refused)) == ([], [(1, "future")])


@pytest.mark.parametrize("answer", ["", "1970-01-01 01:00:00", "0000-00-00 00:00:00"])
def test_an_answer_that_means_not_set_is_not_set(answer: str) -> None:
    row = one_row("asterisk_csv", f"{HEAD},{core(answer=answer)}".replace("ANSWERED", "NO ANSWER"))
    assert (row.answer_time, row.disposition) == (None, Disposition.NO_ANSWER)


def test_a_spreadsheet_saved_file_is_read_where_it_is_unambiguous() -> None:
    text = "acc,1001,1002,inside,1001,SIP/1-1,SIP/2-2,Dial,SIP/2,2026/7/1 12:00,,2026/7/1 12:01,64,0,NO ANSWER,3\n"
    row = one_row("asterisk_csv", text)
    assert row.setup_time == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert (row.duration_s, row.facts["ama_flags"]) == (64, "3")


def test_two_legs_under_one_unique_id_are_two_rows_of_one_call() -> None:
    other = WITH_ID.replace("PJSIP/trunk-02", "PJSIP/trunk-03")
    [call] = calls_of("asterisk_csv", f"{WITH_ID}\n{other}\n{WITH_ID}\n".encode())
    assert (call.rows, len(call.legs)) == (3, 2)


def test_without_ids_the_same_row_has_the_same_key_and_another_has_not() -> None:
    first, again, other = read_text("asterisk_csv", f"{PLAIN}\n{PLAIN}\n{PLAIN.replace('1001', '1003')}\n")[0]
    assert (first.key, first.group) == (again.key, again.group)
    assert first.group != other.group


def test_a_missing_zone_refuses_the_file_and_names_what_the_ids_show() -> None:
    with pytest.raises(ZoneNeeded, match=r"UTC\+02:00; confirm") as error:
        read_text("asterisk_csv", WITH_ID, NO_ZONE)
    assert error.value.fields["candidate"] == "UTC+02:00"
    with pytest.raises(ZoneNeeded) as error:
        read_text("asterisk_csv", PLAIN, NO_ZONE)
    assert "candidate" not in error.value.fields


def test_ids_that_do_not_agree_name_no_zone() -> None:
    edited = WITH_ID.replace("2026-07-01 12", "2026-07-02 17")
    with pytest.raises(ZoneNeeded) as error:
        read_text("asterisk_csv", f"{WITH_ID}\n{edited}", NO_ZONE)
    assert "candidate" not in error.value.fields


def test_times_with_their_own_offset_need_no_zone_and_one_without_is_refused() -> None:
    aware = PLAIN.replace(':00"', ':00+0200"').replace(':05"', ':05+0200"').replace(':20"', ':20+0200"')
    rows, refused = read_text("asterisk_csv", f"{aware}\n{aware}\n", NO_ZONE)
    assert [row.setup_time for row in rows] == [datetime(2026, 7, 1, 10, tzinfo=UTC)] * 2
    rows, refused = read_text("asterisk_csv", f"{aware}\n" * 100 + PLAIN, NO_ZONE)
    assert (len(rows), reasons(refused)) == (100, [(101, "time")])


def test_a_zone_that_all_ids_contradict_stays_and_each_row_tells_of_it_and_two_rows_are_not_enough() -> None:
    rows, refused = read_text("asterisk_csv", f"{WITH_ID}\n" * 3, IN_UTC)
    assert ({row.facts.get("clock_by_ids") for row in rows}, refused) == ({"UTC+0200"}, [])
    assert {row.setup_time for row in rows} == {datetime(2026, 7, 1, 12, tzinfo=UTC)}, "what was set wins"
    rows, _ = read_text("asterisk_csv", f"{WITH_ID}\n" * 2, IN_UTC)
    assert {row.facts.get("clock_by_ids") for row in rows} == {None}


def test_one_edited_row_among_many_contradicts_nothing() -> None:
    edited = WITH_ID.replace("2026-07-01 12", "2026-07-02 17")
    assert len(read_text("asterisk_csv", f"{WITH_ID}\n" * 5 + edited, IN_UTC)[0]) == 6


def test_the_id_tells_the_hours_apart_when_clocks_went_back() -> None:
    def row(unique: int) -> str:
        return f'{HEAD},{core("2026-10-25 02:30:00", "2026-10-25 02:30:05", "2026-10-25 02:30:20")},"{unique}.7",""'

    first, second = (int(datetime(2026, 10, 25, hour, 30, tzinfo=UTC).timestamp()) for hour in (0, 1))
    rows, _ = read_text("asterisk_csv", f"{row(first)}\n{row(second)}\n")
    assert [one.setup_time for one in rows] == [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    assert reasons(read_text("asterisk_csv", f"{HEAD},{core('2026-10-25 02:30:00')}")[1]) == [(1, "time_ambiguous")]


@pytest.mark.parametrize(
    ("clid", "src", "caller", "name"),
    [
        ('"""Ann B"" <+442079460111>"', "1001", "1001", "Ann B"),
        ('"""Ann B"" <+442079460111>"', "", "+442079460111", "Ann B"),
        ('""""" <1001>"', "1001", "1001", None),
        ('"1001"', "", "1001", None),
        ('"Ann"', "1001", "1001", "Ann"),
        ('"""Anonymous"" <anonymous>"', "", "anonymous", "Anonymous"),
        ('""', "", "", None),
    ],
)
def test_the_caller_id_gives_number_and_name(clid: str, src: str, caller: str, name: str | None) -> None:
    row = one_row("asterisk_csv", f'"acc","{src}","+442079460123","inside",{clid},{core()}')
    assert (row.caller.raw, row.extra.get("caller_name")) == (caller, name)
    assert row.caller.kind is not PartyKind.WITHHELD or row.caller.subject is None


def test_direction_is_told_by_own_numbers_or_by_extensions_only() -> None:
    """An extension is the company's own, whatever the source is set to: from one to outside is outbound."""
    assert one_row("asterisk_csv", PLAIN).direction is Direction.OUTBOUND
    outside = PLAIN.replace("1001", "+442079460111")
    assert one_row("asterisk_csv", outside).direction is Direction.UNKNOWN
    inside = PLAIN.replace("+442079460123", "1002")
    assert one_row("asterisk_csv", inside).direction is Direction.INTERNAL
    own = replace(BERLIN, own_numbers=r"1\d{3}")
    assert one_row("asterisk_csv", PLAIN, own).direction is Direction.OUTBOUND
    assert one_row("asterisk_csv", PLAIN, replace(BERLIN, own_numbers=r"\+4420.*")).direction is Direction.INBOUND


def test_a_file_of_another_kind_is_refused_and_an_empty_one_holds_nothing() -> None:
    with pytest.raises(UnknownFormat):
        read_text("asterisk_csv", "a,b,c\n1,2,3\n")
    assert read_text("asterisk_csv", "\n\n") == ([], [])
    assert reasons(read_bytes("asterisk_csv", b"\0\n")[1]) == [(1, "unreadable")]


def test_a_bom_and_utf_16_are_read_as_what_they_are() -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        rows, refused = read_bytes("asterisk_csv", WITH_ID.replace("Ann", "Änn").encode(encoding))
        assert (rows[0].extra["caller_name"], refused) == ("Änn", [])


def test_a_line_in_another_encoding_is_refused_until_the_source_says_so() -> None:
    content = f"{WITH_ID}\n{WITH_ID.replace('Ann', 'Änn')}\n".encode("cp1252")
    rows, refused = read_bytes("asterisk_csv", content)
    assert (len(rows), reasons(refused)) == (1, [(2, "encoding")])
    rows, refused = read_bytes("asterisk_csv", content, replace(BERLIN, encoding="cp1252"))
    assert (rows[1].extra["caller_name"], refused) == ("Änn", [])


def test_the_real_sample_shows_its_zone_and_reads_in_it() -> None:
    content = sample("asterisk_cdr/Master_custom_sequence.csv")
    with pytest.raises(ZoneNeeded, match=r"UTC\+03:00"):
        read_bytes("asterisk_csv", content, NO_ZONE)
    rows, _ = read_bytes("asterisk_csv", content, IN_UTC)
    assert {row.facts["clock_by_ids"] for row in rows} == {"UTC+0300"}
    rows, refused = read_bytes("asterisk_csv", content, replace(BERLIN, zone=ZoneInfo("Africa/Nairobi")))
    assert (len(rows), refused) == (14, [])
    assert len({row.key for row in rows}) == 14
    assert rows[0].setup_time == datetime(2023, 7, 25, 22, 51, 32, tzinfo=UTC)
    assert [row.disposition for row in rows].count(Disposition.NO_ANSWER) == 3
    assert rows[0].key == "1690325492.2/2"

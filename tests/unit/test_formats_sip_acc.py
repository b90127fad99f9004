"""SIP accounting: events in any order and in several files made into calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest
from parsing import BERLIN, IN_UTC, NO_ZONE, calls_of, read_bytes, read_text, reasons, sample

from ingest.formats.errors import FileRefused, ZoneNeeded
from ingest.formats.joining import join
from ingest.formats.record import CallRecord, Disposition

NAME = "sip_acc"
INVITE = "INVITE|aa|bb|one@example.com|200|OK|1795082400|*prepaid|1001|1002||x\n"
ACK = "ACK|aa|bb|one@example.com|200|OK|1795082401|*prepaid|1001|1002||x\n"
BYE = "BYE|bb|aa|one@example.com|200|OK|1795082460|||||x\n"
CANCEL = "CANCEL|aa||one@example.com|200|OK|1795082403|*prepaid|1001|1002||x\n"


def call(*lines: str) -> CallRecord:
    (found,) = calls_of(NAME, "".join(lines).encode())
    return found


def at(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)


def test_an_answered_call_is_known_by_its_call_id_though_the_bye_has_the_tags_the_other_way_round() -> None:
    found = call(INVITE, ACK, BYE)
    assert (found.answer_time, found.end_time, found.talk_s) == (at(1795082400), at(1795082460), 60.0)
    assert (found.disposition, found.caller.raw, found.callee.raw) == (Disposition.ANSWERED, "1001", "1002")
    assert len(found.legs) == 1


def test_every_order_of_the_events_makes_the_same_call() -> None:
    rows, _ = read_text(NAME, INVITE + ACK + BYE)
    calls = [join(order) for order in permutations(rows)]
    assert all(one == calls[0] for one in calls)
    assert replace_rows(join([*rows, *rows])) == replace_rows(calls[0])


def replace_rows(one: CallRecord) -> tuple[object, ...]:
    return (one.setup_time, one.answer_time, one.end_time, one.disposition, one.legs, one.facts)


def test_a_bye_in_an_earlier_file_than_its_invite_lands_and_meets_it_later() -> None:
    (bye,), _ = read_text(NAME, BYE)
    (invite,), _ = read_text(NAME, INVITE)
    assert bye.group == invite.group
    alone = join([bye])
    assert (alone.setup_time, alone.end_time, alone.disposition) == (None, at(1795082460), Disposition.ANSWERED)
    assert join([bye, invite]).talk_s == 60.0


def test_a_call_without_bye_is_still_open() -> None:
    found = call(INVITE, ACK)
    assert (found.disposition, found.end_time, found.duration_s) == (Disposition.ANSWERED, None, None)


def test_the_ack_gives_the_time_that_the_invite_does_not_have() -> None:
    found = call(INVITE.replace("1795082400", ""), ACK, BYE)
    assert (found.setup_time, found.answer_time, found.talk_s) == (at(1795082401), at(1795082401), 59.0)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("486", Disposition.BUSY),
        ("600", Disposition.BUSY),
        ("603", Disposition.REJECTED),
        ("487", Disposition.CANCELLED),
        ("480", Disposition.NO_ANSWER),
        ("408", Disposition.NO_ANSWER),
        ("404", Disposition.FAILED),
        ("503", Disposition.FAILED),
    ],
)
def test_an_invite_that_failed_ends_as_its_code_says(code: str, expected: Disposition) -> None:
    found = call(INVITE.replace("|200|OK|", f"|{code}|Reason|"))
    assert (found.disposition, found.answer_time, found.facts["sip_code"]) == (expected, None, code)


def test_a_cancel_meets_its_invite_though_it_has_no_second_tag() -> None:
    found = call(INVITE.replace("|200|OK|", "|487|Request Terminated|"), CANCEL)
    assert (found.disposition, found.rows) == (Disposition.CANCELLED, 2)


def test_a_branch_that_was_busy_does_not_undo_the_one_that_answered() -> None:
    busy = INVITE.replace("|bb|", "|zz|").replace("|200|OK|", "|486|Busy here|")
    assert call(busy, INVITE, BYE).disposition is Disposition.ANSWERED


def test_the_cancel_of_another_branch_does_not_end_an_answered_call() -> None:
    found = call(INVITE, CANCEL)
    assert (found.disposition, found.end_time) == (Disposition.ANSWERED, None)


DUMP = (
    '"1","INVITE","aa","bb","one@example.com","200","OK","2026-11-20 10:00:00",'
    '"1001","x","x","x","","1002","1002","x","1","t"\n'
)


def test_the_table_dump_has_local_times() -> None:
    (row,), _ = read_text(NAME, DUMP)
    assert row.at == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert (row.caller.raw, row.callee.raw) == ("1001", "1002")
    with pytest.raises(ZoneNeeded):
        read_text(NAME, DUMP, NO_ZONE)


def test_columns_with_names_are_read_by_name_in_any_order_and_a_second_header_is_refused() -> None:
    header = "callid,method,time,sip_code,sip_reason,from_tag,to_tag,dst_user,src_user\n"
    text = header + "one@example.com,INVITE,1795082400,200,OK,aa,bb,1002,1001\n" + header
    (row,), rejections = read_text(NAME, text, NO_ZONE)
    assert (row.caller.raw, row.callee.raw, row.at) == ("1001", "1002", at(1795082400))
    assert reasons(rejections) == [(3, "header_repeated")]


def test_columns_whose_meaning_is_not_known_are_kept_and_not_guessed_and_a_mapping_names_them() -> None:
    line = "INVITE|aa|bb|one@example.com|200|OK|1795082400|gw-7|1001|1002\n"
    (row,), _ = read_text(NAME, line)
    assert (row.caller.raw, row.callee.raw) == ("", "")
    assert "1001" in row.extra.values()
    mapping = {"acc_extra": ["gateway", "caller", "callee"]}
    (row,), _ = read_text(NAME, line, replace(BERLIN, mapping=mapping))
    assert (row.caller.raw, row.callee.raw, row.extra) == ("1001", "1002", {"gateway": "gw-7"})
    with pytest.raises(FileRefused):
        read_text(NAME, line, replace(BERLIN, mapping={"acc_extra": "caller"}))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("REGISTER|aa|bb|one@example.com|200|OK|1795082400\n", "not_a_call"),
        ("HELLO|aa|bb|one@example.com|200|OK|1795082400\n", "columns"),
        ("INVITE|aa|bb\n", "columns"),
        ("INVITE|aa|bb||200|OK|1795082400\n", "columns"),
        ("INVITE|aa|bb|one@example.com|200|OK|179508\n", "time"),
        ("BYE|aa|bb|one@example.com|200|OK|1995082400\n", "future"),
    ],
)
def test_a_line_that_cannot_be_meant_is_refused_and_the_next_is_read(line: str, reason: str) -> None:
    rows, rejections = read_text(NAME, line + INVITE)
    assert (len(rows), reasons(rejections)) == (1, [(1, reason)])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("flatstore_answered", [2.0, 4.0, 4.0, 2.0]),
        ("flatstore_with_ack_and_metadata_field", [2.0, 4.0, 4.0, 2.0]),
        ("flatstore_missed", [None, None, None]),
        ("flatstore_quoted_csv_variant", [28.0, 40.0, None]),
    ],
)
def test_the_real_files_are_read(name: str, expected: list[float | None]) -> None:
    calls = calls_of(NAME, sample(f"kamailio_opensips_acc/{name}.txt"), IN_UTC)
    assert [one.talk_s for one in calls] == expected


def test_the_real_missed_calls_are_cancelled_failed_and_busy() -> None:
    calls = calls_of(NAME, sample("kamailio_opensips_acc/flatstore_missed.txt"))
    assert [one.disposition for one in calls] == [Disposition.CANCELLED, Disposition.FAILED, Disposition.BUSY]


def test_the_real_bye_of_the_first_file_meets_its_invite_of_the_second() -> None:
    first, second = (
        sample(f"kamailio_opensips_acc/flatstore_partial_{name}.txt") for name in ("1_bye_only", "2_invites")
    )
    ((bye,), _), (invites, _) = read_bytes(NAME, first), read_bytes(NAME, second)
    (invite,) = [one for one in invites if one.group == bye.group]
    assert join([bye, invite]).talk_s == 4.0

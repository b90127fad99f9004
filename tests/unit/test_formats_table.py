"""Delimited rows: what is a row, which line it began on, and what a quotation mark that is never closed costs."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats.options import Limits
from ingest.formats.reading import Input
from ingest.formats.record import Rejection
from ingest.formats.table import LONGEST_LINES, Record, records, records_of


def table(content: str | bytes, **dialect: str) -> tuple[list[tuple[int, list[str]]], list[tuple[int, str]]]:
    raw = content.encode() if isinstance(content, str) else content
    items = list(records(Input(io.BytesIO(raw)).lines(), **dialect))
    rows = [(item[0], item[1]) for item in items if not isinstance(item, Rejection)]
    return rows, [(item.raw_line, item.reason) for item in items if isinstance(item, Rejection)]


def test_each_row_has_the_number_of_its_first_line() -> None:
    assert table('a,b\n"c\nd",e\nf,g') == ([(1, ["a", "b"]), (2, ["c\nd", "e"]), (4, ["f", "g"])], [])


def test_blank_lines_and_comments_are_no_rows_and_a_comment_sign_inside_a_field_is_none() -> None:
    assert table('#x,y\n\n  \n1,"a\n#b"\n', comment="#") == ([(4, ["1", "a\n#b"])], [])
    assert table("#x,y\n") == ([(1, ["#x", "y"])], [])


def test_a_quote_that_is_never_closed_costs_its_own_line_only() -> None:
    rows, refused = table('1,2\n3,"4\n5,6\n"7",8\n9,0')
    assert rows == [(1, ["1", "2"]), (3, ["5", "6"]), (4, ["7", "8"]), (5, ["9", "0"])]
    assert refused == [(2, "quote")]


def test_a_quote_that_is_never_closed_in_the_last_line_costs_that_line() -> None:
    assert table('1,2\n3,"4') == ([(1, ["1", "2"])], [(2, "quote")])


def test_a_field_may_span_some_lines_but_not_the_rest_of_the_file() -> None:
    fits = 'a,"' + "\n" * (LONGEST_LINES - 1) + '"'
    rows, refused = table(fits)
    assert rows == [(1, ["a", "\n" * (LONGEST_LINES - 1)])]
    assert refused == []
    rows, refused = table('a,"' + "x\n" * LONGEST_LINES + '"')
    assert refused == [(1, "quote"), (LONGEST_LINES + 1, "quote")]
    assert len(rows) == LONGEST_LINES - 1


def test_every_line_that_opens_a_quote_is_refused_alone() -> None:
    rows, refused = table('a,"b\n' * 50 + "1,2\n")
    assert rows[-1] == (51, ["1", "2"])
    assert len(refused) + len(rows) == 51


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"1,\x002\n", "unreadable"),
        (b"1,\xff\n", "encoding"),
        (b"1,2\r3,4\n", "unreadable"),
        (b"\0\0\0\n", "unreadable"),
    ],
)
def test_a_damaged_line_is_refused_and_the_next_is_read(line: bytes, reason: str) -> None:
    assert table(b"a,b\n" + line + b"c,d\n") == ([(1, ["a", "b"]), (3, ["c", "d"])], [(2, reason)])


def test_a_damaged_line_inside_a_quoted_field_ends_the_row_that_it_stood_in() -> None:
    rows, refused = table(b'1,"a\n\xff\nb,2\n3,4\n')
    assert rows == [(3, ["b", "2"]), (4, ["3", "4"])]
    assert sorted(refused) == [(1, "quote"), (2, "encoding")]


def test_a_field_of_more_than_128_kib_is_refused() -> None:
    assert table("a," + "x" * 131_073 + "\n1,2\n") == ([(2, ["1", "2"])], [(1, "unreadable")])


def test_a_line_of_windows_ends_where_it_should() -> None:
    assert table(b"a;b\r\n1;2\r\n", delimiter=";") == ([(1, ["a", "b"]), (2, ["1", "2"])], [])


cells = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=8)


@given(st.lists(st.lists(cells, min_size=2, max_size=5), max_size=12))
def test_what_the_csv_module_writes_is_read_back(rows: list[list[str]]) -> None:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    found, refused = table(written.getvalue())
    assert refused == []
    assert [fields for _, fields in found] == rows


@given(st.text(st.sampled_from('ab,"\n\0\r#'), max_size=200))
def test_every_line_is_in_a_row_or_refused_or_blank(text: str) -> None:
    items = list(records(Input(io.BytesIO(text.encode())).lines()))
    begun = [item.raw_line if isinstance(item, Rejection) else item[0] for item in items]
    assert len(begun) == len(set(begun))
    covered = sum(1 if isinstance(item, Rejection) else item[2].count("\n") + 1 for item in items)
    lines = text.split("\n")
    blank = sum(not line.strip().strip('",').strip() for line in lines)
    assert covered <= len(lines)
    assert covered >= len(lines) - blank


@settings(max_examples=400)
@given(
    st.text(st.sampled_from('ab,"\n\0\r#é'), max_size=120),
    st.sampled_from(["utf-8", "latin-1", "ascii"]),
    st.sampled_from(["", "#"]),
    st.integers(1, 30),
)
def test_reading_batches_finds_what_reading_lines_finds(text: str, encoding: str, comment: str, longest: int) -> None:
    def source() -> Input:
        return Input(io.BytesIO(text.encode()), Limits(line_bytes=longest))

    def line(item: Record | Rejection) -> int:
        return item.raw_line if isinstance(item, Rejection) else item[0]

    slowly = sorted(records(source().lines(encoding), comment=comment), key=line)
    assert sorted(records_of(source(), encoding, comment=comment), key=line) == slowly

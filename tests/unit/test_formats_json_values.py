"""JSON's values: exact numbers, ids that lost digits, encodings, names that stand twice."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest

from ingest.formats.errors import FileRefused, RowError
from ingest.formats.json_in import Document, documents, identifier, parsed, text_of
from ingest.formats.reading import Input
from ingest.formats.record import Rejection


def read(content: bytes, **options: Any) -> list[Document | Rejection]:
    return list(documents(Input(io.BytesIO(content)), **options))


def told(content: bytes, **options: Any) -> list[tuple[int, Any]]:
    """Return (line, value or the rejection's reason)."""
    return [
        (one.raw_line, one.reason) if isinstance(one, Rejection) else (one.line, one.value)
        for one in read(content, **options)
    ]


def test_whole_numbers_are_exact_whatever_their_size() -> None:
    ((_, value),) = told(b'{"id":9007199254740993,"big":123456789012345678901234567890}')
    assert value == {"id": 9007199254740993, "big": 123456789012345678901234567890}
    assert identifier(value["id"]) == "9007199254740993"


@pytest.mark.parametrize("value", ["9007199254740992.0", "1.5", "9.007199254740993e15", "1E+3", "-0.5", "1e400"])
def test_an_id_that_went_through_a_float_is_refused(value: str) -> None:
    with pytest.raises(RowError) as refused:
        identifier(parsed(f'{{"id":{value}}}'.encode())["id"])
    assert refused.value.reason == "number_as_float"


@pytest.mark.parametrize("value", ["4.91512E+11", "1e5", "9,00719E+15"])
def test_an_id_that_a_spreadsheet_wrote_as_a_float_is_refused(value: str) -> None:
    with pytest.raises(RowError) as refused:
        identifier(value)
    assert refused.value.reason == "number_as_float"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", None),
        (" x ", "x"),
        (5, "5"),
        (Decimal("5.0"), "5"),
        (Decimal("9007199254740991.0"), "9007199254740991"),
        ("1e5d7f1c-0000-4000-8000-000000000000", "1e5d7f1c-0000-4000-8000-000000000000"),
    ],
)
def test_an_id_is_text_or_a_whole_number(value: Any, expected: str | None) -> None:
    assert identifier(value) == expected


@pytest.mark.parametrize("value", [True, {}, []])
def test_an_id_of_another_kind_is_refused(value: Any) -> None:
    with pytest.raises(RowError) as refused:
        identifier(value)
    assert refused.value.reason == "field"


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_json_does_not_have_are_refused(value: str) -> None:
    assert told(f'{{"a":{value}}}'.encode()) == [(1, "json")]


def test_a_name_that_stands_twice_with_two_values_is_refused_and_with_one_value_read() -> None:
    assert told(b'{"a":1,"a":2}\n{"a":1,"a":1}\n') == [(1, "json"), (2, {"a": 1})]
    assert told(b'{"x":{"a":1,"a":"1"}}') == [(1, "json")]


def test_half_a_surrogate_pair_is_refused_and_a_whole_one_read() -> None:
    assert told(b'{"a":"\\ud83d"}\n{"a":"\\ud83d\\ude00"}\n{"\\udc00":1}\n') == [
        (1, "encoding"),
        (2, {"a": "\U0001f600"}),
        (3, "encoding"),
    ]


def test_a_record_that_is_not_utf_8_is_refused_unless_the_source_says_what_it_is() -> None:
    content = b'{"a":"caf\xe9"}\n{"a":1}\n'
    assert told(content) == [(1, "encoding"), (2, {"a": 1})]
    assert told(content, encoding="cp1252") == [(1, {"a": "café"}), (2, {"a": 1})]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_file_of_wide_characters_is_refused_whole(encoding: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read('{"a":1}'.encode(encoding))
    assert refused.value.reason == "encoding"


def test_a_number_of_ten_thousand_digits_is_refused_as_one_record() -> None:
    assert told(b'{"a":' + b"9" * 10_000 + b'}\n{"a":2}') == [(1, "json"), (2, {"a": 2})]


def test_plain_values_have_a_text_and_others_none() -> None:
    assert [text_of(one) for one in ("x", 5, True, Decimal("1.50"), None, [], {})] == [
        "x",
        "5",
        "true",
        "1.50",
        "",
        "",
        "",
    ]

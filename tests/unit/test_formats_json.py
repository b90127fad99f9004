"""JSON: every shape in which records come, exact numbers, bounded depth, one bad record costs itself."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.json_extent import Extents
from ingest.formats.json_in import Document, documents, parsed, without_comments
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


THREE = [{"a": 1}, {"a": {"b": [1, 2]}}, {"a": "x"}]


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ('{"a":1}\n{"a":{"b":[1,2]}}\n\n{"a":"x"}\n', [1, 2, 4]),
        ('{"a":1}{"a":{"b":[1,2]}} {"a":"x"}', [1, 1, 1]),
        ('[{"a":1},{"a":{"b":[1,2]}},\n{"a":"x"}]', [1, 1, 2]),
        ('[\n  {"a":1},\n  {"a":\n   {"b":\n [1,2]}}\n,  {"a":"x"}\n]\n', [2, 3, 6]),
        ('\ufeff{"a":1}\r\n{"a":{"b":[1,2]}}\r\n{"a":"x"}\r\n', [1, 2, 3]),
        ('[{"a":1}]\n[{"a":{"b":[1,2]}},{"a":"x"}]\n', [1, 2, 2]),
    ],
)
def test_records_come_as_lines_as_documents_and_in_arrays(content: str, lines: list[int]) -> None:
    assert told(content.encode()) == list(zip(lines, THREE, strict=True))


@pytest.mark.parametrize(
    "broken",
    [
        '{"a":{"b":1}',
        '{"a":1',
        '{"a":',
        '{"a":"x',
        '{"a":"x\\',
        '{"a":1]',
        '{"a":1}}',
        "{'a':1}",
        '{"a" 1}',
        '{"a":01}',
        '{"a":tru}',
        "{",
        "garbage",
        "}",
    ],
)
def test_a_broken_line_costs_itself_and_no_other(broken: str) -> None:
    found = told(f'{{"a":1}}\n{broken}\n{{"a":3}}\n{{"a":4}}\n'.encode())
    kept = [value for _, value in found if isinstance(value, dict)]
    refused = [line for line, value in found if value == "json"]
    assert kept[0] == {"a": 1}
    assert kept[-2:] == [{"a": 3}, {"a": 4}]
    assert refused == [2]


def test_a_broken_record_in_a_written_out_array_costs_itself() -> None:
    content = b'[\n  {\n    "a": 1\n  },\n  {\n    "a": "x\n  },\n  {\n    "a": {"b": 3}\n  }\n]\n'
    assert told(content) == [(2, {"a": 1}), (5, "json"), (8, {"a": {"b": 3}})]


def test_what_is_no_object_is_refused_one_by_one() -> None:
    assert told(b'[1,"x",null,[2],{"a":1},true]') == [
        (1, "json"),
        (1, "json"),
        (1, "json"),
        (1, "json"),
        (1, {"a": 1}),
        (1, "json"),
    ]


@pytest.mark.parametrize(
    "content", [b'{"a":1}\n{"a":', b'{"a":1}\n{"a":"', b'{"a":1}\n{"a":{"b":[1', b'[{"a":1}\n,{', b'[{"a":1},\n']
)
def test_a_file_that_breaks_off_says_so(content: bytes) -> None:
    assert told(content) == [(1, {"a": 1}), (2, "json")]


@pytest.mark.parametrize(
    ("levels", "expected"), [(63, "read"), (64, "too_deep"), (1000, "too_deep"), (300_000, "too_deep")]
)
def test_depth_is_bounded_and_a_thousand_levels_crash_nothing(levels: int, expected: str) -> None:
    content = b'{"a":' + b'{"a":' * levels + b"1" + b"}" * levels + b'}\n{"a":2}\n'
    found = [value if isinstance(value, str) else "read" for _, value in told(content)]
    assert found == [expected, "read"]


def test_arrays_count_as_depth_too() -> None:
    assert told(b'{"a":' + b"[" * 1000 + b"]" * 1000 + b'}\n{"a":2}') == [(1, "too_deep"), (2, {"a": 2})]


@pytest.mark.parametrize("longer", [0, 1])
def test_a_record_may_be_as_long_as_a_line_and_no_longer(longer: int) -> None:
    record = b'{"a":"' + b"x" * (1024 * 1024 - 8 + longer) + b'"}'
    found = told(record + b'\n{"a":2}\n')
    assert [line for line, _ in found] == [1, 2]
    assert (found[0][1] == "line_too_long") is bool(longer)
    assert found[1][1] == {"a": 2}


def test_a_line_of_many_megabytes_is_skipped_to_its_end() -> None:
    assert told(b'{"a":"' + b"x" * 5_000_000 + b'"}\n{"a":2}\n') == [(1, "line_too_long"), (2, {"a": 2})]


class _Endless:
    """One array that exists only while it is read."""

    def __init__(self, thousands: int) -> None:
        self._parts = self._all(thousands)

    @staticmethod
    def _all(thousands: int) -> Iterator[bytes]:
        yield b"[{}"
        for _ in range(thousands):
            yield b',{"a":{"b":"some text"}}' * 1000
        yield b"]"

    def read(self, size: int = -1, /) -> bytes:
        del size
        return next(self._parts, b"")


def test_a_big_array_is_never_held_whole() -> None:
    def peak(thousands: int) -> int:
        tracemalloc.start()
        assert sum(1 for _ in documents(Input(_Endless(thousands)))) == thousands * 1000 + 1
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(1)
    assert peak(6) < 2 * peak(2) + 1_000_000


@pytest.mark.parametrize(
    "evil",
    [
        b'{"a":[\n' * 60_000,
        b'{"a":[1,\n' * 60 + b"{},\n" * 60_000,
        b'{"a":\n' * 60_000,
        b'"\n' * 60_000,
        b'{"\n' * 60_000,
        b"[" * 1_000_000,
        b'{"a":"' + b"\\n" * 500_000,
        b"[1," * 100_000,
        b"[" + b"1," * 100_000,
        b"{}" * 60_000,
    ],
)
def test_a_file_made_to_be_slow_is_read_in_time_that_grows_with_its_length_only(evil: bytes) -> None:
    scanned = 0

    class Counting(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            nonlocal scanned
            piece = super().read(size)
            scanned += len(piece)
            return piece

    found = list(documents(Input(Counting(evil))))
    assert scanned == len(evil)
    assert 0 < len(found) <= evil.count(b"\n") + evil.count(b"1") + evil.count(b"{}") + 1


def test_comments_are_taken_out_and_what_stands_in_a_string_is_none() -> None:
    content = b'{ // one "quote\n"a": "x // no /* comment */", /* two\nlines */ "b": 1 // }\n}\n// end'
    assert told(content, comments=True) == [(1, {"a": "x // no /* comment */", "b": 1})]


def test_a_comment_that_never_ends_is_blank_to_the_end_and_lines_keep_their_numbers() -> None:
    assert without_comments(b'{"a":1}\n/* x\n y') == b'{"a":1}\n \n'


texts = st.text(max_size=5)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
objects = st.lists(st.dictionaries(texts, json_values, max_size=3), max_size=3)


@given(values=objects, indent=st.sampled_from([None, 0, 1, 4]), shape=st.sampled_from(["lines", "array", "joined"]))
def test_what_was_written_is_read_in_every_shape(values: list[dict[str, Any]], indent: int | None, shape: str) -> None:
    texts = [json.dumps(value, indent=indent) for value in values]
    content = {"lines": "\n".join(texts), "array": json.dumps(values, indent=indent), "joined": "".join(texts)}[shape]
    assert [value for _, value in told(content.encode())] == values


@given(values=objects, size=st.integers(1, 9))
def test_where_blocks_end_makes_no_difference(values: list[dict[str, Any]], size: int) -> None:
    content = "\n".join(json.dumps(value) for value in values).encode()

    extents = Extents(iter(partial(io.BytesIO(content).read, size), b""), 1024, 64)
    assert [parsed(one.text) for one in extents] == values

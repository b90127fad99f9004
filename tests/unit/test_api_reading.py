"""What a reader may ask for: byte ranges and formats, in every spelling that clients send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.ranges import ByteRange, parse_range
from api.routers.content import NotAcceptable, chosen_format
from domain.errors import RangeNotSatisfiable

SIZE = 1000


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-999", 0, 1000),
        ("bytes=999-", 999, 1000),
        ("bytes=500-5000", 500, 1000),
        ("bytes=-1", 999, 1000),
        ("bytes=-5000", 0, 1000),
    ],
)
def test_one_range_is_given_as_asked(header: str, start: int, end: int) -> None:
    found = parse_range(header, SIZE)
    assert (found.start, found.end, found.partial, found.status) == (start, end, True, 206)
    assert found.headers()["Content-Range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert found.headers()["Content-Length"] == str(end - start)


@pytest.mark.parametrize(
    "header", [None, "", "bytes=", "bytes=-", "bytes=5-2", "bytes=a-b", "bytes=0-1,5-6", "chunks=0-1", "bytes=0--1"]
)
def test_anything_else_gives_the_whole(header: str | None) -> None:
    found = parse_range(header, SIZE)
    assert found == ByteRange(0, SIZE, SIZE, partial=False)
    assert found.status == 200
    assert "Content-Range" not in found.headers()


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=1000-1001", "bytes=-0"])
def test_a_range_outside_is_refused_with_the_size(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable) as refusal:
        parse_range(header, SIZE)
    assert refusal.value.fields == {"size": SIZE}


@given(first=st.none() | st.integers(0, 2000), last=st.none() | st.integers(0, 2000), size=st.integers(1, 1500))
def test_no_range_reaches_outside_the_recording(first: int | None, last: int | None, size: int) -> None:
    header = f"bytes={'' if first is None else first}-{'' if last is None else last}"
    try:
        found = parse_range(header, size)
    except RangeNotSatisfiable:
        return
    assert 0 <= found.start < found.end <= size
    assert int(found.headers()["Content-Length"]) == found.end - found.start


@pytest.mark.parametrize(
    ("asked", "accept", "chosen"),
    [
        (None, None, "json"),
        (None, "*/*", "json"),
        (None, "text/vtt", "vtt"),
        (None, "text/plain;q=0.5, text/vtt", "vtt"),
        (None, "text/plain, text/vtt;q=0.5", "text"),
        (None, "application/x-subrip", "srt"),
        (None, "TEXT/VTT", "vtt"),
        (None, "image/png, application/json;q=0.1", "json"),
        ("srt", "application/json", "srt"),
    ],
)
def test_the_query_comes_before_the_header_and_the_header_by_weight(
    asked: str | None, accept: str | None, chosen: str
) -> None:
    assert chosen_format(asked, accept) == chosen  # type: ignore[arg-type]


@pytest.mark.parametrize("accept", ["image/png", "application/json;q=0", "text/vtt;q=nonsense"])
def test_a_format_that_cannot_be_given_is_refused(accept: str) -> None:
    with pytest.raises(NotAcceptable):
        chosen_format(None, accept)

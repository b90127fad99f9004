"""Bytes in: compression, byte order marks, long lines, and the limits that stop a bomb while it is being read."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.errors import FileRefused
from ingest.formats.options import Limits
from ingest.formats.reading import BLOCK_BYTES, Input, text_lines
from ingest.formats.record import Rejection
from ingest.formats.registry import HEAD_BYTES

MIB = 1024 * 1024


def opened(content: bytes, **limits: int) -> Input:
    return Input(io.BytesIO(content), Limits(**limits))


def lines(content: bytes, encoding: str = "utf-8", **limits: int) -> list[str | tuple[int, str]]:
    found: list[str | tuple[int, str]] = []
    for number, item in enumerate(opened(content, **limits).lines(encoding), 1):
        if isinstance(item, Rejection):
            found.append((item.raw_line, item.reason))
        else:
            assert item[0] == number
            found.append(item[1])
    return found


class Endless:
    """A source that gives one byte pattern forever, and counts what was taken."""

    def __init__(self, first: bytes, size: int) -> None:
        self.left = size
        self._first = first

    def read(self, size: int = -1, /) -> bytes:
        taken = min(size, self.left)
        self.left -= taken
        piece, self._first = self._first[:taken], b""
        return piece + b"x" * (taken - len(piece))


@pytest.mark.parametrize(
    "pack", [gzip.compress, zstandard.compress, lambda raw: gzip.compress(raw[:9]) + gzip.compress(raw[9:])]
)
def test_a_compressed_file_reads_as_the_plain_one(pack: object) -> None:
    content = "".join(f"{number},Ä\n" for number in range(50_000)).encode()
    assert opened(pack(content)).all_bytes() == content  # type: ignore[operator]  # a callable of each kind
    assert lines(pack(content)) == lines(content)  # type: ignore[operator]  # the same


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_compressed_file_that_ends_too_early_is_refused(pack: object) -> None:
    packed: bytes = pack(bytes(range(256)) * 500)  # type: ignore[operator]  # a callable of each kind
    for cut in (len(packed) - 1, len(packed) // 2, 6):
        with pytest.raises(FileRefused) as error:
            opened(packed[:cut]).all_bytes()
        assert error.value.reason in {"truncated", "compression"}


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_bomb_is_refused_by_its_ratio_before_it_is_unpacked(pack: object) -> None:
    bomb: bytes = pack(b"\0" * (64 * MIB))  # type: ignore[operator]  # a callable of each kind
    with pytest.raises(FileRefused) as error:
        list(opened(bomb).blocks())
    assert error.value.reason == "bomb"


def test_small_files_of_equal_rows_may_compress_well() -> None:
    assert len(opened(gzip.compress(b"1,2,3\n" * 100_000)).all_bytes()) == 600_000


def test_a_file_over_the_limit_is_refused_and_one_at_the_limit_is_not() -> None:
    assert len(opened(b"x" * 1000, total_bytes=1000).all_bytes()) == 1000
    with pytest.raises(FileRefused):
        opened(b"x" * 1001, total_bytes=1000).all_bytes()
    with pytest.raises(FileRefused):
        opened(b"x" * 1001, document_bytes=1000).all_bytes()


def test_a_line_at_the_limit_is_read_and_one_over_it_is_skipped_to_its_end() -> None:
    assert lines(b"a\n" + b"x" * 10 + b"\nb", line_bytes=10) == ["a", "x" * 10, "b"]
    assert lines(b"a\n" + b"x" * 11 + b"\nb", line_bytes=10) == ["a", (2, "line_too_long"), "b"]
    assert lines(b"x" * 11, line_bytes=10) == [(1, "line_too_long")]


@pytest.mark.parametrize(
    "length", [BLOCK_BYTES - 1, BLOCK_BYTES, 4 * BLOCK_BYTES, 4 * BLOCK_BYTES + 1, 9 * BLOCK_BYTES]
)
def test_long_lines_are_whole_or_refused_wherever_blocks_end(length: int) -> None:
    found = lines(b"a\n" + b"x" * length + b"\nb\n")
    assert found == ["a", "x" * length if length <= MIB else (2, "line_too_long"), "b"]


def test_a_line_of_two_gigabytes_is_refused_in_flat_memory() -> None:
    source = Endless(b"a,b\n", 2 * 1024**3)
    items = Input(source).lines()
    assert next(items) == (1, "a,b")
    [refused] = list(items)
    assert isinstance(refused, Rejection)
    assert (refused.raw_line, refused.reason, refused.raw, source.left) == (2, "line_too_long", "", 0)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le"])
def test_a_byte_order_mark_decides_over_the_configured_encoding(encoding: str) -> None:
    text = ("\ufeff" if encoding == "utf-16-le" else "") + "Ä,b\nc,d"
    assert lines(text.encode(encoding), "cp1252") == ["Ä,b", "c,d"]


def test_a_mark_of_utf_16_over_something_else_refuses_the_file() -> None:
    with pytest.raises(FileRefused):
        lines(b"\xff\xfe" + "ab".encode("utf-16-le") + b"\x00\xd8")


def test_only_the_lines_that_are_not_in_the_encoding_are_refused() -> None:
    assert lines(b"a\n\xe4\nb\n") == ["a", (2, "encoding"), "b"]
    assert lines(b"\xe4") == [(1, "encoding")]
    assert lines(b"\xe4\n\xe4") == [(1, "encoding"), (2, "encoding")]
    assert lines(b"a\n\xe4\nb\n", "cp1252") == ["a", "ä", "b"]


def test_an_encoding_that_makes_line_ends_of_its_own_loses_no_line() -> None:
    assert lines(b"a\n+AAo-\nb\n", "utf-7") == ["a", (2, "encoding"), "b"]


@pytest.mark.parametrize("name", ["UTF_16", "utf16", "utf-16-be", "utf8"])
def test_an_encoding_is_known_by_all_its_names(name: str) -> None:
    assert lines("a\nÄ".encode(name), name) == ["a", "Ä"]


MAGIC = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\0\0\xfe\xff", b"\x1f\x8b", b"\x28\xb5\x2f\xfd")


@given(st.binary(max_size=400).filter(lambda content: not content.startswith(MAGIC)), st.integers(1, 40))
def test_every_line_is_yielded_or_refused(content: bytes, longest: int) -> None:
    items = list(opened(content, line_bytes=longest).lines("latin-1"))
    expected = content.split(b"\n")
    assert len(items) == len(expected) - (expected[-1] == b"")


@given(st.binary(max_size=300))
def test_damaged_compression_is_refused_and_nothing_else(content: bytes) -> None:
    for magic in (b"\x1f\x8b\x08\0\0\0\0\0\0\0", b"\x28\xb5\x2f\xfd"):
        try:
            opened(magic + content).all_bytes()
        except FileRefused as error:
            assert error.reason  # noqa: PT017 - refused or read, both are right


def test_pulling_and_looking_ahead_lose_nothing() -> None:
    source = opened(bytes(range(256)) * 2000)
    assert len(source.head) == HEAD_BYTES

    def pulled() -> Iterator[bytes]:
        while piece := source.read(1000):
            yield piece

    assert b"".join(pulled()) == bytes(range(256)) * 2000
    assert source.read() == b""


def test_the_lines_of_a_head_leave_out_the_one_that_is_cut() -> None:
    assert list(text_lines(b"a\r\nb")) == [(1, "a"), (2, "b")]
    cut = list(text_lines(b"a\n" + b"x" * (HEAD_BYTES - 2)))
    assert cut == [(1, "a")]
    assert list(text_lines("Ä".encode("utf-16"))) == [(1, "Ä")]

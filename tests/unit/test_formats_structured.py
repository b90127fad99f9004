"""What holds for every structured format: order, repetition, and files that somebody broke."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import BERLIN, NO_ZONE, read_bytes
from structured_samples import SAMPLES, Sample

from ingest.formats.errors import REASONS, FileRefused, UnknownFormat, ZoneNeeded
from ingest.formats.joining import joined
from ingest.formats.reading import RAW_KEPT, Input
from ingest.formats.record import CallRecord, Rejection, Row, to_json
from ingest.formats.registry import load_format

every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
any_sample = st.sampled_from(SAMPLES)
FILE_ERRORS = (FileRefused, UnknownFormat, ZoneNeeded)


def calls(name: str, rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """Return what the calls say, apart from where their rows stood and how often they came."""
    del name
    found = {}
    for call in joined(rows):
        assert isinstance(call, CallRecord)
        plain = msgspec.to_builtins(call)
        plain.pop("raw_line")
        plain.pop("rows")
        for one in plain["legs"]:
            one.pop("raw_line")
        found[call.idempotency_key] = plain
    return found


@every_sample
def test_a_file_is_recognised_as_what_it_is(sample: Sample) -> None:
    assert load_format(sample.name).recognise(sample.content()) >= 0.8


@every_sample
def test_no_other_structured_format_takes_the_file_for_its_own(sample: Sample) -> None:
    for other in SAMPLES:
        if other.name != sample.name:
            assert load_format(other.name).recognise(sample.content()) < 0.5


@every_sample
def test_every_row_of_a_valid_file_lands(sample: Sample) -> None:
    rows, rejections = read_bytes(sample.name, sample.content())
    assert rejections == []
    assert len(rows) == len(sample.records)
    assert len(calls(sample.name, rows)) == sample.calls


@every_sample
def test_each_row_has_the_number_of_its_first_line(sample: Sample) -> None:
    rows, _ = read_bytes(sample.name, sample.content())
    above = sample.before.count("\n") + 1
    begins = [above + "".join(sample.records[:at]).count("\n") for at in range(len(sample.records))]
    assert [row.raw_line for row in rows] == begins


@every_sample
def test_a_file_read_twice_and_turned_round_makes_the_same_calls(sample: Sample) -> None:
    once, _ = read_bytes(sample.name, sample.content())
    again, _ = read_bytes(sample.name, sample.content(tuple(reversed(sample.records))))
    assert calls(sample.name, again) == calls(sample.name, once)
    assert calls(sample.name, [*once, *again, *once]) == calls(sample.name, once)
    assert calls(sample.name, once[::-1]) == calls(sample.name, once)


@every_sample
def test_rows_of_two_files_make_the_calls_of_one(sample: Sample) -> None:
    whole, _ = read_bytes(sample.name, sample.content())
    assert calls(sample.name, whole[1:] + whole[:1]) == calls(sample.name, whole)


@every_sample
def test_what_lands_can_be_written_as_json(sample: Sample) -> None:
    rows, _ = read_bytes(sample.name, sample.content())
    for call in joined(rows):
        assert to_json(call)


@every_sample
def test_compressed_blocks_of_any_size_give_the_same_rows(sample: Sample) -> None:
    class Dripping(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 7, 7))

    drops = list(load_format(sample.name).read(Input(Dripping(sample.content())), BERLIN))
    assert drops == read_bytes(sample.name, sample.content())[0]


def _accounted(name: str, content: bytes) -> None:
    """Read a file: rows, rejections with a known reason, or one of the three refusals; nothing else ever."""
    try:
        rows, rejections = read_bytes(name, content)
    except FILE_ERRORS:
        return
    for rejection in rejections:
        assert rejection.reason in REASONS
        assert rejection.raw_line >= 1
        assert len(rejection.raw) <= RAW_KEPT
        assert rejection.message
    for row in rows:
        assert to_json(row)
    for call in joined(rows):
        assert not isinstance(call, Rejection)
        assert to_json(call)


@given(sample=any_sample, content=st.binary(max_size=400))
def test_random_bytes_crash_no_reader(sample: Sample, content: bytes) -> None:
    _accounted(sample.name, content)


@settings(max_examples=300)
@given(sample=any_sample, data=st.data())
def test_a_broken_file_crashes_no_reader(sample: Sample, data: st.DataObject) -> None:
    content = bytearray(sample.content())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        piece = data.draw(st.one_of(st.binary(max_size=6), st.sampled_from(_NASTY)))
        content[at : at + data.draw(st.integers(0, 12))] = piece
    _accounted(sample.name, bytes(content))


_NASTY = (
    b"<",
    b"&",
    b'"',
    b"\n",
    b"}",
    b"{",
    b"-1",
    b"1e999",
    b"NaN",
    b"9" * 400,
    b"\\ud800",
    b"\x00",
    b"&#55357;",
    b"]]>",
    b"<!--",
    b"|",
    b"0001-01-01T00:00:00+14:00",
    b"9999-12-31 23:59:59",
    "١٢".encode(),
    b"-0.0",
    b"1.5",
    b"null",
    b"[]",
)


@settings(max_examples=200)
@given(sample=any_sample, data=st.data())
def test_one_broken_record_costs_at_most_itself(sample: Sample, data: st.DataObject) -> None:
    """Whatever stands in the middle record, the others land (a file with control totals is refused whole)."""
    middle = sample.records[1]
    cut = data.draw(st.integers(1, len(middle) - 2))
    records = (sample.records[0], middle[:cut] + "\n", *sample.records[2:])
    try:
        rows, rejections = read_bytes(sample.name, sample.content(records))
    except FileRefused:
        if not load_format(sample.name).totals:
            raise
        return
    kept = {row.key for row in rows}
    whole, _ = read_bytes(sample.name, sample.content())
    others = {row.key for at, row in enumerate(whole) if at != 1}
    assert others <= kept or sample.name == "bcr"
    assert rejections or len(rows) == len(whole)


@settings(max_examples=200)
@given(sample=st.sampled_from([one for one in SAMPLES if one.name != "sip_acc"]), data=st.data())
def test_a_file_that_was_cut_says_so(sample: Sample, data: st.DataObject) -> None:
    content = sample.content().rstrip()
    cut = data.draw(st.integers(1, len(content) - 1))
    kept = content[:cut].rstrip()
    try:
        rows, rejections = read_bytes(sample.name, kept)
    except FILE_ERRORS:
        return
    between_documents = not sample.after and kept.decode() in {
        "".join(sample.records[:count]).rstrip() for count in range(len(sample.records))
    }
    assert rejections or between_documents
    assert len(rows) <= len(sample.records)


@given(text=st.text(max_size=60), sample=st.sampled_from([one for one in SAMPLES if one.name != "fixed_width"]))
def test_any_text_in_a_field_lands_or_is_refused_as_one_row(text: str, sample: Sample) -> None:
    clean = "".join(one for one in text if one not in '<>&"\\|\n\r' and one.isprintable())
    content = sample.content().replace(b"1001", clean.encode(), 1)
    try:
        rows, rejections = read_bytes(sample.name, content)
    except FILE_ERRORS:
        pytest.fail("a field's text refused the whole file")
    assert len(rows) + len(rejections) == len(sample.records)


@pytest.mark.parametrize("name", ["freeswitch_json", "cgrates_json", "bcr"])
@pytest.mark.parametrize("content", [b"just a line\n", b"a,b,c\n1,2,3\n", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_json_at_all_is_not_of_a_json_format(name: str, content: bytes) -> None:
    with pytest.raises(UnknownFormat):
        read_bytes(name, content, NO_ZONE)


@pytest.mark.parametrize("name", ["freeswitch_xml", "broadworks_xml", "android_xml"])
@pytest.mark.parametrize("content", [b"", b"just a line\n", b"{}\n", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_xml_at_all_is_refused_whole(name: str, content: bytes) -> None:
    with pytest.raises(FileRefused) as refused:
        read_bytes(name, content, NO_ZONE)
    assert refused.value.reason == "xml"

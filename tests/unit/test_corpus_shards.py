"""Parquet files of a release: what went in comes out, the same bytes for the same items, and nothing else."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.shards import SCHEMA, ShardWriter, items_of, table_of, told_of
from domain.corpus import CorpusItem, CorpusTurn, CorpusWord, QuasiIdentifiers, Split

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SECONDS = st.integers(0, 4000).map(lambda eighths: eighths / 8)
WORDS = st.builds(CorpusWord, SECONDS, SECONDS, TEXT, st.none() | st.just("PERSON"))
TURNS = st.builds(CorpusTurn, st.sampled_from(["agent", "contact"]), st.lists(WORDS, max_size=5).map(tuple))
ITEMS = st.builds(
    CorpusItem,
    item_id=TEXT,
    language=st.just("en"),
    duration_s=SECONDS,
    turns=st.lists(TURNS, max_size=4).map(tuple),
    facts=st.builds(QuasiIdentifiers, month=TEXT, place=TEXT),
    basis=st.just("consent"),
    labels=st.dictionaries(TEXT, TEXT, max_size=2),
    split=st.sampled_from(Split),
)


def written(groups: Sequence[Sequence[CorpusItem]]) -> bytes:
    writer = ShardWriter()
    return b"".join([*(writer.write(table_of(group)) for group in groups), writer.finish()])


@settings(max_examples=60, deadline=None)
@given(groups=st.lists(st.lists(ITEMS, min_size=1, max_size=4), min_size=1, max_size=3))
def test_items_are_read_back_as_they_were_written_and_twice_gives_equal_bytes(groups: list[list[CorpusItem]]) -> None:
    body = written(groups)
    assert body == written(groups)
    file = pq.ParquetFile(io.BytesIO(body))
    read = [item for group in range(file.num_row_groups) for item in items_of(file.read_row_group(group))]
    assert read == [item for group in groups for item in group]
    assert file.num_row_groups == len(groups)
    assert file.schema_arrow.equals(SCHEMA)


def test_the_foot_of_a_file_repeats_no_word_and_no_time_of_writing() -> None:
    words = (CorpusWord(0.0, 0.5, "zzyzxword"),)
    item = CorpusItem("item_a", "en", 1.0, (CorpusTurn("agent", words),), QuasiIdentifiers(), "consent")
    body = written([[item]])
    meta = pq.ParquetFile(io.BytesIO(body)).metadata
    assert meta.created_by.startswith("parquet-cpp-arrow version")
    columns = [meta.row_group(0).column(at) for at in range(meta.num_columns)]
    assert all(column.statistics is None for column in columns)
    assert {column.compression for column in columns} == {"ZSTD"}
    foot = body[-int.from_bytes(body[-8:-4], "little") - 8 :]
    assert b"zzyzxword" not in foot


def test_what_is_told_of_a_row_needs_no_words() -> None:
    facts = QuasiIdentifiers(month="2026-11")
    item = CorpusItem("item_a", "en", 1.0, (), facts, "consent", {"outcome": "sold"})
    assert list(told_of(table_of([item]))) == [("item_a", facts, {"outcome": "sold"})]

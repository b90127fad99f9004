"""Items as Parquet: one schema, the same bytes for the same items, written row group by row group in flat memory.

Nothing in a file says when or where it was written: pyarrow's version is its only stamp, and that one is pinned.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from domain.corpus import CorpusItem, CorpusTurn, CorpusWord, QuasiIdentifiers, Split

_AT_ONCE: Final = 100
_TEXT: Final = pa.string()
_SECONDS: Final = pa.float32()
WORD: Final = pa.struct([("start", _SECONDS), ("end", _SECONDS), ("text", _TEXT), ("kind", _TEXT)])
TURN: Final = pa.struct(
    [("speaker", _TEXT), ("start", _SECONDS), ("end", _SECONDS), ("text", _TEXT), ("words", pa.list_(WORD))]
)
COUNT: Final = pa.struct([("kind", _TEXT), ("count", pa.int32())])
LABEL: Final = pa.struct([("name", _TEXT), ("value", _TEXT)])
"""Lists of pairs and no maps: Hugging Face `datasets` refuses a map."""
FACTS: Final = ("month", "part_of_week", "part_of_day", "length", "direction", "place")
SCHEMA: Final = pa.schema(
    [
        ("item_id", _TEXT),
        ("split", _TEXT),
        ("language", _TEXT),
        ("duration_s", _SECONDS),
        ("turns", pa.list_(TURN)),
        ("surrogates", pa.list_(COUNT)),
        ("facts", pa.struct([(name, _TEXT) for name in FACTS])),
        ("labels", pa.list_(LABEL)),
        ("basis", _TEXT),
    ]
)
"""What a row is; docs/corpus.md explains each column."""
_REPEATED: Final = [
    "split",
    "language",
    "basis",
    "turns.list.element.speaker",
    "turns.list.element.words.list.element.text",
    "turns.list.element.words.list.element.kind",
    *(f"facts.{name}" for name in FACTS),
]
"""Columns whose values come again and again. Of times and of whole turns a dictionary is only in the way."""

_FOOT: Final = 4096
_FOOT_OF_GROUP: Final = 2400
"""Bytes of the foot of a file (schema, places of columns), measured at 2,900 and 1,900 for our 23 columns, and some."""


def table_of(items: Sequence[CorpusItem]) -> pa.Table:
    """Return items as one table, in their order: column by column, for rows take pyarrow several times as long."""
    turns = [turn for item in items for turn in item.turns]
    columns = [
        pa.array([item.item_id for item in items], _TEXT),
        pa.array([item.split.value for item in items], _TEXT),
        pa.array([item.language for item in items], _TEXT),
        pa.array([item.duration_s for item in items], _SECONDS),
        pa.ListArray.from_arrays(_offsets([len(item.turns) for item in items]), _turns(turns)),
        _pairs([item.kinds for item in items], COUNT),
        pa.StructArray.from_arrays(
            [pa.array([getattr(item.facts, name) for item in items], _TEXT) for name in FACTS], names=list(FACTS)
        ),
        _pairs([item.labels for item in items], LABEL),
        pa.array([item.basis for item in items], _TEXT),
    ]
    return pa.Table.from_arrays([_as(column, at) for at, column in enumerate(columns)], schema=SCHEMA)


def _as(column: Any, at: int) -> Any:
    wanted = SCHEMA.field(at).type
    return column if column.type == wanted else column.cast(wanted)


def _turns(turns: Sequence[CorpusTurn]) -> Any:
    words = [word for turn in turns for word in turn.words]
    return pa.StructArray.from_arrays(
        [
            pa.array([turn.speaker for turn in turns], _TEXT),
            pa.array([turn.start for turn in turns], _SECONDS),
            pa.array([turn.end for turn in turns], _SECONDS),
            pa.array([turn.text for turn in turns], _TEXT),
            pa.ListArray.from_arrays(_offsets([len(turn.words) for turn in turns]), _words(words)),
        ],
        fields=list(TURN),
    )


def _words(words: Sequence[CorpusWord]) -> Any:
    return pa.StructArray.from_arrays(
        [
            pa.array([word.start for word in words], _SECONDS),
            pa.array([word.end for word in words], _SECONDS),
            pa.array([word.text for word in words], _TEXT),
            pa.array([word.kind for word in words], _TEXT),
        ],
        fields=list(WORD),
    )


def _pairs(rows: Sequence[Any], kind: Any) -> Any:
    sorted_rows = [sorted(row.items()) for row in rows]
    keys = pa.array([key for row in sorted_rows for key, _ in row], kind.field(0).type)
    values = pa.array([value for row in sorted_rows for _, value in row], kind.field(1).type)
    pairs = pa.StructArray.from_arrays([keys, values], fields=list(kind))
    return pa.ListArray.from_arrays(_offsets([len(row) for row in sorted_rows]), pairs)


def _offsets(lengths: Sequence[int]) -> Any:
    at, offsets = 0, [0]
    for length in lengths:
        at += length
        offsets.append(at)
    return pa.array(offsets, pa.int32())


class ShardWriter:
    """One Parquet file as a stream of bytes: rows in by groups, bytes out as soon as they are there."""

    def __init__(self) -> None:
        self._sink = _Sink()
        self._writer: Any = pq.ParquetWriter(
            self._sink,
            SCHEMA,
            compression="zstd",
            compression_level=3,
            use_dictionary=_REPEATED,
            write_statistics=False,  # least and greatest words would stand in the file's foot
            store_schema=True,
        )
        self.rows = 0
        self.size = 0
        self._groups = 0

    @property
    def foot(self) -> int:
        """No fewer bytes than `finish` will return when one row group more is written: they tell of every group."""
        return _FOOT + _FOOT_OF_GROUP * (self._groups + 1)

    def write(self, table: Any) -> bytes:
        """Write a table as one row group; return the bytes that are ready."""
        self._writer.write_table(table, row_group_size=max(1, table.num_rows))
        self.rows += int(table.num_rows)
        self._groups += 1
        return self._taken()

    def finish(self) -> bytes:
        """Return the last bytes."""
        self._writer.close()
        return self._taken()

    def _taken(self) -> bytes:
        ready = self._sink.take()
        self.size += len(ready)
        return ready


class _Sink(io.RawIOBase):
    """A file that is only written to; what was written is taken from time to time."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        taken = bytes(piece)
        self._pieces.append(taken)
        self._at += len(taken)
        return len(taken)

    def tell(self) -> int:
        return self._at

    def take(self) -> bytes:
        ready = b"".join(self._pieces)
        self._pieces.clear()
        return ready


def items_of(table: pa.Table) -> Iterator[CorpusItem]:
    """Yield the items that a table (of a file's row group, say) holds."""
    for row in _rows(table):
        yield CorpusItem(
            item_id=row["item_id"],
            language=row["language"],
            duration_s=row["duration_s"],
            turns=tuple(
                CorpusTurn(turn["speaker"], tuple(CorpusWord(**word) for word in turn["words"]))
                for turn in row["turns"]
            ),
            facts=QuasiIdentifiers(**row["facts"]),
            basis=row["basis"],
            labels={one["name"]: one["value"] for one in row["labels"]},
            split=Split(row["split"]),
        )


def told_of(table: Any) -> Iterator[tuple[str, QuasiIdentifiers, dict[str, str]]]:
    """Yield of each row its item id, its facts and its labels, without the words."""
    columns = [table[name].to_pylist() for name in ("item_id", "facts", "labels")]
    for item_id, facts, labels in zip(*columns, strict=True):
        yield item_id, QuasiIdentifiers(**facts), {one["name"]: one["value"] for one in labels}


def _rows(table: Any) -> Iterator[dict[str, Any]]:
    """Yield rows, some at a time: as dictionaries they take fifty times the room."""
    for first in range(0, table.num_rows, _AT_ONCE):
        yield from table.slice(first, _AT_ONCE).to_pylist()

"""A batch of calls on its way in: their documents, and what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from domain.errors import CallwardError
from ingest.cdr_document import Told, began, clear_of, content_of, marks, subjects
from ingest.cdr_sealing import CdrSealer, stamped
from ingest.formats.joining import winners
from ingest.formats.record import Row
from ingest.traffic import TrafficSealer
from storage.encoded import Encoded, elements, encoded
from storage.mongo import Document

ROWS_PER_CALL: Final = 5_000
BYTES_PER_CALL: Final = 8 * 1024 * 1024
"""What the rows of one call may take together: MongoDB takes 16 MiB in one document."""


class Overfull(CallwardError):
    """One call has more rows than a call can have; something in the file is no id of a call."""

    code = "overfull"


@dataclass(slots=True)
class Landed:
    """What became of groups of rows: ids of calls by outcome, and how many rows each outcome took.

    `rows` counts `landed`, `duplicates`, `expired` and `erased`; with the `refused` they are all that were given.
    """

    created: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    refused: list[Row] = field(default_factory=list)
    """Rows of a call that has more of them than `ROWS_PER_CALL` or `BYTES_PER_CALL`."""

    def note(self, outcome: str, ids: Iterable[str], *, new: int, seen: int = 0) -> None:
        """Count calls, their new rows and those that had been seen before."""
        getattr(self, outcome).extend(ids)
        self.rows["landed" if outcome in {"created", "merged"} else outcome] += new
        self.rows["duplicates"] += seen


class CdrBatch:
    """The documents of one batch; built outside the event loop.

    It holds megabytes that must go with it: no cache of a method here, which would keep its object until the collector
    comes.
    """

    def __init__(self, source: str, groups: Iterable[Sequence[Row]], sealer: TrafficSealer) -> None:
        self.sealer = sealer
        self.rows: dict[str, list[Row]] = {}
        self._source = source
        self._encoder = CdrSealer(sealer)
        self._born: dict[str, bytes] = {}
        indexer = sealer.indexer
        for group in groups:
            cdr_id = indexer.derived_id("cdr", f"{source}\0{group[0].group}")
            self.rows.setdefault(cdr_id, []).extend(group)
        self.told = {cdr_id: marks(rows, indexer) for cdr_id, rows in self.rows.items()}

    def note(self, landed: Landed, outcome: str, ids: Sequence[str]) -> None:
        """Count calls of which all rows had the same outcome; the same row twice is a duplicate of itself."""
        told = sum(len(self.told[cdr_id]) for cdr_id in ids)
        given = sum(len(self.rows[cdr_id]) for cdr_id in ids)
        landed.note(outcome, ids, new=told, seen=given - told)

    def documents(self, ids: Iterable[str], landed: Landed) -> tuple[list[str], list[Encoded]]:
        """Return ids and documents of calls that are new; what is not to be stored is counted instead."""
        named: list[str] = []
        made: list[Encoded] = []
        for cdr_id in ids:
            try:
                document = self.document(cdr_id)
            except Overfull:
                landed.refused.extend(self.rows[cdr_id])
                continue
            if document is None:
                self.note(landed, "expired", [cdr_id])
            else:
                named.append(cdr_id)
                made.append(document)
        return named, made

    def document(self, cdr_id: str) -> Encoded | None:
        """Return the document that a call's rows make by themselves, None when none of it may still be kept.

        Raises Overfull.
        """
        told = self.told[cdr_id]
        rows, held = _won(list(told.values()))
        anchor = began(rows, self.sealer.now)
        shared = self._encoder.shared(anchor)
        if shared.stamp.expired:
            return None
        identifiers = self._encoder.identifiers(cdr_id, shared, held, subjects(rows))
        fields = clear_of(rows)
        fields["_id"] = cdr_id
        fields["setup_time"] = anchor
        fields["rows"] = sorted(told)
        born = self._born.get(rows[0].source) or self._new_of(rows[0].source)
        return encoded(self.sealer.workspace_id, fields, identifiers, born, shared.tags)

    def _new_of(self, format_name: str) -> bytes:
        """Return what all new documents of a format say in this batch."""
        said = {"source": self._source, "format": format_name, "revision": 1, "created_at": self.sealer.now}
        return self._born.setdefault(format_name, elements(said))


def content(cdr_id: str, told: Sequence[Told], sealer: TrafficSealer, *, received_at: datetime) -> Document:
    """Return the part of a document that is a function of the set of its rows. Raises Overfull."""
    rows, held = _won(told)
    anchor = began(rows, received_at)
    return {**clear_of(rows), "setup_time": anchor, **stamped(sealer, cdr_id, anchor, held, subjects(rows))}


def _won(told: Sequence[Told]) -> tuple[list[Row], list[bytes]]:
    """Return of the rows of a call those that count, one per key, and their contents. Raises Overfull."""
    rows = [one.row for one in told]
    held = [one.content for one in told]
    if len(rows) > 1:
        rows = winners(rows)
        held = [content_of(row) for row in rows]
    if len(told) > ROWS_PER_CALL or sum(map(len, held)) > BYTES_PER_CALL:
        raise Overfull("one call has more rows than a call can have")
    return rows, held

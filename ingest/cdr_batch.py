"""A batch of calls on its way in: their documents, and what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec

from domain.errors import CallwardError
from ingest.cdr_document import Told, began, clear_of, content_of, marks, subjects
from ingest.formats.joining import winners
from ingest.formats.record import Row
from ingest.traffic import TrafficSealer
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

    def note(self, outcome: str, cdr_id: str, *, new: int, seen: int = 0) -> None:
        """Count a call, its new rows and those that had been seen before."""
        getattr(self, outcome).append(cdr_id)
        self.rows["landed" if outcome in {"created", "merged"} else outcome] += new
        self.rows["duplicates"] += seen


class CdrBatch:
    """The documents of one batch; built outside the event loop."""

    def __init__(self, source: str, groups: Iterable[Sequence[Row]], sealer: TrafficSealer) -> None:
        self.sealer = sealer
        self.rows: dict[str, list[Row]] = {}
        for group in groups:
            cdr_id = sealer.indexer.derived_id("cdr", f"{source}\0{group[0].group}")
            self.rows.setdefault(cdr_id, []).extend(group)
        self.told = {cdr_id: marks(rows, sealer.indexer) for cdr_id, rows in self.rows.items()}
        self._source = source

    def note(self, landed: Landed, outcome: str, cdr_id: str) -> None:
        """Count a call of which all rows had the same outcome; the same row twice is a duplicate of itself."""
        rows, told = len(self.rows[cdr_id]), len(self.told[cdr_id])
        landed.note(outcome, cdr_id, new=told, seen=rows - told)

    def documents(self, ids: Iterable[str], landed: Landed) -> list[Document]:
        """Return the documents of calls that are new; what is not to be stored is counted instead."""
        made = []
        for cdr_id in ids:
            try:
                document = self.document(cdr_id)
            except Overfull:
                landed.refused.extend(self.rows[cdr_id])
                continue
            if document["retain_until"] > self.sealer.now:
                made.append(document)
            else:
                self.note(landed, "expired", cdr_id)
        return made

    def document(self, cdr_id: str) -> Document:
        """Return the document that a call's rows make by themselves."""
        told = self.told[cdr_id]
        return {
            "_id": cdr_id,
            **content(cdr_id, list(told.values()), self.sealer, received_at=self.sealer.now),
            "source": self._source,
            "format": self.rows[cdr_id][0].source,
            "rows": sorted(told),
            "revision": 1,
            "created_at": self.sealer.now,
        }


def content(cdr_id: str, told: Sequence[Told], sealer: TrafficSealer, *, received_at: datetime) -> Document:
    """Return the part of a document that is a function of the set of its rows. Raises Overfull."""
    rows = [one.row for one in told]
    held = [one.content for one in told]
    if len(rows) > 1:
        rows = winners(rows)
        held = [content_of(row) for row in rows]
    if len(told) > ROWS_PER_CALL or sum(map(len, held)) > BYTES_PER_CALL:
        raise Overfull("one call has more rows than a call can have")
    anchor = began(rows, received_at)
    sealed = {"rows": [msgspec.Raw(one) for one in held]}
    return {
        **sealer.stamp(anchor).traffic,
        **clear_of(rows),
        "setup_time": anchor,
        **sealer.identifiers(f"cdrs/{cdr_id}/identifiers", anchor, sealed, subjects(rows)),
    }

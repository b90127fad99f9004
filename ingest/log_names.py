"""What the entries of a phone are called, and where they lie: the same for the same entry, whatever batch it comes in.

An entry is known by device, time, number, type and SIM (formats.md A1). All entries of one device and UTC day have one
home; an id is its home and a keyed hash of the entry, joined so that only the workspace can take them apart
(`storage.paired_ids`). The day is UTC's, so that no policy, and no change of one, moves an entry to another home.

Earlier versions called an entry by the whole keyed hash (its mark). What they stored keeps that name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from domain.ids import bytes_of_id, id_from_bytes
from ingest.log_batches import Device
from ingest.log_entries import LogEntry
from storage.blind_index import BlindIndexer
from storage.paired_ids import HALF_BYTES

DAY_MS: Final = 86_400_000


class Named(msgspec.Struct, frozen=True, gc=False):
    """An entry of a batch under its id, in both forms: as it is stored and as it is told.

    Attributes:
        entry: what it means.
        raw: the 16 bytes of its id.
        log_id: the id.
        home: where it lies; empty for one that an earlier version stored.
        mark: the 16 bytes that tell it apart.
    """

    entry: LogEntry
    raw: bytes
    log_id: str
    home: bytes
    mark: bytes

    @property
    def former_id(self) -> str:
        """The id that earlier versions gave it."""
        return id_from_bytes("log", self.mark)


class EntryNames:
    """Names the entries of one device."""

    def __init__(self, indexer: BlindIndexer, device: Device) -> None:
        self._pairs = indexer.pairs
        self._mark = indexer.deriving("log", f"{device.device_id}\0")
        self._home = indexer.deriving("home", f"{device.device_id}\0")

    def marks(self, entries: Sequence[LogEntry]) -> list[bytes]:
        """Return of each entry the 16 bytes that tell it apart, by which earlier versions called it."""
        made = self._mark
        return [
            made(f"{one.at_ms}\0{one.side.text}\0{one.kind.word}\0{'' if one.sim_slot is None else one.sim_slot}")
            for one in entries
        ]

    def named(self, entries: Sequence[LogEntry], marks: Sequence[bytes]) -> list[Named]:
        """Return the entries under their ids."""
        days = [entry.at_ms // DAY_MS for entry in entries]
        homes = {day: self._home(f"{day}")[:HALF_BYTES] for day in set(days)}
        ids = self._pairs.joined([homes[day] + mark[:HALF_BYTES] for day, mark in zip(days, marks, strict=True)])
        return [
            Named(entry, raw, id_from_bytes("log", raw), homes[day], mark)
            for entry, raw, day, mark in zip(entries, ids, days, marks, strict=True)
        ]


def as_before(entry: LogEntry, mark: bytes) -> Named:
    """Return an entry under the name that earlier versions gave it."""
    return Named(entry, mark, id_from_bytes("log", mark), b"", mark)


def home_of(indexer: BlindIndexer, log_id: str) -> bytes:
    """Return where an entry of this id lies if it lies anywhere, and was not stored by an earlier version."""
    return indexer.pairs.place(bytes_of_id(log_id))

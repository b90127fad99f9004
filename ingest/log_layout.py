"""How the entries of one batch are laid out in pages, and what of them still has to be stored.

A page holds entries of one home (`ingest.log_names`) that have the same clocks and key (`Stamp.day`). Of a home one
page is stored at a time: whoever stores its next page has looked at all that are there (`ingest.call_logs`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from domain.ids import new_id
from ingest.log_batches import Device
from ingest.log_documents import SOURCE, device_token
from ingest.log_entries import SIM_SLOTS, LogEntry
from ingest.log_names import DAY_MS, Named
from ingest.log_pages import unfolded
from ingest.traffic import QUARTER_MS, Stamp, TrafficSealer
from storage.mongo import Document

_DAY_S: Final = DAY_MS // 1000


class _Sheet(msgspec.Struct, gc=False):
    """A page that is being written: where it lies, what its entries have in common, and those."""

    home: bytes
    stamp: Stamp
    rows: list[Named]


class DeviceLog:
    """The entries of one device in one batch; made of those that are to be stored, each once.

    Args:
        sealer: opened for the times of these entries.
        device: whose they are.
        rows: the entries.
    """

    def __init__(self, sealer: TrafficSealer, device: Device, rows: Iterable[Named]) -> None:
        self._sealer = sealer
        self._device = device
        self.expired: list[bytes] = []
        """The ids of entries of which even the totals may no longer be kept; they are not laid out."""
        self._sheets = self._laid_out(rows)

    def _laid_out(self, rows: Iterable[Named]) -> list[_Sheet]:
        sheets: dict[Any, _Sheet] = {}
        by_quarter: dict[int, list[Named]] = {}
        for row in rows:
            by_quarter.setdefault(row.entry.at_ms // QUARTER_MS, []).append(row)
        for quarter, some in by_quarter.items():
            stamp = self._sealer.stamp_of(quarter)
            if stamp.expired:
                self.expired.extend(row.raw for row in some)
                continue
            for home in {row.home for row in some}:  # one, or two where an earlier version stored some of them
                sheet = sheets.setdefault((home, stamp.day), _Sheet(home, stamp, []))
                sheet.rows.extend(row for row in some if row.home == home)
        return list(sheets.values())

    @property
    def rows_were_erased(self) -> bool:
        """Whether the workspace may have tombstones of rows."""
        return self._sealer.rows_were_erased

    @property
    def rows(self) -> Iterator[Named]:
        """The entries of which nothing is known yet."""
        return (row for sheet in self._sheets for row in sheet.rows)

    @property
    def is_settled(self) -> bool:
        """Whether of each entry it is known what became of it."""
        return not self._sheets

    @property
    def homes(self) -> list[bytes]:
        """Where those lie."""
        return sorted({sheet.home for sheet in self._sheets if sheet.home})

    def can_go_first(self) -> bool:
        """Say whether pages may be stored before it is looked what is there.

        Where no page's time is over and no row was erased, the first page of a place is there if any is: then a first
        page is refused.
        """
        if self.rows_were_erased or self.stored_before:
            return False
        days = {row.entry.at_ms // DAY_MS for sheet in self._sheets for row in sheet.rows[:1]}
        return all(self._sealer.keeps_all_of(datetime.fromtimestamp(day * _DAY_S, UTC)) for day in days)

    @property
    def stored_before(self) -> list[bytes]:
        """The ids of those that an earlier version stored."""
        return [row.raw for sheet in self._sheets if not sheet.home for row in sheet.rows]

    def settle(self, ids: Collection[bytes]) -> None:
        """Lay these entries out no more: what became of them is known."""
        for sheet in self._sheets:
            sheet.rows = [row for row in sheet.rows if row.raw not in ids]
        self._sheets = [sheet for sheet in self._sheets if sheet.rows]

    def documents(self, ids: Collection[bytes]) -> dict[bytes, Document]:
        """Return these entries as documents of their own, by their ids."""
        found: dict[bytes, Document] = {}
        for sheet in self._sheets:
            rows = [row for row in sheet.rows if row.raw in ids]
            if rows:
                page = self._page(_Sheet(sheet.home, sheet.stamp, rows), 0)
                found |= zip((row.raw for row in rows), unfolded(page), strict=True)
        return found

    def pages(self, numbers: Mapping[bytes, int]) -> list[Document]:
        """Return the next page of each home, ready to be stored; of a home that is not named, the first."""
        next_of = {sheet.home: sheet for sheet in reversed(self._sheets) if sheet.home}
        return [self._page(sheet, numbers.get(home, 0)) for home, sheet in next_of.items()]

    def _page(self, sheet: _Sheet, number: int) -> Document:
        rows, stamp, sealer = sheet.rows, sheet.stamp, self._sealer
        moments = [row.entry.setup_time for row in rows]
        page = {
            "_id": new_id("page"),
            **stamp.traffic,
            "source": SOURCE,
            "zone": self._device.zone,
            "created_at": sealer.now,
            "home": sheet.home,
            "number": number,
            "first_at": min(moments),
            "last_at": max(moments),
            "revision": 0,
            "ids": [row.raw for row in rows],
            "entries": [_facts(row.entry) for row in rows],
        }
        if stamp.key is not None:
            token = sealer.indexer.raw_token
            subjects = [row.entry.side.subject for row in rows]
            held = self._holding()
            page["identifiers"] = {
                **stamp.identifiers,
                "device": device_token(sealer.indexer, self._device.device_id),
                "sealed": stamp.key.seal_all([(held(row.entry), _place(row)) for row in rows]),
                "width": 1,
                "index": [token(subject) if subject else None for subject in subjects],
            }
        return page

    def _holding(self) -> Callable[[LogEntry], bytes]:
        """Return what makes of an entry the JSON object that is sealed: device, SIM, and who was on the other side."""
        device = msgspec.json.encode({"device_id": self._device.device_id})[:-1]
        begun = {slot: device + f',"sim_slot":{slot}'.encode() for slot in range(SIM_SLOTS)} | {None: device}

        def held(entry: LogEntry) -> bytes:
            return begun[entry.sim_slot] + entry.side.held

        return held


def _place(row: Named) -> str:
    return f"call_logs/{row.log_id}/identifiers"


def _facts(entry: LogEntry) -> Document:
    """Return what of an entry is neither an identifier nor the same for its whole page."""
    kind, side = entry.kind, entry.side
    return {
        "type": kind.word,
        "direction": kind.direction,
        "setup_time": entry.setup_time,
        "duration_s": entry.duration_s,
        "disposition": entry.disposition,
        "party_kind": side.kind,
        "presentation": side.presentation,
    }

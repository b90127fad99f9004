"""An entry as it is stored, and which of two versions of one entry stays, whatever the order in which they came.

The same entry has the same id, a keyed hash of device, time, number, type and SIM (formats.md A1).
What else is said of it may differ from delivery to delivery: a call that was still running, a region that was not set.
Of such versions the greatest stays, by duration, then by a keyed hash of the rest. That order is total, so that late,
repeated and reversed deliveries end in the same state.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import msgspec

from domain.ids import new_id
from ingest.formats.record import PartyKind
from ingest.log_batches import Device
from ingest.log_entries import LogEntry
from ingest.traffic import QUARTER_MS, Day, Stamp, TrafficSealer
from storage.blind_index import BlindIndexer
from storage.mongo import Document

SOURCE: Final = "device"
"""What tells the entries of phones from logs that came with a recording (`call`)."""


def device_token(indexer: BlindIndexer, device_id: str) -> str:
    """Return the keyed hash under which a device's entries are found."""
    return indexer.token(f"device:{device_id}")


def naming(indexer: BlindIndexer, device: Device) -> Callable[[LogEntry], bytes]:
    """Return what makes the ids of a device's entries: the same for the same entry, whatever batch it comes in."""
    derived = indexer.deriving("log", f"{device.device_id}\0")

    def named(entry: LogEntry) -> bytes:
        sim = "" if entry.sim_slot is None else entry.sim_slot
        return derived(f"{entry.at_ms}\0{entry.number}\0{entry.type}\0{sim}")

    return named


Rank = tuple[float, str, str, str, str]
"""By what versions of one entry are compared: duration, then what else may differ; the party by its keyed hash."""


def rank_of(indexer: BlindIndexer, device: Device, entry: LogEntry) -> Rank:
    """Return the rank of an entry: that of the document made of it."""
    lasted = -1.0 if entry.duration_s is None else entry.duration_s
    subject = entry.other.subject
    token = indexer.token(subject) if subject else ""
    return lasted, device.zone, entry.other.kind.value, entry.other.presentation.value, token


def supersedes(document: Document, stored: Document) -> bool:
    """Say whether a version takes the place of the stored one; who it was counts as long as both versions know."""
    known = 5 if "identifiers" in stored and "identifiers" in document else 4
    return _rank(document)[:known] > _rank(stored)[:known]


def _rank(document: Document) -> Rank:
    lasted = -1.0 if document["duration_s"] is None else document["duration_s"]
    token = "".join(document.get("identifiers", {}).get("index", ()))
    return lasted, document["zone"], document["party_kind"], document["presentation"], token


class Named(msgspec.Struct, frozen=True, gc=False):
    """An entry of a batch under its id, in both forms: as it is stored and as it is told."""

    entry: LogEntry
    raw: bytes
    log_id: str


class _Sheet(msgspec.Struct, gc=False):
    """A page that is being written: what its entries have in common, and the key of their identifiers, if any."""

    stamp: Stamp
    rows: list[Named]


class DeviceLog:
    """Lays the entries of one device out in pages (`ingest.log_pages`); made for one batch."""

    def __init__(self, sealer: TrafficSealer, device: Device) -> None:
        self._sealer = sealer
        self._indexer = sealer.indexer
        self._device = device
        self._by_quarter: dict[int, _Sheet | None] = {}
        self._by_day: dict[Day, _Sheet] = {}

    def add(self, row: Named) -> bool:
        """Put an entry on its page; False when even its totals may no longer be kept."""
        quarter = row.entry.at_ms // QUARTER_MS
        sheet = self._by_quarter[quarter] if quarter in self._by_quarter else self._sheet(quarter)
        if sheet is None:
            return False
        sheet.rows.append(row)
        return True

    def _sheet(self, quarter: int) -> _Sheet | None:
        stamp = self._sealer.stamp_of(quarter)
        sheet = None if stamp.expired else self._by_day.setdefault(stamp.day, _Sheet(stamp, []))
        self._by_quarter[quarter] = sheet
        return sheet

    def pages(self) -> list[Document]:
        """Return what was added, ready to be stored: a page for each local day of the policy."""
        return [self._page(sheet) for sheet in self._by_day.values()]

    def _page(self, sheet: _Sheet) -> Document:
        rows, stamp = sheet.rows, sheet.stamp
        moments = [row.entry.setup_time for row in rows]
        page = {
            "_id": new_id("page"),
            **stamp.traffic,
            "source": SOURCE,
            "zone": self._device.zone,
            "created_at": self._sealer.now,
            "first_at": min(moments),
            "last_at": max(moments),
            "revision": 0,
            "ids": [row.raw for row in rows],
            "entries": [_facts(row.entry) for row in rows],
        }
        if stamp.key is not None:
            values = [(self._held(row.entry), f"call_logs/{row.log_id}/identifiers") for row in rows]
            subjects = [row.entry.other.subject for row in rows]
            page["identifiers"] = {
                **stamp.identifiers,
                "device": device_token(self._indexer, self._device.device_id),
                "sealed": stamp.key.seal_all(values),
                "width": 1,
                "index": [self._indexer.raw_token(subject) if subject else None for subject in subjects],
            }
        return page

    def _held(self, entry: LogEntry) -> bytes:
        held: dict[str, Any] = {"device_id": self._device.device_id}
        if entry.sim_slot is not None:
            held["sim_slot"] = entry.sim_slot
        if entry.other.kind is not PartyKind.WITHHELD:
            held["number"] = entry.other.raw
            held["e164"] = entry.other.e164
        return msgspec.json.encode(held)


def _facts(entry: LogEntry) -> Document:
    """Return what of an entry is neither an identifier nor the same for its whole page."""
    other, ending = entry.other, entry.disposition
    return {
        "type": str(entry.type),
        "direction": str(entry.direction),
        "setup_time": entry.setup_time,
        "duration_s": entry.duration_s,
        "disposition": None if ending is None else str(ending),
        "party_kind": str(other.kind),
        "presentation": str(other.presentation),
    }


def differences(stored: Document, document: Document, *, now: datetime) -> Document:
    """Return what to set to make a stored version into this greater one. Identifiers that left do not come back."""
    change = {name: document[name] for name in _DIFFERING} | {"updated_at": now}
    if "identifiers" in stored and "identifiers" in document:
        change |= {f"identifiers.{name}": document["identifiers"][name] for name in ("sealed", "index")}
    return change


_DIFFERING: Final = ("duration_s", "disposition", "zone", "party_kind", "presentation")


def numbers_of(document: Document, held: dict[str, Any]) -> dict[str, Any]:
    """Return the clear identifiers of a log in one shape: caller and callee, and for a device's entry what else it has.

    A device's own number is not known to its log.
    """
    if document.get("source") != SOURCE:
        return held
    number = held.get("e164") or held.get("number")
    side = "callee" if document["direction"] == "outbound" else "caller"
    return {"caller": None, "callee": None, **held, side: number}

"""An entry as it is stored, and which of two versions of one entry stays, whatever the order in which they came.

The same entry is the same document: its id is a keyed hash of device, time, number, type and SIM (formats.md A1).
What else is said of it may differ from delivery to delivery: a call that was still running, a region that was not set.
Of such versions the greatest stays, by duration, then by a keyed hash of the rest. That order is total, so that late,
repeated and reversed deliveries end in the same state.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from ingest.formats.record import PartyKind
from ingest.log_batches import Device
from ingest.log_entries import LogEntry
from ingest.traffic import TrafficSealer
from storage.blind_index import BlindIndexer
from storage.mongo import Document

SOURCE: Final = "device"
"""What tells the entries of phones from logs that came with a recording (`call`)."""


def device_token(indexer: BlindIndexer, device_id: str) -> str:
    """Return the keyed hash under which a device's entries are found."""
    return indexer.token(f"device:{device_id}")


def log_id(indexer: BlindIndexer, device: Device, entry: LogEntry) -> str:
    """Return the entry's id: the same for the same entry, whatever batch it comes in."""
    sim = "" if entry.sim_slot is None else entry.sim_slot
    return indexer.derived_id("log", f"{device.device_id}\0{entry.at_ms}\0{entry.number}\0{entry.type}\0{sim}")


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


def as_it_is(document: Document) -> Document:
    """Return the filter that finds a stored version only as long as nobody changed it."""
    found: Document = {name: document[name] for name in ("_id", *_DIFFERING)}
    if "identifiers" in document:
        return {**found, "identifiers.index": document["identifiers"]["index"]}
    return {**found, "identifiers": {"$exists": False}}


RANKED: Final = ("duration_s", "zone", "party_kind", "presentation", "disposition", "identifiers.index")
"""The fields that `supersedes` and `as_it_is` need of a stored version."""


class DeviceLog:
    """Makes the documents of one device's entries; made for one batch."""

    def __init__(self, sealer: TrafficSealer, device: Device) -> None:
        self._sealer = sealer
        self._device = device
        self._token = device_token(sealer.indexer, device.device_id)

    def expired(self, entry: LogEntry) -> bool:
        """Say whether even the totals of a call that began then may no longer be kept."""
        return self._sealer.stamp(entry.setup_time).expired

    def document(self, log_id: str, entry: LogEntry) -> Document:
        """Return the document to insert."""
        sealer, ending = self._sealer, entry.disposition
        return {
            "_id": log_id,
            "call_id": None,
            **sealer.stamp(entry.setup_time).traffic,
            "source": SOURCE,
            "type": entry.type.value,
            "direction": entry.direction.value,
            "setup_time": entry.setup_time,
            "duration_s": entry.duration_s,
            "disposition": None if ending is None else ending.value,
            "zone": self._device.zone,
            "party_kind": entry.other.kind.value,
            "presentation": entry.other.presentation.value,
            "created_at": sealer.now,
            **sealer.identifiers(
                f"call_logs/{log_id}/identifiers",
                entry.setup_time,
                self._held(entry),
                (entry.other.subject,),
                device=self._token,
            ),
        }

    def _held(self, entry: LogEntry) -> dict[str, Any]:
        held: dict[str, Any] = {"device_id": self._device.device_id}
        if entry.sim_slot is not None:
            held["sim_slot"] = entry.sim_slot
        if entry.other.kind is not PartyKind.WITHHELD:
            held["number"] = entry.other.raw
            held["e164"] = entry.other.e164
        return held


def differences(stored: Document, document: Document, *, now: datetime) -> Document:
    """Return the `$set` that makes a stored version into this greater one. Identifiers that left do not come back."""
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

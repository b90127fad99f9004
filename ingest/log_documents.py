"""An entry as it is stored, and which of two versions of one entry stays, whatever the order in which they came.

The same entry has the same id (`ingest.log_names`).
What else is said of it may differ from delivery to delivery: a call that was still running, a region that was not set.
Of such versions the greatest stays, by duration, then by a keyed hash of the rest. That order is total, so that late,
repeated and reversed deliveries end in the same state.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from ingest.log_batches import Device
from ingest.log_entries import LogEntry
from storage.blind_index import BlindIndexer
from storage.mongo import Document

SOURCE: Final = "device"
"""What tells the entries of phones from logs that came with a recording (`call`)."""


def device_token(indexer: BlindIndexer, device_id: str) -> str:
    """Return the keyed hash under which a device's entries are found."""
    return indexer.token(f"device:{device_id}")


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

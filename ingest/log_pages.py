"""Call logs as they lie in MongoDB: entries of one batch together in pages, and taken apart again.

A page holds entries of one batch that began on one local day: whatever is the same for all of them (tags and their
clocks, device, month of the key) stands once, and is indexed once. Each entry keeps its id, its facts and its own
sealed identifiers. `unfolded` gives an entry back as a document of its own, which is all that the rest of the house
sees. A log that came with its recording is a page of one (docs/adr/0009).

    {_id, tags…, source, zone, created_at, first_at, last_at, revision,
     home, number                        of a phone's page: its place and which of that place's pages; unique
     by_id                               of any other: what its entries' ids are unique among
     ids: [bytes]                        of the entries
     entries: [{setup_time, …, call_id once it has one}]
     calls: [call ids]                   absent while no entry has a call; unique
     identifiers: {tags…, month, device,
                   sealed: [bytes or null]      null: the entry's left, others' are held
                   width, index: [bytes or null]}    `width` keyed hashes an entry
     thinned: true                       once an entry was erased from a phone's page}

An emptied page of a phone stays until its time is over, and says nothing but that: pages of one home are numbered, and
whoever stores the next has to see that there were some.

What must never happen here: an entry beside another's identifiers. The lists run side by side, so they are changed in
one write, by compare-and-set on `revision`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from domain.ids import bytes_of_id, id_from_bytes
from domain.records import TAG_FIELDS
from storage.mongo import Document

SPAN: Final = timedelta(hours=26)
"""From the first entry of a page to its last it is a local day, which may have 25 hours; never as much as this."""
ALONE: Final = 1
"""`by_id` of a log that came with its recording."""
BEFORE: Final = 2
"""`by_id` of a phone's page that an earlier version stored, under the ids of that version."""
BYTES: Final[Document] = {"$type": "binData"}
NUMBER: Final[Document] = {"$type": "number"}
"""The filters of the indexes of homes and of ids: a query that uses one repeats it."""
_OF_PAGE: Final = frozenset(
    {
        *("_id", "home", "number", "by_id", "thinned", "first_at", "last_at"),
        *("calls", "revision", "ids", "entries", "identifiers"),
    }
)
_COMMON: Final = frozenset({*TAG_FIELDS, "source", "zone", "created_at"})
_BESIDE: Final = frozenset({"sealed", "index", "width"})


def page_of(document: Document) -> Document:
    """Return the page of one entry that holds this document; `unfolded` gives the document back."""
    apart = {*_COMMON, "_id", "call_id", "identifiers"}
    entry = {name: value for name, value in document.items() if name not in apart}
    moment = document["setup_time"]
    page = {
        "_id": document["_id"],
        **{name: value for name, value in document.items() if name in _COMMON},
        "first_at": moment,
        "last_at": moment,
        "revision": 0,
        "by_id": ALONE,
        "ids": [bytes_of_id(document["_id"])],
        "entries": [entry],
    }
    if document["call_id"] is not None:
        entry["call_id"] = document["call_id"]
        page["calls"] = [document["call_id"]]
    if "identifiers" in document:
        held = document["identifiers"]
        index = [bytes.fromhex(token) for token in held["index"]]
        kept = {name: value for name, value in held.items() if name not in _BESIDE}
        page["identifiers"] = {**kept, "sealed": [held["sealed"]], "width": len(index), "index": index}
    return page


def unfolded(page: Document, wanted: Collection[int] | None = None) -> Iterator[Document]:
    """Yield the entries of a page, or those at the wanted places, each as a document of its own."""
    common = {name: value for name, value in page.items() if name not in _OF_PAGE}
    identifiers: Document = page.get("identifiers") or {}
    shared = {name: value for name, value in identifiers.items() if name not in _BESIDE}
    for at in range(len(page["ids"])) if wanted is None else wanted:
        document = {"_id": id_from_bytes("log", page["ids"][at]), "call_id": None, **common, **page["entries"][at]}
        if identifiers and identifiers["sealed"][at] is not None:
            index = [token.hex() for token in identifiers["index"][_tokens_at(page, at)] if token is not None]
            document["identifiers"] = {**shared, "sealed": identifiers["sealed"][at], "index": index}
        yield document


def _tokens_at(page: Document, at: int) -> slice:
    width = page["identifiers"]["width"]
    return slice(at * width, (at + 1) * width)


def place_of(page: Document, log_id: str) -> int | None:
    """Return where on the page an entry is, None when it is not there."""
    sought = bytes_of_id(log_id)
    return page["ids"].index(sought) if sought in page["ids"] else None


def places_of(page: Document, wanted: Collection[bytes]) -> list[int]:
    """Return where on the page entries of these ids are, in its order."""
    return [at for at, raw in enumerate(page["ids"]) if raw in wanted]


def entry_of(page: Document, log_id: str) -> Document | None:
    """Return one entry of a page as a document of its own, None when it is not there."""
    at = place_of(page, log_id)
    return None if at is None else next(unfolded(page, (at,)))


def less(page: Document, gone: Collection[str]) -> Document:
    """Return the fields of a page without these entries, for `$set`; `ids` is empty when none is left."""
    lost = {bytes_of_id(log_id) for log_id in gone}
    kept = [at for at, raw in enumerate(page["ids"]) if raw not in lost]
    entries = [page["entries"][at] for at in kept]
    moments = [entry["setup_time"] for entry in entries]
    fields: Document = {"ids": [page["ids"][at] for at in kept], "entries": entries}
    if moments:
        fields |= {"first_at": min(moments), "last_at": max(moments)}
    if "identifiers" in page:
        held = page["identifiers"]
        fields["identifiers.sealed"] = [held["sealed"][at] for at in kept]
        fields["identifiers.index"] = [token for at in kept for token in held["index"][_tokens_at(page, at)]]
    if "calls" in page:
        fields["calls"] = [entry["call_id"] for entry in entries if entry.get("call_id")]
    return fields


def emptied(page: Document) -> Document:
    """Return the change that leaves of a phone's page nothing but that it was there; for when its last entry goes."""
    kept = {*TAG_FIELDS, "_id", "home", "number", "revision", "source", "ids", "entries", "thinned"}
    taken = dict.fromkeys(sorted(page.keys() - kept), "")
    return {"$set": {"ids": [], "entries": [], "thinned": True}, "$unset": taken}


def blanked(page: Document, kept: Collection[int]) -> Document:
    """Return the fields of a page, for `$set`, without the identifiers of entries at other places than these.

    Empty when no such entry has any.
    """
    held = page["identifiers"]
    lost = [at for at, sealed in enumerate(held["sealed"]) if at not in kept and sealed is not None]
    if not lost:
        return {}
    sealed, index = list(held["sealed"]), list(held["index"])
    for at in lost:
        sealed[at] = None
        index[_tokens_at(page, at)] = [None] * held["width"]
    return {"identifiers.sealed": sealed, "identifiers.index": index}


def changed_at(page: Document, at: int, change: Mapping[str, Any]) -> Document:
    """Return the `$set` on the page for what `ingest.log_documents.differences` says of the entry at this place."""
    changed = {f"entries.{at}.{name}": value for name, value in change.items() if "." not in name}
    if "identifiers.sealed" in change:
        places = range(len(page["identifiers"]["index"]))[_tokens_at(page, at)]
        tokens: list[bytes | None] = [bytes.fromhex(token) for token in change["identifiers.index"]]
        tokens += [None] * (len(places) - len(tokens))
        changed |= {f"identifiers.index.{place}": token for place, token in zip(places, tokens, strict=True)}
        changed[f"identifiers.sealed.{at}"] = change["identifiers.sealed"]
    return changed


def pointed_at(page: Document, at: int, call_id: str | None) -> Document:
    """Return the change that points the entry at this place to a call, or to none."""
    before = page["entries"][at].get("call_id")
    calls = [one for one in page.get("calls", ()) if one != before] + ([call_id] if call_id else [])
    fields = {f"entries.{at}.call_id": call_id, "calls": calls or None}
    put = {name: value for name, value in fields.items() if value is not None}
    taken = {name: "" for name, value in fields.items() if value is None}
    return {operator: names for operator, names in (("$set", put), ("$unset", taken)) if names}

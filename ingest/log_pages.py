"""Call logs as they lie in MongoDB: entries of one batch together in pages, and taken apart again.

A page holds entries of one batch that began on one local day: whatever is the same for all of them (tags and their
clocks, device, month of the key) stands once, and is indexed once. Each entry keeps its id, its facts and its own
sealed identifiers. `unfolded` gives an entry back as a document of its own, which is all that the rest of the house
sees. A log that came with its recording is a page of one (docs/adr/0009).

    {_id, tags…, source, zone, created_at, first_at, last_at, revision,
     calls: [call ids]             absent while no entry has a call; unique
     entries: [{id, setup_time, …, call_id once it has one}]                 ids are unique over all pages
     identifiers: {tags…, month, device, held: [{sealed, index}]}}           held[n] belongs to entries[n]

What must never happen here: an entry beside another's identifiers. So places are changed by compare-and-set on
`revision` only, and both lists in one write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Final

from domain.records import TAG_FIELDS
from storage.mongo import Document

SPAN: Final = timedelta(hours=26)
"""From the first entry of a page to its last it is a local day, which may have 25 hours; never as much as this."""
_OF_PAGE: Final = frozenset({"_id", "first_at", "last_at", "calls", "revision", "entries", "identifiers"})
_COMMON: Final = frozenset({*TAG_FIELDS, "source", "zone", "created_at"})
_OF_ENTRY: Final = frozenset({"sealed", "index"})


def page_of(document: Document) -> Document:
    """Return the page of one entry that holds this document; `unfolded` gives the document back."""
    common = {name: value for name, value in document.items() if name in _COMMON}
    apart = {*_COMMON, "_id", "call_id", "identifiers"}
    entry = {"id": document["_id"], **{name: value for name, value in document.items() if name not in apart}}
    page = {
        "_id": document["_id"],
        **common,
        "first_at": document["setup_time"],
        "last_at": document["setup_time"],
        "revision": 0,
        "entries": [entry],
    }
    if document["call_id"] is not None:
        entry["call_id"] = document["call_id"]
        page["calls"] = [document["call_id"]]
    if "identifiers" in document:
        identifiers = document["identifiers"]
        kept = {name: value for name, value in identifiers.items() if name not in _OF_ENTRY}
        page["identifiers"] = {**kept, "held": [{name: identifiers[name] for name in ("sealed", "index")}]}
    return page


def unfolded(page: Document) -> Iterator[Document]:
    """Yield the entries of a page, in their order there, each as a document of its own."""
    common = {name: value for name, value in page.items() if name not in _OF_PAGE}
    identifiers = page.get("identifiers")
    shared = {name: value for name, value in (identifiers or {}).items() if name != "held"}
    for at, entry in enumerate(page["entries"]):
        document = {"_id": entry["id"], "call_id": None, **common, **entry}
        del document["id"]
        if identifiers:
            document["identifiers"] = {**shared, **identifiers["held"][at]}
        yield document


def place_of(page: Document, log_id: str) -> int | None:
    """Return where on the page an entry is, None when it is not there."""
    return next((at for at, entry in enumerate(page["entries"]) if entry["id"] == log_id), None)


def entry_of(page: Document, log_id: str) -> Document | None:
    """Return one entry of a page as a document of its own, None when it is not there."""
    return next((document for document in unfolded(page) if document["_id"] == log_id), None)


def less(page: Document, gone: Iterable[str]) -> Document:
    """Return the fields of a page without these entries, for `$set`; `entries` is empty when none is left."""
    lost = frozenset(gone)
    kept = [at for at, entry in enumerate(page["entries"]) if entry["id"] not in lost]
    entries = [page["entries"][at] for at in kept]
    moments = [entry["setup_time"] for entry in entries]
    fields: Document = {"entries": entries}
    if moments:
        fields |= {"first_at": min(moments), "last_at": max(moments)}
    if "identifiers" in page:
        fields["identifiers.held"] = [page["identifiers"]["held"][at] for at in kept]
    if "calls" in page:
        fields["calls"] = [entry["call_id"] for entry in entries if entry.get("call_id")]
    return fields


def without(page: Document, gone: Iterable[str]) -> Document | None:
    """Return a page that is not stored yet without these entries, None when none is left."""
    fields = less(page, gone)
    if not fields["entries"]:
        return None
    if "identifiers" in page:
        fields["identifiers"] = {**page["identifiers"], "held": fields.pop("identifiers.held")}
    return {**page, **fields}


def changed_at(at: int, change: Mapping[str, object]) -> Document:
    """Return the `$set` for the entry at this place of what `ingest.log_documents.differences` says of its document."""
    changed: Document = {}
    for name, value in change.items():
        part, _, inner = name.partition(".")
        changed[f"identifiers.held.{at}.{inner}" if part == "identifiers" else f"entries.{at}.{name}"] = value
    return changed


def pointed_at(page: Document, at: int, call_id: str | None) -> Document:
    """Return the change that points the entry at this place to a call, or to none."""
    before = page["entries"][at].get("call_id")
    calls = [one for one in page.get("calls", ()) if one != before] + ([call_id] if call_id else [])
    place = f"entries.{at}.call_id"
    change: Document = {"$set": {}, "$unset": {}}
    if call_id:
        change["$set"][place] = call_id
    else:
        change["$unset"][place] = ""
    if calls:
        change["$set"]["calls"] = calls
    else:
        change["$unset"]["calls"] = ""
    return {operator: operands for operator, operands in change.items() if operands}

"""Holds as MongoDB filters, and records as the facts that a hold looks at: where in a document each of them stands.

What must never happen here: a filter that finds less than `domain.holds.LegalHold.covers` says. Tests hold the two
together on stored documents, pages of call logs as their store writes them among them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from domain.holds import HeldFacts, HeldKind, HeldQuery, HoldKind, LegalHold
from domain.ids import bytes_of_id, id_from_bytes, is_id
from storage.mongo import Document

KIND_OF: Final[Mapping[str, HeldKind]] = {
    "calls": HeldKind.CALL,
    "call_logs": HeldKind.CALL_LOG,
    "cdrs": HeldKind.CDR,
    "quarantine": HeldKind.QUARANTINE,
    "inbox": HeldKind.INBOX,
}
_BEGAN: Final = {HeldKind.CDR: "setup_time", HeldKind.QUARANTINE: "created_at", HeldKind.INBOX: "seen_at"}
_TEXT: Final = {"$type": "string"}
_BYTES: Final = {"$type": "binData"}
EVERYTHING: Final[Document] = {}
"""The filter that finds every document of the workspace."""


def spared(holds: Sequence[LegalHold], collection: str, *, linked_calls: Collection[str] = ()) -> list[Document]:
    """Return filters of the documents of a collection that these holds keep; one of them is enough.

    Args:
        holds: in force, of one workspace; through its scoped collection the filters are used.
        collection: which. Of one that is not listed above only ids and the whole workspace are known.
        linked_calls: for `calls`, the ids of those in whose logs a held person takes part.

    Returns:
        no filter when nothing is held, `[{}]` when everything is. Of `call_logs` the filters find pages: an entry of
        such a page is held only if a hold `covers` what `facts_on(page)` says of it.
    """
    if any(hold.scope.kind is HoldKind.WORKSPACE for hold in holds):
        return [EVERYTHING]
    kind = KIND_OF.get(collection)
    ids = sorted({hold.scope.record_id for hold in holds if hold.scope.record_id is not None})
    found = _by_id(collection, ids) + _by_people(kind, sorted({one for hold in holds for one in hold.scope.tokens}))
    if linked_calls:
        found.append({"_id": {"$in": sorted(linked_calls)}})
    queries = [hold.scope.query for hold in holds if hold.scope.query is not None]
    wanted = [query for query in dict.fromkeys(queries) if query.kind is kind]
    return found + [_by_query(query) for query in wanted]


def unless(found: Mapping[str, Any], spared_by: Sequence[Document]) -> Document:
    """Return the filter of what matches and is not held."""
    return {"$and": [dict(found), {"$nor": list(spared_by)}]} if spared_by else dict(found)


def held_of(found: Mapping[str, Any], spared_by: Sequence[Document]) -> Document:
    """Return the filter of what matches and is held. Only for a `spared_by` that is not empty."""
    return {"$and": [dict(found), {"$or": list(spared_by)}]}


def _by_id(collection: str, ids: Sequence[str]) -> list[Document]:
    if not ids:
        return []
    calls = [one for one in ids if is_id("call", one)]
    if collection == "call_logs":
        logs = [bytes_of_id(one) for one in ids if is_id("log", one)]
        by_log: list[Document] = [{"ids": {"$in": logs, **_BYTES}}] if logs else []
        return by_log + ([{"calls": {"$in": calls, **_TEXT}}] if calls else [])
    by_call: list[Document] = [{"call_id": {"$in": calls}}] if calls and collection != "calls" else []
    return [{"_id": {"$in": list(ids)}}, *by_call]


def _by_people(kind: HeldKind | None, tokens: Sequence[str]) -> list[Document]:
    if not tokens:
        return []
    match kind:
        case HeldKind.CALL:
            return [{"people": {"$in": list(tokens), **_TEXT}}]
        case HeldKind.CALL_LOG:
            return [{"identifiers.index": {"$in": [bytes.fromhex(token) for token in tokens]}}]
        case HeldKind.CDR:
            return [{"identifiers.index": {"$in": list(tokens)}}]
        case _:
            return []


def _by_query(query: HeldQuery) -> Document:
    span = {"$gte": query.begin, "$lt": query.end}
    told = {"direction": query.direction, "disposition": query.disposition}
    words: Document = {name: value for name, value in told.items() if value is not None}
    source: Document = {} if query.source is None else {"source": query.source}
    match query.kind:
        case HeldKind.CALL:
            return {"$or": [{"setup_time": span}, {"setup_time": None, "created_at": span}], **source}
        case HeldKind.CALL_LOG:
            near = {"first_at": {"$lt": query.end}, "last_at": {"$gte": query.begin}}
            return {**near, "entries": {"$elemMatch": {"setup_time": span, **words}}, **source}
        case _:
            return {_BEGAN[query.kind]: span, **words, **source}


def facts_of(collection: str, document: Mapping[str, Any]) -> HeldFacts:
    """Return what a hold looks at of a stored record; of a call log, of one entry as `unfolded` gives it."""
    kind = KIND_OF.get(collection)
    began = document.get(_BEGAN.get(kind, "setup_time")) if kind is not None else None
    if kind is HeldKind.CALL and began is None:
        began = document["created_at"]
    tokens = document.get("people", ()) if kind is HeldKind.CALL else document.get("identifiers", {}).get("index", ())
    return HeldFacts(
        workspace_id=document["workspace_id"],
        record_id=document["_id"],
        kind=kind,
        call_id=document.get("call_id"),
        tokens=tokens,
        began=began,
        **{name: document.get(name) for name in ("direction", "source", "disposition")},
    )


def facts_on(page: Mapping[str, Any]) -> list[HeldFacts]:
    """Return what a hold looks at of each entry of a stored page of call logs (`ingest/log_pages.py`), in order."""
    identifiers = page.get("identifiers") or {}
    index, width = identifiers.get("index", ()), identifiers.get("width", 0)
    found = []
    for at, (raw, entry) in enumerate(zip(page["ids"], page["entries"], strict=True)):
        tokens = [token.hex() for token in index[at * width : (at + 1) * width] if token is not None]
        found.append(
            HeldFacts(
                workspace_id=page["workspace_id"],
                record_id=id_from_bytes("log", raw),
                kind=HeldKind.CALL_LOG,
                call_id=entry.get("call_id"),
                tokens=tokens,
                began=entry["setup_time"],
                source=page.get("source"),
                direction=entry.get("direction"),
                disposition=entry.get("disposition"),
            )
        )
    return found

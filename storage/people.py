"""Who takes part in which call, by keyed hashes: those a call was born with, and those of its traffic data.

A call knows the numbers and addresses that came with it (`people`). More are told by the call log or CDR that is linked
to it, for as long as those keep their identifiers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from storage.mongo import Database, Document, Session

MOST_LINKED: Final = 10_000
"""Calls of held or restricted people that are named one by one."""
_TEXT: Final = {"$type": "string"}
_OF_PAGE: Final = ("entries.call_id", "identifiers.index", "identifiers.width")


class TooManyLinked(Exception):
    """The people take part in more calls than are named one by one: the caller takes it for all of them."""


async def people_of(database: Database, workspace_id: str, call: Document, *, tx: Session = None) -> frozenset[str]:
    """Return the keyed hashes of everybody who takes part in a stored call, as far as that can be known."""
    people = set(call.get("people", ()))
    logs = database.scoped("call_logs", workspace_id)
    page = await logs.find_one({"calls": {"$eq": call["_id"], **_TEXT}}, fields=_OF_PAGE, tx=tx)
    for call_id, tokens in _of_calls(page) if page else ():
        people.update(tokens if call_id == call["_id"] else ())
    log_id = call.get("match", {}).get("log_id")
    if log_id is not None and log_id.startswith("cdr_"):
        cdrs = database.scoped("cdrs", workspace_id)
        linked = {"_id": log_id, "call_id": call["_id"]}
        cdr = await cdrs.find_one(linked, fields=("identifiers.index",), tx=tx) or {}
        people.update(cdr.get("identifiers", {}).get("index", ()))
    return frozenset(people)


async def linked_calls(
    database: Database, workspace_id: str, tokens: Collection[str], *, tx: Session = None
) -> frozenset[str]:
    """Return the calls in whose call logs or CDRs somebody of these takes part.

    Args:
        database: the records.
        workspace_id: whose.
        tokens: keyed hashes of people (`Keyring.blind_index`).
        tx: the transaction in progress.

    Raises:
        TooManyLinked: more than `MOST_LINKED`, or as many pages or CDRs had to be looked at.
    """
    if not tokens:
        return frozenset()
    wanted = frozenset(tokens)
    raw = {"$in": [bytes.fromhex(token) for token in sorted(wanted)]}
    logs = database.scoped("call_logs", workspace_id)
    cdrs = database.scoped("cdrs", workspace_id)
    with_calls: Document = {"identifiers.index": raw, "calls": _TEXT}
    pages = await logs.find(with_calls, fields=_OF_PAGE, limit=MOST_LINKED + 1, tx=tx)
    by_token: Document = {"identifiers.month": _TEXT, "identifiers.index": {"$in": sorted(wanted)}}
    rows = await cdrs.find({**by_token, "call_id": _TEXT}, fields=("call_id",), limit=MOST_LINKED + 1, tx=tx)
    found = {row["call_id"] for row in rows}
    for page in pages:
        found.update(call_id for call_id, people in _of_calls(page) if not wanted.isdisjoint(people))
    if max(len(found), len(pages), len(rows)) > MOST_LINKED:
        raise TooManyLinked
    return frozenset(found)


def _of_calls(page: Document) -> Iterator[tuple[str, set[str]]]:
    """Yield the calls of the entries on a page, each with the people of its entry."""
    identifiers = page.get("identifiers") or {}
    index, width = identifiers.get("index", ()), identifiers.get("width", 0)
    for at, entry in enumerate(page["entries"]):
        if entry.get("call_id") is not None:
            tokens = index[at * width : (at + 1) * width]
            yield entry["call_id"], {token.hex() for token in tokens if token is not None}

"""Who takes part in each of many calls, with few queries; `storage.people` asks the same of one.

Keyed hashes only. The numbers in traffic data leave it before the call does, and then nobody is known by them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from storage.mongo import Database, Document, Session

_TEXT: Final = {"$type": "string"}
_OF_PAGE: Final = ("entries.call_id", "entries.party_kind", "identifiers.index", "identifiers.width")
_OF_CDR: Final = ("call_id", "identifiers.index", "caller.kind", "callee.kind", "legs.caller.kind", "legs.callee.kind")
_EMERGENCY: Final = "emergency"


@dataclass(frozen=True, slots=True)
class Participants:
    """What traffic data says of a call's people."""

    people: frozenset[str] = frozenset()
    emergency: bool = False
    """An emergency number was called (112 and its like)."""

    def __or__(self, other: Participants) -> Participants:
        """Return what two records say together."""
        return Participants(self.people | other.people, self.emergency or other.emergency)


NOBODY: Final = Participants()


async def participants_of(
    database: Database, workspace_id: str, calls: Sequence[Document], *, tx: Session = None
) -> dict[str, Participants]:
    """Return, by call, what the call logs and CDRs that are linked to it say of its people; calls without are left out.

    Args:
        database: the records.
        workspace_id: whose.
        calls: stored calls; of each `_id` and `match.log_id` are read.
        tx: the transaction in progress.
    """
    ids = {call["_id"] for call in calls}
    found: dict[str, Participants] = {}
    logs = database.scoped("call_logs", workspace_id)
    for page in await logs.find({"calls": {"$in": sorted(ids), **_TEXT}}, fields=_OF_PAGE, tx=tx) if ids else ():
        for call_id, told in _on_page(page):
            if call_id in ids:
                found[call_id] = found.get(call_id, NOBODY) | told
    links = {call.get("match", {}).get("log_id"): call["_id"] for call in calls}
    cdr_ids = sorted(log_id for log_id in links if log_id is not None and log_id.startswith("cdr_"))
    cdrs = database.scoped("cdrs", workspace_id)
    for cdr in await cdrs.find({"_id": {"$in": cdr_ids}}, fields=_OF_CDR, tx=tx) if cdr_ids else ():
        if cdr.get("call_id") == links[cdr["_id"]]:
            call_id = cdr["call_id"]
            found[call_id] = found.get(call_id, NOBODY) | _in_cdr(cdr)
    return found


def _on_page(page: Document) -> Iterator[tuple[str, Participants]]:
    """Yield the calls of the entries on a page of call logs, each with what its entry says."""
    identifiers = page.get("identifiers") or {}
    index, width = identifiers.get("index", ()), identifiers.get("width", 0)
    for at, entry in enumerate(page["entries"]):
        if entry.get("call_id") is not None:
            tokens = index[at * width : (at + 1) * width]
            people = frozenset(token.hex() for token in tokens if token is not None)
            yield entry["call_id"], Participants(people, entry.get("party_kind") == _EMERGENCY)


def _in_cdr(cdr: Document) -> Participants:
    sides = [leg.get(side) or {} for leg in (cdr, *cdr.get("legs", ())) for side in ("caller", "callee")]
    people = frozenset((cdr.get("identifiers") or {}).get("index", ()))
    return Participants(people, any(side.get("kind") == _EMERGENCY for side in sides))

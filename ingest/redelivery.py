"""Redelivery: what to say to one who brings again what was erased. Done, nothing stored, one line in the audit log."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NoReturn

from domain.calls import CallIdentity
from domain.errors import Gone, NotFound
from domain.ids import id_from_bytes
from ingest.calls import CallStore
from ingest.tombstones import Erased, ErasedCall, TombstoneStore
from storage.mongo import Document
from storage.resources import Resources

REMEMBERED: Final = frozenset({"request", "retention_over", "minor"})
"""Causes after which the same call is not taken in again; a duplicate or an abandoned upload may come once more."""
SETTLED: Final = REMEMBERED | {"redelivery", "restored"}
"""Causes after which whoever goes on with that call is told that it is done; else the call is `gone` for them."""
_EVENT: Final = "call:redelivery:refused"


class Redelivery:
    """Knows what was erased in one workspace, tombstone or not yet, and notes each redelivery once."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._audit = resources.audit
        self._receipts = resources.database.scoped("receipts", workspace_id)
        self._calls = CallStore(resources, workspace_id)
        self._tombstones = TombstoneStore(resources, workspace_id)
        self._workspace_id = workspace_id

    async def refuse_erased(self, known_as: ErasedCall, *, tx: Any = None) -> None:
        """Raise Erased when there is a tombstone of this call."""
        if await self._tombstones.is_erased(known_as, tx=tx):
            refuse()

    async def refuse_going(self, call_id: str, identity: CallIdentity, *, tx: Any) -> None:
        """Raise Erased when this is a call that is on its way out and has no tombstone yet."""
        if await self._calls.same_going_call(call_id, identity, causes=REMEMBERED, tx=tx) is not None:
            refuse()

    async def standing(self, call_id: str, *, now: datetime) -> Document:
        """Return a call that is served; of one that was delivered twice, the first.

        Raises:
            Erased: it was erased for good, or is being erased.
            Gone, NotFound: as `CallStore.get` says.
        """
        try:
            return await self._calls.get(call_id, now=now)
        except (Gone, NotFound):
            found = await self._calls.raw(call_id)
            if (_cause(found, now) or _cause(await self._receipt(call_id), now)) in SETTLED:
                refuse()
            if found is None or "duplicate_of" not in found:
                raise
        return await self.standing(found["duplicate_of"], now=now)

    async def _receipt(self, call_id: str) -> Document | None:
        return await self._receipts.find_one({"call_id": call_id})

    async def note(self, call_id: str, *, now: datetime) -> None:
        """Write the audit line of a redelivery that came under this call id; a second time changes nothing."""
        named = hashlib.sha256(f"{_EVENT}:{call_id}".encode()).digest()[:16]
        await self._audit.append(
            self._workspace_id, _EVENT, actor="ingest", now=now, call_id=call_id, event_id=id_from_bytes("evt", named)
        )


def refuse() -> NoReturn:
    """Raise Erased."""
    raise Erased("this was erased; it is not taken in again")


def _cause(found: Mapping[str, Any] | None, now: datetime) -> str | None:
    """Return why a call is gone, by its document or its receipt; None when it is there or unknown."""
    if found is None:
        return None
    if "erased_at" in found:
        return str(found["cause"])
    if "erase_cause" in found:
        return str(found["erase_cause"])
    return "retention_over" if found["retain_until"] <= now else None

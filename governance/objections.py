"""Objections as they are stored: noted, decided, kept as proof. What one stops is asked at each use, by the guard.

People are keyed hashes only; they must outlive the people's records, or the next call would be used.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from domain.errors import Conflict, NotFound
from domain.ids import new_id
from domain.objections import IN_FORCE, Objection, ObjectionState, first_state
from domain.records import Purpose
from storage.mongo import Document
from storage.resources import Resources

_IN_FORCE = [one.value for one in IN_FORCE]
AT_ONCE = "an objection to marketing always succeeds"


class ObjectionStore:
    """The one writer of `objections`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._resources = resources
        self._objections = resources.database.scoped("objections", workspace_id)
        self._workspace_id = workspace_id

    async def note(self, people: Sequence[str], purpose: Purpose, *, by: str, now: datetime) -> tuple[Objection, bool]:
        """Note an objection; return it and whether it is new: while one is in force, another is the same."""
        state = first_state(purpose)
        decided = state is not ObjectionState.OPEN
        document: Document = {
            "_id": new_id("objn"),
            "workspace_id": self._workspace_id,
            "people": list(people),
            "purpose": purpose.value,
            "state": state.value,
            "noted_at": now,
            "noted_by": by,
            "decided_at": now if decided else None,
            "decided_by": by if decided else None,
            "decision_reason": AT_ONCE if decided else None,
        }

        async def write(tx: Any) -> tuple[Objection, bool]:
            await self._resources.keyring.gate(self._workspace_id, tx=tx)
            same = {"people": {"$all": list(people)}, "purpose": purpose.value, "state": {"$in": _IN_FORCE}}
            there = await self._objections.find_one(same, tx=tx)
            if there is not None:
                return Objection.from_document(there), False
            await self._objections.insert(document, tx=tx)
            return Objection.from_document(document), True

        return await self._resources.database.transaction(write)

    async def decide(
        self, objection_id: str, *, upheld: bool, reason: str, by: str, now: datetime
    ) -> tuple[Objection, bool]:
        """Decide an open objection; return it and whether this decided it: deciding the same twice keeps the first.

        Raises NotFound; Conflict when it was decided otherwise.
        """
        state = ObjectionState.UPHELD if upheld else ObjectionState.REJECTED
        change = {"state": state.value, "decided_at": now, "decided_by": by, "decision_reason": reason}
        still_open = {"_id": objection_id, "state": ObjectionState.OPEN.value}
        done = await self._objections.update(still_open, {"$set": change})
        found = await self._objections.find_one({"_id": objection_id})
        if found is None:
            raise NotFound("no such objection", objection_id=objection_id)
        objection = Objection.from_document(found)
        if objection.state is not state:
            raise Conflict("the objection was decided otherwise", objection_id=objection_id)
        return objection, done == 1

    async def page(
        self, *, state: ObjectionState | None, limit: int, after: tuple[datetime, str] | None = None
    ) -> list[Document]:
        """Return objections as stored, newest first."""
        parts: list[Document] = [] if state is None else [{"state": state.value}]
        if after is not None:
            moment, last = after
            parts.append({"$or": [{"noted_at": {"$lt": moment}}, {"noted_at": moment, "_id": {"$lt": last}}]})
        found: Document = {"$and": parts} if parts else {}
        return await self._objections.find(found, sort=(("noted_at", -1), ("_id", -1)), limit=limit)

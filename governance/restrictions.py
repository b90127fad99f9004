"""Restrictions as they are stored: set and lifted, of a call or of a person; asked by the guard before each use.

What must never happen here: a restricted record used because it is newer than its restriction. So a person's
restriction is asked of each record when it is to be used, and nothing is marked once and for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.errors import CallwardError, NotFound
from domain.holds import HoldScope
from domain.ids import new_id
from domain.restrictions import Restriction
from storage.catalog import TEXT
from storage.hold_filters import facts_of
from storage.mongo import Document
from storage.people import TooManyLinked, linked_calls, people_of
from storage.resources import Resources


class Restricted(CallwardError):
    """The record is kept and not used, until the restriction is lifted (GDPR Art. 18)."""

    code = "restricted"


class RestrictionStore:
    """The one writer of `restrictions`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._resources = resources
        self._restrictions = resources.database.scoped("restrictions", workspace_id)
        self._workspace_id = workspace_id

    async def set(self, scope: HoldScope, *, reason: str, set_by: str, now: datetime) -> tuple[Restriction, bool]:
        """Restrict a call or a person; return the restriction and whether it is new. Raises NotFound for no such call.

        A person may be restricted of whom nothing is there yet.
        """
        document: Document = {
            "_id": new_id("restr"),
            "workspace_id": self._workspace_id,
            "scope": scope.to_document(),
            "reason": reason,
            "set_by": set_by,
            "set_at": now,
            "lifted_at": None,
            "lifted_by": None,
            "lift_reason": None,
        }

        async def write(tx: Any) -> tuple[Restriction, bool]:
            await self._resources.keyring.gate(self._workspace_id, tx=tx)
            calls = self._resources.database.scoped("calls", self._workspace_id)
            if scope.record_id is not None and await calls.find_one({"_id": scope.record_id}, tx=tx) is None:
                raise NotFound("no such call", call_id=scope.record_id)
            for there in await self.in_force(tx=tx):
                if there.scope.same_as == scope.same_as:
                    return there, False
            await self._restrictions.insert(document, tx=tx)
            return Restriction.from_document(document), True

        return await self._resources.database.transaction(write)

    async def lift(
        self, restriction_id: str, *, lifted_by: str, reason: str | None, now: datetime
    ) -> tuple[Restriction, bool]:
        """Lift a restriction, and let what waited for that go on; lifting it twice keeps the first time.

        Raises NotFound.
        """
        change = {"$set": {"lifted_at": now, "lifted_by": lifted_by, "lift_reason": reason}}
        done = await self._restrictions.update({"_id": restriction_id, "lifted_at": None}, change)
        found = await self.get(restriction_id)
        for call_id in await self._waiting(found.scope):
            await self._resources.outbox.wake_waiting(call_id, now=now)
        return found, done == 1

    async def _waiting(self, scope: HoldScope) -> list[str]:
        """Return the calls that may have waited for this; of a person in very many calls some, the rest look again."""
        if scope.record_id is not None:
            return [scope.record_id]
        calls = self._resources.database.scoped("calls", self._workspace_id)
        own = await calls.find(
            {"people": {"$in": list(scope.tokens), **TEXT}, "state": "waiting"}, fields=("_id",), limit=1000
        )
        try:
            linked = await linked_calls(self._resources.database, self._workspace_id, scope.tokens)
        except TooManyLinked:
            linked = frozenset()
        return sorted({call["_id"] for call in own} | linked)

    async def get(self, restriction_id: str) -> Restriction:
        """Return a restriction, lifted or not. Raises NotFound."""
        document = await self._restrictions.find_one({"_id": restriction_id})
        if document is None:
            raise NotFound("no such restriction", restriction_id=restriction_id)
        return Restriction.from_document(document)

    async def page(
        self, *, lifted: bool | None, limit: int, after: tuple[datetime, str] | None = None
    ) -> list[Document]:
        """Return restrictions as stored, newest first: those in force, those lifted, or (None) both."""
        parts: list[Document] = [] if lifted is None else [{"lifted_at": {"$ne": None} if lifted else None}]
        if after is not None:
            moment, last = after
            parts.append({"$or": [{"set_at": {"$lt": moment}}, {"set_at": moment, "_id": {"$lt": last}}]})
        found: Document = {"$and": parts} if parts else {}
        return await self._restrictions.find(found, sort=(("set_at", -1), ("_id", -1)), limit=limit)

    async def in_force(self, *, tx: Any = None) -> list[Restriction]:
        """Return the restrictions that are not lifted."""
        return [Restriction.from_document(one) for one in await self._restrictions.find({"lifted_at": None}, tx=tx)]

    async def of_call(self, call: Document) -> list[Restriction]:
        """Return the restrictions of a stored call: its own, and those of a person who takes part in it."""
        there = await self.in_force()
        if not there:
            return []
        people = await people_of(self._resources.database, self._workspace_id, call)
        facts = replace(facts_of("calls", call), tokens=people)
        return [one for one in there if one.covers(facts)]

    async def unrestricted(self, collection: str, documents: Sequence[Document]) -> list[Document]:
        """Return those of some stored records, of one collection, that may be used: what a search may answer.

        Of `call_logs` entries as documents of their own (`ingest.log_pages.unfolded`).
        """
        there = await self.in_force()
        if not there or not documents:
            return list(documents)
        linked: frozenset[str] | None = frozenset()
        if collection == "calls":
            tokens = {token for one in there for token in one.scope.tokens}
            try:
                linked = await linked_calls(self._resources.database, self._workspace_id, tokens)
            except TooManyLinked:
                linked = None
        if linked is None:
            return [document for document in documents if not await self.of_call(document)]
        facts = [facts_of(collection, document) for document in documents]
        free = [one.record_id not in linked and not any(each.covers(one) for each in there) for one in facts]
        return [document for document, may in zip(documents, free, strict=True) if may]

    async def refuse(self, collection: str, document: Document) -> None:
        """Raise Restricted when the record may not be used."""
        if not await self.unrestricted(collection, [document]):
            raise Restricted("use of the record is restricted", record_id=document["_id"])

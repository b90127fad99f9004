"""Reading legal holds: which are in force, what they cover, and the filters that spare it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from domain.errors import NotFound
from domain.holds import HeldFacts, LegalHold
from domain.ids import bytes_of_id, is_id
from storage.hold_filters import EVERYTHING, facts_of, facts_on, spared
from storage.mongo import Document
from storage.people import TooManyLinked, linked_calls, people_of
from storage.resources import Resources


class PageFinder(Protocol):
    """Finds the page of call logs on which an entry stands."""

    async def __call__(self, log_id: str, *, tx: Any = None) -> Document | None:
        """Return the page, None when there is none."""
        ...


class HoldReader:
    """The holds of one workspace, as whoever erases asks for them."""

    def __init__(self, resources: Resources, workspace_id: str, *, pages: PageFinder | None = None) -> None:
        """Bind to a workspace.

        Args:
            resources: the stores.
            workspace_id: whose holds.
            pages: finds the page of a call log by an index (`CallLogReader.page_with`); left out, by a walk.
        """
        self._resources = resources
        self._pages = pages or self._walk_to_page
        self._holds = resources.database.scoped("legal_holds", workspace_id)
        self._workspace_id = workspace_id

    async def get(self, hold_id: str) -> LegalHold:
        """Return a hold, released or not. Raises NotFound."""
        document = await self._holds.find_one({"_id": hold_id})
        if document is None:
            raise NotFound("no such hold", hold_id=hold_id)
        return LegalHold.from_document(document)

    async def page(
        self, *, released: bool | None, limit: int, after: tuple[datetime, str] | None = None, matter: str | None = None
    ) -> list[Document]:
        """Return holds as stored, newest first: those in force, those released, or (None) both."""
        parts: list[Document] = []
        if released is not None:
            parts.append({"released_at": {"$ne": None} if released else None})
        if matter is not None:
            parts.append({"matter": matter})
        if after is not None:
            moment, hold_id = after
            parts.append({"$or": [{"placed_at": {"$lt": moment}}, {"placed_at": moment, "_id": {"$lt": hold_id}}]})
        found: Document = {"$and": parts} if parts else {}
        return await self._holds.find(found, sort=(("placed_at", -1), ("_id", -1)), limit=limit)

    async def in_force(self, *, tx: Any = None) -> list[LegalHold]:
        """Return the workspace's holds that are not released."""
        found = await self._holds.find({"released_at": None}, tx=tx)
        return [LegalHold.from_document(document) for document in found]

    async def spared(self, collection: str, *, tx: Any = None) -> list[Document]:
        """Return MongoDB filters of the documents of this collection that holds in force keep; one is enough.

        Ask it in the transaction that erases, after `Keyring.gate`. Empty when nothing is held, `[{}]` when all is.
        Of `call_logs` they find pages; which entries of a page are held says `LegalHold.covers` of `facts_on(page)`.
        What belongs to a call (`recordings`, `transcripts`, `redactions`) is asked for by its call: `is_held`.
        """
        return await self.filters_of(await self.in_force(tx=tx), collection, tx=tx)

    async def filters_of(self, holds: Sequence[LegalHold], collection: str, *, tx: Any = None) -> list[Document]:
        """Return filters of the documents of this collection that these holds cover; see `spared`."""
        if collection != "calls":
            return spared(holds, collection)
        try:
            linked = await self._linked(holds, tx=tx)
        except TooManyLinked:  # what cannot be told apart is kept
            return [EVERYTHING]
        return spared(holds, collection, linked_calls=linked)

    async def _linked(self, holds: Sequence[LegalHold], *, tx: Any) -> frozenset[str]:
        tokens = {token for hold in holds for token in hold.scope.tokens}
        return await linked_calls(self._resources.database, self._workspace_id, tokens, tx=tx)

    async def is_held(self, record_id: str, *, tx: Any = None) -> bool:
        """Say whether any hold covers the record (`call_…`, `log_…`, `cdr_…`) now; see `holding`."""
        return bool(await self.holding(record_id, tx=tx))

    async def holding(self, record_id: str, *, tx: Any = None) -> list[LegalHold]:
        """Return the holds that cover a record now: by its id, its call, its people, a query or the workspace.

        Of a record that is not there any more only holds on its id and on the workspace are known.
        """
        if await self._holds.find_one({"released_at": None}, fields=("_id",), tx=tx) is None:
            return []
        facts = await self._facts(record_id, tx=tx)
        near = [{"scope": {"$exists": False}}, {"scope.kind": {"$in": ["workspace", "query"]}}]
        near += [{"scope.record_id": {"$in": [one for one in (record_id, facts.call_id) if one]}}]
        near += [{"scope.tokens": {"$in": sorted(facts.tokens)}}]
        found = await self._holds.find({"released_at": None, "$or": near}, tx=tx)
        return [hold for hold in map(LegalHold.from_document, found) if hold.covers(facts)]

    async def _facts(self, record_id: str, *, tx: Any) -> HeldFacts:
        """Return what a hold looks at of a record; of one that is not there, its id."""
        database = self._resources.database
        if is_id("log", record_id):
            page = await self._pages(record_id, tx=tx)
            entries = [] if page is None else facts_on(page)
            found = next((entry for entry in entries if entry.record_id == record_id), None)
            return found or HeldFacts(self._workspace_id, record_id)
        if is_id("cdr", record_id):
            cdr = await database.scoped("cdrs", self._workspace_id).find_one({"_id": record_id}, tx=tx)
            return HeldFacts(self._workspace_id, record_id) if cdr is None else facts_of("cdrs", cdr)
        call = await database.scoped("calls", self._workspace_id).find_one({"_id": record_id}, tx=tx)
        if call is None:
            return HeldFacts(self._workspace_id, record_id)
        people = await people_of(database, self._workspace_id, call, tx=tx)
        return replace(facts_of("calls", call), tokens=people)

    async def _walk_to_page(self, log_id: str, *, tx: Any = None) -> Document | None:
        logs = self._resources.database.scoped("call_logs", self._workspace_id)
        return await logs.find_one({"ids": {"$eq": bytes_of_id(log_id), "$type": "binData"}}, tx=tx)

"""Legal holds as they are stored: placed per matter, on a record, a person, a query or a workspace, and released.

What must never happen here: a record erased that a hold in force covers. So placing a hold and deciding to erase pass
the same gate, one after the other (`Keyring.gate`), and whoever erases asks in the transaction in which it erases; the
sweep, which erases without one, by its lanes (`governance.sweep_lanes`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from domain.errors import CallwardError, Gone, NotFound
from domain.holds import HoldKind, HoldScope, LegalHold
from domain.ids import is_id, new_id
from governance.hold_reading import HoldReader, PageFinder
from governance.sweep_lanes import SweepLanes
from storage.mongo import Document
from storage.resources import Resources

Result = TypeVar("Result")
MOST_HOLDS: Final = 10_000
"""Holds in force in a workspace: all of them are asked of each chunk that is erased."""
MOST_QUERIES: Final = 100
"""Of them queries, each a filter of its own."""


class Held(CallwardError):
    """A legal hold keeps the record."""

    code = "held"


class TooManyHolds(CallwardError):
    """The workspace has as many holds in force as can be asked of each chunk that is erased."""

    code = "too-many-holds"


@dataclass(frozen=True, slots=True)
class NewHold:
    """A hold to place. The reason is kept as it is written: it names no person."""

    matter: str
    scope: HoldScope
    reason: str | None = None
    placed_by: str | None = None


class HoldStore(HoldReader):
    """The one writer of `legal_holds`, bound to a workspace; see `HoldReader.spared` for whoever erases."""

    def __init__(self, resources: Resources, workspace_id: str, *, pages: PageFinder | None = None) -> None:
        """Bind to a workspace; `pages` as `HoldReader` takes it."""
        super().__init__(resources, workspace_id, pages=pages)
        self._written = resources.database.scoped("legal_holds", workspace_id)

    async def place(self, new: NewHold, *, now: datetime) -> tuple[LegalHold, bool]:
        """Place a hold; return it and whether it is new: the same matter on the same scope is one hold.

        Raises:
            NotFound: no such record in this workspace.
            Gone: the record is erased already; there is nothing left to hold.
            TooManyHolds: see `MOST_HOLDS` and `MOST_QUERIES`.
        """
        document: Document = {
            "_id": new_id("hold"),
            "workspace_id": self._workspace_id,
            "matter": new.matter,
            "scope": new.scope.to_document(),
            "same_as": new.scope.same_as,
            "reason": new.reason,
            "placed_by": new.placed_by,
            "placed_at": now,
            "released_at": None,
            "released_by": None,
            "release_reason": None,
        }

        async def write(tx: Any) -> tuple[LegalHold, bool]:
            await self._resources.keyring.gate(self._workspace_id, tx=tx)
            if new.scope.record_id is not None:
                await self._require(new.scope.record_id, tx=tx)
            there = await self._same(new, tx=tx)
            if there is not None:
                return there, False
            await self._refuse_too_many(new.scope, tx=tx)
            await self._written.insert(document, tx=tx)
            return LegalHold.from_document(document), True

        hold, fresh = await self._resources.database.transaction(write)
        await SweepLanes(self._resources, self._workspace_id).settled()
        if fresh:
            await self._refuse_if_taken(hold, now)
        return hold, fresh

    async def _same(self, new: NewHold, *, tx: Any) -> LegalHold | None:
        """Return the hold in force of the same matter on the same scope; one of the first version says no `same_as`."""
        alike = [{"same_as": new.scope.same_as}, {"same_as": {"$exists": False}}]
        found = await self._written.find({"released_at": None, "matter": new.matter, "$or": alike}, tx=tx)
        holds = map(LegalHold.from_document, found)
        return next((hold for hold in holds if hold.scope.same_as == new.scope.same_as), None)

    async def _refuse_too_many(self, scope: HoldScope, *, tx: Any) -> None:
        live, told = {"released_at": None}, "release what is settled, or hold with a query or the whole workspace"
        if await self._written.count(live, limit=MOST_HOLDS, tx=tx) >= MOST_HOLDS:
            raise TooManyHolds(f"the workspace has as many holds as it may; {told}", limit=MOST_HOLDS)
        if scope.kind is HoldKind.QUERY:
            queries = {**live, "scope.kind": HoldKind.QUERY.value}
            if await self._written.count(queries, limit=MOST_QUERIES, tx=tx) >= MOST_QUERIES:
                raise TooManyHolds(f"the workspace has as many holds by query as it may; {told}", limit=MOST_QUERIES)

    async def _refuse_if_taken(self, hold: LegalHold, now: datetime) -> None:
        """Take a hold back whose record a chunk took that had begun before. Raises Gone."""
        record_id = hold.scope.record_id
        if record_id is None:
            return
        try:
            await self._require(record_id, tx=None)
        except (NotFound, Gone):
            change = {"released_at": now, "release_reason": "the record was being erased already"}
            await self._written.update({"_id": hold.hold_id, "released_at": None}, {"$set": change})
            raise Gone("it was being erased already; there is nothing left to hold", record_id=record_id) from None

    async def _require(self, record_id: str, *, tx: Any) -> None:
        """Raise NotFound or Gone unless there is a record to hold. One that was decided on to erase is gone."""
        database, gone = self._resources.database, "it is erased already; there is nothing left to hold"
        if is_id("call", record_id):
            if await database.scoped("calls", self._workspace_id).find_one({"_id": record_id}, tx=tx) is None:
                receipts = database.scoped("receipts", self._workspace_id)
                if await receipts.find_one({"call_id": record_id}, tx=tx) is None:
                    raise NotFound("no such call", call_id=record_id)
                raise Gone(gone, call_id=record_id)
            if await self._resources.keyring.is_destroyed(self._workspace_id, record_id, tx=tx):
                raise Gone(gone, call_id=record_id)
            return
        stones = database.scoped("tombstones", self._workspace_id)
        if await stones.find_one({"_id": record_id, "row": True}, tx=tx) is not None:
            raise Gone(gone, record_id=record_id)
        if is_id("log", record_id):
            found = await self._pages(record_id, tx=tx)
        else:
            cdrs = database.scoped("cdrs", self._workspace_id)
            found = await cdrs.find_one({"_id": record_id}, fields=("_id",), tx=tx)
        if found is None:
            raise NotFound("no such record", record_id=record_id)

    async def release(
        self, hold_id: str, *, now: datetime, released_by: str | None = None, reason: str | None = None
    ) -> tuple[LegalHold, bool]:
        """Release a hold; return it and whether it was in force: releasing it twice keeps the first time.

        Erasures that met a hold are tried again at once. Raises NotFound.
        """

        async def write(tx: Any) -> tuple[LegalHold, bool]:
            await self._resources.keyring.gate(self._workspace_id, tx=tx)
            change = {"released_at": now, "released_by": released_by, "release_reason": reason}
            done = await self._written.update({"_id": hold_id, "released_at": None}, {"$set": change}, tx=tx)
            document = await self._holds.find_one({"_id": hold_id}, tx=tx)
            if document is None:
                raise NotFound("no such hold", hold_id=hold_id)
            return LegalHold.from_document(document), done == 1

        released = await self._resources.database.transaction(write)
        await self._resources.outbox.wake_held(self._workspace_id, now=now)
        return released

    async def decide(self, record_id: str, work: Callable[[Any], Awaitable[Result]]) -> Result:
        """Decide on erasing one record: run `work` in a transaction in which no hold covers it; return what it says.

        A hold that is placed afterwards finds it decided on (a hidden call, a tombstone). Raises Held.
        """

        async def write(tx: Any) -> Result:
            await self._resources.keyring.gate(self._workspace_id, tx=tx)
            if await self.is_held(record_id, tx=tx):
                raise Held("a legal hold keeps the record", record_id=record_id)
            return await work(tx)

        return await self._resources.database.transaction(write)

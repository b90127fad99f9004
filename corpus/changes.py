"""What changed in the records that may take items out of a release: whose, and since when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from domain.calls import CallState
from domain.holds import HeldKind, HoldKind, LegalHold
from domain.restrictions import Restriction
from storage.mongo import Document
from storage.resources import Resources

_STATES: Final = [state.value for state in (CallState.READY, CallState.BLOCKED, CallState.FAILED, CallState.ERASING)]
"""Calls in other states were never heard to the end, so nothing was made of them."""
_AT_ONCE: Final = 1000


@dataclass(slots=True)
class Concern:
    """Whose items are to be judged again in a workspace: of people, of calls, or all."""

    people: set[str] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    whole: bool = False


@dataclass(frozen=True, slots=True)
class _Change:
    """One stored change; `stamp` says which: the same one is looked at once."""

    stamp: tuple[str, str, datetime]
    workspace_id: str


class Changes:
    """Finds changes since an instant. What was told once is not told again by the same object."""

    def __init__(self, resources: Resources) -> None:
        self._database = resources.database
        self._told: dict[tuple[str, str, datetime], None] = {}

    async def since(self, since: datetime) -> AsyncIterator[dict[str, Concern]]:
        """Yield what concerns whom, by workspace, some changes at a time: first what is rare and reaches far.

        Transactions become visible some time after the instant that they carry: ask from well before the last look.
        """
        for stamp in [one for one in self._told if one[2] < since]:
            del self._told[stamp]
        found: defaultdict[str, Concern] = defaultdict(Concern)
        await self._scopes(since, found)
        await self._people(since, found)
        if found:
            yield dict(found)
        async for page in self._calls(since):
            yield page

    def forget(self) -> None:
        """Tell everything again: what was told last was not dealt with."""
        self._told.clear()

    def _fresh(self, kind: str, documents: Iterable[Document], at: str) -> list[Document]:
        fresh = []
        for one in documents:
            stamp = (kind, str(one["_id"]), one[at])
            if stamp not in self._told:
                self._told[stamp] = None
                fresh.append(one)
        return fresh

    async def _scopes(self, since: datetime, found: defaultdict[str, Concern]) -> None:
        holds = await self._database.whole("legal_holds").find({"placed_at": {"$gte": since}, "released_at": None})
        limits = await self._database.whole("restrictions").find({"set_at": {"$gte": since}, "lifted_at": None})
        scoped: list[LegalHold | Restriction] = [
            *(LegalHold.from_document(one) for one in self._fresh("legal_holds", holds, "placed_at")),
            *(Restriction.from_document(one) for one in self._fresh("restrictions", limits, "set_at")),
        ]
        for one in scoped:
            concern, scope = found[one.workspace_id], one.scope
            concern.people.update(scope.tokens)
            concern.calls.update([scope.record_id] if scope.record_id else [])
            by_query = scope.query is not None and scope.query.kind is HeldKind.CALL
            concern.whole = concern.whole or scope.kind is HoldKind.WORKSPACE or by_query

    async def _people(self, since: datetime, found: defaultdict[str, Concern]) -> None:
        opted = await self._database.whole("training_opt_outs").find({"since": {"$gte": since}})
        for one in self._fresh("training_opt_outs", opted, "since"):
            found[one["workspace_id"]].people.add(one["person"])
        noted: Document = {"noted_at": {"$gte": since}}
        for kind, documents in (
            ("consents", await self._database.whole("consents").find(noted)),
            ("objections", await self._database.whole("objections").find(noted)),
            ("minors", await self._database.whole("minors").find(noted)),
        ):
            for one in self._fresh(kind, documents, "noted_at"):
                found[one["workspace_id"]].people.update(one["people"])

    async def _calls(self, since: datetime) -> AsyncIterator[dict[str, Concern]]:
        changed = self._database.whole("calls")
        for state in _STATES:
            last, seen = since, ""
            while page := await changed.find(
                {"state": state, "$or": [{"updated_at": {"$gt": last}}, {"updated_at": last, "_id": {"$gt": seen}}]},
                fields=("_id", "workspace_id", "updated_at"),
                sort=(("updated_at", 1), ("_id", 1)),
                limit=_AT_ONCE,
            ):
                last, seen = page[-1]["updated_at"], page[-1]["_id"]
                found: defaultdict[str, Concern] = defaultdict(Concern)
                for one in self._fresh("calls", page, "updated_at"):
                    found[one["workspace_id"]].calls.add(one["_id"])
                if found:
                    yield dict(found)

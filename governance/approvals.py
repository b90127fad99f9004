"""Proposals that wait for a second administrator: a change of windows that erases anything soon.

What must never happen here: one person alone shortening a window and with it erasing what others need. The second one
uses another key than the asker's, made before the asking; nothing changes, and nothing is erased, before that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final

from domain.errors import CallwardError, Conflict, NotFound
from domain.ids import new_id
from domain.workspace_settings import WorkspaceSettings
from storage.mongo import Document
from storage.resources import Resources

TERM: Final = timedelta(days=7)
"""How long a proposal waits. What a change erases within this time needs a second administrator."""


class SecondAdminNeeded(CallwardError):
    """The key cannot approve this proposal: it asked for it, or was made after the asking."""

    code: ClassVar[str] = "second-admin-needed"


class ProposalState(StrEnum):
    """Where a proposal stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of the settings that waits, or was decided."""

    proposal_id: str
    workspace_id: str
    based_on: int
    settings: WorkspaceSettings
    why: str
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    goes: dict[str, int]
    """What would have gone by the end of its term, by kind, as it was counted when it was asked for."""
    decided: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None

    def state(self, now: datetime) -> ProposalState:
        """Return where it stands; one that nobody decided in time is expired at `expires_at`."""
        if self.decided is not None:
            return ProposalState(self.decided)
        return ProposalState.EXPIRED if now >= self.expires_at else ProposalState.WAITING


@dataclass(frozen=True, slots=True)
class SecondAdmin:
    """Who decides: a key, and when it was made."""

    key_id: str
    made_at: datetime


class ProposalStore:
    """The one writer of `retention_proposals`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._proposals = resources.database.scoped("retention_proposals", workspace_id)
        self._workspace_id = workspace_id

    async def ask(
        self, settings: WorkspaceSettings, *, based_on: int, why: str, by: str, goes: dict[str, int], now: datetime
    ) -> Proposal:
        """Store a proposal that waits for another administrator."""
        document = {
            "_id": new_id("prop"),
            "workspace_id": self._workspace_id,
            "based_on": based_on,
            "settings": settings.to_document(),
            "why": why,
            "asked_by": by,
            "asked_at": now,
            "expires_at": now + TERM,
            "goes": goes,
            "decided": None,
            "decided_by": None,
            "decided_at": None,
        }
        await self._proposals.insert(document)
        return _proposal(document)

    async def get(self, proposal_id: str) -> Proposal:
        """Return a proposal. Raises NotFound."""
        found = await self._proposals.find_one({"_id": proposal_id})
        if found is None:
            raise NotFound("no such proposal", proposal_id=proposal_id)
        return _proposal(found)

    async def newest(self, *, limit: int = 100) -> list[Proposal]:
        """Return the workspace's proposals, newest first."""
        found = await self._proposals.find({}, sort=(("asked_at", -1), ("_id", -1)), limit=limit)
        return [_proposal(document) for document in found]

    async def decide(
        self, proposal: Proposal, verdict: ProposalState, second: SecondAdmin, *, now: datetime, tx: Any = None
    ) -> None:
        """Note a decision. Whoever asked may take a proposal back, and nobody approve what they asked for.

        Raises:
            SecondAdminNeeded: this key cannot approve it.
            Conflict: it is decided or expired.
        """
        if verdict is ProposalState.APPROVED and not _may_approve(proposal, second):
            raise SecondAdminNeeded("another administrator must approve, with a key that was there before the asking")
        decided = {"decided": verdict.value, "decided_by": second.key_id, "decided_at": now}
        waiting = {"_id": proposal.proposal_id, "decided": None, "expires_at": {"$gt": now}}
        if await self._proposals.update(waiting, {"$set": decided}, tx=tx) != 1:
            state = (await self.get(proposal.proposal_id)).state(now).value
            raise Conflict(f"the proposal is {state}; nothing was changed", proposal_id=proposal.proposal_id)


def _may_approve(proposal: Proposal, second: SecondAdmin) -> bool:
    return second.key_id != proposal.asked_by and second.made_at < proposal.asked_at


def _proposal(document: Document) -> Proposal:
    kept = ("workspace_id", "based_on", "why", "asked_by", "asked_at", "expires_at", "goes")
    decided = ("decided", "decided_by", "decided_at")
    return Proposal(
        proposal_id=document["_id"],
        settings=WorkspaceSettings.from_document(document["settings"]),
        **{name: document[name] for name in (*kept, *decided)},
    )

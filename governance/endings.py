"""The end of an account: at once for its keys and workers, a month for people, a year for what has a coded reason.

Promises: RN7 (nothing personal beyond a year), RN8 (EU persons scrubbed within a month; of whom nobody said where they
are counts as one), RN9 (deactivated, and what stays carries a reason). What must never happen here: data that goes on
being taken in, worked on or served after the end; or an end taken back when something is gone already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from domain.errors import Conflict
from domain.records import Category
from governance.workspace_reading import Ending, Workspace
from governance.workspaces import WorkspaceStore
from storage.mongo import Session
from storage.resources import Resources


class Residual(StrEnum):
    """What may stay for a time after the end of an account."""

    TRAFFIC_DATA = "traffic_data"
    """Rows of call logs and CDRs without their identifiers: a year at most, and only with a reason."""
    PROOF = "proof"
    """Receipts, audit log, tombstones, destroyed keys' facts, policies, holds: what shows that promises were kept."""


class ResidualReason(StrEnum):
    """Why something stays (RN9)."""

    FRAUD_PREVENTION = "fraud_prevention"
    TROUBLESHOOTING = "troubleshooting"
    INVESTIGATION = "investigation"
    TERMS_ENFORCEMENT = "terms_enforcement"
    LEGAL = "legal"


ALWAYS: Final = {Residual.PROOF: ResidualReason.LEGAL}


@dataclass(frozen=True, slots=True)
class Ended:
    """An account that has ended."""

    workspace: Workspace
    ending: Ending
    scrubbed_from: datetime
    """The first instant at which anything goes because of the end; until then it can be taken back."""
    everything_by: datetime
    """When the last of what stays with a reason goes."""


class Endings:
    """Ends accounts, and takes ends back."""

    def __init__(self, resources: Resources) -> None:
        self._workspaces = WorkspaceStore(resources)

    async def end(
        self,
        workspace_id: str,
        *,
        by: str,
        why: str,
        keep: Mapping[Residual, ResidualReason],
        now: datetime,
        tx: Session = None,
    ) -> None:
        """End an account. Raises NotFound, Conflict when it has ended, Outdated when it was changed just now."""
        residual = {what.value: reason.value for what, reason in {**keep, **ALWAYS}.items()}
        await self._workspaces.end(workspace_id, Ending(now, by, why, residual), tx=tx)

    async def look(self, workspace_id: str) -> Ended | None:
        """Return how far an ended account is, None when it lives."""
        workspace = await self._workspaces.get(workspace_id)
        if workspace.ending is None:
            return None
        from_at, by_at = _limits(workspace)
        return Ended(workspace, workspace.ending, from_at, by_at)

    async def reopen(self, workspace_id: str, *, by: str, why: str, now: datetime, tx: Session = None) -> None:
        """Take an end back. Raises NotFound, Conflict when it has not ended, or something is gone because of it."""
        ended = await self.look(workspace_id)
        if ended is None:
            raise Conflict("the account has not ended; there is nothing to take back")
        if now >= ended.scrubbed_from:
            raise Conflict("the account's data is being scrubbed; the end cannot be taken back any more")
        await self._workspaces.reopen(workspace_id, by=by, why=why, now=now, tx=tx)


def _limits(workspace: Workspace) -> tuple[datetime, datetime]:
    """Return the ceilings of people's records and of the rest."""
    policy = workspace.policy
    return policy.after_end(Category.COMMUNICATIONS_CONTENT), policy.after_end(Category.TRAFFIC_DATA)

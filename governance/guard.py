"""The one door: every stage, and every read of content, asks here first."""

from __future__ import annotations

from datetime import datetime

from domain.calls import CallState
from domain.processing import Consent, Decision, ProcessingFacts, decide_processing
from domain.records import Purpose, Role
from governance.workspaces import WorkspaceStore
from storage.mongo import Document
from storage.resources import Resources


class Guard:
    """Gathers the facts of a call and applies `domain.processing`."""

    def __init__(self, resources: Resources) -> None:
        self._workspaces = WorkspaceStore(resources)

    async def ask(self, call: Document, *, purpose: Purpose, now: datetime) -> Decision:
        """Say whether the call may be worked on for this purpose now, with the reason that is stored."""
        workspace = await self._workspaces.get(call["workspace_id"])
        facts = ProcessingFacts(
            state=CallState(call["state"]),
            role=Role(call["role"]),
            purposes=frozenset(Purpose(purpose) for purpose in call["purposes"]),
            retain_until=call["retain_until"],
            instructed_purposes=workspace.instructed_purposes,
            consent_required=workspace.policy.consent_required,
            consent=Consent(call["consent"]),
            restricted=bool(call.get("restricted", False)),
        )
        return decide_processing(facts, purpose=purpose, now=now)

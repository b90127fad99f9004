"""The one door: every stage, and every read of content, asks here first."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from domain.call_parts import RECORDING, TRANSCRIPT, anchor_of, is_over, redated
from domain.calls import CallState
from domain.processing import Consent, Decision, ProcessingFacts, Reason, decide_processing
from domain.records import Purpose, Role
from governance.choices import choices_of
from governance.restrictions import RestrictionStore
from governance.workspaces import Workspace, WorkspaceStore
from storage.mongo import Document
from storage.resources import Resources

_SOUND: Final = ((RECORDING, Reason.RECORDING_ERASED),)
_NEEDS: Final = {
    Purpose.TRANSCRIPTION: _SOUND,
    Purpose.REDACTION: (*_SOUND, (TRANSCRIPT, Reason.TRANSCRIPT_ERASED)),
}
"""The parts of a call that work for a purpose cannot do without. Whoever serves asks for the part that is served."""


class Guard:
    """Gathers the facts of a call and applies `domain.processing`."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._workspaces = WorkspaceStore(resources)

    async def ask(self, call: Document, *, purpose: Purpose, now: datetime) -> Decision:
        """Say whether the call may be worked on for this purpose now, with the reason that is stored."""
        workspace = await self._workspaces.get(call["workspace_id"])
        call = _followed(call, workspace, now)
        restrictions = RestrictionStore(self._resources, call["workspace_id"])
        choices = await choices_of(self._resources, call, purpose, now=now)
        consent = Consent(call["consent"])
        if consent is Consent.UNKNOWN and choices.granted_by_all:
            consent = Consent.GRANTED
        facts = ProcessingFacts(
            state=CallState(call["state"]),
            role=Role(call["role"]),
            purposes=frozenset(Purpose(purpose) for purpose in call["purposes"]),
            retain_until=call["retain_until"],
            instructed_purposes=workspace.instructed_purposes,
            consent_required=workspace.policy.consent_required,
            consent=consent,
            restricted=bool(call.get("restricted", False) or await restrictions.of_call(call)),
            part_over=next((why for part, why in _NEEDS.get(purpose, ()) if is_over(call, part, now=now)), None),
            workspace_ended=workspace.ended_at is not None,
            insights_on=workspace.settings.insights,
            person_against=choices.against,
        )
        return decide_processing(facts, purpose=purpose, now=now)

    async def dated(self, call: Document, *, now: datetime) -> Document:
        """Return a call as the policy in force dates it, whether or not re-dating has come to it yet."""
        return _followed(call, await self._workspaces.get(call["workspace_id"]), now)


def _followed(call: Document, workspace: Workspace, now: datetime) -> Document:
    if call["policy_version"] >= workspace.policy.version and workspace.ended_at is None:
        return call
    return {**call, **redated(call, workspace.policy.call_clocks(anchor_of(call)), now=now)}

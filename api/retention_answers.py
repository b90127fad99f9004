"""What goes out of a workspace's windows, their previews and proposals, and of the end of an account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import Field

from api.answers import Answer
from domain.due_facts import ARTIFACTS, Artifact
from domain.records import LegalBasis
from domain.retention import NEVER, Action
from domain.sights import Sight, WorkspaceRole
from domain.workspace_settings import DOABLE, WorkspaceSettings, written
from governance.approvals import Proposal, ProposalState
from governance.endings import Ended, Residual, ResidualReason
from governance.previews import Going
from governance.workspace_reading import SettingsVersion, Workspace


class WindowOut(Answer):
    """How long one artifact is kept."""

    window: str | None = Field(description="What is set; null: the profile's own counts.")
    profile: str | None = Field(description="The profile's own; null: it names none.")
    longest: str | None = Field(description="The longest that the profile allows; null: any.")
    action: Action
    waived_until: datetime | None = Field(description="Until when a waiver lets the window be longer than that.")


class RetentionOut(Answer):
    """A version of what is set in a workspace."""

    workspace_id: str
    version: int
    set_by: str | None
    set_at: datetime
    reason: str | None
    approved_by: str | None = Field(description="The second administrator's key, where one was needed.")
    windows: dict[Artifact, WindowOut]
    training: bool
    training_basis: dict[str, LegalBasis] = Field(description="Grounds for training other than consent, by place.")
    insights: bool
    access: dict[WorkspaceRole, list[Sight]]
    in_force: bool
    applied_at: datetime | None = Field(
        description="When every stored record that was there followed; null while that is under way. New records "
        "follow at once, and content is read under the version in force whether or not this is through."
    )
    settled_at: datetime | None = Field(description="When those followed too that were on their way in then.")


class GoingOut(Answer):
    """What would go of one kind."""

    due: int = Field(description="How many would go.")
    sooner: int = Field(description="How many of these would not, as things stand.")
    held: int = Field(description="How many would be due and are kept by a legal hold; not among `due`.")
    by_month: dict[str, int] = Field(description="`due` by the month in which the call began, in the policy's zone.")


class PreviewOut(Answer):
    """What would be gone by an instant."""

    by: datetime
    kinds: dict[str, GoingOut]
    needs_approval: bool = Field(description="Whether setting this would wait for a second administrator.")


class ProposalOut(Answer):
    """A change that waits for a second administrator, or waited."""

    id: str
    state: ProposalState
    based_on: int
    reason: str
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    settings: dict[str, Any]
    goes: dict[str, int] = Field(description="What it makes go sooner, by kind, as counted when it was asked for.")
    decided_by: str | None
    decided_at: datetime | None


class RetentionSet(Answer):
    """What became of a change: the version in force, and the proposal when the change waits."""

    outcome: str = Field(description="`set`, `unchanged`, or `waiting` for a second administrator.")
    retention: RetentionOut
    proposal: ProposalOut | None


class OptOutsOut(Answer):
    """How many people opted out of training; nobody can be read out of it."""

    people: int


class OptOutOut(Answer):
    """What became of a person's choice."""

    opted_out: bool
    changed: bool = Field(description="False when it was so before.")


class EndingOut(Answer):
    """The end of an account."""

    workspace_id: str
    ended_at: datetime
    reason: str
    scrubbed_from: datetime = Field(description="From when data goes because of the end; until then it can be undone.")
    everything_by: datetime | None = Field(description="When the last of what stays for a reason goes.")
    residual: dict[Residual, ResidualReason]
    reversible: bool


def retention(workspace: Workspace, version: SettingsVersion) -> RetentionOut:
    """Return a version of a workspace's settings."""
    redating, in_force = workspace.redating, version.version == workspace.policy.version
    return RetentionOut(
        workspace_id=workspace.workspace_id,
        version=version.version,
        set_by=version.set_by or None,
        set_at=version.set_at,
        reason=version.why or None,
        approved_by=version.approved_by,
        windows={one: _window(workspace, version, one) for one in Artifact},
        training=version.settings.training,
        training_basis=dict(version.settings.training_basis),
        insights=version.settings.insights,
        access=_access(version.settings),
        in_force=in_force,
        applied_at=version.set_at if redating is None else redating.looked_at if in_force else None,
        settled_at=version.set_at if redating is None else redating.settled_at if in_force else None,
    )


def _access(settings: WorkspaceSettings) -> dict[WorkspaceRole, list[Sight]]:
    return {role: sorted(settings.access.get(role, ())) for role in WorkspaceRole}


def _window(workspace: Workspace, version: SettingsVersion, artifact: Artifact) -> WindowOut:
    category = next(one for one, artifacts in ARTIFACTS.items() if artifact in artifacts)
    rule = workspace.policy.terms(category, None, None).retention
    window = version.settings.windows.get(artifact)
    return WindowOut(
        window=None if window is None else written(window),
        profile=None if rule.add is None else written(rule.add),
        longest=None if rule.longest is None else written(rule.longest),
        action=version.settings.actions.get(artifact, min(DOABLE[artifact], key=lambda one: one is not rule.action)),
        waived_until=version.waived_until.get(artifact),
    )


def preview(found: Mapping[str, Going], by: datetime, *, needs_approval: bool) -> PreviewOut:
    """Return what would be gone."""
    kinds = {
        kind: GoingOut(due=one.due, sooner=one.sooner, held=one.held, by_month=dict(sorted(one.by_month.items())))
        for kind, one in found.items()
    }
    return PreviewOut(by=by, kinds=kinds, needs_approval=needs_approval)


def proposal(found: Proposal, now: datetime) -> ProposalOut:
    """Return a proposal as it stands now."""
    return ProposalOut(
        id=found.proposal_id,
        state=found.state(now),
        reason=found.why,
        settings=found.settings.to_document(),
        **{
            name: getattr(found, name)
            for name in ("based_on", "asked_by", "asked_at", "expires_at", "goes", "decided_by", "decided_at")
        },
    )


def ending(found: Ended, now: datetime) -> EndingOut:
    """Return the end of an account."""
    return EndingOut(
        workspace_id=found.workspace.workspace_id,
        ended_at=found.ending.ended_at,
        reason=found.ending.why,
        scrubbed_from=found.scrubbed_from,
        everything_by=None if found.everything_by == NEVER else found.everything_by,
        residual={Residual(what): ResidualReason(why) for what, why in found.ending.residual.items()},
        reversible=now < found.scrubbed_from,
    )

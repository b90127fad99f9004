"""What administrators set per workspace: checked, previewed, versioned; a second one asked where it erases soon."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from domain.due_facts import Artifact
from domain.durations import Duration
from domain.errors import Invalid
from domain.policy_conflicts import ends_before
from domain.retention import Align
from domain.settings_conflicts import over_profile, refused_because
from domain.settled_policy import SettledPolicy
from domain.waivers import WaivableRule, Waiver
from domain.workspace_settings import WorkspaceSettings
from governance.approvals import TERM, Proposal, ProposalState, ProposalStore, SecondAdmin
from governance.previews import Going, Preview
from governance.waivers import WaiverStore
from governance.workspace_reading import Outdated, SettingsVersion, Workspace, settled
from governance.workspaces import WorkspaceStore
from storage.mongo import Session
from storage.resources import Resources

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Wish:
    """A change of settings: what is wanted, upon which version, by which key and why."""

    settings: WorkspaceSettings
    based_on: int
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a wish: a version in force, or a proposal that waits."""

    workspace: Workspace
    proposal: Proposal | None = None


class RetentionSettingsService:
    """Changes of one workspace's settings."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._resources = resources
        self._workspaces = WorkspaceStore(resources)
        self._proposals = ProposalStore(resources, workspace_id)
        self._workspace_id = workspace_id

    async def wanted(self, wish: Wish, *, now: datetime, approved_by: str | None = None) -> SettingsVersion:
        """Return the version that a wish would make.

        Raises:
            Outdated: another version is in force than the one that the wish changes.
            Invalid: something speaks against it; every conflict is spelt out.
            WorkspaceEnded: the account has ended.
        """
        workspace = (await self._workspaces.get(self._workspace_id)).taking_in()
        if workspace.policy.version != wish.based_on:
            raise Outdated(
                f"version {workspace.policy.version} is in force, not {wish.based_on}; look at it and decide anew",
                workspace_id=self._workspace_id,
            )
        waived = await self._waived(wish.settings, workspace.policy, now)
        against = refused_because(wish.settings, workspace.policy, waived=waived)
        if against:
            raise Invalid(" | ".join(against), field="windows")
        return SettingsVersion(
            version=wish.based_on + 1,
            settings=wish.settings,
            set_by=wish.by,
            set_at=now,
            why=wish.why,
            approved_by=approved_by,
            waived_until=waived,
        )

    async def _waived(
        self, settings: WorkspaceSettings, policy: SettledPolicy, now: datetime
    ) -> dict[Artifact, datetime]:
        """Return until when waivers in force let windows be longer than the profile allows."""
        waivers, until = WaiverStore(self._resources), {}
        for artifact in over_profile(settings, policy):
            found = await waivers.in_force(
                self._workspace_id, WaivableRule.RETENTION_OVER_PROFILE, now=now, artifact=artifact.value
            )
            reach = [one.ends_at for one in found if _reaches(one, settings.windows[artifact])]
            if reach:
                until[artifact] = max(reach)
        return until

    async def preview(self, wanted: SettingsVersion, *, by: datetime, now: datetime) -> dict[str, Going]:
        """Return what would be gone by an instant, of each kind, were this version in force now."""
        workspace = await self._workspaces.get(self._workspace_id)
        policy = SettledPolicy.of(workspace.policy, settled(wanted, workspace.ending))
        return await Preview(self._resources, self._workspace_id, policy, now=now).by(by)

    async def put(self, wish: Wish, *, now: datetime) -> Outcome:
        """Make a new version, or a proposal where it erases anything sooner within the term of a proposal.

        What is said again as it is makes no version. Raises as `wanted` does, and NotApplied.
        """
        version = await self.wanted(wish, now=now)
        workspace = await self._workspaces.get(self._workspace_id)
        if version.settings == workspace.settings and version.waived_until == await self._standing(workspace):
            return Outcome(workspace)
        workspace.followed()
        goes = await self._sooner(version, now)
        if goes:
            proposal = await self._proposals.ask(
                wish.settings, based_on=wish.based_on, why=wish.why, by=wish.by, goes=goes, now=now
            )
            return Outcome(workspace, proposal)

        await self._set(version)
        return Outcome(await self._workspaces.get(self._workspace_id))

    async def _standing(self, workspace: Workspace) -> dict[Artifact, datetime]:
        return dict((await self._workspaces.version(self._workspace_id, workspace.policy.version)).waived_until)

    async def _sooner(self, version: SettingsVersion, now: datetime) -> dict[str, int]:
        found = await self.preview(version, by=now + TERM, now=now)
        return {kind: going.sooner for kind, going in found.items() if going.sooner}

    async def approve(self, proposal_id: str, second: SecondAdmin, *, now: datetime) -> Outcome:
        """Let a proposal be: the version and the decision are one transaction. Everything is checked anew.

        Raises:
            NotFound, SecondAdminNeeded, Conflict: see `ProposalStore`.
            Outdated, Invalid, WorkspaceEnded: see `wanted`; NotApplied: see `put`. The proposal still waits.
        """
        proposal = await self._proposals.get(proposal_id)
        if proposal.state(now) is not ProposalState.WAITING:
            await self._proposals.decide(proposal, ProposalState.APPROVED, second, now=now)  # says why not
        wish = Wish(proposal.settings, proposal.based_on, proposal.asked_by, proposal.why)
        version = await self.wanted(wish, now=now, approved_by=second.key_id)
        (await self._workspaces.get(self._workspace_id)).followed()

        async def write(tx: Session) -> None:
            await self._proposals.decide(proposal, ProposalState.APPROVED, second, now=now, tx=tx)
            await self._workspaces.put_settings(self._workspace_id, version, tx=tx)

        await self._resources.database.transaction(write)
        return Outcome(await self._workspaces.get(self._workspace_id), await self._proposals.get(proposal_id))

    async def reject(self, proposal_id: str, second: SecondAdmin, *, now: datetime) -> Proposal:
        """Turn a proposal down, or take one's own back. Raises NotFound, Conflict."""
        proposal = await self._proposals.get(proposal_id)
        await self._proposals.decide(proposal, ProposalState.REJECTED, second, now=now)
        return await self._proposals.get(proposal_id)

    async def follow_waivers(self, *, by: str, now: datetime) -> bool:
        """Make a version without the waivers that were taken back since; say whether there were any.

        Raises Outdated when others changed the settings every time.
        """
        for tried in range(_TRIES):
            workspace = await self._workspaces.get(self._workspace_id)
            before = await self._workspaces.version(self._workspace_id, workspace.policy.version)
            if not before.waived_until or workspace.ending is not None:
                return False
            live = await self._waived(before.settings, workspace.policy, now)
            kept = {artifact: min(until, live.get(artifact, now)) for artifact, until in before.waived_until.items()}
            if kept == before.waived_until:
                return False
            why = "a waiver was taken back: the profile's own window applies again"
            version = replace(before, version=before.version + 1, set_by=by, set_at=now, why=why, waived_until=kept)
            try:
                await self._set(version)
            except Outdated:
                if tried == _TRIES - 1:
                    raise
                continue
            return True
        return False

    async def _set(self, version: SettingsVersion) -> None:
        async def write(tx: Session) -> None:
            await self._workspaces.put_settings(self._workspace_id, version, tx=tx)

        await self._resources.database.transaction(write)


def _reaches(waiver: Waiver, window: Duration) -> bool:
    """Say whether a waiver goes as far as this window."""
    if waiver.longest is None:
        return True
    return not ends_before(Duration.parse(waiver.longest), Align.NONE, window, Align.NONE)

"""A workspace as the rules need it: its policy in force, what its administrators set, whether its account ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import ClassVar

from domain.due_facts import Artifact, RetentionSettings
from domain.errors import CallwardError
from domain.listening import SpeechSettings
from domain.records import Purpose
from domain.settled_policy import SettledPolicy
from domain.workspace_settings import WorkspaceSettings
from storage.mongo import Document


class WorkspaceEnded(CallwardError):
    """The workspace's account has ended: nothing is taken in, worked on or served any more."""

    code: ClassVar[str] = "workspace-ended"
    permanent: ClassVar[bool] = True


class Outdated(CallwardError):
    """The settings are not, any more, in the version that was to be changed."""

    code: ClassVar[str] = "outdated"


class NotApplied(CallwardError):
    """Stored records do not all follow the version in force yet; the next one must not pass over it."""

    code: ClassVar[str] = "not-applied"


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of an account (promises RN7 to RN9)."""

    ended_at: datetime
    by: str
    why: str
    residual: Mapping[str, str]
    """What stays for now, and the coded reason of each."""


@dataclass(frozen=True, slots=True)
class SettingsVersion:
    """One version of a workspace's policy: what was set, by whom, when and why."""

    version: int
    settings: WorkspaceSettings
    set_by: str
    set_at: datetime
    why: str
    approved_by: str | None = None
    waived_until: Mapping[Artifact, datetime] = field(default_factory=dict)
    """For windows longer than the profile allows: until when a waiver lets them be (promise RN26)."""


@dataclass(frozen=True, slots=True)
class Redating:
    """How far stored records have got with following the newest version, or the account's end."""

    version: int
    began_at: datetime
    traffic: bool = False
    """Whether traffic data has to follow too."""
    step: str = ""
    """What is being re-dated; empty before the first step."""
    after: str | None = None
    """How far within the step."""
    looked_at: datetime | None = None
    """When every record that was there then followed."""
    settled_at: datetime | None = None
    """When those followed too that were on their way in when the version came."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace as the rules need it."""

    workspace_id: str
    name: str
    policy: SettledPolicy
    instructed_purposes: frozenset[Purpose]
    instruction_version: int
    training_opted_in: bool
    created_at: datetime
    speech: SpeechSettings
    settings: WorkspaceSettings
    ending: Ending | None
    redating: Redating | None

    @property
    def ended_at(self) -> datetime | None:
        """When the account ended, None while it lives."""
        return None if self.ending is None else self.ending.ended_at

    def followed(self) -> None:
        """Raise NotApplied while stored records do not all follow the version in force.

        What a version makes due stays due. A longer window that came before everything followed a shorter one would
        bring back what was hidden already.
        """
        if self.redating is not None and self.redating.looked_at is None:
            version = self.policy.version
            raise NotApplied(f"stored records still follow version {version}", workspace_id=self.workspace_id)

    def taking_in(self) -> Workspace:
        """Return the workspace itself. Raises WorkspaceEnded when nothing may be taken in for it."""
        if self.ending is not None:
            raise WorkspaceEnded(
                "the workspace's account has ended; nothing is taken in", workspace_id=self.workspace_id
            )
        return self


def version_of_policy(document: Document) -> SettingsVersion:
    """Return what a stored version of a policy says of the settings."""
    return SettingsVersion(
        version=int(document["version"]),
        settings=WorkspaceSettings.from_document(document.get("settings")),
        set_by=document.get("set_by", ""),
        set_at=document["created_at"],
        why=document.get("why", ""),
        approved_by=document.get("approved_by"),
        waived_until={Artifact(name): until for name, until in document.get("waived_until", {}).items()},
    )


def stored_version(version: SettingsVersion) -> Document:
    """Return the fields of a stored policy that say what was set, by whom and why; `version_of_policy` reads them."""
    return {
        "settings": version.settings.to_document(),
        "set_by": version.set_by,
        "created_at": version.set_at,
        "why": version.why,
        "approved_by": version.approved_by,
        "waived_until": {artifact.value: until for artifact, until in version.waived_until.items()},
    }


_OF_TRAFFIC = (Artifact.CALL_METADATA, Artifact.CDR_IDENTIFIERS)


def dates_traffic_anew(before: SettingsVersion, after: SettingsVersion) -> bool:
    """Say whether traffic data is due at other instants under the second version than under the first."""
    windows = [[one.settings.windows.get(artifact) for artifact in _OF_TRAFFIC] for one in (before, after)]
    waived = [[one.waived_until.get(artifact) for artifact in _OF_TRAFFIC] for one in (before, after)]
    return windows[0] != windows[1] or waived[0] != waived[1]


def fresh_redating(version: int, now: datetime, *, traffic: bool, before: Document | None) -> Document:
    """Return a re-dating that has not begun, as it is stored; what the one before has left undone is done with it."""
    undone = before is not None and before["settled_at"] is None and bool(before["traffic"])
    return asdict(Redating(version, now, traffic=traffic or undone))


def settled(version: SettingsVersion, ending: Ending | None) -> RetentionSettings:
    """Return what the rule of retention needs of a version and of the account's end."""
    return version.settings.retention(
        version=version.version,
        set_by=version.set_by,
        set_at=version.set_at,
        ended_at=None if ending is None else ending.ended_at,
        waived_until=version.waived_until,
    )


def ending_of(document: Document) -> Ending | None:
    """Return the end of a workspace's account, None while it lives."""
    found = document.get("ending")
    return None if found is None else Ending(**found)


def workspace_of(document: Document, policy: SettledPolicy, version: SettingsVersion) -> Workspace:
    """Return a workspace as the rules need it: `policy` and `version` are those that the document names."""
    redating, ending = document.get("redating"), ending_of(document)
    return Workspace(
        workspace_id=document["_id"],
        name=document["name"],
        policy=policy if ending is None else _ended(policy, version, ending),
        instructed_purposes=frozenset(Purpose(purpose) for purpose in document["instruction"]["purposes"]),
        instruction_version=int(document["instruction"]["version"]),
        training_opted_in=bool(document["training_opted_in"]),
        created_at=document["created_at"],
        speech=SpeechSettings.from_document(document.get("speech")),
        settings=version.settings,
        ending=ending,
        redating=None if redating is None else Redating(**redating),
    )


def _ended(policy: SettledPolicy, version: SettingsVersion, ending: Ending) -> SettledPolicy:
    return SettledPolicy.of(policy, settled(version, ending), rows_stay="traffic_data" in ending.residual)

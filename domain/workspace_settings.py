"""What a workspace's administrators set: windows, what happens at their end, training, insights, who sees what.

A set of settings is one version of the workspace's policy. It is never changed; the next version follows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from domain.due_facts import Artifact, RetentionSettings
from domain.durations import ONCE_PROCESSED, Duration
from domain.jurisdictions import jurisdiction
from domain.records import LegalBasis
from domain.retention import Action
from domain.sights import DEFAULT_ACCESS, Access, Sight, WorkspaceRole
from domain.training import is_valid_in

NOT_YET: Final[Mapping[Action, str]] = {
    Action.ANONYMISE: "words and sound cannot be made anonymous with certainty; set erase. What stays countable of a "
    "call after its content and its numbers are gone is its traffic data (call_metadata)",
    Action.AGGREGATE: "counts per day in place of the rows are not built yet; set erase",
    Action.DROP_IDENTIFIERS: "this artifact is not traffic data; set erase",
}
"""Why an action is refused where it cannot be done: it is not accepted and ignored."""
DOABLE: Final[Mapping[Artifact, frozenset[Action]]] = {
    **dict.fromkeys(Artifact, frozenset({Action.ERASE})),
    Artifact.CDR_IDENTIFIERS: frozenset({Action.DROP_IDENTIFIERS, Action.ANONYMISE}),
}
"""What can be done with each artifact at the end of its window; for numbers in traffic data the two mean the same:
the identifiers leave, the row stays countable (promise RK8)."""


@dataclass(frozen=True, slots=True)
class WorkspaceSettings:
    """One version of what the administrators set. A window that is not named is the profile's own."""

    windows: Mapping[Artifact, Duration] = field(default_factory=dict)
    actions: Mapping[Artifact, Action] = field(default_factory=dict)
    training: bool = False
    insights: bool = False
    access: Access = field(default_factory=lambda: DEFAULT_ACCESS)
    training_basis: Mapping[str, LegalBasis] = field(default_factory=dict)
    """By jurisdiction: the ground, other than each party's consent, on which calls may be trained on. None by default.
    It counts for a call only when it is the same in all jurisdictions of its parties (law.md C4)."""

    def to_document(self) -> dict[str, Any]:
        """Return the settings as they are stored and shown."""
        return {
            "windows": {artifact.value: written(window) for artifact, window in sorted(self.windows.items())},
            "actions": {artifact.value: action.value for artifact, action in sorted(self.actions.items())},
            "training": self.training,
            "insights": self.insights,
            "training_basis": {place: basis.value for place, basis in sorted(self.training_basis.items())},
            "access": {role.value: sorted(sights) for role, sights in sorted(self.access.items())},
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any] | None) -> WorkspaceSettings:
        """Read settings as they are stored; None are those of a workspace whose administrators set nothing.

        Raises ValueError for anything unknown, with a sentence that names it.
        """
        if document is None:
            return cls()
        known = document.get("access")
        return cls(
            windows={Artifact(name): Duration.parse(text) for name, text in document.get("windows", {}).items()},
            actions={Artifact(name): Action(word) for name, word in document.get("actions", {}).items()},
            training=bool(document.get("training", False)),
            insights=bool(document.get("insights", False)),
            training_basis={place: LegalBasis(word) for place, word in document.get("training_basis", {}).items()},
            access=DEFAULT_ACCESS
            if known is None
            else {WorkspaceRole(role): frozenset(Sight(one) for one in sights) for role, sights in known.items()},
        )

    def retention(
        self,
        *,
        version: int,
        set_by: str = "",
        set_at: datetime | None = None,
        ended_at: datetime | None = None,
        waived_until: Mapping[Artifact, datetime] | None = None,
    ) -> RetentionSettings:
        """Return what the rule of retention needs of them."""
        return RetentionSettings(
            windows=self.windows,
            actions=self.actions,
            ended_at=ended_at,
            version=version,
            set_by=set_by,
            set_at=set_at,
            waived_until=waived_until or {},
        )


def written(window: Duration) -> str:
    """Return a window as it is stored: ISO 8601, or `once_processed`."""
    return ONCE_PROCESSED if window.once_processed else window.to_text()


def undoable(settings: WorkspaceSettings) -> list[str]:
    """Return a sentence for each thing in the settings that cannot be done, whatever a profile says."""
    said = []
    for artifact, action in sorted(settings.actions.items()):
        if action not in DOABLE[artifact]:
            said.append(f"{artifact}: {action} cannot be done: {NOT_YET.get(action, 'set drop_identifiers')}")
    for artifact, window in sorted(settings.windows.items()):
        if artifact in _BY_DAY and window.exact:
            said.append(f"{artifact}: traffic data is dated by whole days; write days, such as P1D, not hours")
        elif artifact in _READ and window.once_processed:
            said.append(f"{artifact}: erased once processed it could never be read; write hours, such as PT4H")
    return [*said, *_groundless(settings.training_basis)]


def _groundless(bases: Mapping[str, LegalBasis]) -> Iterator[str]:
    """Yield a sentence for each ground on which training may not rest in its place."""
    for place, basis in sorted(bases.items()):
        if not is_valid_in(basis, jurisdiction(place)):
            yield f"training_basis {place}: {basis} is no ground for training there; leave it out and ask each party"
        elif basis is LegalBasis.CONSENT:
            yield f"training_basis {place}: consent is asked of each party anyway; leave it out"


_BY_DAY: Final = frozenset({Artifact.CALL_METADATA, Artifact.CDR_IDENTIFIERS})
_READ: Final = frozenset({Artifact.TRANSCRIPT, Artifact.DERIVED_OUTPUT})

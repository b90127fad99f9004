"""A workspace's policy with what its administrators set: whatever is born under it is dated by `decide_due`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from domain.due import decide_due
from domain.due_facts import NO_SETTINGS, Artifact, RecordFacts, RetentionSettings
from domain.jurisdictions import Jurisdiction
from domain.policy import Policy
from domain.records import Category, RecordTags
from domain.retention import NEVER, Align, due_after

_PARTS: Final = (Artifact.RECORDING, Artifact.TRANSCRIPT)
"""What a call is kept for. There is no derived output yet; its window is kept with the settings."""
_CONTENT: Final = Category.COMMUNICATIONS_CONTENT
PEOPLE_UNKNOWN: Final = Jurisdiction("EU", ("EU",))
"""Whose law counts for people of whom nobody said where they are, once an account has ended: the strictest (RN8)."""

_SOON: Final = frozenset({_CONTENT, Category.TRAFFIC_IDENTIFIERS})
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CallClocks:
    """When the parts of a call are due, and with the last of them the call itself. Aware instants."""

    recording: datetime
    transcript: datetime
    once_processed: bool
    """The recording goes as soon as the call is ready; `recording` is when it goes at the latest."""

    @property
    def until(self) -> datetime:
        """The first instant at which nothing of the call may be kept."""
        return max(self.recording, self.transcript)


@dataclass(frozen=True, slots=True)
class SettledPolicy(Policy):
    """A policy and a version of the settings under it."""

    kept: RetentionSettings = NO_SETTINGS
    rows_stay: bool = False
    """After the end of the account: rows without identifiers stay for a coded reason (RN9), up to the long ceiling."""

    @classmethod
    def of(cls, policy: Policy, kept: RetentionSettings, *, rows_stay: bool = False) -> SettledPolicy:
        """Return a policy with these settings."""
        fields = {one.name: getattr(policy, one.name) for one in dataclasses.fields(Policy) if one.init}
        return cls(**fields, kept=kept, rows_stay=rows_stay)

    def tags(self, category: Category, *, workspace_id: str, anchor: datetime) -> RecordTags:
        """Return the tags of a record of this category whose clock starts at `anchor`; of a call, as a whole."""
        tags = Policy.tags(self, category, workspace_id=workspace_id, anchor=anchor)
        until = self.call_clocks(anchor).until if category is _CONTENT else self.due(category, anchor)
        return dataclasses.replace(tags, retain_until=until)

    def due(
        self, category: Category, anchor: datetime, artifact: Artifact | None = None, *, waiting: bool = False
    ) -> datetime:
        """Return when a record of this category is due; far in the future while nothing names a window (RK5).

        Args:
            category: what kind of record it is.
            anchor: from when its clock runs.
            artifact: which part of a call it is.
            waiting: whether it still waits for its processing.
        """
        due = self._decided(RecordFacts(category, anchor, artifact=artifact, awaits_processing=waiting))
        if self.kept.ended_at is None or self._stays_long(category):
            return due
        facts = RecordFacts(category, anchor, PEOPLE_UNKNOWN, artifact=artifact, awaits_processing=waiting)
        return min(due, self._decided(facts))

    def _stays_long(self, category: Category) -> bool:
        return category not in _SOON and (self.rows_stay or category is not Category.TRAFFIC_DATA)

    def after_end(self, category: Category) -> datetime:
        """Return when the last record of this category goes because the account has ended; NEVER while it lives."""
        place = None if self._stays_long(category) else PEOPLE_UNKNOWN
        terms = self.terms(category, place, None)
        if self.kept.ended_at is None or terms.ceiling is None:
            return NEVER
        return due_after(terms.ceiling.add, Align.NONE, ZoneInfo(terms.retention.zone), self.kept.ended_at)

    def _decided(self, facts: RecordFacts) -> datetime:
        """Decide as when the settings were saved; a window that a waiver lengthens ends with the waiver (RN26)."""
        due = _instant(decide_due(facts, self, self.kept, (), self.kept.set_at or _LONG_AGO).due_at)
        for waived_until in self.kept.waived_until.values():
            unwaived = _instant(decide_due(facts, self, self.kept, (), waived_until).due_at)
            due = min(due, max(unwaived, waived_until))
        return due

    def call_clocks(self, anchor: datetime) -> CallClocks:
        """Return when the parts of a call that began then are due."""
        window = self.kept.windows.get(Artifact.RECORDING)
        recording, transcript = (self.due(_CONTENT, anchor, part, waiting=True) for part in _PARTS)
        return CallClocks(recording, transcript, once_processed=window is not None and window.once_processed)


def clocks_of(policy: Policy, anchor: datetime) -> CallClocks:
    """Return when the parts of a call that began then are due under any policy."""
    settled = policy if isinstance(policy, SettledPolicy) else SettledPolicy.of(policy, NO_SETTINGS)
    return settled.call_clocks(anchor)


def _instant(due: datetime | None) -> datetime:
    """Return an instant in UTC, in which instants can be compared whatever their zones do."""
    return NEVER if due is None else due.astimezone(UTC)

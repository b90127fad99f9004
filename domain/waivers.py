"""Waivers: exceptions to policy, each approved by a CEO or CTO, with a reason, a scope and an end (promise RN26)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final


class Office(StrEnum):
    """The office that the holder of an API key has in the company."""

    CEO = "ceo"
    CTO = "cto"
    DPO = "dpo"


APPROVING: Final = frozenset({Office.CEO, Office.CTO})
"""Whose approval makes an exception valid (RN26)."""


class WaivableRule(StrEnum):
    """The rules that a waiver can set aside. What law asks is not among them."""

    RETENTION_OVER_PROFILE = "retention_over_profile"
    """A workspace's window may be longer than its profile allows. Once the waiver ends the profile's longest counts."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """One exception.

    Attributes:
        waiver_id: its id.
        workspace_id: for whom.
        rule: what is set aside.
        artifact: for which artifact, None for each.
        longest: how far, as an ISO 8601 duration; None says no limit but the law's.
        reason: a person's words.
        approved_by: the key that approved it.
        office: the office of that key's holder.
        approved_at: since when it counts.
        ends_at: the first instant at which it counts no longer.
        revoked_at: when it was taken back, None while it was not.
        revoked_by: by which key.
    """

    waiver_id: str
    workspace_id: str
    rule: WaivableRule
    artifact: str | None
    longest: str | None
    reason: str
    approved_by: str
    office: Office
    approved_at: datetime
    ends_at: datetime
    revoked_at: datetime | None = None
    revoked_by: str | None = None

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Waiver:
        """Read a waiver as it is stored."""
        told = {name: value for name, value in document.items() if name != "_id"}
        office, rule = Office(document["office"]), WaivableRule(document["rule"])
        return cls(waiver_id=document["_id"], **{**told, "office": office, "rule": rule})

    def to_document(self) -> dict[str, Any]:
        """Return the waiver as it is stored."""
        told = {name: getattr(self, name) for name in self.__slots__ if name != "waiver_id"}
        return {"_id": self.waiver_id, **told, "rule": self.rule.value, "office": self.office.value}

    def counts(self, now: datetime) -> bool:
        """Say whether it counts now: approved, not ended, not taken back, by an office that may."""
        live = self.revoked_at is None or now < self.revoked_at
        return live and self.approved_at <= now < self.ends_at and self.office in APPROVING

    def covers(self, artifact: str | None) -> bool:
        """Say whether it speaks of this artifact; asked for none, any will do."""
        return artifact is None or self.artifact is None or self.artifact == artifact

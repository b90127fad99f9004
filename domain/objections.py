"""Objections of people to a use of their data (GDPR Art. 21): open, upheld or rejected.

An objection stops the use from the instant at which it is noted; only a decision with a reason lets it go on. Against
marketing there is nothing to decide: it is upheld when it comes (Art. 21(3); promises RL13, RK16).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from domain.records import Purpose


class ObjectionState(StrEnum):
    """Where an objection stands."""

    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"
    """Compelling grounds were found that override the person's (Art. 21(1)); the reason is kept."""


IN_FORCE: Final = (ObjectionState.OPEN, ObjectionState.UPHELD)
"""In these the purpose is closed."""


@dataclass(frozen=True, slots=True)
class Objection:
    """One person's objection to one purpose."""

    objection_id: str
    purpose: Purpose
    state: ObjectionState
    people: tuple[str, ...]
    noted_at: datetime
    noted_by: str
    decided_at: datetime | None = None
    decided_by: str | None = None
    decision_reason: str | None = None

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Objection:
        """Read an objection as it is stored."""
        return cls(
            document["_id"],
            Purpose(document["purpose"]),
            ObjectionState(document["state"]),
            tuple(document["people"]),
            document["noted_at"],
            document["noted_by"],
            document["decided_at"],
            document["decided_by"],
            document["decision_reason"],
        )


def first_state(purpose: Purpose) -> ObjectionState:
    """Return in which state an objection to a purpose begins."""
    return ObjectionState.UPHELD if purpose is Purpose.MARKETING else ObjectionState.OPEN

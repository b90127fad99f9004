"""Breaches of personal data and near misses: what happened, what was decided by whom, and which clock runs.

Steps are only ever added, each with who and when (promise RN24); nothing is changed afterwards. The two clocks are
elapsed hours: the report inside the house counts from identification (RN20), the notice to the authority from awareness
(RL5; GDPR Art. 33), both with the hours that the workspace's profile names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from domain.deadlines import elapsed
from domain.errors import Conflict, Invalid
from domain.policy_settings import PolicySettings
from domain.waivers import Office


class IncidentKind(StrEnum):
    """Both come by the same form (RN21)."""

    BREACH = "breach"
    NEAR_MISS = "near_miss"


class Risk(StrEnum):
    """To the rights and freedoms of people (GDPR Art. 33, 34)."""

    UNKNOWN = "unknown"
    UNLIKELY = "unlikely"
    RISK = "risk"
    HIGH = "high"


class Step(StrEnum):
    """What can be noted of an incident."""

    REPORTED_INSIDE = "reported_inside"
    """The report inside the house (RN20)."""
    ASSESSED = "assessed"
    """The risk was judged; `choice` is a `Risk`."""
    ANALYST_DECIDED = "analyst_decided"
    """`choice`: `corrective`, `containment` or `escalation` (RN24)."""
    INVESTIGATION_DECIDED = "investigation_decided"
    """Whether there is a full investigation; `choice`: `full` or `none` (RN24)."""
    CONSEQUENCES = "consequences"
    """What came of it (RN22)."""
    CORRECTED = "corrected"
    """What was done against it (RN22)."""
    INVESTIGATION_REPORTED = "investigation_reported"
    AUTHORITY_TOLD = "authority_told"
    """After the deadline only with the reasons of the delay in `note` (RL5)."""
    AUTHORITY_NOT_NEEDED = "authority_not_needed"
    """The risk is unlikely, for the reasons in `note`."""
    PEOPLE_TOLD = "people_told"
    """Possible before the authority is told (RN23)."""
    PUBLISHED = "published"
    """On the page for security matters (RL6)."""
    PEOPLE_NEED_NOT_BE_TOLD = "people_need_not_be_told"
    """`choice`: `unintelligible` (it was sealed) or `risk_removed` (RL6; GDPR Art. 34(3))."""
    REVIEWED = "reviewed"
    """By the CEO or CTO; `choice` is the office of the key (RN25)."""
    BOARD_TOLD = "board_told"
    CLOSED = "closed"


CHOICES: Final[Mapping[Step, frozenset[str]]] = {
    Step.ASSESSED: frozenset(Risk) - {Risk.UNKNOWN},
    Step.ANALYST_DECIDED: frozenset({"corrective", "containment", "escalation"}),
    Step.INVESTIGATION_DECIDED: frozenset({"full", "none"}),
    Step.PEOPLE_NEED_NOT_BE_TOLD: frozenset({"unintelligible", "risk_removed"}),
}
"""What may be chosen at steps that choose."""
TOLD_IN_WORDS: Final = frozenset({
    Step.CONSEQUENCES, Step.CORRECTED, Step.INVESTIGATION_REPORTED, Step.AUTHORITY_NOT_NEEDED,
    Step.PEOPLE_NEED_NOT_BE_TOLD,
})  # fmt: skip
"""Steps that say nothing without a note."""
ALARM_CHAIN: Final = ("it_security", "cco", "cto")
"""Whom an overdue incident alarms, one after the other (RN20)."""
ALARM_STEP: Final = timedelta(hours=4)
"""How long each of them has before the next is alarmed; ours, the notice names the chain only."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A step: what, by which key, when, and what was chosen or said. Notes name nobody."""

    step: Step
    by: str
    at: datetime
    choice: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """One entry of the log of breaches.

    Attributes:
        incident_id: its id.
        kind: breach or near miss.
        what: the facts, in words that name nobody.
        identified_at: when somebody found it.
        aware_at: when the controller was reasonably certain; the authority's clock begins.
        opened_by: the key that entered it.
        opened_at: when it was entered.
        revoked_keys: keys of the API that were taken away with the entry (RN19).
        steps: what was noted since, oldest first.
    """

    incident_id: str
    kind: IncidentKind
    what: str
    identified_at: datetime
    aware_at: datetime
    opened_by: str
    opened_at: datetime
    revoked_keys: tuple[str, ...] = ()
    steps: tuple[Noted, ...] = ()

    @property
    def closed(self) -> bool:
        """Whether nothing more is to come."""
        return self.has(Step.CLOSED)

    @property
    def risk(self) -> Risk:
        """As it was judged last."""
        judged = [one.choice for one in self.steps if one.step is Step.ASSESSED and one.choice]
        return Risk(judged[-1]) if judged else Risk.UNKNOWN

    def has(self, *steps: Step) -> bool:
        """Say whether one of these was noted."""
        return any(one.step in steps for one in self.steps)


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something that must be done by an instant; `missed` from that instant on while it is not."""

    what: str
    due_at: datetime
    done_at: datetime | None

    def missed(self, now: datetime) -> bool:
        """Say whether it is late now, or was done late."""
        return now >= self.due_at if self.done_at is None else self.done_at > self.due_at


def deadlines(incident: Incident, settings: PolicySettings) -> tuple[Deadline, ...]:
    """Return the clocks of an incident. A near miss has only that of the report inside; so has an unlikely risk."""
    inside = elapsed(incident.identified_at, settings.breach_report_hours)
    clocks = [Deadline("report_inside", inside, _when(incident, Step.REPORTED_INSIDE))]
    if incident.kind is IncidentKind.BREACH and not incident.has(Step.AUTHORITY_NOT_NEEDED):
        due = elapsed(incident.aware_at, settings.breach_authority_hours)
        clocks.append(Deadline("tell_authority", due, _when(incident, Step.AUTHORITY_TOLD)))
    return tuple(clocks)


def alarmed(incident: Incident, settings: PolicySettings, now: datetime) -> tuple[str, ...]:
    """Return who is to be alarmed now because something is late and not done (RN20)."""
    late = [one.due_at for one in deadlines(incident, settings) if one.done_at is None and now >= one.due_at]
    if not late or incident.closed:
        return ()
    return ALARM_CHAIN[: 1 + int((now - min(late)) / ALARM_STEP)]


def next_step(incident: Incident, new: Noted, settings: PolicySettings, office: Office | None) -> Noted:
    """Return the step as it is to be stored.

    Raises:
        Conflict: the incident is closed, or cannot be closed yet; the sentence says what is missing.
        Invalid: a choice or note that the step needs is missing or unknown, or a review by nobody in office.
    """
    if incident.closed:
        raise Conflict("the incident is closed; enter a new one that refers to it", incident_id=incident.incident_id)
    if new.step is Step.REVIEWED:
        if office not in {Office.CEO, Office.CTO}:
            raise Invalid("only a CEO or CTO reviews the log; use a key of that office", field="step")
        new = Noted(new.step, new.by, new.at, str(office), new.note)
    _say_enough(new)
    if new.step is Step.AUTHORITY_NOT_NEEDED and incident.risk is not Risk.UNLIKELY:
        raise Invalid(
            "the authority is told unless the risk was assessed as unlikely; note `assessed` first", field="step"
        )
    if (
        new.step is Step.AUTHORITY_TOLD
        and not new.note
        and new.at > elapsed(incident.aware_at, settings.breach_authority_hours)
    ):
        raise Invalid("the notice is late: give the reasons of the delay in `note`", field="note")
    if new.step is Step.CLOSED and (missing := lacking(incident)):
        raise Conflict(f"not yet: {', '.join(missing)}", incident_id=incident.incident_id)
    return new


def lacking(incident: Incident) -> Sequence[str]:
    """Return the steps without which an incident cannot be closed."""
    wanted: list[tuple[Step, ...]] = [(Step.REPORTED_INSIDE,), (Step.ANALYST_DECIDED,), (Step.CORRECTED,)]
    if incident.kind is IncidentKind.BREACH:
        wanted += [(Step.ASSESSED,), (Step.CONSEQUENCES,), (Step.AUTHORITY_TOLD, Step.AUTHORITY_NOT_NEEDED)]
        if incident.risk is Risk.HIGH:
            wanted.append((Step.PEOPLE_TOLD, Step.PUBLISHED, Step.PEOPLE_NEED_NOT_BE_TOLD))
    if any(one.step is Step.INVESTIGATION_DECIDED and one.choice == "full" for one in incident.steps):
        wanted.append((Step.INVESTIGATION_REPORTED,))
    return [" or ".join(steps) for steps in wanted if not incident.has(*steps)]


def _say_enough(new: Noted) -> None:
    allowed = CHOICES.get(new.step)
    if allowed is not None and new.choice not in allowed:
        raise Invalid(f"this step needs a `choice` out of {', '.join(sorted(allowed))}", field="choice")
    if allowed is None and new.choice is not None and new.step is not Step.REVIEWED:
        raise Invalid("this step has no choice; say it in `note`", field="choice")
    if new.step in TOLD_IN_WORDS and not new.note:
        raise Invalid("this step says nothing without a `note`", field="note")


def _when(incident: Incident, step: Step) -> datetime | None:
    return next((one.at for one in incident.steps if one.step is step), None)


def incident_from(document: Mapping[str, Any]) -> Incident:
    """Read an incident as it is stored."""
    steps = tuple(
        Noted(Step(one["step"]), one["by"], one["at"], one.get("choice"), one.get("note")) for one in document["steps"]
    )
    return Incident(
        incident_id=document["_id"],
        kind=IncidentKind(document["kind"]),
        what=document["what"],
        identified_at=document["identified_at"],
        aware_at=document["aware_at"],
        opened_by=document["opened_by"],
        opened_at=document["opened_at"],
        revoked_keys=tuple(document["revoked_keys"]),
        steps=steps,
    )

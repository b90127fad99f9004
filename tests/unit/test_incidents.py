"""The log of breaches: clocks to the second, what each step needs, and when an incident may be closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Conflict, Invalid
from domain.incidents import (
    ALARM_CHAIN,
    ALARM_STEP,
    Incident,
    IncidentKind,
    Noted,
    Risk,
    Step,
    alarmed,
    deadlines,
    lacking,
    next_step,
)
from domain.policy_settings import PolicySettings
from domain.waivers import Office

FOUND = datetime(2026, 3, 27, 18, tzinfo=ZoneInfo("Europe/Berlin"))
SETTINGS = PolicySettings(breach_report_hours=12, breach_authority_hours=72)
SECOND = timedelta(seconds=1)


def incident(kind: IncidentKind = IncidentKind.BREACH, *steps: Noted) -> Incident:
    return Incident("inc_x", kind, "a laptop was lost", FOUND, FOUND, "key_a", FOUND, steps=steps)


def noted(step: Step, choice: str | None = None, note: str | None = None, *, at: datetime = FOUND) -> Noted:
    return Noted(step, "key_a", at, choice, note)


def follow(found: Incident, *steps: Noted, office: Office | None = None) -> Incident:
    for one in steps:
        found = replace(found, steps=(*found.steps, next_step(found, one, SETTINGS, office)))
    return found


def test_the_clocks_are_elapsed_hours_over_a_change_of_the_clock() -> None:
    inside, authority = deadlines(incident(), SETTINGS)
    assert inside.due_at.isoformat() == "2026-03-28T06:00:00+01:00"
    assert authority.due_at.isoformat() == "2026-03-30T19:00:00+02:00"


def test_the_alarm_goes_up_the_chain_and_begins_at_the_instant_itself() -> None:
    due = deadlines(incident(), SETTINGS)[0].due_at.astimezone(UTC)
    assert alarmed(incident(), SETTINGS, due - SECOND) == ()
    assert alarmed(incident(), SETTINGS, due) == ALARM_CHAIN[:1]
    assert alarmed(incident(), SETTINGS, due + ALARM_STEP - SECOND) == ALARM_CHAIN[:1]
    assert alarmed(incident(), SETTINGS, due + ALARM_STEP) == ALARM_CHAIN[:2]
    assert alarmed(incident(), SETTINGS, due + 9 * ALARM_STEP) == ALARM_CHAIN
    reported = incident(IncidentKind.NEAR_MISS, noted(Step.REPORTED_INSIDE, at=due + SECOND))
    assert alarmed(reported, SETTINGS, due + ALARM_STEP) == ()
    assert deadlines(reported, SETTINGS)[0].missed(due)


def test_a_near_miss_has_no_authority_to_tell() -> None:
    assert [one.what for one in deadlines(incident(IncidentKind.NEAR_MISS), SETTINGS)] == ["report_inside"]


@given(late_s=st.integers(min_value=-500_000, max_value=500_000))
def test_a_notice_needs_reasons_exactly_when_it_is_late(late_s: int) -> None:
    due = deadlines(incident(), SETTINGS)[1].due_at.astimezone(UTC)
    step = noted(Step.AUTHORITY_TOLD, at=due + timedelta(seconds=late_s))
    if late_s > 0:
        with pytest.raises(Invalid, match="reasons of the delay"):
            next_step(incident(), step, SETTINGS, None)
        step = replace(step, note="the scope was not known")
    assert next_step(incident(), step, SETTINGS, None) == step


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (noted(Step.ASSESSED), "needs a `choice` out of high, risk, unlikely"),
        (noted(Step.ASSESSED, "unknown"), "needs a `choice`"),
        (noted(Step.ANALYST_DECIDED, "wait"), "containment, corrective, escalation"),
        (noted(Step.REPORTED_INSIDE, "high"), "has no choice"),
        (noted(Step.CORRECTED), "without a `note`"),
        (noted(Step.AUTHORITY_NOT_NEEDED, note="sealed"), "assessed as unlikely"),
        (noted(Step.REVIEWED), "CEO or CTO"),
    ],
)
def test_a_step_that_says_too_little_is_refused_with_what_it_needs(step: Noted, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        next_step(incident(), step, SETTINGS, Office.DPO)


def test_a_review_is_noted_with_the_office() -> None:
    assert next_step(incident(), noted(Step.REVIEWED), SETTINGS, Office.CTO).choice == "cto"


def test_a_breach_of_high_risk_is_closed_only_when_people_know_and_everything_is_noted() -> None:
    found = follow(incident(), noted(Step.REPORTED_INSIDE), noted(Step.ASSESSED, "high"))
    assert found.risk is Risk.HIGH
    with pytest.raises(Conflict, match="people_told or published or people_need_not_be_told"):
        next_step(found, noted(Step.CLOSED), SETTINGS, None)
    found = follow(
        found,
        noted(Step.PEOPLE_TOLD),
        noted(Step.ANALYST_DECIDED, "containment"),
        noted(Step.INVESTIGATION_DECIDED, "full"),
        noted(Step.CONSEQUENCES, note="none known"),
        noted(Step.CORRECTED, note="keys revoked"),
        noted(Step.AUTHORITY_TOLD),
    )
    assert lacking(found) == ["investigation_reported"]
    found = follow(found, noted(Step.INVESTIGATION_REPORTED, note="report 7"), noted(Step.CLOSED))
    with pytest.raises(Conflict, match="is closed"):
        next_step(found, noted(Step.PEOPLE_TOLD), SETTINGS, None)


def test_an_unlikely_risk_frees_from_the_notice_and_its_clock() -> None:
    found = follow(incident(), noted(Step.ASSESSED, "unlikely"), noted(Step.AUTHORITY_NOT_NEEDED, note="it was sealed"))
    assert [one.what for one in deadlines(found, SETTINGS)] == ["report_inside"]

"""What shortens, lengthens or suspends a record's clock: windows of the workspace, consent, ceiling, floor, holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from deciding import NOW, POLICIES, RUKUSE, RUNO, STRICT, decide, facts, moment, on_both_sides, settings

from domain.due_facts import NO_SETTINGS, Artifact
from domain.policy import Policy
from domain.retention import Action
from governance.profiles import build_policy, load_profile

BEGAN = "2024-01-31T12:00:00+05:30"
CALL = facts("communications_content", occurred_at=BEGAN)
IDENTIFIERS = facts("traffic_identifiers", occurred_at=BEGAN)


def floored(**change: Any) -> Policy:
    """Return rukuse with the floor of India from 2020 on, changed."""
    document = load_profile("rukuse")
    document["floors"][0] |= {"from": "2020-01-01"} | change
    return build_policy(document)


def test_content_is_kept_as_the_instruction_says_and_no_default_says_otherwise() -> None:
    unnamed = decide(CALL)
    assert (unnamed.due_at, unnamed.suspended_by) == (None, ("no_window",))
    on_both_sides(CALL, "2024-03-02T00:00:00+05:30", RUKUSE, settings(recording="P30D"))
    on_both_sides(CALL, "2044-02-01T00:00:00+05:30", RUKUSE, settings(recording="P20Y"))


def test_a_window_of_hours_ends_at_the_instant() -> None:
    on_both_sides(CALL, "2024-01-31T16:00:00+05:30", RUKUSE, settings(recording="PT4H"))


def test_four_hours_over_a_change_of_the_clock_are_four_hours() -> None:
    berlin = build_policy(load_profile("rukuse") | {"zone": "Europe/Berlin"})
    night = facts("communications_content", occurred_at="2024-03-31T00:30:00+01:00")
    on_both_sides(night, "2024-03-31T05:30:00+02:00", berlin, settings(recording="PT4H"))


@pytest.mark.parametrize("window", ["PT0S", "once_processed"])
def test_erase_once_processed_waits_for_the_processing_and_no_longer(window: str) -> None:
    told = settings(recording=window)
    waiting = decide(replace(CALL, awaits_processing=True), STRICT, told)
    assert waiting.due_at == moment("2024-03-02T00:00:00+05:30"), (
        "what is never processed goes with the profile's window"
    )
    done = replace(CALL, processed_at=moment("2024-01-31T12:05:00+05:30"))
    on_both_sides(done, "2024-01-31T12:05:00+05:30", STRICT, told)
    on_both_sides(CALL, BEGAN, STRICT, told)


def test_each_part_of_a_call_has_its_own_window_and_the_call_the_first_that_ends() -> None:
    told = settings(recording="P7D", transcript="P30D", derived_output="P90D", cdr_identifiers="P1M")
    ends = {
        Artifact.RECORDING: "2024-02-08",
        Artifact.TRANSCRIPT: "2024-03-02",
        Artifact.DERIVED_OUTPUT: "2024-05-01",
        None: "2024-02-08",
    }
    for artifact, day in ends.items():
        on_both_sides(replace(CALL, artifact=artifact), f"{day}T00:00:00+05:30", RUKUSE, told)


def test_a_window_of_identifiers_counts_from_the_end_of_the_month_too() -> None:
    on_both_sides(IDENTIFIERS, "2024-08-01T00:00:00+05:30", RUKUSE, settings(cdr_identifiers="P6M"))


def test_a_window_longer_than_the_profile_allows_does_not_count_without_a_waiver() -> None:
    told = settings(cdr_identifiers="P24M")
    found = decide(IDENTIFIERS, RUKUSE, told)
    assert found.due_at == moment("2025-02-01T00:00:00+05:30")
    assert any("longer than the profile allows" in sentence for sentence in found.explanation)
    waived = replace(told, waived_until={Artifact.CDR_IDENTIFIERS: NOW})
    before, after = (decide(IDENTIFIERS, RUKUSE, waived, now=now) for now in (NOW - timedelta(seconds=1), NOW))
    assert before.due_at == moment("2026-02-01T00:00:00+05:30")
    assert after.due_at == moment("2025-02-01T00:00:00+05:30"), "at its end the policy's own window applies again"


def test_a_window_of_another_artifact_changes_nothing() -> None:
    assert decide(IDENTIFIERS, RUKUSE, settings(recording="P1D")).due_at == decide(IDENTIFIERS).due_at


def test_the_workspaces_action_comes_with_its_window() -> None:
    told = replace(settings(transcript="P30D"), actions={Artifact.TRANSCRIPT: Action.ANONYMISE})
    assert decide(CALL, RUKUSE, told).action is Action.ANONYMISE
    assert decide(CALL, RUKUSE, replace(told, windows={})).action is Action.ERASE


def test_who_set_a_window_is_told() -> None:
    assert decide(CALL, STRICT).set_by == "policy strict, version 2"
    mine = decide(CALL, STRICT, replace(settings(recording="P7D"), set_at=NOW))
    assert mine.set_by == "workspace settings, version 3, set by key_1 at 2026-11-22T12:00:00+00:00"
    assert any(mine.set_by in sentence for sentence in mine.explanation)


def test_a_ceiling_ends_what_no_window_ends() -> None:
    on_both_sides(CALL, "2025-03-01T00:00:00+05:30", RUNO, settings("2024-02-29T00:00:00+05:30"))


def test_a_ceiling_never_lengthens() -> None:
    found = decide(IDENTIFIERS, RUNO, settings("2024-12-31T00:00:00+05:30"))
    assert found.due_at == moment("2025-02-01T00:00:00+05:30")
    assert found.ceiling == moment("2026-01-01T00:00:00+05:30")


@pytest.mark.parametrize("place", ["GB", "CH", "US-CA", "IN"])
def test_outside_the_union_the_ceiling_is_a_year(place: str) -> None:
    known = facts("communications_content", occurred_at=BEGAN, place=place)
    on_both_sides(known, "2025-03-01T00:00:00+05:30", RUNO, settings("2024-02-29T00:00:00+05:30"))


def test_proof_of_consent_outlives_the_account_and_says_why() -> None:
    found = decide(facts("consent_evidence", occurred_at=BEGAN), RUNO, settings("2024-02-29T00:00:00+05:30"))
    assert found.due_at == moment("2031-02-01T00:00:00+05:30")
    assert any("reason: legal" in sentence for sentence in found.explanation)


def test_proof_of_consent_counts_from_the_end_of_the_consent() -> None:
    known = facts("consent_evidence", occurred_at=BEGAN, consent_until="2026-06-30T12:00:00+05:30")
    on_both_sides(known, "2033-07-01T00:00:00+05:30")


def test_what_rests_on_consent_ends_with_it_at_the_instant() -> None:
    known = facts("voice_sample", occurred_at=BEGAN, consent_until="2024-03-15T09:00:00+05:30")
    on_both_sides(known, "2024-03-15T09:00:00+05:30")
    late = facts("voice_sample", occurred_at=BEGAN, consent_until="2044-03-15T09:00:00+05:30")
    on_both_sides(late, "2025-02-01T00:00:00+05:30")


def test_what_rests_on_another_ground_does_not_end_with_a_consent() -> None:
    known = replace(IDENTIFIERS, consent_until=moment("2024-03-15T09:00:00+05:30"))
    assert decide(known).due_at == decide(IDENTIFIERS).due_at


def test_an_agreement_stops_a_prospects_clock_and_nobody_elses() -> None:
    lead = facts("prospect", last_contact_at=BEGAN, agreement=True)
    assert (decide(lead).due_at, decide(lead).suspended_by) == (None, ("agreement",))
    assert decide(replace(IDENTIFIERS, agreement=True)).due_at == decide(IDENTIFIERS).due_at


def test_a_new_contact_moves_a_prospects_clock() -> None:
    first, second = (
        decide(facts("prospect", last_contact_at=at)).due_at for at in (BEGAN, "2024-02-10T12:00:00+05:30")
    )
    assert (first, second) == (moment("2024-08-01T00:00:00+05:30"), moment("2024-08-11T00:00:00+05:30"))


@pytest.mark.parametrize(
    ("processed", "due"),
    [("2027-05-13T23:59:59+05:30", "2027-11-14"), ("2027-05-14T00:00:00+05:30", "2028-05-15")],
    ids=["the last second before the law", "its first second"],
)
def test_the_floor_of_india_begins_with_its_law(processed: str, due: str) -> None:
    known = facts("prospect", occurred_at=processed, last_contact_at=processed, place="IN")
    on_both_sides(known, f"{due}T00:00:00+05:30")


def test_the_floor_counts_from_the_processing_not_from_the_last_contact() -> None:
    known = facts("prospect", occurred_at=BEGAN, last_contact_at="2024-10-01T12:00:00+05:30", place="IN")
    on_both_sides(known, "2025-04-02T00:00:00+05:30", floored())


def test_until_the_floor_the_record_is_out_of_all_use_and_the_sentence_says_what_yields() -> None:
    known = facts("prospect", occurred_at=BEGAN, last_contact_at=BEGAN, place="IN")
    found = decide(known, floored())
    assert found.due_at == found.floor == moment("2025-02-01T00:00:00+05:30")
    assert found.restricted_from == moment("2024-08-01T00:00:00+05:30")
    assert any("that yields" in sentence and "restricted store" in sentence for sentence in found.explanation)


def test_where_the_policy_says_that_the_floor_yields_the_ceiling_counts() -> None:
    known = facts("usage_data", occurred_at="2024-02-15T00:00:00+05:30", place="IN")
    ended = settings("2024-02-01T00:00:00+05:30")
    assert decide(known, floored(), ended).due_at == moment("2025-02-16T00:00:00+05:30")
    assert decide(known, floored(yields="floor"), ended).due_at == moment("2025-02-02T00:00:00+05:30")


def test_content_of_a_customer_has_no_floor() -> None:
    known = facts("communications_content", occurred_at=BEGAN, place="IN")
    on_both_sides(known, "2024-02-08T00:00:00+05:30", floored(), settings(recording="P7D"))


def test_a_person_elsewhere_has_no_floor() -> None:
    for place in ("DE", "US", "US-IN"):
        known = facts("prospect", occurred_at=BEGAN, last_contact_at=BEGAN, place=place)
        assert decide(known, floored()).floor is None, place


def test_a_floor_never_shortens() -> None:
    known = facts("traffic_data", occurred_at=BEGAN, place="IN")
    assert decide(known, floored()).due_at == decide(replace(known, jurisdiction=None)).due_at


def test_a_hold_wins_over_everything_and_names_its_matters() -> None:
    held = decide(IDENTIFIERS, RUNO, settings("2024-02-01T00:00:00+05:30", cdr_identifiers="P1M"), ["M-1", "M-2"])
    assert (held.due_at, held.is_due, held.suspended_by) == (None, False, ("hold:M-1", "hold:M-2"))
    assert "M-1" in held.explanation[-1]
    assert "M-2" in held.explanation[-1]
    assert held.clock_at == moment("2024-03-01T00:00:00+05:30")


def test_released_is_as_if_never_held() -> None:
    for name, policy in POLICIES.items():
        before = decide(IDENTIFIERS, policy)
        assert decide(IDENTIFIERS, policy, NO_SETTINGS, ["M-1"]).clock_at == before.clock_at, name
        assert decide(IDENTIFIERS, policy, NO_SETTINGS, []) == before, name


def test_rumo_keeps_no_content_and_usage_for_a_shorter_time_than_personal_data() -> None:
    rumo = POLICIES["rumo"]
    assert decide(CALL, rumo).due_at == moment(BEGAN)
    usage, identifiers = (
        decide(facts(name, occurred_at=BEGAN), rumo) for name in ("usage_data", "traffic_identifiers")
    )
    assert usage.due_at is not None
    assert identifiers.due_at is not None
    assert usage.due_at < identifiers.due_at


def test_in_ruu_all_four_kinds_of_platform_data_have_one_role_and_one_window() -> None:
    ruu = POLICIES["ruu"]
    found = [
        decide(facts(name, occurred_at=BEGAN), ruu)
        for name in ("communications_content", "traffic_identifiers", "traffic_data")
    ]
    assert len({(one.role, one.due_at) for one in found}) == 1


def test_the_first_instant_is_told_in_the_policys_zone() -> None:
    found = decide(facts("usage_data", occurred_at=datetime(2024, 1, 31, 20, tzinfo=UTC))).due_at
    assert found is not None
    assert found.isoformat() == "2027-02-02T00:00:00+05:30"

"""Until when a record may be kept: the retention rows of law.md C2 through the one rule, on both sides."""

from __future__ import annotations

import copy
from datetime import UTC, datetime

import pytest
from deciding import NOW, POLICIES, RUKUSE, RUNO, STRICT, decide, facts, on_both_sides, settings

from domain.due_facts import CustomerType, MissingAnchor, RecordFacts
from domain.policy import Policy
from domain.records import Category, LegalBasis, Role
from domain.retention import Action
from governance.profiles import build_policy, load_profile


def in_zone(zone: str) -> Policy:
    return build_policy(copy.deepcopy(load_profile("rukuse")) | {"zone": zone})


ROWS = [
    ("1", "traffic_identifiers", {"occurred_at": "2024-01-31T12:00:00+05:30"}, "2025-02-01T00:00:00+05:30"),
    ("2 first", "traffic_identifiers", {"occurred_at": "2024-01-01T00:00:00+05:30"}, "2025-02-01T00:00:00+05:30"),
    ("2 last", "traffic_identifiers", {"occurred_at": "2024-01-31T23:59:59+05:30"}, "2025-02-01T00:00:00+05:30"),
    ("3", "traffic_identifiers", {"occurred_at": "2024-02-01T00:00:00+05:30"}, "2025-03-01T00:00:00+05:30"),
    ("3 leap day", "traffic_identifiers", {"occurred_at": "2024-02-29T12:00:00+05:30"}, "2025-03-01T00:00:00+05:30"),
    ("4", "traffic_identifiers", {"occurred_at": "2023-02-28T12:00:00+05:30"}, "2024-03-01T00:00:00+05:30"),
    ("5", "traffic_identifiers", {"occurred_at": "2024-01-31T20:00:00+00:00"}, "2025-03-01T00:00:00+05:30"),
    ("6", "traffic_identifiers", {"occurred_at": "2024-12-31T23:59:00+05:30"}, "2026-01-01T00:00:00+05:30"),
    ("7", "traffic_data", {"occurred_at": "2024-06-01T12:00:00+05:30"}, "2035-01-01T00:00:00+05:30"),
    ("8", "traffic_data", {"occurred_at": "2024-12-31T19:00:00+00:00"}, "2036-01-01T00:00:00+05:30"),
    ("9", "usage_data", {"occurred_at": "2024-02-29T12:00:00+05:30"}, "2027-03-01T00:00:00+05:30"),
    *[
        (
            f"10, {day}th",
            "behaviour_analytics",
            {"occurred_at": f"2024-01-{day}T12:00:00+05:30"},
            "2026-03-01T00:00:00+05:30",
        )
        for day in (28, 29, 30, 31)
    ],
    ("11", "prospect", {"last_contact_at": "2024-08-31T12:00:00+05:30"}, "2025-03-01T00:00:00+05:30"),
    ("11 leap", "prospect", {"last_contact_at": "2023-08-31T12:00:00+05:30"}, "2024-03-01T00:00:00+05:30"),
    ("12", "supplier_contact", {"relationship_ended_at": "2024-02-29T12:00:00+05:30"}, "2025-03-01T00:00:00+05:30"),
    (
        "12 one person",
        "supplier_individual",
        {"relationship_ended_at": "2024-02-29T12:00:00+05:30"},
        "2031-03-01T00:00:00+05:30",
    ),
]


@pytest.mark.parametrize(("category", "known", "due"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_the_worked_rows_hold_on_both_sides(category: str, known: dict[str, str], due: str) -> None:
    on_both_sides(facts(category, **known), due)


def test_rows_5_and_8_in_a_policy_that_counts_in_utc() -> None:
    utc = in_zone("UTC")
    on_both_sides(facts("traffic_identifiers", occurred_at="2024-01-31T20:00:00Z"), "2025-02-01T00:00:00+00:00", utc)
    on_both_sides(facts("traffic_data", occurred_at="2024-12-31T19:00:00Z"), "2035-01-01T00:00:00+00:00", utc)


@pytest.mark.parametrize("category", ["communications_content", "traffic_data", "usage_data", "account"])
def test_row_13_nothing_stays_longer_than_a_year_after_the_account(category: str) -> None:
    known = facts(category, occurred_at="2024-02-01T00:00:00+05:30")
    on_both_sides(known, "2025-03-01T00:00:00+05:30", RUNO, settings("2024-02-29T12:00:00+05:30"))


@pytest.mark.parametrize(("ended", "due"), [("2024-01-31", "2024-03-01"), ("2023-01-31", "2023-03-01")])
@pytest.mark.parametrize("place", ["EU", "DE", "NO", "RE"])
@pytest.mark.parametrize("category", ["communications_content", "traffic_identifiers", "account"])
def test_row_14_a_person_in_the_union_is_scrubbed_within_a_month(
    category: str, place: str, ended: str, due: str
) -> None:
    known = facts(category, occurred_at=f"{int(ended[:4]) - 1}-12-15T00:00:00+05:30", place=place)
    on_both_sides(known, f"{due}T00:00:00+05:30", RUNO, settings(f"{ended}T12:00:00+05:30"))


def test_row_24_what_was_processed_for_india_is_kept_for_a_year_at_least() -> None:
    document = load_profile("rukuse")
    document["floors"][0]["from"] = "2024-01-01"
    known = facts(
        "prospect", occurred_at="2024-02-29T12:00:00+05:30", last_contact_at="2024-02-29T12:00:00+05:30", place="IN"
    )
    on_both_sides(known, "2025-03-01T00:00:00+05:30", build_policy(document))


def test_a_call_over_midnight_belongs_to_the_month_it_began_in() -> None:
    known = facts(
        "traffic_identifiers", occurred_at="2024-01-31T23:59:59+05:30", processed_at="2024-02-01T00:20:00+05:30"
    )
    assert decide(known).due_at == datetime.fromisoformat("2025-02-01T00:00:00+05:30")


@pytest.mark.parametrize(
    ("zone", "anchor", "due"),
    [
        ("Africa/Cairo", "2023-10-25T12:00:00+03:00", "2024-04-25T22:00:00+00:00"),
        ("America/Havana", "2024-05-02T12:00:00-04:00", "2024-11-03T04:00:00+00:00"),
        ("Europe/Berlin", "2023-09-30T12:00:00+02:00", "2024-03-30T23:00:00+00:00"),
    ],
    ids=["a midnight that the clocks skip", "a midnight that comes twice", "the night of the change"],
)
def test_a_night_in_which_the_clocks_change_has_one_first_instant(zone: str, anchor: str, due: str) -> None:
    on_both_sides(facts("prospect", last_contact_at=anchor), due, in_zone(zone))


@pytest.mark.parametrize(
    ("category", "anchor"),
    [
        ("usage_data", "occurred_at"),
        ("communications_content", "occurred_at"),
        ("prospect", "last_contact_at"),
        ("supplier_contact", "relationship_ended_at"),
        ("supplier_individual", "relationship_ended_at"),
    ],
)
def test_a_record_without_the_fact_that_its_clock_runs_from_is_refused(category: str, anchor: str) -> None:
    known = {} if anchor == "occurred_at" else {"occurred_at": "2024-01-01T00:00:00Z"}
    with pytest.raises(MissingAnchor, match=anchor):
        decide(facts(category, **known), STRICT)


@pytest.mark.parametrize("category", ["account", "business_contact"])
def test_while_a_relationship_lasts_its_clock_has_not_begun(category: str) -> None:
    found = decide(facts(category, occurred_at="2010-01-01T00:00:00Z"))
    assert (found.due_at, found.suspended_by, found.is_due) == (None, ("relationship",), False)


def test_a_naive_instant_is_refused_wherever_it_stands() -> None:
    naive = datetime(2024, 1, 1)  # noqa: DTZ001 - that is the point
    for name in ("occurred_at", "last_contact_at", "consent_until"):
        with pytest.raises(ValueError, match="without its zone"):
            decide(RecordFacts(Category.USAGE_DATA, **{"occurred_at": NOW} | {name: naive}))
    with pytest.raises(ValueError, match="without its zone"):
        decide(facts("usage_data", occurred_at=NOW), RUKUSE, settings(naive))
    with pytest.raises(ValueError, match="without its zone"):
        decide(facts("usage_data", occurred_at=NOW), now=naive)


@pytest.mark.parametrize("year", [1, 9999])
def test_a_record_of_the_ends_of_the_calendar_is_refused_with_a_sentence(year: int) -> None:
    edge = datetime(year, 12 if year > 1 else 1, 31 if year > 1 else 1, tzinfo=UTC)
    policy = in_zone("America/New_York") if year == 1 else RUKUSE
    with pytest.raises(ValueError, match="beyond the calendar"):
        decide(facts("traffic_data", occurred_at=edge), policy)


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("category", Category)
def test_every_profile_decides_every_category_and_names_its_rule(name: str, category: Category) -> None:
    instant = datetime(2024, 1, 31, 6, 30, tzinfo=UTC)
    known = RecordFacts(category, instant, relationship_ended_at=instant, last_contact_at=instant)
    found = decide(known, POLICIES[name], settings(instant))
    assert found.due_at is not None
    assert found.due_at > instant or name == "rumo"
    assert found.rule == f"{name}/{category.value}"
    assert found.rule in found.explanation[0]
    assert POLICIES[name].zone in " ".join(found.explanation)


def test_role_basis_and_action_come_with_the_decision() -> None:
    identifiers = decide(facts("traffic_identifiers", occurred_at=NOW, customer_type=CustomerType.LEGAL_PERSON))
    told = (identifiers.role, identifiers.legal_basis, identifiers.action)
    assert told == (Role.CONTROLLER, LegalBasis.LEGITIMATE_INTEREST, Action.DROP_IDENTIFIERS)
    content = decide(facts("communications_content", occurred_at=NOW))
    assert (content.role, content.legal_basis) == (Role.PROCESSOR, LegalBasis.CUSTOMER_INSTRUCTION)


@pytest.mark.parametrize(
    ("customer", "place", "basis"),
    [
        ("individual", None, "contract"),
        ("individual", "IN", "contract"),
        ("legal_person", None, "legitimate_interest"),
        ("legal_person", "DE", "legitimate_interest"),
        ("legal_person", "IN", "consent"),
        ("legal_person", "IN-MH", "consent"),
        (None, "US-CA", "legitimate_interest"),
    ],
)
def test_the_basis_for_traffic_follows_customer_and_place(customer: str | None, place: str | None, basis: str) -> None:
    known = {"occurred_at": NOW} | ({"place": place} if place else {})
    if customer:
        known["customer_type"] = CustomerType(customer)
    assert decide(facts("traffic_data", **known)).legal_basis.value == basis


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("category", Category)
@pytest.mark.parametrize("customer", [None, *CustomerType])
def test_no_record_of_india_rests_on_legitimate_interest(
    name: str, category: Category, customer: CustomerType | None
) -> None:
    instant = datetime(2024, 1, 31, tzinfo=UTC)
    known = facts(
        category.value,
        occurred_at=instant,
        relationship_ended_at=instant,
        last_contact_at=instant,
        customer_type=customer,
        place="IN",
    )
    assert decide(known, POLICIES[name]).legal_basis is not LegalBasis.LEGITIMATE_INTEREST

"""Disclosures: no ground, no disclosure; and out of the EEA only on a safeguard that protects."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.disclosures import (
    GROUNDS_OF,
    Disclosure,
    Ground,
    RecipientKind,
    check_disclosure,
    leaves_the_eea,
    marketing_answer,
)
from domain.errors import Invalid
from domain.policy_settings import PolicySettings, Safeguard
from domain.records import Category

TODAY = date(2026, 11, 22)
SHARES = PolicySettings(provider_sharing=True, transfer_safeguards=(Safeguard.STANDARD_CLAUSES,))
PLAIN = Disclosure(
    recipient="Regulator",
    recipient_kind=RecipientKind.AUTHORITY,
    country="DE",
    ground=Ground.LAW,
    reference="order 7",
    purpose="investigation",
    categories=(Category.TRAFFIC_DATA,),
    disclosed_at=datetime(2026, 11, 22, tzinfo=UTC),
)


def test_a_lawful_disclosure_inside_the_eea_passes() -> None:
    check_disclosure(PLAIN, PolicySettings(), TODAY)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"categories": ()}, "at least one category"),
        ({"ground": Ground.BUSINESS_OBLIGATION}, "is no ground"),
        ({"recipient_kind": RecipientKind.MARKETING_PARTNER}, "only on consent"),
        ({"recipient_kind": RecipientKind.BUYER}, "agreement on confidentiality"),
        ({"recipient_kind": RecipientKind.CUSTOMER, "direct_marketing": True}, "its address is noted"),
        ({"country": "IN"}, "name the safeguard"),
        ({"country": "IN", "safeguard": Safeguard.PRIVACY_SHIELD}, "void since"),
        ({"country": "IN", "safeguard": Safeguard.STANDARD_CLAUSES}, "can be read"),
        ({"country": "XX"}, "unknown jurisdiction"),
    ],
)
def test_a_disclosure_that_says_too_little_is_refused_with_a_sentence(
    changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        check_disclosure(replace(PLAIN, **changes), SHARES, TODAY)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [RecipientKind.SERVICE_PROVIDER, RecipientKind.AFFILIATE])
def test_a_profile_that_shares_with_nobody_refuses_providers_and_affiliates(kind: RecipientKind) -> None:
    shared = replace(PLAIN, recipient_kind=kind)
    check_disclosure(shared, SHARES, TODAY)
    with pytest.raises(Invalid, match="providers or affiliates"):
        check_disclosure(shared, PolicySettings(provider_sharing=False), TODAY)


def test_clauses_count_only_where_the_profile_rests_transfers_on_them() -> None:
    out = replace(PLAIN, country="IN", safeguard=Safeguard.STANDARD_CLAUSES, safeguard_reference="annex 2")
    check_disclosure(out, SHARES, TODAY)
    with pytest.raises(Invalid, match="does not rest transfers on"):
        check_disclosure(out, PolicySettings(), TODAY)


def test_people_whose_law_is_not_known_are_taken_to_be_in_the_eea() -> None:
    assert leaves_the_eea(replace(PLAIN, country="US"))
    assert leaves_the_eea(replace(PLAIN, country="US", jurisdiction="NO"))
    assert not leaves_the_eea(replace(PLAIN, country="US", jurisdiction="IN"))
    assert not leaves_the_eea(replace(PLAIN, country="IS"))


@given(kind=st.sampled_from(RecipientKind), ground=st.sampled_from(Ground))
def test_no_recipient_gets_anything_on_a_ground_that_is_not_its(kind: RecipientKind, ground: Ground) -> None:
    asked = replace(PLAIN, recipient_kind=kind, ground=ground, confidentiality="NDA 4")
    allowed = ground in GROUNDS_OF.get(kind, frozenset(Ground))
    try:
        check_disclosure(asked, SHARES, TODAY)
    except Invalid:
        assert not allowed
    else:
        assert allowed


def test_a_californian_learns_of_the_year_before_and_only_of_marketing() -> None:
    sold = replace(PLAIN, direct_marketing=True, recipient="Mailer", recipient_address="1 Road", country="US")
    at = {year: replace(sold, disclosed_at=datetime(year, 6, 1, tzinfo=UTC)) for year in (2024, 2025, 2026)}
    answer = marketing_answer([*at.values(), replace(PLAIN, disclosed_at=at[2025].disclosed_at)], TODAY)
    assert (answer.year, answer.categories, answer.recipients) == (2025, ("traffic_data",), (("Mailer", "1 Road"),))

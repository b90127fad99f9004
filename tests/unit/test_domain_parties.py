"""Who is in a call: whoever is not known is unknown, and two numbers of one person are not two people."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.due_facts import CustomerType
from domain.jurisdictions import jurisdiction
from domain.parties import CallParty, all_identified, everybody, parties_of, places_of

ANNA, BEN = CallParty(("aa", "ab")), CallParty(("ba",))


def test_two_who_are_both_known_are_everybody() -> None:
    assert all_identified([ANNA, BEN])
    assert not all_identified([ANNA])
    assert not all_identified([])


def test_somebody_unknown_is_one_too_many() -> None:
    assert not all_identified([ANNA, BEN, CallParty()])


def test_one_person_under_two_names_is_one() -> None:
    assert not all_identified([ANNA, CallParty(("ab",))])


def test_whom_no_party_accounts_for_is_a_party_more() -> None:
    found = everybody([ANNA], frozenset({"aa", "ca"}))
    assert found == (ANNA, CallParty(("ca",)))


def test_a_call_of_before_names_nobody() -> None:
    assert parties_of({"_id": "call_1"}) == ()


def test_places_are_told_once_and_in_order() -> None:
    us, india = CallParty(("a",), jurisdiction("US-CA")), CallParty(("b",), jurisdiction("IN"))
    assert places_of([us, india, us, CallParty(("c",))]) == ("IN", "US-CA")


PARTIES = st.builds(
    CallParty,
    st.lists(st.text("abcdef", min_size=2, max_size=2), max_size=3).map(tuple),
    st.sampled_from([None, jurisdiction("IN"), jurisdiction("DE"), jurisdiction("US-CA")]),
    st.sampled_from([None, *CustomerType]),
    st.booleans(),
)


@given(PARTIES)
def test_a_party_is_read_as_it_was_stored(party: CallParty) -> None:
    assert CallParty.from_document(party.to_document()) == party


@given(st.lists(PARTIES, max_size=4), st.frozensets(st.text("abcdef", min_size=2, max_size=2)))
def test_nobody_of_a_call_is_left_out(parties: list[CallParty], people: frozenset[str]) -> None:
    found = everybody(parties, people)
    assert people <= {token for party in found for token in party.people}
    assert found[: len(parties)] == tuple(parties)

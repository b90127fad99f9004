"""What of a CDR may stand in clear for ten years: words of a protocol, and nothing that anybody is known by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.traffic import harmless


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("technology", "PJSIP"),
        ("hangup_cause", "NORMAL_CLEARING"),
        ("sip_code", "486"),
        ("clock_by_ids", "UTC+0300"),
        ("status", "no-answer"),
        ("releasing_party", "local"),
    ],
)
def test_words_of_a_protocol_stay(name: str, value: str) -> None:
    assert harmless({name: value}) == {name: value}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("technology", "asha"),  # a channel's name without its technology
        ("campaign", "Asha"),
        ("skill", "support"),
        ("sip_reason", "Busy"),
        ("status", "call +442079460018 back"),
        ("status", "+442079460018"),
        ("cause", "asha@example.com"),
        ("last_app", "Dial 555-01-23"),
        ("hangup_cause", "442-079-46-00-18"),
        ("hangup_cause", ""),
    ],
)
def test_what_people_write_or_are_known_by_does_not(name: str, value: str) -> None:
    assert harmless({name: value}) == {}


@given(st.dictionaries(st.text(max_size=30), st.text(max_size=60), max_size=8))
def test_nothing_unknown_gets_through(facts: dict[str, str]) -> None:
    assert harmless(facts).keys() <= facts.keys()
    assert not [name for name in harmless(facts) if name.strip() != name]


@given(st.sampled_from(["status", "cause", "sip_code", "last_app"]), st.integers(10_000, 10**15).map(str))
def test_no_number_of_five_digits_or_more_stays(name: str, number: str) -> None:
    assert harmless({name: number, "status": f"x{number}"}) == {}

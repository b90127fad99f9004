"""The hash of a request's body: the same request has the same one, however its fields are ordered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.idempotency import request_hash

LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
BODIES = st.dictionaries(st.text(max_size=8), LEAVES | st.lists(LEAVES, max_size=3), max_size=5)


@given(BODIES)
def test_the_order_of_fields_does_not_show(body: dict[str, object]) -> None:
    assert request_hash(body) == request_hash(dict(reversed(body.items())))


@given(BODIES, BODIES)
def test_two_bodies_have_one_hash_only_when_they_are_equal(one: dict[str, object], other: dict[str, object]) -> None:
    same = repr(sorted(one.items())) == repr(sorted(other.items()))
    assert (request_hash(one) == request_hash(other)) == same


def test_the_order_of_a_list_counts() -> None:
    assert request_hash({"channels": ["agent", "contact"]}) != request_hash({"channels": ["contact", "agent"]})

"""Holds and restrictions asked of very many calls say what each of them says of one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from corpus.reach import Reach
from corpus.redactions import RedactionFacts
from domain.holds import WORKSPACE, HeldKind, HeldQuery, HoldKind, HoldScope, LegalHold, record_scope
from domain.training import RedactionState
from storage.hold_filters import facts_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOURS = st.integers(0, 5).map(lambda hours: NOON + timedelta(hours=hours))
IDS = st.sampled_from(["call_a", "call_b", "log_a"])
TOKENS = st.frozensets(st.sampled_from("abcd"), max_size=3)
QUERIES = st.builds(
    lambda kind, begin, length, source: HeldQuery(kind, begin, begin + timedelta(hours=length), source=source),
    st.sampled_from([HeldKind.CALL, HeldKind.CDR]),
    HOURS,
    st.integers(1, 3),
    st.sampled_from([None, "api", "phone"]),
)
SCOPES = (
    st.just(WORKSPACE)
    | IDS.map(record_scope)
    | TOKENS.filter(bool).map(lambda found: HoldScope(HoldKind.PERSON, tokens=tuple(sorted(found))))
    | QUERIES.map(lambda query: HoldScope(HoldKind.QUERY, query=query))
)
CALLS = st.builds(
    lambda call_id, began, created, source: {
        "_id": call_id,
        "workspace_id": "ws",
        "setup_time": began,
        "created_at": created,
        "source": source,
    },
    IDS,
    st.none() | HOURS,
    HOURS,
    st.sampled_from(["api", "phone"]),
)


@given(st.lists(SCOPES, max_size=4), CALLS, TOKENS)
def test_a_call_is_covered_when_one_of_them_says_so(
    scopes: list[HoldScope], call: dict[str, Any], people: frozenset[str]
) -> None:
    holds = [LegalHold(str(at), "ws", "matter", scope, NOON) for at, scope in enumerate(scopes)]
    facts = replace(facts_of("calls", call), tokens=people)
    assert Reach(holds).has(call, people) == any(hold.covers(facts) for hold in holds)


def test_a_redaction_is_good_enough_from_the_rules_that_are_asked_for_on() -> None:
    made = RedactionFacts(NOON, rules=5, passed=True)
    assert [made.state(minimum) for minimum in (4, 5, 6)] == [
        RedactionState.PASSED,
        RedactionState.PASSED,
        RedactionState.TOO_OLD,
    ]
    assert replace(made, passed=False).state(5) is RedactionState.NOT_CHECKED
    assert RedactionFacts().state(0) is RedactionState.NOT_CHECKED

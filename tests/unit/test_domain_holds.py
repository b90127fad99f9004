"""What a hold covers until it is released: a record and what is linked to it, a person, a query, a workspace."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.holds import (
    WORKSPACE,
    HeldFacts,
    HeldKind,
    HeldQuery,
    HoldKind,
    HoldScope,
    LegalHold,
    record_scope,
)

MORNING = datetime(2026, 11, 22, 8, tzinfo=UTC)
NOON = MORNING + timedelta(hours=4)
CALL, LOG, CDR = "call_" + "a" * 26, "log_" + "b" * 26, "cdr_" + "c" * 26
ANNA, BERT = "a1" * 16, "b2" * 16


def hold(scope: HoldScope, **changes: Any) -> LegalHold:
    return replace(LegalHold("hold_1", "ws_1", "2026-114", scope, MORNING), **changes)


def person(*tokens: str) -> HoldScope:
    return HoldScope(HoldKind.PERSON, tokens=tokens)


def query(kind: HeldKind = HeldKind.CDR, **asked: Any) -> HoldScope:
    return HoldScope(
        HoldKind.QUERY, query=HeldQuery(kind, asked.pop("begin", MORNING), asked.pop("end", NOON), **asked)
    )


def cdr(**changes: Any) -> HeldFacts:
    return replace(
        HeldFacts("ws_1", CDR, HeldKind.CDR, CALL, (ANNA,), MORNING, "inbound", "pbx", "answered"), **changes
    )


def test_a_hold_on_a_call_covers_the_call_and_the_traffic_data_linked_to_it() -> None:
    held = hold(record_scope(CALL))
    assert held.call_id == CALL
    assert held.covers(HeldFacts("ws_1", CALL, HeldKind.CALL))
    assert held.covers(cdr())
    assert not held.covers(cdr(call_id=None))


def test_a_hold_on_a_cdr_covers_nothing_else() -> None:
    held = hold(record_scope(CDR))
    assert held.call_id is None
    assert held.covers(cdr())
    assert not held.covers(HeldFacts("ws_1", CALL, HeldKind.CALL))


@pytest.mark.parametrize("scope", [record_scope(CDR), person(ANNA), query(), WORKSPACE], ids=lambda scope: scope.kind)
def test_no_hold_covers_anything_of_another_workspace_or_after_its_release(scope: HoldScope) -> None:
    assert hold(scope).covers(cdr())
    assert not hold(scope).covers(cdr(workspace_id="ws_2"))
    assert not hold(scope, released_at=NOON).covers(cdr())


@pytest.mark.parametrize(("kind", "covered"), [(kind, kind.value in {"call", "call_log", "cdr"}) for kind in HeldKind])
def test_a_person_is_found_where_people_can_be_found(kind: HeldKind, covered: bool) -> None:
    assert hold(person(BERT, ANNA)).covers(cdr(kind=kind)) is covered
    assert not hold(person(BERT)).covers(cdr(kind=kind))
    assert not hold(person()).covers(cdr(kind=kind, tokens=()))


def test_a_query_finds_its_first_instant_and_not_its_last() -> None:
    held, tick = hold(query()), timedelta(milliseconds=1)
    found = [held.covers(cdr(began=at)) for at in (MORNING - tick, MORNING, NOON - tick, NOON)]
    assert found == [False, True, True, False]
    assert not held.covers(cdr(began=None))


@pytest.mark.parametrize("asked", [{"direction": "outbound"}, {"source": "other"}, {"disposition": "busy"}])
def test_a_query_finds_only_what_says_all_that_it_asks(asked: dict[str, Any]) -> None:
    assert not hold(query(**asked)).covers(cdr())
    assert hold(query(**asked)).covers(cdr(**asked))
    assert hold(query(direction="inbound", source="pbx", disposition="answered")).covers(cdr())


def test_a_query_for_one_kind_finds_no_other() -> None:
    assert not hold(query(HeldKind.CALL_LOG)).covers(cdr())
    assert not hold(query(HeldKind.CALL)).covers(cdr())


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"end": MORNING}, "after"),
        ({"end": MORNING - timedelta(seconds=1)}, "after"),
        ({"begin": MORNING.replace(tzinfo=None)}, "zone"),
        ({"kind": HeldKind.CALL, "direction": "inbound"}, "call_log or cdr"),
        ({"kind": HeldKind.INBOX, "source": "pbx"}, "leave it out"),
        ({"kind": HeldKind.QUARANTINE, "disposition": "busy"}, "says no"),
    ],
)
def test_a_query_that_can_find_nothing_is_refused(asked: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        query(**asked)


scopes = st.one_of(
    st.just(WORKSPACE),
    st.sampled_from([CALL, LOG, CDR]).map(record_scope),
    st.lists(st.sampled_from([ANNA, BERT]), min_size=1, unique=True).map(lambda tokens: person(*tokens)),
    st.builds(query, kind=st.sampled_from(HeldKind), end=st.sampled_from([NOON, NOON + timedelta(days=1)])),
)
records = st.builds(
    cdr,
    record_id=st.sampled_from([CALL, LOG, CDR]),
    kind=st.sampled_from([*HeldKind, None]),
    call_id=st.sampled_from([CALL, None]),
    tokens=st.sets(st.sampled_from([ANNA, BERT])).map(tuple),
    began=st.sampled_from([MORNING, NOON, None]),
)


@given(scopes)
def test_a_scope_is_read_as_it_was_stored(scope: HoldScope) -> None:
    assert HoldScope.from_document(scope.to_document()) == scope


@given(scopes, scopes)
def test_two_scopes_are_the_same_only_if_they_cover_the_same(one: HoldScope, other: HoldScope) -> None:
    same = replace(one, tokens=tuple(sorted(one.tokens))) == replace(other, tokens=tuple(sorted(other.tokens)))
    assert (one.same_as == other.same_as) is same


@given(st.lists(scopes, min_size=1, max_size=5), records, st.data())
def test_what_is_held_and_released_is_as_if_it_had_never_been_held(
    wanted: list[HoldScope], record: HeldFacts, data: st.DataObject
) -> None:
    """And a record stays held until the last hold that covers it is released, in whatever order."""
    holds = [hold(scope) for scope in wanted]
    for at in data.draw(st.permutations(range(len(holds)))):
        left = [one for one in holds if one.released_at is None and one.covers(record)]
        assert bool(left) == any(one.covers(record) for one in holds)
        holds[at] = replace(holds[at], released_at=NOON)
    assert not any(one.covers(record) for one in holds)


def test_a_hold_of_the_first_version_named_a_call_or_nothing() -> None:
    stored = {"_id": "hold_1", "workspace_id": "ws_1", "matter": "2026-1", "placed_at": MORNING, "released_at": None}
    assert LegalHold.from_document({**stored, "call_id": CALL}).scope == record_scope(CALL)
    assert LegalHold.from_document({**stored, "call_id": None}).scope == WORKSPACE

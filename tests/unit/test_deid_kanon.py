"""k and l: no class under k is told, no label that is not diverse; what is told is as fine as the rule allows."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from deid_calls import item, keyed
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.deid.hierarchies import COARSEST, NAMES, Facts, coarser, every_way, facts_tuple, loss
from corpus.deid.kanon import TupleCounts, plan
from domain.corpus import CorpusItem, QuasiIdentifiers

_FACTS = st.builds(
    QuasiIdentifiers,
    month=st.sampled_from(["2026-01", "2026-02", "2026-05", "2027-01", ""]),
    part_of_week=st.sampled_from(["weekday", "weekend", ""]),
    part_of_day=st.sampled_from(["morning", "afternoon", "evening", "night"]),
    length=st.sampled_from(["0-1", "1-3", "3-10", "10+"]),
    direction=st.sampled_from(["inbound", "outbound"]),
    place=st.sampled_from(["DE", "FR", "IN", "US", "EU", ""]),
)
_LABELS = st.dictionaries(
    st.sampled_from(["outcome", "intent"]), st.sampled_from(["sold", "lost", "later"]), max_size=2
)
_ROWS = st.lists(st.tuples(_FACTS, _LABELS), max_size=60)
_ONE = item("hello there", "hi")


def _items(rows: list[tuple[QuasiIdentifiers, dict[str, str]]]) -> list[CorpusItem]:
    return [replace(_ONE, item_id=f"item_{at}", facts=facts, labels=labels) for at, (facts, labels) in enumerate(rows)]


def _counts(items: list[CorpusItem]) -> TupleCounts:
    counts = TupleCounts()
    for one in items:
        counts.add(one)
    return counts


@given(_ROWS, st.integers(1, 8), st.integers(1, 3), st.sampled_from([0.0, 0.05, 0.3]))
@settings(max_examples=120, deadline=None)
def test_what_is_released_has_k_in_each_class_and_l_values_of_each_label(
    rows: list[tuple[QuasiIdentifiers, dict[str, str]]], k: int, least: int, share: float
) -> None:
    items = _items(rows)
    decided = plan(_counts(items), k=k, l=least, most_suppressed=share)
    released = [one for one in (decided.release(one, keyed()) for one in items) if one is not None]
    classes = Counter(facts_tuple(one.facts) for one in released)
    assert all(count >= k for count in classes.values())
    for facts in classes:
        for name in ("outcome", "intent"):
            told = {one.labels[name] for one in released if facts_tuple(one.facts) == facts and name in one.labels}
            assert not told or len(told) >= least
    assert decided.suppressed == len(items) - len(released)
    assert decided.suppressed <= share * len(items) or decided.levels == COARSEST


@given(_ROWS, st.integers(2, 8))
@settings(max_examples=40, deadline=None)
def test_no_way_that_loses_less_would_do(rows: list[tuple[QuasiIdentifiers, dict[str, str]]], k: int) -> None:
    items = _items(rows)
    decided = plan(_counts(items), k=k, most_suppressed=0.05)
    for levels in every_way():
        if loss(levels) >= decided.loss:
            break
        classes = Counter(coarser(facts_tuple(one.facts), levels) for one in items)
        assert sum(count for count in classes.values() if count < k) > 0.05 * len(items)


@given(_FACTS)
def test_each_step_is_coarser_than_the_one_before(facts: QuasiIdentifiers) -> None:
    """Who is told alike at a level is told alike at every coarser one, and the coarsest says nothing."""
    given_facts: Facts = facts_tuple(facts)
    for at, most in enumerate(COARSEST):
        seen = given_facts[at]
        for level in range(most + 1):
            told = coarser(given_facts, tuple(level if place == at else 0 for place in range(len(NAMES))))[at]
            assert told == "" or seen != ""
            seen = told
        assert seen == ""


def test_k_and_k_less_one_lie_on_either_side() -> None:
    facts = QuasiIdentifiers("2026-01", "weekday", "morning", "1-3", "inbound", "DE")
    others = [(replace(facts, direction="outbound"), {})] * 40
    enough = plan(_counts(_items([(facts, {})] * 5 + others)), k=5, most_suppressed=0.0)
    assert (enough.levels, enough.suppressed) == ((0,) * 6, 0)
    few = plan(_counts(_items([(facts, {})] * 4 + others)), k=5, most_suppressed=0.0)
    assert few.apply(facts) is not None
    assert few.apply(facts).direction == ""  # type: ignore[union-attr]
    withheld = plan(_counts(_items([(facts, {})] * 4 + others)), k=5, most_suppressed=0.1)
    assert withheld.apply(facts) is None
    assert withheld.apply(others[0][0]) == others[0][0]


def test_fewer_items_than_k_are_all_withheld_and_none_at_all_are_no_trouble() -> None:
    assert plan(_counts(_items([(QuasiIdentifiers("2026-01"), {})] * 3)), k=5).suppressed == 3
    assert plan(TupleCounts(), k=5).items == 0


def test_a_label_that_is_not_diverse_is_taken_and_the_item_stays() -> None:
    rows = [(QuasiIdentifiers(), {"outcome": "sold", "intent": "buy" if at else "ask"}) for at in range(4)]
    decided = plan(_counts(_items(rows)), k=3, l=2)
    released = [decided.release(one, keyed()) for one in _items(rows)]
    assert [one.labels for one in released if one is not None] == [{"intent": row[1]["intent"]} for row in rows]


def test_a_coarser_length_draws_a_new_duration() -> None:
    rows = [(QuasiIdentifiers(length="0-1"), {})] * 2 + [(QuasiIdentifiers(length="1-3"), {})] * 2
    decided = plan(_counts(_items(rows)), k=4, most_suppressed=0.0)
    released = decided.release(_items(rows)[0], keyed())
    assert released is not None
    assert released.facts.length == "0-3"
    assert 10 <= released.duration_s <= 180
    assert released.duration_s != _ONE.duration_s


@given(_ROWS)
@settings(max_examples=40, deadline=None)
def test_counts_are_stored_and_merged_without_loss(rows: list[tuple[QuasiIdentifiers, dict[str, str]]]) -> None:
    items = _items(rows)
    half = len(items) // 2
    merged = _counts(items[:half]).merged(TupleCounts.from_document(_counts(items[half:]).to_document()))
    assert merged.to_document() == _counts(items).to_document()


@pytest.mark.parametrize(("k", "least", "share"), [(0, 1, 0.1), (1, 0, 0.1), (1, 1, -0.1), (1, 1, 1.1)])
def test_a_rule_that_is_none_is_refused(k: int, least: int, share: float) -> None:
    with pytest.raises(ValueError, match="k and l must be 1 or more"):
        plan(TupleCounts(), k=k, l=least, most_suppressed=share)

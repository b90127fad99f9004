"""k-anonymity and l-diversity, counted again from the rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from gate_items import FACTS, item_of
from hypothesis import given
from hypothesis import strategies as st

from corpus.gates.classes import Classes
from domain.corpus import CorpusItem


def many(count: int, month: str, labels: tuple[str, ...] = ()) -> list[CorpusItem]:
    facts = replace(FACTS, month=month)
    return [
        item_of(
            "hello",
            item_id=f"item_{month}_{at}",
            facts=facts,
            labels={"outcome": labels[at % len(labels)]} if labels else {},
        )
        for at in range(count)
    ]


def judged(items: list[CorpusItem], k: int = 5, least: int = 2) -> Classes:
    classes = Classes(k, least)
    for item in items:
        classes.see(item)
    return classes


def test_k_items_of_equal_facts_pass_and_one_less_does_not() -> None:
    assert judged(many(5, "2026-10") + many(5, "2026-11")).results()[0].passed
    alike, _ = judged(many(5, "2026-10") + many(4, "2026-11")).results()
    assert not alike.passed
    assert (alike.measured, alike.threshold, alike.found) == (4, 5, 4)
    assert alike.items == tuple(f"item_2026-11_{at}" for at in range(4))
    assert "4 items are in 1 groups" in alike.why


def test_without_items_nothing_is_k_anonymous() -> None:
    assert not judged([]).results()[0].passed


def test_a_label_with_one_value_in_a_group_is_told_of_everybody_in_it() -> None:
    assert judged(many(6, "2026-10", ("sold", "lost"))).results()[1].passed
    _, diverse = judged(many(6, "2026-10", ("sold", "lost")) + many(6, "2026-11", ("sold",))).results()
    assert not diverse.passed
    assert diverse.found == 6
    assert dict(diverse.kinds) == {"outcome": 1}


def test_no_more_than_a_hundred_items_are_named() -> None:
    classes = judged([item for at in range(150) for item in many(1, f"{2000 + at}")])
    alike, _ = classes.results()
    assert (len(alike.items), alike.found) == (100, 150)


@given(st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=40), st.integers(2, 6))
def test_the_gate_passes_exactly_when_every_group_has_k(months: list[str], k: int) -> None:
    items = [item_of("x", item_id=str(at), facts=replace(FACTS, month=month)) for at, month in enumerate(months)]
    counts = Counter(months)
    alike, _ = judged(items, k).results()
    assert alike.passed == (bool(counts) and min(counts.values()) >= k)

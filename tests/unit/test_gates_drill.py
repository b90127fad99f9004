"""The drill: chance passes, and every way by which a call's times or words come through is noticed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from gate_items import FACTS, HASHER, KEYED, item_of, trace_of

from corpus.gates.drill import Drill, most_by_chance
from corpus.gates.report import GateResult

Times = Callable[[random.Random, float], float]


def drilled(times: Times, *, count: int = 600, groups: int = 6, rare_left: bool = False) -> GateResult:
    rng = random.Random("drill")  # noqa: S311 - durations, not keys
    drill = Drill(KEYED, HASHER, sample=2000, confidence=0.999)
    for at in range(count):
        call_s = 60 * 3 ** rng.random()
        rare = f"zyx{at}"
        text = f"hello {rare}" if rare_left else "hello something"
        facts = replace(FACTS, month=f"2026-{at % groups + 1:02}")
        item = item_of(text, item_id=f"item_{at}", facts=facts, duration_s=times(rng, call_s))
        drill.see(item, trace_of(call_s, rare=(HASHER.exact(rare),)))
    return drill.finish()


def drawn(rng: random.Random, _: float) -> float:
    return 60 * 3 ** rng.random()


def test_durations_that_are_drawn_anew_are_found_by_chance_only() -> None:
    result = drilled(drawn)
    assert result.passed, result.why
    assert result.measured <= result.threshold
    assert "by chance he would for 6.0" in result.why


@pytest.mark.parametrize(
    ("times", "named"),
    [
        pytest.param(lambda _, call: call, "nearest duration", id="as they were"),
        pytest.param(lambda rng, call: call * rng.uniform(0.9, 1.1), "durations", id="a factor near one"),
        pytest.param(lambda rng, call: call * rng.uniform(0.8, 1.25), "durations", id="a wider factor"),
        pytest.param(lambda _, call: call * 3, "order of durations", id="the same factor for all"),
    ],
)
def test_durations_that_follow_the_calls_fail(times: Times, named: str) -> None:
    result = drilled(times)
    assert not result.passed
    assert named in result.why
    assert result.items
    assert "drawn anew" in result.why


def test_a_rare_word_that_stayed_fails() -> None:
    result = drilled(drawn, rare_left=True)
    assert not result.passed
    assert result.measured > 0.9
    assert "words that few workspaces say" in result.why


def test_items_of_which_no_two_tell_the_same_fail() -> None:
    assert not drilled(drawn, count=5, groups=5).passed


def test_the_sample_is_the_same_for_any_order_of_items() -> None:
    pairs = [
        (
            item_of("x", item_id=f"item_{at}", facts=replace(FACTS, month=str(at % 30)), duration_s=60 + at),
            trace_of(60 + at),
        )
        for at in range(900)
    ]
    told = []
    for seed in (1, 2):
        random.Random(seed).shuffle(pairs)  # noqa: S311 - an order, not a key
        drill = Drill(KEYED, HASHER, sample=200, confidence=0.999)
        for item, trace in pairs:
            drill.see(item, trace)
        told.append(drill.finish())
    assert told[0] == told[1]
    assert dict(told[0].kinds)["tried"] < 900


def test_the_most_by_chance_is_that_of_the_binomial_distribution() -> None:
    rng = np.random.default_rng(1)
    drawn = rng.binomial(200, 0.1, size=200_000)
    most = most_by_chance(np.full(200, 0.1), 0.001)
    assert (drawn > most).mean() <= 0.0012
    assert (drawn > most - 1).mean() > 0.0009


def test_certain_hits_are_all_chance() -> None:
    assert most_by_chance(np.ones(5), 0.001) == 5

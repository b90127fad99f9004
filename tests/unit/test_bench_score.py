"""The scorer of the speech benchmark: a wrong one makes every figure wrong."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.speech.score import Heard, Score, _edits_within, aligned, early_share, errors, quantiles, recognised, score

WORDS = st.lists(st.sampled_from("abc"), max_size=7)


def distance(truth: tuple[str, ...], heard: tuple[str, ...]) -> int:
    """The textbook's edit distance, by recursion."""

    @cache
    def between(row: int, column: int) -> int:
        if not row or not column:
            return row + column
        return min(
            between(row - 1, column) + 1,
            between(row, column - 1) + 1,
            between(row - 1, column - 1) + (truth[row - 1] != heard[column - 1]),
        )

    return between(len(truth), len(heard))


@given(WORDS, WORDS)
def test_errors_add_up_to_the_edit_distance(truth: list[str], heard: list[str]) -> None:
    assert sum(errors(truth, heard)) == distance(tuple(truth), tuple(heard))


@given(WORDS, WORDS)
def test_an_alignment_holds_every_word_of_both_sides_once_and_in_order(truth: list[str], heard: list[str]) -> None:
    pairs = aligned(truth, heard)
    assert [left for left, _ in pairs if left is not None] == list(range(len(truth)))
    assert [right for _, right in pairs if right is not None] == list(range(len(heard)))
    assert (None, None) not in pairs


def test_wrong_missing_and_added_words_are_told_apart() -> None:
    assert errors(["a", "b", "c", "d"], ["a", "x", "c", "d"]) == (1, 0, 0)
    assert errors(["a", "b", "c", "d"], ["a", "c", "d"]) == (0, 1, 0)
    assert errors(["a", "b", "c", "d"], ["a", "b", "c", "c", "d"]) == (0, 0, 1)
    assert errors([], ["you"]) == (0, 0, 1)
    assert errors(["you"], []) == (0, 1, 0)


def truth_of(
    *segments: tuple[int, float, str], mix: bool = False, items: tuple[dict[str, Any], ...] = ()
) -> dict[str, Any]:
    """A truth in which each word lasts 0.3 s and the next begins 0.4 s after it began."""
    told = [
        {
            "channel": channel,
            "start": start,
            "words": [
                {"word": word, "start": start + 0.4 * at, "end": start + 0.4 * at + 0.3}
                for at, word in enumerate(text.split())
            ],
        }
        for channel, start, text in segments
    ]
    return {"channels": 2, "mix": mix, "segments": told, "items": list(items)}


def heard_as(channel: int, start: float, text: str, *, late: float = 0.0) -> list[Heard]:
    return [
        Heard(word, start + 0.4 * at + late, start + 0.4 * at + 0.3 + late, channel)
        for at, word in enumerate(text.split())
    ]


def test_channels_are_compared_each_with_its_own() -> None:
    truth = truth_of((0, 0, "good morning"), (1, 2, "hello there"))
    assert score(truth, [*heard_as(0, 0, "good morning"), *heard_as(1, 2, "hello there")]).error_rate == 0
    swapped = score(truth, [*heard_as(1, 0, "good morning"), *heard_as(0, 2, "hello there")])
    assert swapped.error_rate == 1


def test_words_heard_on_a_channel_that_is_silent_count_as_added() -> None:
    found = score(truth_of((0, 0, "good morning")), [*heard_as(0, 0, "good morning"), *heard_as(1, 0, "good morning")])
    assert (found.wrong, found.missed, found.added, found.said) == (0, 0, 2, 2)


def test_a_mix_is_right_once_and_wrong_when_it_is_told_twice() -> None:
    truth = truth_of((0, 0, "good morning"), (0, 2, "hello there"), mix=True)
    once = [*heard_as(0, 0, "good morning"), *heard_as(0, 2, "hello there")]
    assert score(truth, once).error_rate == 0
    assert score(truth, [*once, *heard_as(1, 0, "good morning"), *heard_as(1, 2, "hello there")]).added == 4


def test_times_are_compared_where_words_agree_and_both_sides_know_them() -> None:
    found = score(truth_of((0, 1.0, "four one hello there")), heard_as(0, 1.0, "41 hello they", late=0.4))
    # "41" was heard from 1.4 to 1.7; "four" began at 1.0 and "one" ended at 1.7; "hello" stands one place further on.
    assert found.starts == pytest.approx([0.4, 0.0])
    assert found.ends == pytest.approx([0.0, 0.0])
    unknown = truth_of((0, 1.0, "hello"))
    unknown["segments"][0]["words"][0]["start"] = None
    assert score(unknown, heard_as(0, 1.0, "hello")).starts == []


def item(kind: str, spoken: str, *, start: float = 1.0, channel: int = 1) -> dict[str, Any]:
    end = start + 0.4 * len(spoken.split())
    return {"kind": kind, "channel": channel, "start": start, "end": end, "value": "", "spoken": spoken}


def test_an_item_is_recognised_digit_for_digit_where_it_was_said() -> None:
    card = item("CREDIT_CARD", "four one one one, double two")
    assert recognised(card, heard_as(1, 1.0, "it is 4111 22"), mix=False) == 1
    assert recognised(card, heard_as(1, 1.0, "it is 4111 2"), mix=False) == pytest.approx(5 / 6)
    assert recognised(card, heard_as(1, 1.0, "it is 4112 32"), mix=False) == pytest.approx(4 / 6)
    assert recognised(card, heard_as(0, 1.0, "it is 4111 22"), mix=False) == 0, "said by somebody else"
    assert recognised(card, heard_as(0, 1.0, "it is 4111 22"), mix=True) == 1
    assert recognised(card, heard_as(1, 9.0, "it is 4111 22"), mix=False) == 0, "somewhere else"


def test_addresses_names_and_dates_are_recognised_in_any_usual_writing() -> None:
    mail = item("EMAIL_ADDRESS", "carol dot patel at example dot com")
    assert recognised(mail, heard_as(1, 1, "carol.patel@example.com."), mix=False) == 1
    assert 0.8 <= recognised(mail, heard_as(1, 1, "Carol.Padal@example.com."), mix=False) < 1
    assert recognised(item("SPELLED_NAME", "B, A, K, E, R"), heard_as(1, 1, "B-A-K-E-R"), mix=False) == 1
    born = item("DATE_OF_BIRTH", "the third of April nineteen eighty two")
    assert recognised(born, heard_as(1, 1, "on April 3rd, 1982"), mix=False) == 1
    assert recognised(born, heard_as(1, 1, "on April 3rd, 1983"), mix=False) == pytest.approx(5 / 6)
    assert recognised(born, heard_as(1, 1, "on May 3rd, 1983"), mix=False) < 0.8


@given(st.text("ab", min_size=1, max_size=6), st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_an_item_that_stands_inside_what_was_heard_is_whole(inner: str, before: str, after: str) -> None:
    assert _edits_within(inner, before + inner + after) == 0


def test_items_are_counted_with_the_call() -> None:
    truth = truth_of(
        (1, 1.0, "four one"),
        items=(item("CODE", "four", start=1.0), item("CODE", "one", start=1.4), item("DIGIT", "four")),
    )
    found = score(truth, heard_as(1, 1.0, "4"))
    assert (found.items, found.items_found, found.items_exact) == (2, 1, 1)


def test_scores_of_calls_add_up_by_words_not_by_calls() -> None:
    total = Score()
    total.add(Score(said=10, wrong=1, starts=[0.1]))
    total.add(Score(said=90, missed=2, added=1, items=2, items_found=1, starts=[0.3]))
    assert total.error_rate == pytest.approx(0.04)
    assert (total.items, total.items_found, total.starts) == (2, 1, [0.1, 0.3])


def test_quantiles_are_of_absolute_errors() -> None:
    found = quantiles([-0.1, 0.1, 0.1, -0.1, 0.6])
    assert found["count"] == 5
    assert found["median"] == pytest.approx(0.1)
    assert quantiles([])["median"] == 0
    assert early_share([-0.11, -0.09, 0.2, 0.0]) == pytest.approx(0.25)

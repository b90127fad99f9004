"""Bad input: no text makes the finding of numbers fail, and its work grows no faster than the text."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from talk import FINDER, talk

from domain.spans import redact_transcript
from domain.speech import EngineStamp, Party, Segment, Transcript, Word
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.rules import births, dictated, numbers, paired, slots, spelling, upi

RULES = (numbers, births, spelling, dictated, paired, slots, upi)
PIECES = (
    "4", "four", "for", "oh", "O", "A", "a", "KA", "Mike", "double", "and", "uh", "no", "sorry", "account", "number",
    "pin", "is", "?", "1,200", "\u20b9500", "x" * 40, "\u200b4\u200b1", "e\u0301", "\u0421\u0410RD", "\U0001f4b3",
    "\u0663\u0661", "<b>4111</b>", "[PIN]",
    "at", "ybl", "years", "old", "", " ", ".", "-1", "'s", "\u05e9\u05dc\u05d5\u05dd", "\u202e4111",
)  # fmt: skip


def call_of(texts: list[str], times: list[float] | None = None) -> Transcript:
    starts = times or [0.3 * at for at in range(len(texts))]
    words = tuple(Word(start, start + 0.2, text, 0.5) for start, text in zip(starts, texts, strict=True))
    segment = Segment(0, Party.UNKNOWN, 0.0, 9.0, words)
    return Transcript("en", 1.0, 9.0, 1, (segment,), EngineStamp("test", "none", "none"))


def hits(call: Transcript) -> list[Hit]:
    context = CallContext.of(call)
    return [hit for rule in RULES for hit in rule.find(context)]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=6), min_size=1, max_size=40), st.data())
def test_no_words_and_no_order_of_times_make_it_fail(texts: list[str], data: st.DataObject) -> None:
    times = data.draw(st.lists(st.floats(0, 60), min_size=len(texts), max_size=len(texts)))
    for hit in hits(call_of([text or "-" for text in texts], times)):
        assert hit.tokens
        assert 0 <= hit.score <= 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([piece for piece in PIECES if piece.strip()]), min_size=1, max_size=30))
def test_redacting_twice_changes_nothing(texts: list[str]) -> None:
    call = call_of(texts)
    once = redact_transcript(call, FINDER.find(call))
    assert FINDER.find(once) == ()


@pytest.mark.parametrize("text", ["4", "a", "?", "\u200b", "\U0001f4b3"])
def test_one_character_is_nothing(text: str) -> None:
    assert hits(call_of([text])) == []


def test_digits_with_invisible_signs_between_them_are_seen() -> None:
    call = talk("Card number?", "4\u200b1\u200b1\u200b1\u200b 1111 1111 1111")
    assert not any(sign.isdigit() for sign in redact_transcript(call, FINDER.find(call)).text)


def test_digits_of_other_scripts_are_seen() -> None:
    call = talk("Account number?", "\u0966\u0966\u096a\u096d\u096e\u096e\u0967\u0968")
    assert not any(sign.isdigit() for sign in redact_transcript(call, FINDER.find(call)).text)


@pytest.mark.parametrize(
    "words",
    [
        ["4"], ["one"], ["1", "to"], ["account", "number"], ["pin", "4"], ["hello", "there"], ["a", "A"],
        ["12,", "hello"], ["at", "ybl"], ["i'm", "42"], ["1", "uh", "no", "sorry"], ["password", "is"], ["oh", "uh"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_four_times_the_text_is_four_times_the_work(words: list[str]) -> None:
    small, large = (call_of(words * (count // len(words))) for count in (800, 3200))
    hits(small)
    assert _work(lambda: hits(large)) < 6 * _work(lambda: hits(small))


def _work(act: Callable[[], object]) -> int:
    """Return how many lines of our rules an act runs: what it costs on any machine."""
    count = 0

    def line(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return line

    def enter(frame: FrameType, _event: str, _argument: Any) -> Any:
        return line if "/redaction/" in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        act()
    finally:
        sys.settrace(before)
    return count

"""Long and odd input: what the rules for names, places and contacts yield grows with the text and no faster."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from talk import FINDER

from domain.speech import EngineStamp, Party, Segment, Transcript, Word
from redaction.context import CallContext
from redaction.rules import addresses, contacts, credentials, known, names, places, special
from redaction.view import CallView

RULES = (addresses, contacts, credentials, known, names, places, special)
WORDS = 600
MOST = 45
"""Tokens in all hits of a rule per token of the text: every word may be in some overlapping hits, not in all."""


def one_line(*words: str) -> Transcript:
    said = tuple(Word(0.3 * at, 0.3 * at + 0.2, word, 0.9) for at, word in enumerate(words))
    segment = Segment(0, Party.UNKNOWN, 0.0, 0.3 * len(words), said)
    return Transcript("en", 1.0, 0.3 * len(words), 1, (segment,), EngineStamp("test", "none", "none"))


NASTY = (
    ("a.com", "slash"), ("x", "dot"), ("w", "dot", "com"), ("Priya", "and"), ("password", "is"), ("username",),
    ("5", "Main", "flat"), ("12", "Maple", "Avenue", "Leeds"), ("corner", "of"), ("live", "at", "9"), ("Zorblax",),
    ("my", "name", "is"), ("at", "gmail"), ("rue", "de"), ("@", "a.b@c.de"), ("your", "name?", "Priya."),
    ("the", "password", "is", "tango", "and"), ("I", "am", "a", "union", "member"), ("New", "York", "Bank"),
)  # fmt: skip


@pytest.mark.parametrize("words", NASTY, ids=" ".join)
def test_what_a_rule_yields_grows_with_the_text(words: tuple[str, ...]) -> None:
    text = (words * WORDS)[:WORDS]
    context = CallContext.of(one_line(*text))
    for rule in RULES:
        assert sum(len(hit.tokens) for hit in rule.find(context)) <= MOST * WORDS


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([word for words in NASTY for word in words]), min_size=1, max_size=40))
def test_redacting_twice_changes_nothing_for_any_order_of_such_words(words: list[str]) -> None:
    from domain.spans import redact_transcript  # noqa: PLC0415 - beside its only use

    once = redact_transcript(one_line(*words), FINDER.find(one_line(*words)))
    assert FINDER.find(once) == ()


ODD = st.text(
    st.sampled_from("aAéÀ9०٣@.'-+_/\u200b\u200d\u0301\u202e\ufeff😀中اЖ<>&;\u00ad\u2019\U0001f1ee"),
    min_size=1,
    max_size=9,
)


@settings(max_examples=120, deadline=None)
@given(st.lists(ODD, min_size=1, max_size=14))
def test_odd_characters_neither_stop_a_rule_nor_lead_it_outside(words: list[str]) -> None:
    call = one_line(*words)
    for span in FINDER.find(call):
        assert 0 <= span.first_word < span.end_word <= len(call.segments[0].words)


def test_homoglyphs_and_invisible_characters_do_not_hide_an_address() -> None:
    call = one_line("mail", "an\u200bna.ko\u00advac@pro\u2060ton.me", "now")
    (span,) = FINDER.find(call)
    assert (span.first_word, span.end_word) == (1, 2)


@pytest.mark.parametrize(
    ("words", "tokens"),
    [
        (("call", "+91", "98450"), 3),
        (("98450", "+91"), 2),
        (("follow", "@handle"), 2),
        (("meera", "@gmail.com"), 1),
        (("it", "'s"), 1),
    ],
)
def test_pieces_join_only_to_what_they_belong_to(words: tuple[str, ...], tokens: int) -> None:
    assert len(CallView.of(one_line(*words)).tokens) == tokens

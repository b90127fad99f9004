"""Requests for personal data are noticed however they are put; what only tells is not taken for one."""

from __future__ import annotations

import pytest

from domain.spans import Span
from domain.speech import EngineStamp, Party, Segment, Transcript, Word
from redaction.prompts import prompts


def said(text: str, *, pause_before: int | None = None) -> Transcript:
    """Return one turn; `pause_before` says before which word somebody was silent for two seconds."""
    words, at = [], 1.0
    for number, one in enumerate(text.split()):
        at += 2.0 if number == pause_before else 0.0
        words.append(Word(at, at + 0.3, one, 0.9))
        at += 0.4
    turn = Segment(0, Party.AGENT, 1.0, at, tuple(words))
    return Transcript("en", 1.0, at, 2, (turn,), EngineStamp("a", "b", "c"))


@pytest.mark.parametrize(
    "text",
    [
        "Card number?",
        "And the date of birth, please.",
        "could you read me the long number across the middle",
        "I'll just need the sort code and account number.",
        "Who do I have the pleasure of speaking to today?",
        "What's the best mobile for you?",
        "Right, spell that for me.",
        "Where shall we send it?",
        "The three digits on the back.",
        "Can you confirm the first line of your address?",
        "May I have your good name sir?",
        "Please tell me your Aadhaar.",
        "and the expiry",
    ],
)
def test_a_request_for_personal_data_is_noticed(text: str) -> None:
    (found,) = prompts(said(text))
    assert found.channel == 0
    assert found.end == said(text).segments[0].words[-1].end


@pytest.mark.parametrize(
    "text",
    [
        "The parcel left our warehouse on Tuesday and it will be with you soon.",
        "Is there anything else that I can do?",
        "I am sorry to hear that.",
        "We had some trouble with the system this morning.",
        "",
    ],
)
def test_other_talk_is_not_taken_for_a_request(text: str) -> None:
    assert prompts(said(text)) == ()


def test_a_request_ends_where_its_sentence_does() -> None:
    call = said("Your card number please. I will wait for you to find it somewhere.")
    assert [one.end for one in prompts(call)] == [call.segments[0].words[3].end]


def test_a_long_pause_ends_a_sentence_without_any_punctuation() -> None:
    call = said("your date of birth okay then we carry on with the weather here today", pause_before=4)
    assert [one.end for one in prompts(call)] == [call.segments[0].words[3].end]


def test_who_tells_an_item_does_not_ask_for_one_but_who_reads_it_back_does() -> None:
    hidden = [Span(0, 4, 5, "CREDIT_CARD", 0.9, "test")]
    assert prompts(said("my card number is 4111"), hidden) == ()
    assert len(prompts(said("your card number is 4111?"), hidden)) == 1

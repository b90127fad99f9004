"""Questions and answers: over turns, holds, corrections and read-backs, and nothing more once it was answered."""

from __future__ import annotations

import pytest
from talk import FINDER, left, talk

from domain.spans import redact_transcript


@pytest.mark.parametrize(
    ("lines", "gone"),
    [
        (("The CVV?", "One second.", "Sure.", "Right, it says 4 0 9."), "4 0 9."),
        (("Card number?", "Hold on, my wife has it.", "Take your time.", "Okay. 5398 0041."), "5398 0041."),
        (("And the PIN?", "Four four.", "Yes?", "Nought seven."), "Four four. Nought seven."),
        (("Your number?", "98", "Go on.", "45", "Sorry, can you repeat that?", "98 45 011"), "98 45 011"),
        (
            ("The sort code?", "Forty seventeen, no sorry, forty seventy oh nine."),
            "Forty seventeen, forty seventy oh nine.",
        ),
        (("Account number?", "It's 0047, scratch that, 0074 88 12."), "0047, 0074 88 12."),
        (("The OTP?", "six double, no wait, five double two nine."), "six double, five double two nine."),
        (("The PAN?", "ABCPK", "Yes.", "4412", "Okay.", "L."), "ABCPK 4412 L."),
        (
            ("And the plate?", "KA dash", "Mm-hmm.", "zero five dash M H", "Go on.", "1 2 3 4."),
            "KA zero five M H 1 2 3 4.",
        ),
        (("The CVV?", "409.", "So that's 409?", "Yes."), "409. 409?"),
        (("Thanks.", "My passport is, let me see, it's Z 1 2 3 4 5 6 7."), "Z 1 2 3 4 5 6 7."),
        (("Hello.", "9 8 4 5 0 1 2 3 4 5 is my number."), "9 8 4 5 0 1 2 3 4 5"),
        (("Could you read me the digits from the text message?", "Okay. 5 5 0 1."), "5 5 0 1."),
    ],
)
def test_an_answer_goes_wherever_its_parts_are_said(lines: tuple[str, ...], gone: str) -> None:
    rest = left(*lines).split()
    assert not [word for word in gone.split() if word in rest]


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        (("The CVV?", "409.", "Thank you. Your room is 412."), "412."),
        (("Your PIN?", "4408.", "Good. We close at half past six.", "Six thirty, okay."), "six. Six thirty,"),
        (("Passport number?", "Z1234567.", "How many of you?", "Two adults and one child."), "Two one"),
        (("Card number?", "I'd rather not.", "No problem. It was 350 last month."), "350"),
        (("Account number?", "00478812.", "Thanks. We have 120 branches."), "120"),
        (("Hi, I have a question about my account.", "Sure.", "Windows 11 asks me for it."), "11"),
        (("Expiry date?", "Oh four twenty seven.", "One moment please."), "One"),
    ],
)
def test_after_the_answer_other_numbers_stay_readable(lines: tuple[str, ...], kept: str) -> None:
    rest = left(*lines).split()
    assert [word for word in kept.split() if word not in rest] == []


def test_another_question_ends_a_number() -> None:
    call = talk("Card number?", "5398 0041 7720 1815.", "And the CVV?", "409.")
    kinds = [span.entity_type for span in FINDER.find(call)]
    assert kinds == ["CREDIT_CARD", "CARD_CVV"]


def test_what_the_other_side_talks_about_is_no_part_of_a_number() -> None:
    call = talk("Passport?", "Z1234567.", "And you travel with your two children, is that right?", "Yes, 2.")
    assert redact_transcript(call, FINDER.find(call)).segments[3].words[-1].text == "2."


def test_an_order_number_is_named_so_that_policy_may_keep_it() -> None:
    call = talk("Which order is it?", "The order number is 4 8 2 1 3 3.")
    (span,) = FINDER.find(call)
    assert (span.entity_type, span.also) == ("ORDER_NUMBER", ())

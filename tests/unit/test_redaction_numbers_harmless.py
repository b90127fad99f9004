"""Numbers of the trade stay readable: prices, quantities, versions, rooms, errors, dates, times."""

from __future__ import annotations

import pytest
from talk import FINDER, talk

from domain.spans import redact_transcript

HARMLESS = (
    "Your room number is 412, on the fourth floor.",
    "You need version 12.4 of the app, or 13.",
    "I get an error message, it says E 5 0 3 again.",
    "The error code is 5032.",
    "The boiler shows code F 0 7 on the display.",
    "You can use the code SAVE20 at checkout.",
    "The flight BA 2490 leaves from gate 14 at 6:45.",
    "I bought an iPhone 15 and a Galaxy S23.",
    "The plan was thirty nine ninety nine, now it's forty four fifty.",
    "It is four ninety nine a month for twelve months.",
    "That comes to 2,450 rupees, or 1499/- without the extras.",
    "A loan of five lakh rupees at nine point five percent.",
    "Section 80C allows up to 1.5 lakh.",
    "It's a 24/7 helpline.",
    "We have 3,000 employees in 12 countries.",
    "Between 2000 and 2500 calories a day.",
    "My car is a 2019 Honda with 4 doors.",
    "I upgraded to Windows 10 in 2016.",
    "My blood pressure was 130 over 85.",
    "So that's fifteen hundred for the first and nine hundred for the second.",
    "The phone is two years old and the other one is 3 years old.",
    "Form 16 and form 26AS, please.",
    "Press one for billing, two for support.",
    "So 4 nights at 129 is 516.",
    "I need 2 of the 500 ml bottles.",
    "I tried it 5, 6 times already.",
    "I'm 20 minutes away and he is 2 months behind.",
    "Platform 9 or 10?",
)


@pytest.mark.parametrize("line", HARMLESS)
def test_a_harmless_number_stays_readable(line: str) -> None:
    call = talk("How can I help you today?", line)
    assert redact_transcript(call, FINDER.find(call)).segments[1].text == line


@pytest.mark.parametrize("line", HARMLESS)
def test_the_second_look_lets_it_pass(line: str) -> None:
    assert FINDER.residual(talk("How can I help you today?", line)) == []


@pytest.mark.parametrize(
    "line",
    [
        "The PIN is 4 8 2 1.",
        "card number is four one one one",
        "It's spelled k r i s h n a n.",
        "N for Nancy, O for orange, R for Robert.",
        "Write to meera dot k at gmail please.",
        "It was nine eight four five zero one two.",
    ],
)
def test_the_second_look_sees_what_was_left(line: str) -> None:
    assert FINDER.residual(talk("Hello.", line))

"""What people say, and what a recogniser makes of it on a bad line: found on calls that no rule was made on."""

from __future__ import annotations

import pytest
from talk import left


@pytest.mark.parametrize(
    ("lines", "gone"),
    [
        (("I wrote two eminent one, three three one, nine deep five there.",), "two eminent nine deep five"),
        (("My lumber is big, time, oh one, four, four.",), "oh four, four."),
        (("Your card, please?", "90 times, 10 times, 20 times,"), "90 10 20"),
        (("The reference?", "Fine.", "You said 8261. and then?"), "8261."),
        (("What is the account number?", "Mix 82"), "82"),
        (("How is it spelled?", "Q4 Queen, R4 Robert, see for Tango."), "Q4 Queen, R4 Robert, Tango."),
        (("It ends in R-T-U-A-Right.",), "R-T-U-A-Right."),
        (("And the expiration?", "March of twenty eight."), "March of twenty eight."),
        (("Your date of birth?", "Second of the eleventh, forty nine."), "Second eleventh, forty nine."),
        (("He is sixty three, and retired.",), "sixty three,"),
        (("And your email?", "rory.vance, an example.org."), "rory.vance, example.org."),
        (("We send it to you.", "Tolbash witch and rend at sample dot-com."), "Tolbash witch rend sample dot-com."),
        (("You're through to Ottilie.",), "Ottilie."),
        (("Bronagh, could you repeat that?",), "Bronagh,"),
        (("Hello, Devansh this side.",), "Devansh"),
        (("You can put Jaswinder Pannu on it.",), "Jaswinder Pannu"),
        (("What's his name?", "Emilio Barra, humane."), "Emilio Barra, humane."),
        (("The new password is. Copper, small k, lantern, 19.",), "Copper, k, lantern, 19."),
        (("E for egg, that's all.",), "egg,"),
    ],
)
def test_half_heard_personal_data_goes(lines: tuple[str, ...], gone: str) -> None:
    rest = left(*lines).split()
    assert not [word for word in gone.split() if word in rest]


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        (("What's your phone number?", "Hold on.", "We close at six forty in the evening."), "six forty evening."),
        (("May I have your card?", "One moment.", "The shop shuts at 10 p.m. today."), "10 p.m."),
        (("Your pin, please?", "No.", "It costs eleven thousand three hundred a year."), "eleven thousand hundred"),
        (("What's the number?", "Not the blue one."), "one."),
        (("Can I pay by U P I?", "Yes."), "U P I?"),
        (("Your plan has two hundred M B P S.",), "hundred M B P S."),
        (("When does the card expire?", "Soon.", "He comes on the 9th of March."), "9th March."),
        (("There were between four and five, nearly six or seven.",), "four five, six seven."),
    ],
)
def test_times_sums_and_units_stay_readable_after_a_question(lines: tuple[str, ...], kept: str) -> None:
    rest = left(*lines).split()
    assert [word for word in kept.split() if word not in rest] == []


def test_a_number_read_out_in_pieces_that_look_like_decimals_goes() -> None:
    told = left("Read it to me, please. 62.18. Carry on. 40.07. Yes. 93.55. Thanks, that went through.")
    assert not any(digit in told for digit in ("62", "40", "93", "18", "07", "55"))
    assert "that went through" in told


def test_one_price_or_two_with_talk_between_stay_readable() -> None:
    told = left("How much is the small one? 20.50. And what would you charge me for the large one then? 31.20. Good.")
    assert "20.50" in told
    assert "31.20" in told

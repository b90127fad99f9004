"""What is said again of a hidden item, in any form; and what only looks like it."""

from __future__ import annotations

import pytest

from tests.talk import left


@pytest.mark.parametrize(
    ("lines", "gone"),
    [
        (("Your locator, please?", "W 9 R double T 2.", "Just to confirm, W9RTT2."), "W9RTT2"),
        (("And the plate?", "It's K L O 4 7 1.", "Perfect, so KLO, 471.", "No no, listen, K L O 4 7 7."), "KLO"),
        (("When were you born?", "3rd of May 1968.", "Let me read that back, 3/5/68."), "3/5/68"),
        (("When were you born?", "3rd of May 1968.", "Not quite, the third of May, '68."), "May"),
        (("I have the 14th of August, '71 as your date of birth.", "Yes."), "August"),
        (("What's the passphrase?", "Copper lantern.", "Great, I've put down copper lanterns."), "lanterns"),
        (("My password is Otter91#.", "I have otter ninety one hash. Is that right?"), "ninety"),
        (("Name as it appears on the card?", "Myself Vrindanka.", "And that was Brindenka?"), "Brindenka"),
        (("What's your UPI ID?", "tarun5 at okicici.", "Great, I've put down Taroon 5 at Apple."), "Apple"),
    ],
)
def test_an_answer_said_once_more_is_hidden_in_whatever_form(lines: tuple[str, ...], gone: str) -> None:
    assert gone not in left(*lines)


@pytest.mark.parametrize(
    "lines",
    [
        ("Your account number?", "4417 2093 55.", "Sorry, I was on mute.", "It was 9 degrees in here."),
        ("What's the password?", "Copper99.", "Wait, I've got it written down somewhere.", "Have a lovely evening."),
        ("Your card number?", "4111 1111 1111 1111.", "We're talking about 2019, not 2016."),
        ("Your membership number?", "88120457.", "The error says code E82."),
    ],
)
def test_what_is_said_after_an_answer_about_something_else_stays_readable(lines: tuple[str, ...]) -> None:
    assert left(*lines).endswith("\n".join(lines[2:]))


@pytest.mark.parametrize(
    ("lines", "gone"),
    [
        (("Do you have your customer number?", "US, 6621158, please."), "US,"),
        (("Which IBAN?", "It's i e zero nine, a i b k, 5285, zero nine three seven, three eight nine nine."), "i e"),
        (("What's the sort code?", "My sort code is 9, 3, and then 3, 7, 2, 2."), "9"),
        (("Your licence number?", "My licence number is see eight two nine, 3713."), "see"),
        (("And your account number?", "It's 4 0 4 7 7 3 8", "Go on.", "0. It rained all day."), "0."),
        (("Spell the surname.", "S-I-D-D-I-Q-U", "The parcel weighs 10 kilos.", "-I. It needs care."), "-I"),
    ],
)
def test_letters_and_digits_beside_a_hidden_code_go_with_it(lines: tuple[str, ...], gone: str) -> None:
    assert gone not in left(*lines)


def test_the_unknown_word_beside_a_name_goes_with_it_and_an_ordinary_one_does_not() -> None:
    assert left("Hello, Meera kowalcsyk speaking, I need help.", "Sure.").endswith("speaking, I need help.\nSure.")
    assert "kowalcsyk" not in left("Hello, Meera kowalcsyk speaking, I need help.", "Sure.")
    assert "called" in left("Meera called about the boiler.", "Okay.")


@pytest.mark.parametrize(
    ("lines", "gone"),
    [
        (("Where should we send it?", "12 Corbel Road,", "Got it.", "Vilvoorde,", "Yes?"), "Vilvoorde"),
        (("What's your address?", "88 Pendle Avenue", "Yes", "Lot 33", "Okay."), "33"),
        (("What's your address?", "The Old Bakery, 19 Tern Way, Hull."), "Old"),
        (("Your address?", "58 Linden Boulevard, Unit 7, Syracuse, New York."), "New"),
    ],
)
def test_an_address_told_a_line_at_a_time_is_hidden_to_its_end(lines: tuple[str, ...], gone: str) -> None:
    assert gone not in left(*lines)


def test_a_turn_after_an_address_that_is_no_part_of_it_stays_readable() -> None:
    rest = left("Your address?", "12 Corbel Road, Hull.", "Lovely.", "Will it come on Tuesday?", "Yes, before noon.")
    assert rest.endswith("Lovely.\nWill it come on Tuesday?\nYes, before noon.")

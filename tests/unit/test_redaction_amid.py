"""What a recogniser misheard between, before and behind the parts of an item that was found."""

from __future__ import annotations

import pytest

from tests.talk import left


@pytest.mark.parametrize(
    ("lines", "gone"),
    [
        (("And the sort code?", "Sure, N is in Nancy. I is in ice. I was in Agra. K is in Kolkata."), "Agra"),
        (
            ("Which email do you use?", "It's meera at example.com", "Let me read that back, below to example.com."),
            "below",
        ),
        (("Where should we send it?", "Flat 655, Jubilee Hills Road, number 10,", "Okay.", "indoor 795532."), "indoor"),
        (("Do you have a voter ID number?", "Voter ID is LP,", "Okay, next.", "6519 3111."), "LP"),
        (("Your UPI address?", "UPI is 9587605582 edible."), "edible"),
    ],
)
def test_the_misheard_rest_of_an_item_goes_with_its_parts(lines: tuple[str, ...], gone: str) -> None:
    assert gone not in left(*lines)


@pytest.mark.parametrize(
    ("lines", "readable"),
    [
        (("Your phone number?", "It's 415 555 0132. I'm at work until five."), "work until five"),
        (("Your name?", "Meera Krishnan, and my colleague is Ravi Kumar."), "and my colleague is"),
    ],
)
def test_what_tells_of_something_else_beside_an_item_stays_readable(lines: tuple[str, ...], readable: str) -> None:
    assert readable in left(*lines)


def test_a_number_that_is_read_back_as_sums_is_hidden_again() -> None:
    told = left("Your employee ID?", "My employee ID is 693629.", "I have $6.93, $6.29. Is that right?")
    assert "6.93" not in told
    assert "6.29" not in told


def test_a_price_that_repeats_no_code_stays_readable() -> None:
    assert "$6.93" in left("Your employee ID?", "My employee ID is 693629.", "That is $6.93 a month.")


@pytest.mark.parametrize("echo", ["Right, forty five it is.", "So we have 45 on the form."])
def test_an_age_said_once_more_in_other_words_is_hidden(echo: str) -> None:
    told = left("How old are you?", "I'm 45.", echo)
    assert "45" not in told
    assert "forty five" not in told


def test_how_old_something_is_that_was_misheard_asks_for_an_age_and_a_boiler_has_none() -> None:
    assert "34" not in left("How old is the rider?", "He's 34.")
    assert "12" in left("How old is the boiler?", "12.")


@pytest.mark.parametrize(
    ("line", "gone"),
    [
        ("Okay, Ms. Postal Tweet, bear with me.", "Postal"),
        ("No worries at all, Manage.", "Manage"),
        ("Lotus Finance, good evening, Postal Tweet, what can I do for you?", "Tweet"),
    ],
)
def test_a_word_where_a_formula_has_a_name_is_hidden(line: str, gone: str) -> None:
    assert gone not in left(line)


@pytest.mark.parametrize("line", ["Thank you, Goodbye.", "No worries at all. Perfect.", "Yes, miss. Could you wait?"])
def test_what_else_follows_such_a_formula_stays_readable(line: str) -> None:
    assert "[" not in left(line)


def test_a_month_and_a_year_answer_a_question_for_an_expiry_after_a_stall() -> None:
    told = left("When does it expire?", "Just a minute, the baby is crying.", "Of course, take your time.",
                "Okay, I have it in front of me, May 2029.")  # fmt: skip
    assert "2029" not in told


def test_the_asking_side_gives_no_address_after_its_question_for_one() -> None:
    told = left("Where should we send it?", "Flat 6, 29 Jubilee Hills Road.", "Section 1 of the 2016 Act says so.")
    assert "Section 1 of the 2016 Act" in told


def test_a_sentence_of_its_own_ends_a_card_number() -> None:
    assert "bought five" in left("Your card number?", "It's 4111 1111 1111 1111. I bought five of them.")

"""Names of people in talk: whoever is introduced, addressed, asked for or spoken of; and what is no name."""

from __future__ import annotations

import pytest
from talk import FINDER, talk
from talk import left as told

OPEN = frozenset({"LOCATION", "ORGANIZATION", "SPECIAL_CATEGORY"})


def left(*lines: str) -> str:
    """What stays readable when places, organisations and special categories are only flagged."""
    return told(*lines, readable=OPEN)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Hello, this is Lakshmi Narasimhan from the claims desk.", "Lakshmi Narasimhan"),
        ("You're speaking with Gurpreet today.", "Gurpreet"),
        ("My name is Chukwudi Ezekwesili and I have a question.", "Chukwudi Ezekwesili"),
        ("It's Agnieszka Lewandowska here.", "Agnieszka Lewandowska"),
        ("Thanks, Siobhán, I will wait.", "Siobhán,"),
        ("The policy was signed by Xiuying Ouyang last week.", "Xiuying Ouyang"),
        ("Could you put me through to Fatima Al-Rashid please?", "Fatima Al-Rashid"),
        ("I spoke to Mrs. Featherstonehaugh yesterday.", "Featherstonehaugh"),
        ("The driver is called Guillermo Echeverría.", "Guillermo Echeverría."),
        ("Ask for Wilhelmina van der Meer at the desk.", "Wilhelmina Meer"),
        ("This is Brad L. Key speaking.", "Brad Key"),
        ("I am Jürgen and my wife Mehwish is here too.", "Jürgen Mehwish"),
        ("Priya and Grace are both on the account.", "Priya Grace"),
        ("That parcel is Rajesh's, not mine.", "Rajesh's,"),
        ("My neighbour Okwuchukwu signed for it.", "Okwuchukwu"),
        ("hello this is rajesh kulkarni from pune", "rajesh kulkarni"),
        ("my name is gopinath vellore and my number changed", "gopinath"),
        ("IS THAT SUNITA DESHPANDE ON THE LINE", "SUNITA DESHPANDE"),
    ],
)
def test_names_of_many_origins_go(line: str, name: str) -> None:
    rest = left(line).split()
    assert not [word for word in name.split() if word in rest]


@pytest.mark.parametrize(
    "line",
    [
        "Will you move it to May, or is June better?",
        "The grace period ends in August, mark it please.",
        "Good morning, thank you for calling Brightwave Telecom.",
        "The Silver plan costs more than the Gold plan.",
        "I flew from Boston to Dallas with Delta.",
        "Sorry, Alexa just turned on. Okay Google, stop.",
        "You can pay with Visa or Mastercard at any Tesco.",
        "The iPhone screen is cracked, the Galaxy works.",
        "Call me tomorrow, or call me Monday.",
        "My name is on the account already.",
        "This is Great. I'm Sorry. That's Right.",
        "Press One for English, Two for Spanish.",
        "We use Jira and GitHub, and the Docker image is new.",
        "Customers from Texas and California pay nothing.",
        "Let's talk about Black Friday and Merry Christmas cards.",
        "The tickets for the Victoria Palace are sold out.",
        "It's a German company with a French supplier.",
        "I miss London, and I miss the rain.",
        "Our Prime members get Free Shipping on Fridays.",
        "So the EMI and the GST are due, and the KYC too.",
    ],
)
def test_what_is_no_name_stays_readable(line: str) -> None:
    assert left(line) == line


def test_a_name_that_is_a_word_too_is_a_name_where_it_stands_like_one() -> None:
    rest = left("This is Rose Hargreaves.", "Thanks Rose.", "Will Rose be home?", "The rose garden is lovely.")
    assert "Rose" not in rest
    assert "rose garden" in rest
    assert "Will [PERSON] be home?" in rest


def test_what_one_side_establishes_is_known_to_the_other_misspelled_too() -> None:
    rest = left(
        "Who is calling?", "Thirumalai Krishnaswamy.", "Thank you, Mr. Krishnaswami.", "So Tirumalai it is, Thirumalai."
    ).split()
    assert not {"Thirumalai", "Krishnaswamy.", "Krishnaswami.", "Tirumalai", "Thirumalai."} & set(rest)


def test_a_nickname_of_an_established_name_goes() -> None:
    rest = left("My name is Katherine Whitcombe.", "Can I call you Kate?", "Yes, Kate is fine.")
    assert "Kate" not in rest


def test_a_short_answer_to_a_question_for_a_name_goes_as_a_whole() -> None:
    rest = left("And the last name please?", "Emilio Barra, humane.")
    assert rest.endswith("[PERSON]")


def test_possession_and_plural_do_not_hide_a_name() -> None:
    rest = left("I am Dhanalakshmi Pillai.", "Dhanalakshmi's card, and the Pillais moved.").split()
    assert not {"Dhanalakshmi's", "Pillais"} & set(rest)


def test_each_name_says_who_found_it_and_why() -> None:
    (span,) = FINDER.find(talk("My name is Meenakshi."))
    assert (span.entity_type, span.recognizer) == ("PERSON", "spoken_names")
    assert span.reason
    assert "Meenakshi" not in span.reason

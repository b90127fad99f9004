"""Addresses as said and written, and places and organisations, which are flagged apart from them."""

from __future__ import annotations

import pytest
from talk import FINDER, talk
from talk import left as told

from domain.spans import Span

OPEN = frozenset({"LOCATION", "ORGANIZATION", "SPECIAL_CATEGORY"})


def left(*lines: str) -> str:
    return told(*lines, readable=OPEN)


def kinds(line: str) -> dict[str, str]:
    """Return kind → words of what is found in a line."""
    call = talk(line)

    def words(span: Span) -> str:
        return " ".join(word.text for word in call.segments[0].words[span.first_word : span.end_word])

    return {span.entity_type: words(span) for span in FINDER.find(call)}


@pytest.mark.parametrize(
    ("lines", "gone"),
    [
        (("I live at 42 Maple Avenue, Springfield, Illinois 62704.",), "42 Maple Avenue, Springfield, 62704."),
        (
            ("Flat 4 B, Sunrise Apartments, Sector 19, Kharghar, Navi Mumbai 410210.",),
            "4 Sunrise 19, Kharghar, 410210.",
        ),
        (("It's plot number twelve, Gandhi Nagar, near the temple.",), "twelve, Gandhi Nagar,"),
        (("We moved to Hauptstraße 12, 10827 Berlin.",), "Hauptstraße 12, 10827"),
        (("She lives on Rue de Rivoli 99 in Paris.",), "Rue Rivoli 99"),
        (("The office is at Via Garibaldi 7, Torino.",), "Via Garibaldi 7,"),
        (("Ship it to ul. Długa 8, Kraków.",), "Długa 8, Kraków."),
        (("Send it to Prinsengracht 263, Amsterdam.",), "Prinsengracht 263, Amsterdam."),
        (("It's the corner of Elm Street and Oak Lane.",), "Elm Street Oak Lane."),
        (("My post goes to PO Box 1184.",), "1184."),
        (("What's the first line of your address?", "Seventeen Lancaster Mews."), "Seventeen Lancaster Mews."),
        (("And which town?", "Kettlewick, and the address is 3 Mill Lane."), "3 Mill Lane."),
        (("his address is plot 45 sector 12 kharghar",), "45 12 kharghar"),
    ],
)
def test_addresses_of_many_countries_go(lines: tuple[str, ...], gone: str) -> None:
    rest = left(*lines).split()
    assert not [word for word in gone.split() if word in rest]


@pytest.mark.parametrize(
    "line",
    [
        "Room 12 on the third floor is where the printer is.",
        "The branch on the High Street is closed.",
        "We have 24 flats in the new phase of the project.",
        "I live in the north of the country, close to the sea.",
        "Block the card and send a new one within 5 days.",
        "The meeting point is at the main building.",
        "What about the Eiffel Tower tickets?",
        "I'm Italian but I live in Spain, near Valencia.",
        "Our sector grew 12 percent, the other one 9.",
    ],
)
def test_other_talk_of_places_stays_readable(line: str) -> None:
    assert left(line) == line


def test_towns_and_firms_are_found_as_kinds_of_their_own() -> None:
    found = kinds("We flew from Hyderabad to New York with Northlake Airlines yesterday.")
    assert found["LOCATION"] == "New York"
    assert found["ORGANIZATION"] == "Northlake Airlines"


def test_a_town_of_an_address_belongs_to_the_address() -> None:
    assert set(kinds("I live at 42 Maple Avenue, Leeds.")) == {"ADDRESS"}


@pytest.mark.parametrize(
    ("line", "category"),
    [
        ("I was diagnosed with epilepsy last year.", "health"),
        ("My wife is Muslim, so no pork please.", "religion or belief"),
        ("He was convicted in 2015, he said.", "crime"),
        ("I am a union member.", "trade union"),
    ],
)
def test_special_categories_are_flagged_with_their_category(line: str, category: str) -> None:
    spans = [span for span in FINDER.find(talk(line)) if span.entity_type == "SPECIAL_CATEGORY"]
    assert category in {span.reason.partition(",")[0] for span in spans}


@pytest.mark.parametrize(
    "line", ["The stroke of the pen counts.", "European Union rules apply.", "The jail museum is open."]
)
def test_words_of_a_special_category_about_nobody_are_not_flagged(line: str) -> None:
    assert "SPECIAL_CATEGORY" not in kinds(line)

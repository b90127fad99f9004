"""Addresses of the net and of the post, towns, and words that no kind explains."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from deid_calls import call, item, keyed, surrogates, told, without

from corpus.deid import deidentify


def test_a_mailbox_written_and_said_is_one_at_a_host_that_cannot_be() -> None:
    _, written, said, spelled = told(
        "I am {PERSON:Meera Krishnan}",
        "{EMAIL_ADDRESS:meera.krishnan@gmail.com}",
        "{EMAIL_ADDRESS:meera dot krishnan at gmail dot com}",
        "{EMAIL_ADDRESS:m e e r a dot krishnan at gmail dot com}",
    )
    assert re.fullmatch(r"[a-z]+\.[a-z]+@[a-z]+\.invalid", written)
    assert said.replace(" dot ", ".").replace(" at ", "@") == written
    assert spelled.replace(" dot ", ".").replace(" at ", "@").replace(" ", "") == written


def test_a_name_in_a_mailbox_is_the_invented_one() -> None:
    name, mailbox = told("I am {PERSON:Meera Krishnan}", "{EMAIL_ADDRESS:mkrishnan84@hotmail.com}")
    given, surname = name.removeprefix("I am ").lower().split()
    assert mailbox.startswith(given[0] + surname)
    assert "84" not in mailbox


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("URL", "www.krishnan-sons.co.uk/about/meera"),
        ("UPI_ID", "meera84@okhdfcbank"),
        ("SOCIAL_HANDLE", "@meerak"),
        ("USERNAME", "meera_k_84"),
        ("PERSON", "krishnan-photography.co.uk"),
        ("PERSON", "krishnan dash photography dot co dot uk"),
    ],
)
def test_whatever_is_of_the_net_keeps_its_signs_and_none_of_its_parts(kind: str, text: str) -> None:
    made = " ".join(surrogates(item(f"{{{kind}:{text}}}", names=("Meera Krishnan",))))
    assert re.sub(r"[^\W_]+", "", made) == re.sub(r"[^\W_]+", "", text)
    for part in ("krishnan", "meera", "okhdfcbank", "photography", "sons", "about", "84"):
        assert part not in made


def test_an_address_loses_house_street_and_town_and_keeps_its_form() -> None:
    made = told("{ADDRESS:14 Rosslyn Avenue, Leeds, LS6 2QT}")[0]
    found = re.fullmatch(r"(\d\d) ([A-Z][a-z]+) Avenue, Britain, ([QXZ]\w\d \d\w\w)", made)
    assert found is not None
    assert found[1] != "14"
    assert found[2] != "Rosslyn"


def test_towns_in_plain_talk_are_told_as_their_country_and_words_that_look_alike_stay() -> None:
    assert told("I moved from Hyderabad to New Delhi, last year") == ["I moved from India to India, last year"]
    assert told("she is in Reading and reading is nice") == ["she is in Reading and reading is nice"]
    assert told("phoenix rising") == ["phoenix rising"]


def test_words_about_health_or_belief_become_a_constant_wherever_they_are_said_again() -> None:
    assert told("my {SPECIAL_CATEGORY:bipolar} disorder", "bipolar is it") == [
        "my [sensitive] disorder",
        "[sensitive] is it",
    ]


@pytest.mark.parametrize("kind", ["SOMETHING_NEW", "lower", "Meera Krishnan", "A" * 60])
def test_a_kind_that_nobody_knows_becomes_a_constant_and_is_not_quoted_unless_it_has_the_form_of_one(kind: str) -> None:
    made = item(f"it is {{{kind}:Meera 98765}} now")
    assert made.turns[0].text == "it is [personal] now"
    assert surrogates(made, kind if kind == "SOMETHING_NEW" else "UNKNOWN") == ["[personal]"]


def test_a_kept_span_becomes_a_surrogate_too() -> None:
    source = call("order {ORDER_NUMBER:4471123}")
    kept = without(source, [replace(span, operator="keep") for span in source.spans])
    assert "4471123" not in deidentify(kept, keyed()).turns[0].text


def test_a_mailbox_outside_of_spans_does_not_stay() -> None:
    assert told("write to meera@example.com please", names=("Meera Krishnan",))[0].split()[2].endswith(".invalid")


def test_a_company_becomes_an_invented_one() -> None:
    made = told("from {ORGANIZATION:Hartwell Logistics} here")[0]
    assert "Hartwell" not in made
    assert made.startswith("from ")

"""Names: one person has one invented name in a call however it is said, and another one in every other call."""

from __future__ import annotations

import re

import pytest
from deid_calls import call, item, keyed, surrogates, told

from corpus.deid import SurrogateScope, deidentify, real_forms
from corpus.deid.name_parts import every_pool, gender_of, origin_of, pool
from redaction import vocabulary


def test_whole_part_title_possessive_misspelt_and_spelled_are_one_person() -> None:
    whole, part, title, possessive, misspelt, spelled = told(
        "I am {PERSON:Meera Krishnan}",
        "Hello {PERSON:Meera}",
        "Mrs {PERSON:Krishnan} is here",
        "it is {PERSON:Meera's} phone",
        "so {PERSON:Mira} it is",
        "that is {PERSON:M E E R A}",
    )
    given, surname = whole.removeprefix("I am ").split()
    assert part == f"Hello {given}"
    assert title == f"Mrs {surname} is here"
    assert possessive == f"it is {given}'s phone"
    assert misspelt == f"so {given} it is"
    assert spelled.removeprefix("that is ").replace(" ", "").lower() == given.lower()


def test_what_the_call_s_records_know_is_the_same_person() -> None:
    with_records = told("Hello {PERSON:Meera}", names=("Meera Krishnan",))
    assert with_records == told("Hello {PERSON:Meera}", "and {PERSON:Meera Krishnan}")[:1]


def test_a_name_that_no_span_covers_does_not_stay_if_the_call_knows_it() -> None:
    first, second = told("this is {PERSON:Nadeem Qureshi}", "thanks nadeem bye")
    assert "nadeem" not in second
    assert second.split()[1] == first.split()[2].lower()


def test_a_word_that_is_also_a_name_of_the_call_goes_only_with_a_capital() -> None:
    _, second, third = told("this is {PERSON:Mark Hollis}", "I will mark it", "thanks Mark bye")
    assert second == "I will mark it"
    assert "Mark" not in third


def test_another_call_has_another_name_and_the_same_call_the_same_one() -> None:
    names = [surrogates(item("I am {PERSON:Meera Krishnan}", call_id=f"call_{n}"))[1] for n in range(20)]
    assert len(set(names)) > 10
    assert names[0] == surrogates(item("I am {PERSON:Meera Krishnan}", call_id="call_0"))[1]
    assert names[0] != surrogates(item("I am {PERSON:Meera Krishnan}", call_id="call_0", key=b"release-2"))[1]


def test_over_a_release_a_person_keeps_the_name_only_where_the_policy_says_so() -> None:
    calls = [call("I am {PERSON:Meera Krishnan}", call_id=f"call_{n}") for n in range(2)]
    one, other = (deidentify(source, keyed(), scope=SurrogateScope.RELEASE).turns[0].text for source in calls)
    assert one == other
    assert deidentify(calls[0], keyed()).turns[0].text != deidentify(calls[1], keyed()).turns[0].text


def test_two_people_of_a_call_never_share_a_name() -> None:
    people = ["Asha Rao", "Leela Nair", "Priya Iyer", "Kavya Menon", "Divya Shetty", "Anitha Pillai", "Uma Reddy"]
    made = item(*(f"this is {{PERSON:{name}}}" for name in people))
    assert len(set(surrogates(made))) == 2 * len(people)


def test_titles_and_marks_stay_and_a_surname_before_the_given_name_is_understood() -> None:
    first, second = told("he is {PERSON:Okonkwo, Chinedu.}", "yes Mr {PERSON:Okonkwo?}")
    surname, given = first.removeprefix("he is ").split()
    assert surname.endswith(",")
    assert given.endswith(".")
    assert second == f"yes Mr {surname.rstrip(',')}?"


def test_no_invented_name_is_on_a_list_of_real_names_words_or_places() -> None:
    lists = (vocabulary.given_name, vocabulary.surname, vocabulary.english, vocabulary.place, vocabulary.brand)
    invented = [name.lower() for names in every_pool().values() for name in names]
    on_lists = [name for name in invented if any(is_on(name) for is_on in lists)]
    assert on_lists == []


def test_invented_names_are_single_words_enough_for_a_call() -> None:
    for (origin, role), names in every_pool().items():
        assert len(set(names)) >= 50, (origin, role)
        assert all(re.fullmatch(r"(?:O')?[^\W\d_]+", name) for name in names)


@pytest.mark.parametrize(
    ("given", "surname", "country", "origin"),
    [
        ("lakshmi", "venkataraman", "IN", "dravidian"),
        ("gurpreet", "singh", "GB", "panjabi"),
        ("ewa", "kowalski", "GB", "slavic"),
        ("anke", "zimmermann", "DE", "german"),
        ("marisol", "hernandez", "US", "hispanic"),
        ("xqz", "vvvv", "IT", "italian"),
        ("xqz", "vvvv", "", "english"),
    ],
)
def test_the_origin_of_a_name_is_kept_where_it_can_be_seen(given: str, surname: str, country: str, origin: str) -> None:
    assert origin_of(given, surname, country) == origin


def test_the_gender_of_a_name_is_kept_where_it_or_a_title_tells() -> None:
    assert gender_of("lakshmi", "dravidian") == "female"
    assert gender_of("murugan", "dravidian") == "male"
    made = surrogates(item("this is Mrs {PERSON:Robin Ashworth}"))[0]
    assert made in pool("english", "female")


def test_a_name_to_be_avoided_is_not_drawn() -> None:
    line = "I am {PERSON:Meera Krishnan}"
    drawn = surrogates(item(line))
    avoid = frozenset(name.lower().encode() for name in drawn)
    assert not set(surrogates(item(line, avoid=avoid))) & set(drawn)


def test_real_forms_name_what_is_real_in_a_call() -> None:
    source = call("I am {PERSON:Meera Krishnan} on {PHONE_NUMBER:98765 43210}", emails=("Meera@Example.com",))
    assert set(real_forms(source)) == {b"meera", b"krishnan", b"9876543210", b"meera@example.com"}

"""When two words are the same name, and what a word can be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redaction import vocabulary
from redaction.rules.established import also_called, parts_of_name
from redaction.rules.naming import FUZZY_FROM, bare, close, sounds_like

NAMES = st.text("abcdefghiklmnoprstuvy", min_size=FUZZY_FROM, max_size=14)


@given(NAMES, st.data())
def test_one_wrong_letter_after_the_first_is_the_same_name(name: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(name) - 1))
    letter = data.draw(st.sampled_from("abcdefghiklmnoprstuvy"))
    assert close(name[:place] + letter + name[place + 1 :], name)
    assert close(name[:place] + name[place + 1 :], name)
    assert close(name[:place] + letter + name[place:], name)


@given(NAMES)
def test_a_name_sounds_like_itself_and_another_first_letter_is_another_name(name: str) -> None:
    assert sounds_like(name, name)
    assert not close("z" + name[1:], name)


@pytest.mark.parametrize(("one", "two"), [("meera", "mira"), ("krishnan", "chrisnen"), ("saoirse", "saorse"),
                                          ("fatima", "phatima"), ("zubair", "subair")])  # fmt: skip
def test_spellings_of_one_sound_are_the_same_name(one: str, two: str) -> None:
    assert sounds_like(one, two)


@pytest.mark.parametrize(("one", "two"), [("meera", "moore"), ("daniel", "danger"), ("amit", "emma"), ("ravi", "rove")])
def test_other_words_are_not(one: str, two: str) -> None:
    assert not close(one, two)


def test_possession_is_no_part_of_a_name() -> None:
    assert [bare("meera's"), bare("james")] == ["meera", "james"]


def test_a_directory_name_falls_into_its_words_without_title_and_particle() -> None:
    assert list(parts_of_name("Dr. Wilhelmina van der Meer, MD")) == ["wilhelmina", "meer", "md"]


def test_nicknames_go_both_ways() -> None:
    assert "bill" in also_called("william")
    assert "william" in also_called("bill")
    assert not also_called("meera")


def test_lists_agree_on_what_is_a_word_and_what_a_name() -> None:
    assert vocabulary.given_name("siobhán")
    assert vocabulary.given_name("siobhan")
    assert vocabulary.surname("okafor")
    for word in ("will", "grace", "may", "mark"):
        assert vocabulary.double_name(word)
        assert vocabulary.english(word)
        assert not vocabulary.given_name(word)
    assert vocabulary.major_place("mumbai")
    assert vocabulary.place("new_york")
    assert vocabulary.brand("vodafone")

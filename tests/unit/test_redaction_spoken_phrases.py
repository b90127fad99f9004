"""Phrases and cues: what is written in the lists is found as it is written, the longest first."""

from __future__ import annotations

import pytest
from talk import talk

from redaction.cue_words import cue_words
from redaction.cues import ASIDE, CueIndex
from redaction.expected import FORMS
from redaction.phrases import Phrases, spelled_out
from redaction.view import CallView


def cues(*lines: str) -> list[tuple[str, str]]:
    view = CallView.of(talk(*lines))
    index = CueIndex(view)
    return [(cue.kind, " ".join(token.norm for token in view.tokens if token.at in cue.phrase)) for cue in index.cues]


def test_choices_and_optional_places_are_spelled_out() -> None:
    assert set(spelled_out("phone|mobile? number|no")) == {
        ("phone", "number"), ("mobile", "number"), ("number",), ("phone", "no"), ("mobile", "no"), ("no",),
    }  # fmt: skip


def test_the_longest_phrase_wins_and_none_overlap() -> None:
    phrases = Phrases([("card", "short"), ("card number", "long"), ("number two", "other")])
    found = [(one.first, one.end, one.meaning) for one in phrases.find(["the", "card", "number", "two", "card"])]
    assert found == [(1, 3, "long"), (4, 5, "short")]


def test_hesitations_and_possessives_do_not_break_a_phrase() -> None:
    phrases = Phrases([("card number", True)])
    assert list(phrases.find(["card", "uh", "number's"]))


def test_no_phrase_is_empty_and_every_kind_is_one_that_answers_are_made_of() -> None:
    kinds = {kind for kind, _ in cue_words()}
    assert all(list(spelled_out(phrase.removeprefix("~"))) for _, phrase in cue_words())
    assert kinds - set(FORMS) == {"AMOUNT", "ASIDE", "ADDRESS", "PERSON"}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("What's the security code on the back?", "CARD_CVV"),
        ("Your sort code please", "SORT_CODE"),
        ("Could you tell me your driver's license number?", "DRIVING_LICENCE"),
        ("And the name on the card?", "PERSON"),
        ("Do you have the booking reference?", "BOOKING_REFERENCE"),
        ("Can I have your date of birth?", "DATE_OF_BIRTH"),
    ],
)
def test_questions_announce_their_kind(line: str, kind: str) -> None:
    assert cues(line)[0][0] == kind


def test_a_number_of_something_keeps_the_kind_of_the_thing() -> None:
    assert [kind for kind, _ in cues("I see a Visa card ending in")] == ["CREDIT_CARD"]


def test_whose_number_it_is_does_not_change_its_kind() -> None:
    assert [kind for kind, _ in cues("What is the phone number on the account?")] == ["PHONE_NUMBER"]


def test_a_code_that_a_machine_shows_is_none_to_be_hidden() -> None:
    assert [kind for kind, _ in cues("The boiler shows a code on the display")] == [ASIDE]

"""The generated calls of `make eval-redaction`: their truth stands where it says, and the halves share nothing."""

from __future__ import annotations

import itertools
import re
from collections import Counter

import pytest

from bench.redaction_eval import calls, checks, codes, lists, people
from bench.redaction_eval.dialogue import COUNTRIES, DOMAINS, make_script
from bench.redaction_eval.model import Call, Item, Place, Random, Role

SIGNS = "?=!><~%+-&^"
FRAME_WORDS = 4
"""A phrase of so few words ("It's {}.") may stand in both halves: nobody learns anything by it."""


def text_of(call: Call, place: Place) -> str:
    return call.transcript.segments[place.segment].text[place.start : place.end]


def made(count: int, half: str = "tune") -> list[Call]:
    return [*calls.generated(count, 1, half), *calls.noisy(count, 1, half)]


def test_the_same_seed_and_half_give_the_same_calls_and_another_seed_others() -> None:
    assert list(calls.generated(8, 3, "tune")) == list(calls.generated(8, 3, "tune"))
    assert list(calls.noisy(8, 3, "tune")) == list(calls.noisy(8, 3, "tune"))
    assert list(calls.generated(8, 3, "tune")) != list(calls.generated(8, 4, "tune"))


@pytest.mark.parametrize("half", lists.HALVES)
def test_every_item_stands_in_the_text_as_whole_words_and_no_two_overlap(half: str) -> None:
    for call in made(60, half):
        taken: set[tuple[int, int]] = set()
        for item in (*call.items, *call.harmless, *call.flags):
            assert item.places
            for place in item.places:
                text = call.transcript.segments[place.segment].text
                assert 0 <= place.start < place.end <= len(text)
                assert place.start == 0 or text[place.start - 1] == " "
                assert place.end == len(text) or text[place.end :].startswith((" ", "'s"))
                covered = {(place.segment, at) for at in range(place.start, place.end)}
                assert not covered & taken
                taken |= covered


def test_words_have_times_in_order() -> None:
    for call in made(20):
        for segment in call.transcript.segments:
            times = [time for word in segment.words for time in (word.start, word.end)]
            assert times == sorted(times)


def test_a_clean_card_number_reads_back_as_one_number_however_it_is_said() -> None:
    values = {word: str(at) for at, word in enumerate(codes.ONES)} | {"oh": "0", "O": "0"}
    for seed in range(300):
        groups = codes.read(Random(seed), "4929123456781234", (4, 4, 4, 4), aloud=seed % 2 == 0)
        said = [text.strip(",") for group in groups for text, carries in group if carries]
        if set(said) & {"double", "triple", "hundred", *codes.TENS, *codes.TEENS} - {""}:
            continue
        digits = "".join(values.get(one, one) for one in said).replace("-", "")
        assert digits.startswith("4929123456781234") or len(digits) > 16


def test_calls_without_personal_data_have_none() -> None:
    for call in calls.plain(40, 1, "unseen"):
        assert not call.items
        assert not call.flags


def test_all_countries_businesses_and_more_than_35_kinds_come_up() -> None:
    some = list(calls.generated(600, 5, "unseen"))
    assert {call.country for call in some} == set(COUNTRIES)
    assert {call.domain for call in some} == set(DOMAINS)
    assert len({item.kind for call in some for item in call.items}) > 35


def test_a_call_to_be_spoken_has_no_figures_that_a_voice_would_have_to_guess() -> None:
    for seed in range(40):
        script = make_script(Random(seed), "tune", aloud=True)
        marked = [word.text for turn in script.turns for word in turn.words if word.carries]
        kinds = {mark.kind for mark in script.marks if mark.role is Role.ITEM}
        items = [
            word.text
            for turn in script.turns
            for word in turn.words
            if word.mark and script.marks[word.mark - 1].kind in kinds and word.carries
        ]
        assert marked
        assert not [text for text in items if re.search(r"\d{2}|@", text)]


def test_the_halves_share_no_name_no_talk_and_no_phrase_but_bare_frames() -> None:
    origins = {origin for weights in people.ORIGINS.values() for origin in weights} - {"syllables"}
    names, talk, phrases = (dict[str, set[str]]() for _ in range(3))
    for half in lists.HALVES:
        names[half] = {
            name for origin in origins for part in ("given", "surname") for name in lists.names(origin, part, half)
        }
        sections = (*DOMAINS, "any", "opening", "plain_opening", "hello", "closing", "together")
        talk[half] = {line for section in sections for block in lists.blocks(section, half) for _, line in block}
        phrases[half] = {
            phrase
            for kind, sign in itertools.product(lists.kinds_of_phrases(), SIGNS)
            for phrase in lists.phrases(kind, sign, half)
            if len(phrase.split()) > FRAME_WORDS
        }
    for shared in (names, talk, phrases):
        assert shared["tune"]
        assert not shared["tune"] & shared["unseen"]


def test_a_recogniser_as_we_imitate_it_changes_words_and_leaves_the_items() -> None:
    clean, noisy = (Counter[str]() for _ in range(2))
    for one, other in ((clean, calls.generated(60, 1, "tune")), (noisy, calls.noisy(60, 1, "tune"))):
        for call in other:
            one.update(item.kind for item in call.items)
    assert abs(clean.total() - noisy.total()) < 0.35 * clean.total()


@pytest.mark.parametrize(
    ("made_by", "digits", "whole"),
    [
        (checks.luhn, "7992739871", "79927398713"),
        (checks.verhoeff, "236", "2363"),
        (checks.nhs, "943476591", "9434765919"),
        (checks.dni, "12345678", "12345678Z"),
    ],
)
def test_check_digits_are_those_of_the_rules_own_examples(made_by: object, digits: str, whole: str) -> None:
    assert callable(made_by)
    assert made_by(digits) == whole


def test_the_iban_of_the_standards_example_is_made() -> None:
    assert checks.iban("DE", "370400440532013000") == "DE89370400440532013000"


def test_an_item_of_a_call_knows_what_was_said() -> None:
    (call,) = calls.generated(1, 12, "tune")
    assert all(any(one.isalnum() for one in text_of(call, place)) for item in call.items for place in item.places)
    assert isinstance(call.items[0], Item)

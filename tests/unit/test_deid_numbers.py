"""Numbers and codes: same form, same number wherever it is said in the call, nobody's number anywhere."""

from __future__ import annotations

import re
from random import Random

import phonenumbers
import pytest
from deid_calls import call, item, keyed, surrogates, told
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.deid import deidentify
from corpus.deid.codes import Codes
from corpus.deid.draws import Draws
from corpus.deid.spelling import say, spelled
from domain.checksums import passes_any


def _digits(text: str) -> str:
    return spelled(text.split()).code


def test_written_said_in_words_and_in_pieces_is_one_number() -> None:
    lines = told(
        "it is {PHONE_NUMBER:98765 43210}",
        "so {PHONE_NUMBER:nine eight seven six five four three two one oh}",
        "{PHONE_NUMBER#7:987 65}",
        "{PHONE_NUMBER#7:four three two one zero}",
        "ending {NUMBER_SEQUENCE:3210}",
        "with {PHONE_NUMBER:+91 98765 43210}",
    )
    written = _digits(lines[0].removeprefix("it is "))
    assert _digits(lines[1].removeprefix("so ")) == written
    assert _digits(lines[2]) + _digits(lines[3]) == written
    assert _digits(lines[4].removeprefix("ending ")) == written[-4:]
    assert _digits(lines[5].removeprefix("with ")).endswith(written)
    assert "3210" not in " ".join(lines)


def test_grouping_signs_letters_and_said_form_stay() -> None:
    lines = told(
        "{PHONE_NUMBER:(415) 555-0132,}",
        "{CREDIT_CARD:four double one nine, 44-17}",
        "{PAN:ABCPQ1234k}",
        "{VEHICLE_PLATE:M for Mumbai, H as in hotel, twelve Sierra}",
    )
    assert re.fullmatch(r"\(\d{3}\) \d{3}-\d{4},", lines[0])
    assert re.fullmatch(r"\w+ double \w+ \w+, \d\d-\d\d", lines[1])
    assert re.fullmatch(r"[QXZ][A-Z]{4}\d{4}[a-z]", lines[2])
    letters = re.fullmatch(r"([A-Z]) for (\w)\w+, ([A-Z]) as in (\w)\w+, [\w-]+ \w+", lines[3])
    assert letters is not None
    assert letters[1] == letters[2]
    assert letters[3] == letters[4]


def test_a_word_in_a_code_that_spells_nothing_becomes_another_word() -> None:
    assert "Penguin" not in told("{PASSWORD:Penguin dollar sign four four two}")[0]


def test_a_number_of_the_call_s_records_said_outside_of_spans_is_the_same_number() -> None:
    inside, outside = told("it is {PHONE_NUMBER:98765 43210}", "I rang 9876543210 twice", numbers=("+91 98765 43210",))
    assert outside.split()[2] == _digits(inside.removeprefix("it is "))


@pytest.mark.parametrize(
    "line",
    [
        "order 4418 2093 1177 please", "code ABC-44192 please", "it says four four one nine two zero eight",
        "ring 555-0132-77", "serial 0x80070005A",
    ],
)  # fmt: skip
def test_digits_and_codes_that_no_span_covers_are_told_as_others(line: str) -> None:
    made = item(line)
    assert surrogates(made)
    assert not set(_digits(line)) or _digits(line) not in _digits(made.turns[0].text)


@pytest.mark.parametrize(
    "line", ["that is $21,900 a year", "it costs 1,234,567 rupees", "at 14:30 on 5 shelves", "twenty four hours"]
)
def test_sums_and_small_numbers_stay(line: str) -> None:
    assert told(line) == [line]


def test_long_numbers_are_in_no_numbering_plan_whatever_country_they_are_taken_for() -> None:
    rng = Random(7)  # noqa: S311 - not for keys
    for length in [length for length in range(7, 16) if length != 9]:
        for number in range(3):
            real = "".join(rng.choice("0123456789") for _ in range(length))
            made = surrogates(item(f"{{PHONE_NUMBER:+{real}}}", call_id=f"call_{number}"))[0].removeprefix("+")
            for region in phonenumbers.SUPPORTED_REGIONS:
                assert not _valid(made, region), (made, region)
                assert not _valid(f"+{made}", region), (made, region)


def test_nine_digits_are_a_number_in_no_country_but_tajikistan() -> None:
    made = surrogates(item("{PHONE_NUMBER:207946013}"))[0]
    assert {region for region in phonenumbers.SUPPORTED_REGIONS if _valid(made, region)} <= {"TJ"}


def _valid(number: str, region: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, region))
    except phonenumbers.NumberParseException:
        return False


_CODE = st.text(alphabet="0123456789ABCDEFGHKLMNPRSTUVWXYZ", min_size=3, max_size=34)


@given(_CODE, st.integers(0, 50))
@settings(max_examples=300)
def test_a_made_code_has_the_form_of_the_real_one_passes_no_checksum_and_is_another(code: str, number: int) -> None:
    codes = Codes(Draws(keyed(), f"call:{number}"), frozenset())
    codes.learn(code)
    codes.settle()
    made = codes.told(code)
    assert [char.isdigit() for char in made] == [char.isdigit() for char in code]
    assert made != code
    assert len(code) < 7 or not passes_any(made)
    for row in re.findall(r"\d{7,}", made):
        assert row.startswith("0000")


@given(st.lists(_CODE, min_size=1, max_size=6, unique=True), st.data())
@settings(max_examples=200)
def test_parts_of_a_code_are_told_as_parts_of_what_stands_for_it(learned: list[str], data: st.DataObject) -> None:
    codes = Codes(Draws(keyed(), "call:1"), frozenset())
    whole = data.draw(st.sampled_from(learned))
    cut = data.draw(st.integers(0, len(whole)))
    part = whole[cut:]
    for code in (part, *learned):
        codes.learn(code)
    codes.settle()
    if len(part) >= 4 and sum(one.endswith(part) or part in one for one in learned) == 1:
        assert codes.told(whole).endswith(codes.told(part))


_SAID = (
    "four nine oh twelve forty two double seven 44 9-1-1 uh B k sierra hundred and D for Delhi four-one rhubarb (020)"
)
_WORDS = st.sampled_from(_SAID.split())


@given(st.lists(_WORDS, min_size=1, max_size=12))
@settings(max_examples=400)
def test_what_is_said_spells_the_code_that_it_was_to_say(words: list[str]) -> None:
    found = spelled(words)
    made = "".join("7" if char.isdigit() else "Q" for char in found.code)
    fixed = set(found.fixed())
    made = "".join("0" if at in fixed else char for at, char in enumerate(made))
    lines = say(found, made, lambda _: "walnut")
    assert len(lines) == len(words)
    assert "rhubarb" not in lines
    assert spelled(" ".join(lines).split()).code.replace("WALNUT", "") == made


def test_a_value_to_be_avoided_is_not_made() -> None:
    source = call("{BOOKING_REFERENCE:448812}")
    made = deidentify(source, keyed()).turns[0].text
    again = item("{BOOKING_REFERENCE:448812}", avoid=frozenset({made.encode()})).turns[0].text
    assert again not in {made, "448812"}

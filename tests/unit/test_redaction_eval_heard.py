"""Truth that is carried over to what an engine wrote, and the open sets as calls."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bench.redaction_eval import heard, report
from bench.redaction_eval.align import aligned, carried, with_heard_truth
from bench.redaction_eval.model import Item, Mark, Place, Role, Said, Script, Turn
from bench.redaction_eval.open_sets import as_call
from bench.redaction_eval.score import Found, tally
from tests.talk import talk


def said(text: str, *item: str, mark: int = 1) -> list[Said]:
    return [Said(word, mark, carries=True) if word.strip(".,") in item else Said(word) for word in text.split()]


def kept(words: list[Said], written: str) -> list[str]:
    return [one.text for one in carried(words, written.split()) if one.carries]


def test_digits_in_words_become_the_figures_that_were_written() -> None:
    words = said("It is four one five double two thanks", "four", "one", "five", "double", "two")
    assert kept(words, "It is 415, 22 thanks.") == ["415,", "22"]


def test_a_name_that_was_misspelt_is_still_the_item_and_words_that_only_took_its_place_are_not() -> None:
    words = said("Hello this is Sukhwinder Balakrishnan I called", "Sukhwinder", "Balakrishnan")
    assert kept(words, "Hello, this is Suckwinder Valkrishnan. I called.") == ["Suckwinder", "Valkrishnan."]
    assert kept(words, "Hello, this isn't it to be. I called.") == []


def test_letters_spelled_one_by_one_may_be_written_as_one_word() -> None:
    words = said("spelled R A M A N okay", "R", "A", "M", "N")
    assert kept(words, "spelled RAMAN, okay") == ["RAMAN,"]


def test_a_digit_that_nobody_said_amid_a_number_belongs_to_it() -> None:
    words = said("code one two three four please", "one", "two", "three", "four")
    assert kept(words, "code 12 5 34 please") == ["12", "5", "34"]


def test_each_channel_is_aligned_with_its_own_words() -> None:
    script = Script(
        (Turn(0, tuple(said("Your name?"))), Turn(1, tuple(said("Meera.", "Meera"))), Turn(0, tuple(said("Thanks.")))),
        (Mark("PERSON", Role.ITEM),), "bank", "IN",
    )  # fmt: skip
    call = with_heard_truth(script, talk("Your name", "Mira.", "Thanks."))
    assert call.items == (Item("PERSON", (Place(1, 0, 5),)),)


def test_an_item_that_was_not_written_at_all_is_not_in_the_call() -> None:
    script = Script((Turn(0, tuple(said("Yes Meera", "Meera"))),), (Mark("PERSON", Role.ITEM),), "bank", "IN")
    assert with_heard_truth(script, talk("Yes.")).items == ()


@given(
    st.lists(st.sampled_from(["a", "lo", "veu", "loveu", "ndlovu", "7"])),
    st.lists(st.sampled_from(["a", "lo", "veu", "7"])),
)
def test_an_alignment_names_every_word_of_both_sides_once_and_in_order(one: list[str], other: list[str]) -> None:
    pairs = aligned(one, other)
    assert [place for left, _ in pairs for place in left] == list(range(len(one)))
    assert [place for _, right in pairs for place in right] == list(range(len(other)))


@given(st.lists(st.sampled_from("abcdef")))
def test_the_same_words_are_aligned_one_to_one(words: list[str]) -> None:
    assert [(list(left), list(right)) for left, right in aligned(words, words)] == [
        ([at], [at]) for at in range(len(words))
    ]


def test_a_name_written_as_two_words_is_the_item_with_both() -> None:
    words = said("Hello Obinna Ndlovu here", "Obinna", "Ndlovu")
    assert kept(words, "Hello Abena Andi Loveu here") == ["Abena", "Andi", "Loveu"]


def test_letters_written_in_two_chunks_are_the_code_with_both() -> None:
    words = said("my pan is X R N C Z 3 4", "X", "R", "N", "C", "Z", "3", "4")
    assert kept(words, "my pan is XOTN, CZ 34") == ["XOTN,", "CZ", "34"]


def test_a_word_unlike_what_was_said_is_nobodys_and_one_like_it_is_charged() -> None:
    heard = carried(said("Sure give me a second"), ["Shoa", "give", "me", "a", "seconds"], frozenset(), 9)
    assert [one.mark for one in heard] == [9, 0, 0, 0, 0]
    assert not any(one.carries for one in heard)


def test_kept_calls_are_found_by_what_they_say(tmp_path: Path) -> None:
    order = {"heard": 2, "seed": 1, "half": "tune", "cache": str(tmp_path)}
    one, other = heard.scripts(order)
    assert heard.place(order, one, "base") != heard.place(order, other, "base")
    assert heard.place(order, one, "base") == heard.place(order, next(heard.scripts(order)), "base")
    assert list(heard.kept(order, "base")) == []


def test_a_written_text_keeps_its_spans_when_its_white_space_is_folded() -> None:
    text = "Write to\n\n Jane Doe  at home\t(she is 40)."
    spans = [
        {"start": text.index("Jane"), "end": text.index("  at"), "type": "PERSON"},
        {"start": text.index("40"), "end": text.index("40") + 2, "type": "AGE"},
        {"start": text.index("home"), "end": text.index("home") + 4, "type": "LOCATION", "optional": True},
    ]
    call = as_call({"text": text, "spans": spans})
    line = call.transcript.segments[0].text
    assert line == " ".join(text.split())
    assert [line[one.places[0].start : one.places[0].end] for one in call.items] == ["Jane Doe", "40"]
    assert [line[place.start : place.end] for place in call.free] == ["home"]


def test_the_tables_name_each_set_kind_and_finder() -> None:
    call = as_call({"text": "Jane is here", "spans": [{"start": 0, "end": 4, "type": "PERSON"}]})
    counts = tally([call], [[Found(Place(0, 0, 4), "PERSON")]])
    side = {"sets": {"calls": {"calls": 1, "text": 12, "tally": counts}}}
    speed = {"speed": {"median": 200.0, "lowest": 190.0, "highest": 210.0, "characters": 12}, "memory": 5_000_000}
    half = {**speed, "speed": {**speed["speed"], "median": 100.0}}  # type: ignore[dict-item]
    tables = report.whole({"ours": {**side, **speed}, "stock": {**side, **half}})
    assert "| PERSON | 0/1 (0.0 %) | 0/1 (0.0 %) | 1.000 | 1.000 | 100.0 % |" in tables
    assert "| ours | 200 | 190–210 | 2.00 | 5 |" in tables
    assert dataclasses.is_dataclass(counts)

"""Rare words: told as a class unless workspaces enough say them; counts merge in any order."""

from __future__ import annotations

import pytest
from deid_calls import item
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.deid import rare
from corpus.deid.rare import MOST_TAGS, Common, TokenCounts, class_word, generalise
from corpus.deid.vocabulary import is_common


def _counted(workspace: str, *lines: str) -> TokenCounts:
    counts = TokenCounts.of_unit(workspace.encode())
    for line in lines:
        counts.add(item(line))
    return counts


def _merged(units: list[TokenCounts]) -> TokenCounts:
    counts = TokenCounts()
    for unit in units:
        counts = counts.merged(unit)
    return counts


@pytest.mark.parametrize(("workspaces", "stays"), [(2, False), (3, True), (4, True)])
def test_a_word_stays_from_rare_k_workspaces_on(workspaces: int, stays: bool) -> None:
    counts = _merged([_counted(f"ws_{number}", "my Zorgomat works") for number in range(workspaces)])
    text = generalise(item("my Zorgomat, works"), counts.common(3)).turns[0].text
    assert text == ("my Zorgomat, works" if stays else "my [name], works")


def test_calls_of_one_workspace_however_many_make_no_word_common() -> None:
    counts = _merged([_counted("ws_1", *["the zorgomat works"] * 50), _counted("ws_1", "the zorgomat works")])
    assert "zorgomat" not in counts.common(2)


def test_common_words_and_small_numbers_stay_and_others_are_told_by_shape() -> None:
    made = generalise(item("it's 24 o'clock, follow-up for 417 zorgomats"), Common(frozenset()))
    assert made.turns[0].text == "it's 24 o'clock, follow-up for [number] [word]"
    assert [word.kind for word in made.turns[0].words] == [None, None, None, None, None, "RARE", "RARE"]


def test_surrogates_are_neither_counted_nor_generalised() -> None:
    source = item("I am {PERSON:Meera Krishnan}")
    counts = TokenCounts.of_unit(b"ws")
    counts.add(source)
    assert len(TokenCounts.from_bytes(counts.to_bytes()).words) == 0
    assert generalise(source, Common(frozenset())) == source


def test_a_name_is_common_only_if_it_is_a_word_too() -> None:
    assert is_common("Mark")
    assert is_common("don't")
    for name in ("Meera", "Krishnan", "Okonkwo", "Siobhan", "Gutierrez", ""):
        assert not is_common(name)


_UNIT = st.tuples(st.integers(0, 5), st.lists(st.sampled_from([f"zorg{n}ling" for n in "abcdefgh"]), max_size=6))


@given(st.lists(_UNIT, max_size=12), st.randoms(), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_in_whatever_order_counts_are_merged_the_same_words_are_common(
    units: list[tuple[int, list[str]]], rng: object, rare_k: int
) -> None:
    made = []
    for workspace, said in units:
        counts = TokenCounts.of_unit(b"ws%d" % workspace)
        for word in said:
            counts.add(item(word))
        made.append(counts)
    forth = _merged(made)
    shuffled = list(made)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    back = _merged([TokenCounts.from_bytes(one.to_bytes()) for one in shuffled])
    assert forth.to_bytes() == back.to_bytes()
    for word in {word for _, said in units for word in said}:
        spaces = {workspace for workspace, said in units if word in said}
        assert (word in forth.common(rare_k)) == (len(spaces) >= rare_k)


def test_past_the_bound_words_are_taken_for_rare_and_the_order_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rare, "MOST_WORDS", 20)
    units = [_counted(f"ws_{n}", " ".join(f"zorg{a}{b}x" for a in "abcdefgh" for b in "klmnop")) for n in range(3)]
    forth, back = _merged(units), _merged(units[::-1])
    assert forth.to_bytes() == back.to_bytes()
    assert 0 < len(forth.common(3).digests) <= 20


def test_no_more_workspaces_are_remembered_than_can_be_asked_for() -> None:
    counts = _merged([_counted(f"ws_{number}", "zorgomat") for number in range(2 * MOST_TAGS)])
    assert len(counts.tags) == MOST_TAGS
    assert "zorgomat" in counts.common(MOST_TAGS)
    with pytest.raises(ValueError, match="between 1 and 16"):
        counts.common(MOST_TAGS + 1)


@pytest.mark.parametrize("stored", [b"", b"12345678" * 2, b"1234"])
def test_what_are_no_counts_is_refused(stored: bytes) -> None:
    with pytest.raises(ValueError, match=r"counts of words|buffer size"):
        TokenCounts.from_bytes(stored)


def test_the_class_of_a_word_keeps_its_marks() -> None:
    assert (class_word("Zorg,"), class_word("(zorg)"), class_word("$417.")) == ("[name],", "([word])", "$[number].")

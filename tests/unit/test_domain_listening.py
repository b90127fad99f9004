"""Hot words: what a product may be called is taken, what looks like somebody's number is not; nothing is repeated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.listening import (
    LONGEST_HOT_WORD,
    MOST_DIGITS,
    MOST_HOT_WORDS,
    SpeechSettings,
    checked_hot_words,
    usable_hot_words,
    what_is_wrong,
)


@given(st.lists(st.text(max_size=80), max_size=20))
def test_whatever_is_given_is_taken_whole_or_refused_without_being_repeated(words: list[str]) -> None:
    if set(map(what_is_wrong, (" ".join(word.split()) for word in words))) - {None}:
        with pytest.raises(Invalid) as refused:
            checked_hot_words(words)
        assert all(len(word.strip()) <= len("character") or word not in refused.value.message for word in words)
        return
    kept = checked_hot_words(words)
    assert len(kept) == len({word.casefold() for word in kept})
    for word in kept:
        assert 0 < len(word) <= LONGEST_HOT_WORD
        assert sum(letter.isnumeric() for letter in word) <= MOST_DIGITS
        assert "\n" not in word
        assert any(letter.isalpha() for letter in word)
    assert checked_hot_words(kept) == kept


@given(st.lists(st.text(max_size=80), max_size=20))
def test_of_a_calls_own_names_those_stay_that_could_be_hot_words(names: list[str]) -> None:
    usable = usable_hot_words(names)
    assert usable_hot_words(usable) == usable
    for name in usable:
        checked_hot_words([name])


@pytest.mark.parametrize("word", ["Windows 2000", "Runo", "naïve", "रूनो", "AT&T", "O'Neill Care"])
def test_names_of_products_are_taken(word: str) -> None:
    assert checked_hot_words([word]) == (word,)


@pytest.mark.parametrize(
    "word", ["pin 12345", "1 2 3 4 5 six", "٤١١١١ card", "x" * 61, "a@b", "", "2000", "a\x00b", "a\u202eb"]
)
def test_what_is_no_name_of_a_product_is_refused(word: str) -> None:
    with pytest.raises(Invalid):
        checked_hot_words([word])


def test_a_hundred_hot_words_are_taken_and_one_more_is_not() -> None:
    words = [f"word{at}" for at in range(MOST_HOT_WORDS + 1)]
    assert len(checked_hot_words(words[:-1])) == MOST_HOT_WORDS
    with pytest.raises(Invalid):
        checked_hot_words(words)


@given(
    st.builds(
        SpeechSettings,
        language=st.sampled_from([None, "en"]),
        allowed_languages=st.sampled_from([(), ("en",), ("en", "hi")]),
        hot_words=st.sampled_from([(), ("Runo",)]),
        review_below=st.none() | st.floats(0, 1),
        model=st.sampled_from([None, "large"]),
    )
)
def test_settings_come_back_from_the_store_as_they_went_in(settings: SpeechSettings) -> None:
    assert SpeechSettings.from_document(settings.checked().to_document()) == settings
    assert SpeechSettings.from_document(None) == SpeechSettings()

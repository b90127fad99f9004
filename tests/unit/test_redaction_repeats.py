"""An answer that is said once more, words spelled in capitals, and what stands around an address."""

from __future__ import annotations

import pytest
from talk import left


@pytest.mark.parametrize(
    ("lines", "readable"),
    [
        (("How old is the driver?", "It's ten.", "Great, I've put down ten.", "Not quite, 10."), ("ten", "10")),
        (("How old are you?", "I'm 58.", "Just to confirm, fifty eight?", "Yes."), ("58", "fifty")),
        (
            ("When does the card expire?", "November 2032.", "Great, I've put down November 2032.", "Exactly."),
            ("November", "2032"),
        ),
        (("How do you spell that?", "Sure, P A I.", "Pardon?", "P A I."), ("P", "A", "I.")),
        (("And the surname?", "It's A, I, N, S, W."), ("A,", "I,", "N,", "S,", "W.")),
        (("Where do you live?", "Ground Floor Flat, 1 Albert Terrace, Warrington."), ("Ground", "Warrington.")),
    ],
)
def test_what_repeats_or_completes_an_item_is_hidden_with_it(lines: tuple[str, ...], readable: tuple[str, ...]) -> None:
    rest = left(*lines).split()
    assert not [word for word in readable if word in rest], rest


@pytest.mark.parametrize(
    "line",
    [
        "Your plan has 5 devices.",
        "The speed is one hundred M B P S.",
        "You can pay by card or at the branch.",
    ],
)
def test_numbers_that_follow_an_age_and_are_no_answer_stay_readable(line: str) -> None:
    rest = left("How old is she?", "She is 41.", line)
    assert line.rsplit(maxsplit=1)[-1] in rest.split()
    assert "41" not in rest

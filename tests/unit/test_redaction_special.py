"""Special categories: health, belief, unions, politics and the like, flagged where they are said of somebody."""

from __future__ import annotations

import pytest
from talk import FINDER, talk

from governance.redaction_profiles import profile_policy


def told(*lines: str) -> set[str]:
    spans = [span for span in FINDER.find(talk(*lines)) if span.entity_type == "SPECIAL_CATEGORY"]
    return {span.reason.partition(",")[0] for span in spans}


@pytest.mark.parametrize(
    ("lines", "category"),
    [
        (("The fee goes to the Unite union.",), "trade union"),
        (("I'm in the union, branch four.",), "trade union"),
        (("My shop steward told me to ring.",), "trade union"),
        (("We were out on strike that week.",), "trade union"),
        (("Take my Unison dues from the other account.",), "trade union"),
        (("It is for the union subs.",), "trade union"),
        (("The donation goes to the Labour party.",), "politics"),
        (("Any condition?", "I think it's bipolar disorder."), "health"),
        (("What do you take?", "Yes, I have amlodipine."), "health"),
        (("And?", "No no, listen, high blood pressure."), "health"),
        (("Which faith?", "It's Buddhist."), "religion or belief"),
        (("I have a criminal record.",), "crime"),
    ],
)
def test_what_tells_a_category_of_somebody_is_flagged(lines: tuple[str, ...], category: str) -> None:
    assert category in told(*lines)


@pytest.mark.parametrize(
    "line",
    [
        "The credit union card fees are lower.",
        "European Union rules apply.",
        "The strike of the clock is loud.",
        "Our community hall is next to the equity desk.",
        "The parson of the parish wrote a comparison.",
        "The mosque opens at nine.",
    ],
)
def test_what_is_said_of_nobody_is_not_flagged(line: str) -> None:
    assert told(line) == set()


def test_a_flag_stays_readable_by_default_and_is_hidden_where_a_policy_says_so() -> None:
    spans = FINDER.find(talk("I am a union member."))
    assert all(span.kept for span in profile_policy().decided(spans))
    assert any(not span.kept for span in profile_policy("maximum_recall").decided(spans))

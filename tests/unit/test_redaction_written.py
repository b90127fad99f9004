"""Written sentences: where a value ends that quotation marks or its own form set apart, and what is no value."""

from __future__ import annotations

import pytest
from talk import left


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("The password 'Blue!Fox9' was reset to stop more access.", "was reset to stop more access."),
        ('Her password was "Blue!Fox9", along with three other details.', "along with three other details."),
        ("Password ‘Blue!Fox9’ has been seen in our logs.", "has been seen in our logs."),
        ("The username 'b.fox77' had no right to be there.", "had no right to be there."),
        ("The email b.fox@example.com was seen in the logs of the server.", "was seen in the logs of the server."),
        ("Login: b.fox@example.com / Blue!Fox9 for the test machine.", "for the test machine."),
    ],
)  # fmt: skip
def test_what_follows_a_value_set_apart_stays_readable(line: str, kept: str) -> None:
    told = left(line)
    assert kept in told
    assert "fox" not in told.lower()


@pytest.mark.parametrize(
    "line",
    [
        "My password is blue fox capital B 99.",
        "My password is 'blue fox and then 77 sorry",
        "The password is blue fox's den 42.",
    ],
)
def test_without_an_end_of_its_own_all_of_it_goes(line: str) -> None:
    told = left(line)
    assert "fox" not in told
    assert not any(sign.isdigit() for sign in told)


@pytest.mark.parametrize(
    "line",
    [
        "Somebody made login attempts to the corporate network using details from a stolen laptop.",
        "Please enter the 10-digit number and the 6-character code.",
        "The Public Accounts Office of India (PAOI) wrote to us.",
    ],
)
def test_prose_about_logins_counts_and_abbreviations_stays_readable(line: str) -> None:
    assert left(line, readable=frozenset({"LOCATION"})) == line


def test_the_name_of_a_number_beside_a_name_is_no_part_of_the_name() -> None:
    told = left("This concerns Ramesh Krishnan's Aadhar number 9999 4105 7058 now.")
    assert "Aadhar number" in told
    assert "9999" not in told

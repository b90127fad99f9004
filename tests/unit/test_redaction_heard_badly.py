"""What a small recogniser makes of names, spelling and addresses over a bad line."""

from __future__ import annotations

import pytest

from tests.talk import left

READABLE = frozenset({"LOCATION", "ORGANIZATION", "SPECIAL_CATEGORY"})


@pytest.mark.parametrize(
    ("line", "gone"),
    [
        ("Thank you for calling. This is Grant C. Church. How may I help you?", "Church"),
        ("Thank you for calling. This is Mark Sea Field. How may I help you?", "Field"),
        ("They told me to ask for Valentina F.", "F."),
        ("Could you put me through to Ashok S.", "S."),
        ("You can call me Chase.", "Chase"),
        ("I spoke with somebody called Gill, Sukhvinda last Monday.", "Sukhvinda"),
        ("My aunt is called Lewandowski. Katazina, it was booked for them.", "Katazina"),
        ("Pinnacle Mutual, good evening, Clive Yardley, what can I do for you?", "Clive"),
        ("Great I've put down Brinnell.", "Brinnell"),
        ("dr geinesh has an opening on saturday", "geinesh"),
    ],
)
def test_a_name_where_one_is_announced_is_hidden_whole(line: str, gone: str) -> None:
    assert gone not in left("Hello?", line)


@pytest.mark.parametrize(
    "line",
    [
        "This is Customer Support.",
        "This is Great.",
        "You're through to Monday Morning.",
        "Do you speak English, madam?",
        "Your PESEL, please?",
        "Can I have your PAN, sir?",
    ],
)
def test_capitals_that_are_no_name_stay_readable(line: str) -> None:
    assert left("Hello?", line, readable=READABLE) == f"Hello?\n{line}"


def test_a_name_goes_on_after_an_initial_in_the_next_breath() -> None:
    rest = left("You are speaking with Graham R.", "Hello.", "Rowbotham.", "Hi.")
    assert "R." not in rest
    assert "Rowbotham" not in rest


@pytest.mark.parametrize(
    "answer",
    [
        "It's C and Intune, R and R, in Agra, B and in Bomb, U and in Unicorn.",
        "And that was Elfer Lemon, I for Inc. and for Nancy, D for Dog, S for Suga, off a rabbit, M for Mango.",
        "D is in dog. E is an egg.",
        "Zee for Zebra, Y for Yoga, B for Buddy.",
    ],
)
def test_the_answer_to_how_do_you_spell_that_is_hidden_whole(answer: str) -> None:
    rest = left("How do you spell that?", answer, "I'm sorry to hear that.")
    assert not {"Agra", "Unicorn", "Mango", "rabbit", "Lemon", "dog", "egg", "Zebra", "Yoga"} & set(
        rest.replace(".", " ").replace(",", " ").split()
    )
    assert "I'm sorry to hear that." in rest


def test_stalling_after_a_request_to_spell_stays_readable() -> None:
    assert left("How do you spell that?", "Just a minute, the baby's crying.") == (
        "How do you spell that?\nJust a minute, the baby's crying."
    )


@pytest.mark.parametrize(
    ("line", "gone"),
    [
        ("It's gurpriet.chatha at the rate of proton.me.", "gurpriet"),
        ("Jignesh 1-3 at the rate of Apple, please.", "Apple"),
        ("Drop me a line at NDLOVU.ABINA.885 at the rate of WANADU.FA.", "NDLOVU"),
        ("I think it's davrush 2 nine seven at the rate of wanadoo dot fr.", "davrush"),
        ("The website is szymanski dash photography point co point uk.", "photography"),
    ],
)
def test_an_address_at_the_rate_of_is_hidden_with_its_host(line: str, gone: str) -> None:
    assert gone not in left("Yes?", line)


@pytest.mark.parametrize(
    "line",
    [
        "The loan is at the rate of 8 percent.",
        "It's charged at the rate of five rupees a page.",
        "Prices rise at the rate of inflation.",
        "At this rate of progress we finish in June.",
        "That's a good point in general.",
    ],
)
def test_a_rate_of_something_stays_readable(line: str) -> None:
    assert left("Yes?", line) == f"Yes?\n{line}"


def test_a_part_of_an_address_said_again_is_hidden_too() -> None:
    rest = left("My email is k dot vandermeer 88 at outlook dot com.", "k dot vandermeer eighty eight?", "Yes.")
    assert "vandermeer" not in rest
    assert "eighty" not in rest


@pytest.mark.parametrize(
    "line",
    [
        "I live in Atlanta, Georgia.",
        "Haan, it is 22 Tern Road, Hull.",
        "We moved from Austin, Texas to Madison, Wisconsin.",
        "I'm Jewish and I live near Paris, Charlotte knows the way.",
    ],
)
def test_redacting_twice_changes_nothing_beside_a_flagged_place(line: str) -> None:
    from domain.spans import redact_transcript  # noqa: PLC0415 - beside the finder
    from tests.talk import FINDER, talk  # noqa: PLC0415

    call = talk("Where do you live?", line, "Okay.")
    once = redact_transcript(call, FINDER.find(call))
    assert not FINDER.find(once)

"""Given text and back: lines put together are the text, spans end where the item ends, windows leave nothing out."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.redaction_policy import RedactionPolicy
from domain.spans import Span
from governance.redaction_profiles import profile_policy
from redaction.doubles import PlainFinder
from redaction.errors import RedactionError
from redaction.lines import LONGEST, Line, lines_of, pieces
from redaction.operators import Hider
from redaction.patterns import OwnPatterns
from redaction.port import KnownParty
from redaction.streaming import Found, TextRedactor, windows
from redaction.text import Times, laid, trimmed, words_in
from storage.blind_index import BlindIndexer

ODD = st.text(
    st.sampled_from("ab1 \n\r\t.,?!'\"<>[]{}()@+-:;|=*_\u200b\u0301\u2028\ud83d\U0001f600\u05d0éP"), max_size=400
)


def redactor(finder: PlainFinder | None = None, policy: RedactionPolicy | None = None) -> TextRedactor:
    policy = policy or profile_policy()
    return TextRedactor(finder or PlainFinder(), policy, OwnPatterns(policy.patterns))


def redacted(text: str, one: TextRedactor | None = None, known: KnownParty | None = None) -> str:
    told: list[str] = []
    hider = Hider(BlindIndexer(b"k" * 32).token, "1")
    for line, found in (one or redactor()).redacted(lines_of([text]), hider, known=known):
        told.append(shown(line, found))
    return "".join(told)


def shown(line: Line, found: list[Found]) -> str:
    told, at = "", 0
    for one in found:
        told += line.text[at : one.start - line.start] + (one.shown or "")
        at = one.end - line.start
    return told + line.text[at:]


@given(ODD, st.integers(1, 50))
def test_lines_put_together_are_the_text_however_it_comes(text: str, block: int) -> None:
    blocks = [text[at : at + block] for at in range(0, len(text), block)]
    assert list(lines_of(blocks)) == list(lines_of([text]))
    lines = list(lines_of([text]))
    assert "".join(line.text for line in lines) == text
    assert all(one.start + len(one.text) == two.start for one, two in pairwise(lines))


@given(ODD)
def test_words_stand_in_order_and_leave_out_marks_only(text: str) -> None:
    words = list(words_in(text))
    assert all(one[1] <= two[0] for one, two in pairwise(words))
    covered = {at for start, end, _ in words for at in range(start, end)}
    left = {text[at] for at in range(len(text)) if at not in covered}
    assert not left & set("1@+-_é*") or "<" in text


@pytest.mark.parametrize("size", [LONGEST, LONGEST + 1, 5 * LONGEST])
@pytest.mark.parametrize("unit", ["Call me now. ", "nine four ", "x", "4"])
def test_a_long_line_is_cut_into_bearable_ones_at_a_good_place(unit: str, size: int) -> None:
    text = (unit * size)[:size]
    cut = [piece for piece, _ in pieces([text])]
    assert "".join(cut) == text
    assert max(map(len, cut)) <= 2 * LONGEST
    if unit.startswith("Call"):
        assert all(piece.endswith("now. ") for piece in cut[:-1])


def test_what_an_operator_left_is_one_word_and_stays_as_it_is() -> None:
    text = "Ask [PERSON_1] or [PERSON:0123456789abcdef], card [CREDIT_CARD], *****."
    assert redacted(text) == text
    assert [text[start:end] for start, end, ours in words_in(text) if ours] == [
        "[PERSON_1]", "[PERSON:0123456789abcdef]", "[CREDIT_CARD]", "*****",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "kind", "item"),
    [
        ('"Meera."', "PERSON", "Meera"), ("(Meera)", "PERSON", "Meera"), ("Meera's,", "PERSON", "Meera"),
        ("(415) 555-0132.", "PHONE_NUMBER", "(415) 555-0132"), ("+91-98)", "PHONE_NUMBER", "+91-98"),
        ("12 Main St.", "ADDRESS", "12 Main St."), ("Pa$$w!", "PASSWORD", "Pa$$w!"), ("Pa$$w.", "PASSWORD", "Pa$$w"),
        ("...", "PERSON", "..."), ("@meera,", "SOCIAL_HANDLE", "@meera"), ("#22-b)", "ADDRESS", "#22-b"),
        ("!Sky77!", "NUMBER_SEQUENCE", "!Sky77!"), ("Meera!", "PERSON", "Meera"), ("::1,", "IP_ADDRESS", "::1"),
    ],
)  # fmt: skip
def test_marks_around_an_item_stay_outside_of_it(words: str, kind: str, item: str) -> None:
    start, end = trimmed(words, kind)
    assert words[start:end] == item


def test_only_what_is_found_changes_in_a_text() -> None:
    text = 'Say "4155550132".\r\n\tthen <b>meera@x.io</b>, ok?\n\n'
    assert redacted(text) == 'Say "[NUMBER_SEQUENCE]".\r\n\tthen <b>[EMAIL_ADDRESS]</b>, ok?\n\n'


def test_roles_at_the_head_of_a_line_are_speakers_and_no_words() -> None:
    lines = list(
        lines_of(["Agent: your name?\nCustomer: Meera: yes\nwell\nAgent: ok\n[00:01] Speaker 2: hm\nMeera: x"])
    )
    assert [line.channel for line in lines] == [0, 1, 1, 0, 2, 2]
    assert [line.text[line.lead :].strip() for line in lines] == [
        "your name?", "Meera: yes", "well", "ok", "hm", "Meera: x",
    ]  # fmt: skip


@given(st.lists(st.integers(1, 40), max_size=60), st.integers(1, 50), st.integers(0, 60))
def test_windows_decide_each_line_once_with_its_neighbours_around(sizes: list[int], window: int, around: int) -> None:
    lines = [Line(0, at, "x" * size, 0) for at, size in enumerate(sizes)]
    decided: list[Line] = []
    for seen, first, end in windows(lines, window=window, around=around):
        assert seen == lines[len(decided) - first : len(decided) - first + len(seen)], "in a row"
        decided += seen[first:end]
        reach = sum(len(line.text) for line in seen[end:])
        assert reach >= around or seen[-1] is lines[-1]
        assert first == 0 or sum(len(line.text) for line in seen[:first]) >= around or seen[0] is lines[0]
    assert decided == lines


class Blind(PlainFinder):
    """A finder that overlooks everything, beside a second look that does not."""

    def find(self, *_: object, **__: object) -> tuple[Span, ...]:
        """Find nothing."""
        return ()


def test_what_the_second_look_still_sees_goes_with_its_line() -> None:
    text = "hello\nmy number is 4155550132 ok\nbye\n"
    assert redacted(text, redactor(Blind())) == "hello\n[NUMBER_SEQUENCE]\nbye\n"


def test_what_only_two_lines_together_show_goes_with_both() -> None:
    assert redacted("it is 4155\n550132 ok\nbye and thanks\n", redactor(Blind())) == (
        "[NUMBER_SEQUENCE]\n[NUMBER_SEQUENCE]\nbye and thanks\n"
    )


class Stubborn(PlainFinder):
    """A second look that is never content."""

    def residual(self, redacted: object) -> tuple[str, ...]:  # noqa: ARG002
        """See something everywhere."""
        return ("PERSON",)


def test_nothing_goes_out_when_hiding_lines_does_not_help() -> None:
    with pytest.raises(RedactionError):
        redacted("hello there\n", redactor(Stubborn()))


def test_a_word_has_the_times_of_the_given_words_that_it_touches() -> None:
    text = "it is Mee ra now"
    given_words = [(0, 2, 1.0, 1.2), (3, 5, 1.3, 1.5), (6, 12, 4.0, 4.5), (13, 16, 5.0, 5.1)]
    said = laid(list(lines_of([text])), {0: [Times(*one) for one in given_words]}).transcript
    assert [(word.start, word.end) for _, _, word in said.words()] == [
        (1.0, 1.2), (1.3, 1.5), (4.0, 4.5), (4.0, 4.5), (5.0, 5.1),
    ]  # fmt: skip


def test_half_a_surrogate_pair_reaches_no_model() -> None:
    said = laid(list(lines_of(["\ud83d call"]))).transcript
    assert said.text.encode() == "\ufffd call".encode()

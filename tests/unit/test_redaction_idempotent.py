"""What was redacted is redacted: looked at again it stays as it is, whatever an operator left there."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from talk import FINDER, talk

from bench.redaction_eval.calls import generated
from cli.redacting.output import redacted_line
from domain.redaction_policy import Operator, RedactionPolicy
from domain.speech import Transcript
from governance.redaction_profiles import profile_policy
from redaction.applying import redact_by_policy
from redaction.lines import lines_of
from redaction.operators import Hider
from redaction.patterns import OwnPatterns
from redaction.streaming import TextRedactor
from redaction.view import CallView

OPERATORS = [one for one in Operator if one is not Operator.KEEP]
LEAVING_MARKS = [one for one in OPERATORS if one is not Operator.SURROGATE]
PIECES = (
    "my password is", "Sunflower,", "meera.k@example.com", "at", "example dot com", "4155550132", "4111 1111 1111 1111",
    "Meera Krishnan", "listen,", "no no,", "is that right?", "42 Maple Street,", "[PERSON_1]",
    "[IBAN:0123456789abcdef].",
    "*****", "*****.", "[REDACTED],", "[PASSWORD].", "and", "S as in sugar", "double four", "I am 42.", "Agent:", ". .",
    "'Qwe-77!x',", "\n", "Customer:", "ends in", "oh one", "<b>", "{", "}", "it's", "Krishnan's",
)  # fmt: skip


def hider() -> Hider:
    return Hider(lambda text: hashlib.sha256(text.encode()).hexdigest(), "call")


def policy(operator: Operator) -> RedactionPolicy:
    return replace(profile_policy(), operator=operator)


def as_text(text: str, operator: Operator) -> str:
    redactor = TextRedactor(FINDER, policy(operator), OwnPatterns(()))
    return "".join(redacted_line(line, found) for line, found in redactor.redacted(lines_of([text]), hider()))


def as_talk(call: Transcript, operator: Operator) -> Transcript:
    return redact_by_policy(call, FINDER, policy(operator), hider()).readable


def written(call: Transcript) -> str:
    roles = ("Agent", "Customer")
    return "\n".join(f"{roles[segment.channel % 2]}: {segment.text}" for segment in call.segments)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(OPERATORS))
def test_a_redacted_transcript_redacted_again_is_the_same(seed: int, operator: Operator) -> None:
    (call,) = (one.transcript for one in generated(1, seed, "tune"))
    once = as_talk(call, operator)
    assert as_talk(once, operator) == once


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(LEAVING_MARKS))
def test_a_redacted_text_redacted_again_is_the_same(seed: int, operator: Operator) -> None:
    (call,) = (one.transcript for one in generated(1, seed, "tune"))
    once = as_text(written(call), operator)
    assert as_text(once, operator) == once


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=25), st.sampled_from(LEAVING_MARKS))
def test_any_text_redacted_again_is_the_same(pieces: list[str], operator: Operator) -> None:
    once = as_text(" ".join(pieces), operator)
    assert as_text(once, operator) == once


@pytest.mark.parametrize("operator", LEAVING_MARKS)
@pytest.mark.parametrize(
    "line", ["No no, listen, {}.", "I've put down {}. Is that right?", "({}), thanks", "{}... {}!"]
)
def test_a_full_stop_behind_what_is_hidden_is_no_word(line: str, operator: Operator) -> None:
    once = as_text("Agent: Your password?\nCustomer: " + line.replace("{}", "Qwerty-77!x"), operator)
    assert as_text(once, operator) == once


@pytest.mark.parametrize("operator", OPERATORS)
def test_what_a_rule_sees_of_a_hidden_item_is_its_kind_whatever_stands_there(operator: Operator) -> None:
    once = as_talk(talk("What is your phone number?", "It is 415 555 0132, I think."), operator)
    shown = [token.raw for token in CallView.of(once).tokens if token.placeholder]
    assert set(shown) == {"[PHONE_NUMBER]"}

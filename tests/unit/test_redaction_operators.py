"""Operators: constants, and a refusal of what is not built."""

from __future__ import annotations

import pytest

from domain.spans import Span
from redaction.errors import UnsupportedOperatorError
from redaction.operators import placeholder, with_operators

SPAN = Span(0, 0, 1, "PHONE_NUMBER", 1.0, "test")


def test_each_operator_leaves_a_constant() -> None:
    spans = [with_operators([SPAN], {"PHONE_NUMBER": name})[0] for name in ("replace", "redact", "mask")]
    assert [placeholder(span) for span in spans] == ["[PHONE_NUMBER]", "[REDACTED]", "*****"]


@pytest.mark.parametrize("name", ["hash", "encrypt", "keep", ""])
def test_an_operator_that_is_not_built_is_refused(name: str) -> None:
    with pytest.raises(UnsupportedOperatorError):
        with_operators([SPAN], {"PERSON": name})

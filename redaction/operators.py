"""Operators: what stands where personal data was. Named as in presidio-anonymizer; those not built yet are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from domain.spans import Span
from redaction.errors import UnsupportedOperatorError

APPLIED = frozenset({"replace", "redact", "mask"})
"""replace → `[KIND]`, redact → `[REDACTED]`, mask → asterisks of a constant length (a length is a hint too)."""
MASK = "*****"


def placeholder(span: Span) -> str:
    """Return the text that stands for a span. Raises UnsupportedOperatorError: nothing is passed on by default."""
    check_operator(span.operator)
    return {"replace": f"[{span.entity_type}]", "redact": "[REDACTED]", "mask": MASK}[span.operator]


def check_operator(name: str) -> None:
    """Refuse an operator that this version cannot apply (hash, encrypt, keep among them)."""
    if name not in APPLIED:
        raise UnsupportedOperatorError("this operator is not supported; use replace, redact or mask")


def with_operators(spans: Iterable[Span], operators: Mapping[str, str], default: str = "replace") -> tuple[Span, ...]:
    """Return the spans with the operator that the policy names for their kind."""
    for name in (default, *operators.values()):
        check_operator(name)
    return tuple(replace(span, operator=operators.get(span.entity_type, default)) for span in spans)

"""What a rule says it found: tokens of the call, a kind, a score, and why."""

from __future__ import annotations

from dataclasses import dataclass

from redaction.view import Token


@dataclass(frozen=True, slots=True)
class Hit:
    """Tokens (possibly over several segments) that hold one item. `reason` is a constant phrase, never a quote."""

    tokens: tuple[Token, ...]
    kind: str
    score: float
    rule: str
    reason: str

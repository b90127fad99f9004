"""What every rule is given: the view of the call, its cues, what is known of it, and the language model when asked."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from domain.speech import Transcript
from redaction.cues import CueIndex
from redaction.port import KnownParty
from redaction.view import CallView, Token

Guess = Callable[[CallView, AbstractSet[int]], tuple[tuple[Token, ...], ...]]
"""Asks a language model for the people it sees in some of the segments of a call."""


@dataclass(frozen=True)
class CallContext:
    """One call, ready to be looked at by any number of rules. `guess` is set by the engine: without one nobody does."""

    view: CallView
    cues: CueIndex
    known: KnownParty
    guess: Guess | None = None

    @classmethod
    def of(cls, transcript: Transcript, known: KnownParty | None = None, guess: Guess | None = None) -> CallContext:
        """Return the context of a transcript."""
        view = CallView.of(transcript)
        return cls(view, CueIndex(view), known or KnownParty(), guess)

"""What every rule is given: the view of the call, its cues, what is known of it, and the word lists."""

from __future__ import annotations

from dataclasses import dataclass, field

from domain.speech import Transcript
from redaction.cues import CueIndex
from redaction.port import KnownParty
from redaction.view import CallView, Token


@dataclass(frozen=True)
class CallContext:
    """One call, ready to be looked at by any number of rules."""

    view: CallView
    cues: CueIndex
    known: KnownParty
    persons: tuple[tuple[Token, ...], ...] = field(default=())

    @classmethod
    def of(cls, transcript: Transcript, known: KnownParty | None = None) -> CallContext:
        """Return the context of a transcript. `persons` (a language model's guesses) are added by the engine."""
        view = CallView.of(transcript)
        return cls(view, CueIndex(view), known or KnownParty())

"""What a stage gives back: its effect, to be written in the transaction that the lease fences, or a refusal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from storage.mongo import Document

Effect = Callable[[Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The stage's work is done but for its effect, which is written together with the job's completion."""

    effect: Effect
    facts: Document = field(default_factory=dict)
    """Fields of the call that the stage found out (duration, language)."""
    closes: tuple[int, ...] = ()
    """Earlier versions that let through personal data which this one found: from now on served to nobody."""


class WrongWorker(Exception):
    """This worker does not run the model that the call is to be heard with: the job goes back, and to another queue."""


class StageRefused(Exception):
    """The stage cannot finish and trying again cannot help. `code` is a constant word of docs/stages.md.

    With `blocked` the call fails closed: there is a result, and it must not be served. `closes` is as in `Outcome`:
    what was found counts against earlier versions even if the new one comes to nothing. `effect` is written together
    with the refusal.
    """

    def __init__(
        self, code: str, *, blocked: bool = False, closes: tuple[int, ...] = (), effect: Effect | None = None
    ) -> None:
        super().__init__(code)
        self.effect = effect
        self.code = code
        self.blocked = blocked
        self.closes = closes


def code_of(error: BaseException) -> str:
    """Return the constant word of an error of ours (its class says it), and `internal` for others'.

    Drivers, codecs and systems have codes and reasons too: numbers, or words that may quote what they stumbled over.
    """
    if isinstance(error, StageRefused):
        return error.code
    words = (getattr(type(error), name, None) for name in ("code", "reason"))
    return next((word for word in words if isinstance(word, str)), "internal")

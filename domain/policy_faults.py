"""What is wrong with a policy document, each mistake at its place, so that a person can be led to the line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""Where in the document: names of fields and places in lists, outermost first."""


@dataclass(frozen=True, slots=True)
class PolicyFault:
    """One mistake: where it is, and a sentence that says what to do."""

    path: Path
    sentence: str

    def __str__(self) -> str:
        place = ".".join(str(step) for step in self.path)
        return f"{place}: {self.sentence}" if place else self.sentence


class PolicyRefused(ValueError):
    """A policy that cannot be saved, with everything that is wrong with it."""

    def __init__(self, faults: Sequence[PolicyFault]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = tuple(faults)

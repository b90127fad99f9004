"""What the gates say of a release: measured, asked, and which items it was about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

MOST_ITEMS: Final = 100
"""So many items are named by a gate; `found` says how many there are."""


@dataclass(frozen=True, slots=True)
class GateResult:
    """What one gate says.

    `measured` and `threshold` are numbers of the same thing; `why` says in words what to do about a failure.
    `items` are ids of the release's items, never of calls; `kinds` counts what was found, by kind.
    """

    name: str
    passed: bool
    measured: float
    threshold: float
    why: str
    items: tuple[str, ...] = ()
    found: int = 0
    kinds: tuple[tuple[str, int], ...] = ()

    def to_document(self) -> dict[str, Any]:
        """Return the stored form."""
        return {
            "name": self.name,
            "passed": self.passed,
            "measured": self.measured,
            "threshold": self.threshold,
            "why": self.why,
            "items": list(self.items[:MOST_ITEMS]),
            "found": self.found,
            "kinds": dict(self.kinds),
        }


@dataclass(frozen=True, slots=True)
class GateReport:
    """What all gates say. A release passes when every one of them did, and there was at least one."""

    gates: tuple[GateResult, ...]

    @property
    def passed(self) -> bool:
        """Whether the release may go on to a person's review."""
        return bool(self.gates) and all(gate.passed for gate in self.gates)

    def to_document(self) -> list[dict[str, Any]]:
        """Return the stored form, as in `corpus_releases.gates` and in the manifest."""
        return [gate.to_document() for gate in self.gates]


def result(
    name: str,
    *,
    passed: bool,
    measured: float,
    threshold: float,
    why: str,
    items: Iterable[str] = (),
    found: int | None = None,
    kinds: Iterable[tuple[str, int]] = (),
) -> GateResult:
    """Return a gate's result that names no more items than it may."""
    named = tuple(sorted(set(items)))
    count = len(named) if found is None else found
    return GateResult(name, passed, measured, threshold, why, named[:MOST_ITEMS], count, tuple(sorted(kinds)))

"""Custodians: whoever keeps personal data of a call says what it holds and can erase it. None may be forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Custodian(Protocol):
    """Answers for some collections and object prefixes."""

    @property
    def name(self) -> str:
        """A short name for receipts."""
        ...

    @property
    def covers(self) -> Sequence[str]:
        """The collections, and the object prefixes as `s3:u/`, that it answers for."""
        ...

    async def count(self, workspace_id: str, call_id: str) -> int:
        """Return how many documents or objects it holds of the call's content."""
        ...

    async def erase(self, workspace_id: str, call_id: str) -> None:
        """Erase what it holds of the call's content; safe to run twice."""
        ...

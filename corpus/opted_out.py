"""Calls of people who opted out of training: by the numbers that came with a call, and those of its log or CDR."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from storage.mongo import Document
from storage.people import TooManyLinked, linked_calls
from storage.resources import Resources


@dataclass(frozen=True, slots=True)
class OptedOut:
    """The keyed hashes of people who opted out, and the calls in whose traffic data they take part."""

    tokens: frozenset[str]
    linked: frozenset[str] | None
    """None: too many to name; every call is taken to be one of theirs."""

    def has(self, call: Document) -> bool:
        """Say whether somebody of the call opted out."""
        if not self.tokens:
            return False
        return self.linked is None or call["_id"] in self.linked or not self.tokens.isdisjoint(call.get("people", ()))


async def opted_out(resources: Resources, workspace_id: str) -> OptedOut:
    """Look up who opted out in a workspace, and in which calls they take part."""
    found = await resources.database.scoped("training_opt_outs", workspace_id).find({"withdrawn_at": None})
    tokens = frozenset(one["person"] for one in found)
    linked: frozenset[str] | None = None
    with contextlib.suppress(TooManyLinked):
        linked = await linked_calls(resources.database, workspace_id, tokens)
    return OptedOut(tokens, linked)

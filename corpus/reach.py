"""Which calls holds, or restrictions, cover: asked of very many calls, so sorted by what each looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from domain.holds import HoldKind, LegalHold
from domain.restrictions import Restriction
from storage.hold_filters import facts_of
from storage.mongo import Document


class Reach:
    """The calls that any of these covers; says what `covers` of each of them says."""

    def __init__(self, among: Sequence[LegalHold] | Sequence[Restriction]) -> None:
        self._ids = frozenset(one.scope.record_id for one in among if one.scope.record_id is not None)
        self._tokens = frozenset(token for one in among for token in one.scope.tokens)
        wide = (HoldKind.QUERY, HoldKind.WORKSPACE)
        self._wide = [one for one in among if one.scope.kind in wide]

    def has(self, call: Document, people: frozenset[str]) -> bool:
        """Say whether a stored call is covered, by itself or by one of its people."""
        if call["_id"] in self._ids or not self._tokens.isdisjoint(people):
            return True
        if not self._wide:
            return False
        facts = replace(facts_of("calls", call), tokens=people)
        return any(one.covers(facts) for one in self._wide)

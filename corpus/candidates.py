"""Which calls could be trained on, and why the others could not: counts by reason, never ids."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from corpus.opted_out import opted_out
from domain.calls import CallState
from domain.errors import NotFound
from domain.holds import LegalHold
from domain.records import Purpose, Role
from domain.restrictions import Restriction
from domain.training import TrainingFacts, TrainingReason, may_train
from storage.hold_filters import facts_of
from storage.mongo import Document
from storage.people import TooManyLinked, linked_calls
from storage.resources import Resources

BATCH = 500


async def count_candidates(resources: Resources, workspace_id: str, *, now: datetime) -> dict[TrainingReason, int]:
    """Apply the rule of law.md C4 to each call of a workspace that may still be seen; return counts by reason.

    No party's own grant is recorded yet, so `granted_by_all_parties` is False for every call: the count of ALLOWED
    stays 0 until consent per purpose is built. Raises NotFound for an unknown workspace.
    """
    workspace = await resources.database.whole("workspaces").find_one({"_id": workspace_id})
    if workspace is None:
        raise NotFound("no such workspace", workspace_id=workspace_id)
    instructed = frozenset(Purpose(purpose) for purpose in workspace["instruction"]["purposes"])
    held = await resources.database.scoped("legal_holds", workspace_id).find({"released_at": None})
    holds = [LegalHold.from_document(document) for document in held]
    limited = await resources.database.scoped("restrictions", workspace_id).find({"lifted_at": None})
    restrictions = [Restriction.from_document(document) for document in limited]
    kept, unused = _Reach(holds), _Reach(restrictions)
    for reach in (kept, unused):
        await reach.look(resources, workspace_id)
    without = await opted_out(resources, workspace_id)
    calls = resources.database.scoped("calls", workspace_id)
    counts: Counter[TrainingReason] = Counter()
    last = ""
    while page := await calls.find({"_id": {"$gt": last}, "retain_until": {"$gt": now}}, limit=BATCH):
        last = page[-1]["_id"]
        for call in page:
            opted_in = bool(workspace["training_opted_in"])
            facts = _facts(call, instructed, held=kept.has(call), restricted=unused.has(call), opted_in=opted_in)
            counts[may_train(replace(facts, person_opted_out=without.has(call)))] += 1
    return dict(counts)


class _Reach:
    """Which calls holds, or restrictions, cover."""

    def __init__(self, among: Sequence[LegalHold | Restriction]) -> None:
        self._among = among
        self._linked: frozenset[str] | None = None

    async def look(self, resources: Resources, workspace_id: str) -> None:
        """Look for the calls of covered people by their logs; of too many all are taken to be covered."""
        tokens = {token for one in self._among for token in one.scope.tokens}
        with contextlib.suppress(TooManyLinked):
            self._linked = await linked_calls(resources.database, workspace_id, tokens)

    def has(self, call: Document) -> bool:
        """Say whether a call is covered."""
        by_log = self._linked is None or call["_id"] in self._linked
        return by_log or any(one.covers(facts_of("calls", call)) for one in self._among)


def _facts(
    call: Document, instructed: frozenset[Purpose], *, held: bool, restricted: bool, opted_in: bool
) -> TrainingFacts:
    return TrainingFacts(
        state=CallState(call["state"]),
        role=Role(call["role"]),
        purposes=frozenset(Purpose(purpose) for purpose in call["purposes"]),
        instructed_purposes=instructed,
        held=held,
        restricted=restricted or bool(call.get("restricted", False)),
        workspace_opted_in=opted_in,
        granted_by_all_parties=False,
    )

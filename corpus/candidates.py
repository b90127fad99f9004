"""Which calls could be trained on, and why the others could not: counts by reason, never ids."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from domain.calls import CallState
from domain.errors import NotFound
from domain.holds import LegalHold
from domain.records import Purpose, Role
from domain.training import TrainingFacts, TrainingReason, may_train
from storage.mongo import Document
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
    calls = resources.database.scoped("calls", workspace_id)
    counts: Counter[TrainingReason] = Counter()
    last = ""
    while page := await calls.find({"_id": {"$gt": last}, "retain_until": {"$gt": now}}, limit=BATCH):
        last = page[-1]["_id"]
        for call in page:
            facts = _facts(call, instructed, holds, opted_in=bool(workspace["training_opted_in"]))
            counts[may_train(facts)] += 1
    return dict(counts)


def _facts(call: Document, instructed: frozenset[Purpose], holds: list[LegalHold], *, opted_in: bool) -> TrainingFacts:
    return TrainingFacts(
        state=CallState(call["state"]),
        role=Role(call["role"]),
        purposes=frozenset(Purpose(purpose) for purpose in call["purposes"]),
        instructed_purposes=instructed,
        held=any(hold.covers(call["workspace_id"], call["_id"]) for hold in holds),
        restricted=bool(call.get("restricted", False)),
        workspace_opted_in=opted_in,
        granted_by_all_parties=False,
    )

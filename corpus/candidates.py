"""Which calls could be trained on, and why the others could not: counts by reason, never ids."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from corpus.eligibility import EligibilityReader
from corpus.policy import CorpusPolicy
from domain.training import TrainingReason
from storage.resources import Resources

BATCH = 500


async def count_candidates(resources: Resources, workspace_id: str, *, now: datetime) -> dict[TrainingReason, int]:
    """Judge each call of a workspace that may still be seen, as for a release of this instant; count by reason.

    Raises NotFound for an unknown workspace.
    """
    reader = await EligibilityReader.open(resources, workspace_id, at=now, policy=CorpusPolicy(), now=now)
    calls = resources.database.scoped("calls", workspace_id)
    counts: Counter[TrainingReason] = Counter()
    last = ""
    while page := await calls.find({"_id": {"$gt": last}, "retain_until": {"$gt": now}}, limit=BATCH):
        last = page[-1]["_id"]
        counts.update(one.reason for one in await reader.judge(page))
    return dict(counts)

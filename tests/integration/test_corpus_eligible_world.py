"""Who may be in the corpus, judged over many calls beside an oracle that knows what was arranged."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from conftest import MakeTenant
from corpus_world import OF_CALL, PERSONAL, make_world, told

from corpus.eligibility import EligibilityReader
from corpus.policy import CorpusPolicy
from domain.training import TrainingReason
from storage.resources import Resources


async def test_exactly_the_lawful_calls_are_let_in(make_tenant: MakeTenant, resources: Resources) -> None:
    now = datetime.now(UTC)
    world = await make_world(make_tenant, resources, calls=240, seed=7, now=now)
    assert set(told(world)) >= {*OF_CALL, *PERSONAL, "agent", ""}, "every bar is met"
    found: dict[str, TrainingReason] = {}
    for tenant in world.tenants:
        calls = await resources.database.scoped("calls", tenant.workspace_id).find({})
        reader = await EligibilityReader.open(
            resources, tenant.workspace_id, at=now, policy=CorpusPolicy(minimum_redaction=2), now=now
        )
        found |= {one.call_id: one.reason for one in await reader.judge(calls)}
    let_in = {call_id for call_id, reason in found.items() if reason is TrainingReason.ALLOWED}
    assert let_in == world.lawful(), Counter(found.values())
    assert len(let_in) > 40

"""The outbox: one job, one worker, however many ask; nothing is lost and nothing is written by who lost the job."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from domain.errors import Conflict, LostLease, NotFound
from domain.ids import new_id
from domain.jobs import JobState, Queue
from storage.outbox import Outbox

if TYPE_CHECKING:
    from storage.resources import Resources

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LEASE = timedelta(seconds=10)
MOMENT = timedelta(milliseconds=1)


class Desk:
    """An outbox with a workspace and a call of its own, and a clock in the test's hand."""

    def __init__(self, resources: Resources) -> None:
        self.resources = resources
        self.outbox = Outbox(resources.database, lease_s=LEASE.total_seconds(), max_attempts=3)
        self.workspace_id, self.call_id = new_id("ws"), new_id("call")

    async def add(self, **changes: Any) -> str:
        job = {
            "workspace_id": self.workspace_id,
            "call_id": self.call_id,
            "task": "transcribe",
            "queue": Queue.SPEECH,
            "now": NOW,
        }
        return await self.outbox.add(**(job | changes))

    async def state(self, job_id: str) -> tuple[str, int, str | None]:
        (job,) = await self.resources.database.whole("outbox").find({"_id": job_id})
        return job["state"], job["attempts"], job["error"]

    async def publishable(self, now: datetime, after: timedelta = timedelta(seconds=30)) -> list[str]:
        jobs = await self.outbox.publishable(now=now, republish_after=after, limit=10_000)
        return [job.job_id for job in jobs if job.call_id == self.call_id]


@pytest.fixture
async def desk(resources: Resources) -> Any:
    await resources.database.whole("outbox").delete({})
    return Desk(resources)


async def test_a_job_is_claimed_by_one_of_twenty_who_ask_at_once(desk: Desk) -> None:
    job_id = await desk.add()
    claims = [job for job in await asyncio.gather(*(desk.outbox.claim(job_id, now=NOW) for _ in range(20))) if job]
    assert len(claims) == 1
    assert (claims[0].job_id, claims[0].attempts, claims[0].queue) == (job_id, 1, Queue.SPEECH)
    assert len(claims[0].token) == 32
    assert await desk.state(job_id) == ("claimed", 1, None)


async def test_a_job_is_not_claimed_before_its_time(desk: Desk) -> None:
    job_id = await desk.add()
    assert await desk.outbox.claim(job_id, now=NOW - MOMENT) is None
    assert await desk.outbox.claim(job_id, now=NOW) is not None


async def test_a_lease_ends_at_its_end_and_not_before_and_then_another_may_claim(desk: Desk) -> None:
    job_id = await desk.add()
    first = await desk.outbox.claim(job_id, now=NOW)
    assert await desk.outbox.claim(job_id, now=NOW + LEASE - MOMENT) is None
    assert await desk.outbox.free_expired(now=NOW + LEASE - MOMENT) == 0
    second = await desk.outbox.claim(job_id, now=NOW + LEASE)
    assert first is not None
    assert second is not None
    assert second.attempts == 2
    assert second.token != first.token


async def test_a_renewed_lease_lasts_longer_and_a_lost_one_cannot_be_renewed(desk: Desk) -> None:
    job_id = await desk.add()
    job = await desk.outbox.claim(job_id, now=NOW)
    assert job is not None
    assert await desk.outbox.renew(job, now=NOW + LEASE / 2)
    assert await desk.outbox.claim(job_id, now=NOW + LEASE) is None
    assert await desk.outbox.claim(job_id, now=NOW + LEASE * 1.5) is not None
    assert not await desk.outbox.renew(job, now=NOW + LEASE * 1.5)


async def test_who_lost_the_job_can_neither_complete_nor_release_nor_bury_it_and_its_effect_is_not_written(
    desk: Desk,
) -> None:
    job_id = await desk.add()
    lost = await desk.outbox.claim(job_id, now=NOW)
    holder = await desk.outbox.claim(job_id, now=NOW + LEASE)
    assert lost is not None
    assert holder is not None
    database, marks = desk.resources.database, desk.resources.database.whole("schema_migrations")

    async def effect_then_complete(tx: Any) -> None:
        await marks.insert({"_id": f"{job_id}/effect"}, tx=tx)
        await desk.outbox.complete(lost, now=NOW, tx=tx)

    with pytest.raises(LostLease):
        await database.transaction(effect_then_complete)
    with pytest.raises(LostLease):
        await desk.outbox.release(lost, now=NOW, after=MOMENT, code="internal")
    with pytest.raises(LostLease):
        await desk.outbox.bury(lost, code="internal")
    assert await marks.find_one({"_id": f"{job_id}/effect"}) is None
    assert await desk.state(job_id) == ("claimed", 2, None)
    await database.transaction(lambda tx: desk.outbox.complete(holder, now=NOW, tx=tx))
    assert (await desk.state(job_id))[0] == "done"


async def test_a_finished_job_is_never_claimed_again(desk: Desk) -> None:
    job_id = await desk.add()
    job = await desk.outbox.claim(job_id, now=NOW)
    assert job is not None
    await desk.outbox.complete(job, now=NOW, tx=None)
    assert await desk.outbox.claim(job_id, now=NOW + 10 * LEASE) is None
    with pytest.raises(LostLease):
        await desk.outbox.complete(job, now=NOW, tx=None)


async def test_a_transaction_that_fails_after_completing_leaves_the_job_claimed(desk: Desk) -> None:
    job = await desk.outbox.claim(await desk.add(), now=NOW)
    assert job is not None

    async def work(tx: Any) -> None:
        await desk.outbox.complete(job, now=NOW, tx=tx)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await desk.resources.database.transaction(work)
    assert (await desk.state(job.job_id))[0] == "claimed"


async def test_a_released_job_waits_as_long_as_asked_and_is_dead_after_its_last_try(desk: Desk) -> None:
    job_id, clock = await desk.add(), NOW
    for attempt in range(1, 4):
        job = await desk.outbox.claim(job_id, now=clock)
        assert job is not None
        assert job.attempts == attempt
        state = await desk.outbox.release(job, now=clock, after=LEASE, code="internal")
        assert state is (JobState.READY if attempt < 3 else JobState.DEAD)
        assert await desk.outbox.claim(job_id, now=clock + LEASE - MOMENT) is None
        clock += LEASE
    assert await desk.outbox.claim(job_id, now=clock + 100 * LEASE) is None
    assert await desk.state(job_id) == ("dead", 3, "internal")
    assert [dead["_id"] for dead in await desk.outbox.dead_letters(desk.workspace_id)] == [job_id]
    assert await desk.outbox.dead_letters(new_id("ws")) == []


async def test_waiting_is_nobodys_failure_and_costs_no_try(desk: Desk) -> None:
    job_id = await desk.add()
    for number in range(5):
        job = await desk.outbox.claim(job_id, now=NOW + number * LEASE)
        assert job is not None
        state = await desk.outbox.release(
            job, now=NOW + number * LEASE, after=LEASE, code="consent_unknown", count_attempt=False
        )
        assert state is JobState.READY
    assert await desk.state(job_id) == ("ready", 0, "consent_unknown")


async def test_a_waiting_job_that_is_woken_may_be_claimed_and_published_at_once(desk: Desk) -> None:
    job = await desk.outbox.claim(await desk.add(), now=NOW)
    assert job is not None
    await desk.outbox.release(job, now=NOW, after=timedelta(hours=1), code="consent_unknown", count_attempt=False)
    assert await desk.publishable(NOW + MOMENT) == []
    await desk.outbox.wake_waiting(desk.call_id, now=NOW + MOMENT)
    assert await desk.publishable(NOW + MOMENT) == [job.job_id]
    assert await desk.outbox.claim(job.job_id, now=NOW + MOMENT) is not None


async def test_jobs_of_lost_workers_are_freed_and_the_ones_lost_too_often_are_given_up(desk: Desk) -> None:
    job_id, clock = await desk.add(), NOW
    for attempt in range(1, 4):
        assert await desk.outbox.claim(job_id, now=clock) is not None
        clock += LEASE
        freed, worn = await desk.outbox.free_expired(now=clock), await desk.outbox.worn_out(now=clock)
        assert (freed, [job.job_id for job in worn]) == ((1, []) if attempt < 3 else (0, [job_id]))
    await desk.outbox.bury(worn[0], code="worker_lost")
    assert await desk.outbox.worn_out(now=clock) == []
    assert await desk.state(job_id) == ("dead", 3, "worker_lost")
    assert await desk.outbox.free_expired(now=clock + LEASE) == 0


async def test_a_buried_job_is_dead_at_once_and_a_requeued_one_has_all_its_tries_again(desk: Desk) -> None:
    job = await desk.outbox.claim(await desk.add(), now=NOW)
    assert job is not None
    with pytest.raises(Conflict):
        await desk.outbox.requeue(job.job_id, workspace_id=desk.workspace_id, now=NOW)
    await desk.outbox.bury(job, code="language_unsupported")
    assert await desk.state(job.job_id) == ("dead", 1, "language_unsupported")
    with pytest.raises(NotFound):
        await desk.outbox.requeue(job.job_id, workspace_id=new_id("ws"), now=NOW)
    again = await desk.outbox.requeue(job.job_id, workspace_id=desk.workspace_id, now=NOW)
    assert again.job_id == job.job_id
    assert (await desk.state(job.job_id))[:2] == ("ready", 0)
    assert await desk.publishable(NOW) == [job.job_id]
    with pytest.raises(Conflict):
        await desk.outbox.requeue(job.job_id, workspace_id=None, now=NOW)


async def test_a_job_is_published_once_and_again_only_when_its_message_must_be_lost(desk: Desk) -> None:
    after = timedelta(seconds=30)
    job_id = await desk.add()
    assert await desk.publishable(NOW - MOMENT) == []
    assert await desk.publishable(NOW) == [job_id]
    await desk.outbox.mark_published(job_id, now=NOW)
    assert await desk.publishable(NOW + after - MOMENT, after) == []
    assert await desk.publishable(NOW + after, after) == [job_id]
    assert await desk.outbox.claim(job_id, now=NOW + after) is not None
    assert await desk.publishable(NOW + 10 * after, after) == [], "whoever holds it has it"


async def test_the_oldest_jobs_are_published_first(desk: Desk) -> None:
    ids = [await desk.add(now=NOW - timedelta(seconds=age)) for age in (1, 3, 2)]
    assert await desk.publishable(NOW) == [ids[1], ids[2], ids[0]]


async def test_a_job_added_in_a_transaction_that_fails_was_never_there(desk: Desk) -> None:
    async def work(tx: Any) -> None:
        await desk.add(tx=tx)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await desk.resources.database.transaction(work)
    assert await desk.outbox.of_call(desk.call_id) == []


async def test_dropping_a_calls_jobs_leaves_the_erasing_one_and_other_calls_alone(desk: Desk) -> None:
    erase, other_call = await desk.add(task="erase"), new_id("call")
    await desk.add()
    kept = await desk.add(call_id=other_call)
    await desk.outbox.drop(new_id("ws"), desk.call_id, but=erase)
    assert len(await desk.outbox.of_call(desk.call_id)) == 2, "another workspace drops nothing"
    await desk.outbox.drop(desk.workspace_id, desk.call_id, but=erase)
    assert [job["_id"] for job in await desk.outbox.of_call(desk.call_id)] == [erase]
    assert [job["_id"] for job in await desk.outbox.of_call(other_call)] == [kept]


async def test_open_jobs_and_other_workers_are_seen_until_they_end(desk: Desk) -> None:
    erase = await desk.outbox.claim(await desk.add(task="erase"), now=NOW)
    assert erase is not None
    assert await desk.outbox.with_open(desk.workspace_id, [desk.call_id], "erase") == {desk.call_id}
    assert not await desk.outbox.others_at_work(erase, now=NOW)
    stage = await desk.outbox.claim(await desk.add(), now=NOW)
    assert stage is not None
    assert await desk.outbox.others_at_work(erase, now=NOW + LEASE - MOMENT)
    assert not await desk.outbox.others_at_work(erase, now=NOW + LEASE), "a worker that is gone is at work no more"
    await desk.outbox.complete(erase, now=NOW, tx=None)
    assert await desk.outbox.with_open(desk.workspace_id, [desk.call_id], "erase") == frozenset()


async def test_jobs_are_counted_by_state(desk: Desk) -> None:
    await desk.add()
    assert await desk.outbox.claim(await desk.add(), now=NOW) is not None
    assert await desk.outbox.counts() == {"ready": 1, "claimed": 1, "done": 0, "dead": 0}


async def test_a_job_holds_ids_and_times_and_nothing_of_a_call(desk: Desk) -> None:
    await desk.add()
    (job,) = await desk.outbox.of_call(desk.call_id)
    expected = (
        "_id workspace_id call_id task queue version state attempts run_after published_at lease_until token created_at"
        " error"
    )
    assert set(job) == set(expected.split())

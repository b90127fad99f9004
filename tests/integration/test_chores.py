"""Chores: jobs that are no stage run under the same claim, lease and fence, and end in one of four ways."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from domain.errors import TooLarge
from domain.ids import new_id
from domain.jobs import Job, JobState, Queue
from governance.workspaces import WorkspaceStore
from ingest.calls import CallStore
from ingest.registration import NewCall, Registration
from workers.chores import ChoreRunner
from workers.erasure import erase_call
from workers.relay import Sweep
from workers.runner import JobRunner, utc_now

if TYPE_CHECKING:
    from conftest import Tenant

    from storage.mongo import Document
    from storage.resources import Resources

QUICK = {"lease_s": 3.0, "retry_base_s": 0.01, "max_attempts": 2}


@dataclass
class Errand:
    """A chore that counts its runs and then does what the test says."""

    tenant: Tenant
    ending: Exception | None = None
    takes_s: float = 0.0
    runs: list[str] = field(default_factory=list)

    async def run(self, _: Resources, job: Job) -> None:
        self.runs.append(job.call_id)
        await asyncio.sleep(self.takes_s)
        if self.ending is not None:
            raise self.ending

    def runner(self) -> JobRunner:
        resources = self.tenant.resources
        chore = ChoreRunner(resources, {"errand": self.run})
        return JobRunner(resources, {}, lambda job: erase_call(resources, job), chore.run)

    async def add(self, about: str, task: str = "errand") -> str:
        return await self.tenant.resources.outbox.add(
            workspace_id=self.tenant.workspace_id, call_id=about, task=task, queue=Queue.INGEST, now=utc_now()
        )

    async def job(self, job_id: str) -> Document:
        found = await self.tenant.resources.database.whole("outbox").find_one({"_id": job_id})
        assert found is not None
        return found


async def registered(tenant: Tenant) -> str:
    workspace = await WorkspaceStore(tenant.resources).get(tenant.workspace_id)
    registration = Registration(tenant.resources, tenant.workspace_id, workspace.policy)
    new = NewCall(media_type="audio/flac", size=100)
    return str((await registration.register(new, key=new_id("key"), body_hash="", now=utc_now())).call["_id"])


@pytest.mark.settings(**QUICK)
async def test_a_chore_runs_once_and_its_job_is_done(tenant: Tenant) -> None:
    errand = Errand(tenant)
    about = new_id("imp")
    job_id = await errand.add(about)
    await asyncio.gather(*(errand.runner().run(job_id) for _ in range(5)))
    assert errand.runs == [about]
    assert (await errand.job(job_id))["state"] == JobState.DONE.value


@pytest.mark.settings(**QUICK)
async def test_a_permanent_refusal_is_given_up_at_once_with_its_code(tenant: Tenant) -> None:
    errand = Errand(tenant, ending=TooLarge("more than allowed"))
    job_id = await errand.add(new_id("imp"))
    await errand.runner().run(job_id)
    job = await errand.job(job_id)
    assert (job["state"], job["error"], job["attempts"]) == ("dead", "too-large", 1)


@pytest.mark.settings(**QUICK)
async def test_a_passing_error_is_tried_again_and_then_a_dead_letter_that_can_be_requeued(tenant: Tenant) -> None:
    errand = Errand(tenant, ending=RuntimeError("her number is 555-0123"))
    job_id = await errand.add(new_id("imp"))
    await errand.runner().run(job_id)
    first = await errand.job(job_id)
    assert (first["state"], first["error"], first["attempts"]) == ("ready", "internal", 1)
    await asyncio.sleep(0.05)
    await errand.runner().run(job_id)
    assert (await errand.job(job_id))["state"] == "dead"
    assert "0123" not in str(await errand.job(job_id))
    errand.ending = None
    await tenant.resources.outbox.requeue(job_id, workspace_id=tenant.workspace_id, now=utc_now())
    await errand.runner().run(job_id)
    assert (await errand.job(job_id))["state"] == "done"


@pytest.mark.settings(**QUICK)
async def test_a_task_that_this_worker_does_not_know_is_left_for_a_newer_one(tenant: Tenant) -> None:
    errand = Errand(tenant)
    job_id = await errand.add(new_id("imp"), task="knitting")
    await errand.runner().run(job_id)
    job = await errand.job(job_id)
    assert (job["state"], job["error"]) == ("ready", "unknown-chore")


@pytest.mark.settings(**QUICK)
async def test_a_chore_of_a_call_that_is_being_erased_or_gone_is_dropped_before_it_begins(tenant: Tenant) -> None:
    errand = Errand(tenant)
    calls = CallStore(tenant.resources, tenant.workspace_id)
    live, going, gone = [await registered(tenant) for _ in range(3)]
    await calls.start_erasing(going, cause="request", now=utc_now())
    await calls.remove(gone)
    for call_id in (live, going, gone):
        job_id = await errand.add(call_id)
        await errand.runner().run(job_id)
        assert (await errand.job(job_id))["state"] == "done"
    assert errand.runs == [live]


@pytest.mark.settings(**QUICK)
async def test_a_chore_that_fails_because_its_call_went_meanwhile_is_dropped(tenant: Tenant) -> None:
    call_id = await registered(tenant)
    errand = Errand(tenant, ending=RuntimeError(), takes_s=0.3)
    job_id = await errand.add(call_id)
    running = asyncio.create_task(errand.runner().run(job_id))
    await asyncio.sleep(0.1)
    await CallStore(tenant.resources, tenant.workspace_id).start_erasing(call_id, cause="request", now=utc_now())
    await running
    job = await errand.job(job_id)
    assert (job["state"], job["error"]) == ("done", None)


@pytest.mark.settings(**QUICK)
async def test_a_chore_longer_than_the_lease_keeps_it_and_one_whose_lease_is_anothers_writes_nothing(
    tenant: Tenant,
) -> None:
    errand = Errand(tenant, takes_s=4.0)
    kept = await errand.add(new_id("imp"))
    await errand.runner().run(kept)
    assert (await errand.job(kept))["state"] == "done"
    lost = await errand.add(new_id("imp"))
    running = asyncio.create_task(errand.runner().run(lost))
    await asyncio.sleep(0.1)
    await tenant.resources.database.whole("outbox").update({"_id": lost}, {"$set": {"token": "another's"}})
    await running
    job = await errand.job(lost)
    assert (job["state"], job["token"]) == ("claimed", "another's")


@pytest.mark.settings(**QUICK)
async def test_a_chore_whose_workers_die_every_time_is_a_dead_letter(tenant: Tenant) -> None:
    job_id = await Errand(tenant).add(new_id("imp"))
    for _ in range(QUICK["max_attempts"]):
        assert await tenant.resources.outbox.claim(job_id, now=utc_now()) is not None
        await tenant.resources.database.whole("outbox").update({"_id": job_id}, {"$set": {"lease_until": utc_now()}})
        await Sweep(tenant.resources).free_leases()
    job = await Errand(tenant).job(job_id)
    assert (job["state"], job["error"]) == ("dead", "worker_lost")

"""A worker that dies in the middle of a build, before any step of its jobs: done again, the bytes are the same."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from corpus_calls import Office, begun, built, chores_of, emptied, open_office
from killing import Killed, killed_at
from test_corpus_build import read

from corpus.described import described
from corpus.releases import ReleaseStore
from corpus.units import FINISH_TASK, JOIN_TASK, READ_TASK, WRITE_TASK
from domain.jobs import Job
from storage.mongo import Document
from storage.resources import Resources
from workers.chores import ChoreRunner

EVERY = 3
"""Every so many-th step is the last one of a life; each life begins the job anew."""
_HOURS = itertools.count(1)


async def open_job(resources: Resources) -> Job | None:
    """Return the corpus's next job, claimed after the lease of whoever held it."""
    jobs = resources.database.whole("outbox")
    waiting = {"state": {"$in": ["ready", "claimed"]}, "task": {"$in": list(chores_of())}}
    found = await jobs.find(waiting, sort=(("created_at", 1), ("_id", 1)), limit=1)
    if not found:
        return None
    at = datetime.now(UTC) + timedelta(hours=next(_HOURS))
    return await resources.outbox.claim(found[0]["_id"], now=at)


async def build_dying(resources: Resources, made: Document) -> tuple[Document, dict[str, int]]:
    """Build with a worker that dies at one step after the other; return the release, and how often which job died."""
    runner, died = ChoreRunner(resources, chores_of()), dict.fromkeys(chores_of(), 0)
    last = 0
    while (job := await open_job(resources)) is not None:
        try:
            with killed_at(last, after=False):
                await runner.run(job)
            last = 0
        except Killed:
            died[job.task] += 1
            last += EVERY
    return await ReleaseStore(resources).get(made["_id"]), died


@pytest.mark.settings(max_attempts=1000, retry_base_s=0.01)
async def test_a_build_whose_workers_die_all_the_time_ends_with_the_same_bytes(resources: Resources) -> None:
    await emptied(resources)
    office: Office = await open_office(resources)
    for day in (3, 2):
        await office.calls(8, began=datetime.now(UTC) - timedelta(days=day), seed=day)
    asked = {"at": datetime.now(UTC), "key": bytes(range(1, 33))}
    whole = await built(office, **asked)
    assert whole["state"] == "review", whole["gates"]
    expected = {**await read(resources, whole), **described(whole)}
    await emptied(resources)
    release, died = await build_dying(resources, await begun(office, **asked))
    assert release["state"] == "review", release["gates"]
    assert min(died[task] for task in (READ_TASK, JOIN_TASK, WRITE_TASK, FINISH_TASK)) >= 2, died
    assert {**await read(resources, release), **described(release)} == expected
    items = await resources.database.whole("corpus_items").find({"release": release["number"]})
    assert len(items) == release["counts"]["items"]

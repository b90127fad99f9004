"""The chore that follows when people left a release: its closed files are written anew without their rows."""

from __future__ import annotations

import contextlib

from corpus.rewriting import rewrite_stale
from domain.errors import NotFound, Unavailable
from domain.jobs import Job
from storage.resources import Resources
from workers.runner import utc_now


async def rewrite_release(resources: Resources, job: Job) -> None:
    """Write the closed files of a release anew: the chore `corpus_rewrite`. Safe to run twice, and beside another.

    Raises:
        Unavailable: another is at some of them; it is tried again.
    """
    with contextlib.suppress(NotFound):
        if not await rewrite_stale(resources, job.call_id, clock=utc_now):
            raise Unavailable("others write files of the release anew", release_id=job.call_id)

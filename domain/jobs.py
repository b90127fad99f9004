"""Jobs: what the outbox holds. A message on the broker is only the job's id; this record is the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class JobState(StrEnum):
    """Where a job stands."""

    READY = "ready"
    CLAIMED = "claimed"
    DONE = "done"
    DEAD = "dead"


class Queue(StrEnum):
    """Which workers take it: speech is heavy, language is lighter, ingest loads no model at all."""

    SPEECH = "speech"
    LANGUAGE = "language"
    INGEST = "ingest"


DEFAULT_MODEL = "default"
"""The speech model of the queue `speech`. Every other configured model has a queue of its own."""


def speech_queue(model: str) -> str:
    """Return the queue of the speech workers that run this model, by its configured name."""
    return Queue.SPEECH.value if model == DEFAULT_MODEL else f"{Queue.SPEECH.value}.{model}"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work on one call. `task` is a stage's name, `erase`, or a chore's name.

    `call_id` is the id of what the job is about: of a chore it may be an import's (`imp_…`). `version` says which
    version of the call's transcript a stage works on.
    """

    job_id: str
    workspace_id: str
    call_id: str
    task: str
    queue: Queue
    attempts: int = 0
    token: str = ""
    version: int = 1

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Job:
        """Read a job as it is stored."""
        return cls(
            job_id=document["_id"],
            workspace_id=document["workspace_id"],
            call_id=document["call_id"],
            task=document["task"],
            queue=Queue(document["queue"]),
            attempts=int(document["attempts"]),
            token=str(document.get("token") or ""),
            version=int(document.get("version", 1)),
        )


def backoff(attempt: int, *, base_s: float = 2.0, cap_s: float = 300.0) -> timedelta:
    """Return how long to wait after failed attempt number `attempt` (1, 2, …): doubling from the base, capped."""
    return timedelta(seconds=min(cap_s, base_s * 2.0 ** min(attempt - 1, 30)))


def may_retry(attempts: int, max_attempts: int) -> bool:
    """Say whether a job that has been tried `attempts` times is tried again."""
    return attempts < max_attempts


def lease_end(now: datetime, lease_s: float) -> datetime:
    """Return until when a claim made now is good."""
    return now + timedelta(seconds=lease_s)

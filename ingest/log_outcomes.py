"""What became of the entries of a batch: told to the app, one result an entry."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec


class LogOutcome(StrEnum):
    """What became of one entry."""

    CREATED = "created"
    DUPLICATE = "duplicate"
    """It is there already, in this version or a greater one."""
    UPDATED = "updated"
    """It was there in a lesser version: a call that was still running, say."""
    REJECTED = "rejected"
    """It has a value that cannot be meant; nothing of it is stored."""
    EXPIRED = "expired"
    """The retention of a call that began then is over; nothing of it is stored."""
    ERASED = "erased"
    """It was erased before and is not taken in again."""


class EntryResult(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What became of the entry at `index` of the batch. `reason` is constant; `message` says what to do."""

    index: int
    status: LogOutcome
    entry_id: str | None = None
    id: str | None = None
    reason: str | None = None
    message: str | None = None


class OutcomeCounts(msgspec.Struct, frozen=True, gc=False):
    """How many entries of the batch ended in each way; they sum to the entries sent."""

    created: int = 0
    duplicate: int = 0
    updated: int = 0
    rejected: int = 0
    expired: int = 0
    erased: int = 0


class BatchResult(msgspec.Struct, frozen=True, gc=False):
    """What became of a batch.

    Attributes:
        results: one an entry, in their order.
        counts: how many ended in each way.
        clock_skew_s: by how many seconds the device's clock is ahead of ours; null without `sent_at`.
        oldest_at: setup time of the oldest entry that is stored now, null when none is.
        newest_at: of the newest.
    """

    results: list[EntryResult]
    counts: OutcomeCounts
    clock_skew_s: float | None
    oldest_at: datetime | None
    newest_at: datetime | None


def counted(results: Iterable[EntryResult]) -> OutcomeCounts:
    """Return how many results there are of each kind."""
    ended = [result.status for result in results]
    return OutcomeCounts(**{outcome.value: ended.count(outcome) for outcome in LogOutcome})

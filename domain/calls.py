"""A call's way through the stages, and how two registrations of one call are told from two calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CallState(StrEnum):
    """Where a call stands. Only a `ready` call is served."""

    AWAITING_UPLOAD = "awaiting_upload"
    RECEIVED = "received"
    PROCESSING = "processing"
    READY = "ready"
    WAITING = "waiting"
    """The guard said wait (for consent, say); the reason is on the stage. The sweeper asks again."""
    FAILED = "failed"
    """A stage could not finish; a person can requeue its dead letter."""
    BLOCKED = "blocked"
    """Failed closed: what was found could not be verified as redacted, or the guard said never."""
    ERASING = "erasing"
    ERASED = "erased"


UNSERVED_FOR_GOOD = frozenset({CallState.ERASING, CallState.ERASED})


class Stage(StrEnum):
    """The stages in their order."""

    TRANSCRIBE = "transcribe"
    REDACT_TEXT = "redact_text"
    REDACT_AUDIO = "redact_audio"


STAGES: tuple[Stage, ...] = tuple(Stage)


def next_stage(stage: Stage) -> Stage | None:
    """Return the stage after this one, None after the last."""
    at = STAGES.index(stage) + 1
    return STAGES[at] if at < len(STAGES) else None


class StageState(StrEnum):
    """What a stage is doing."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    WAITING = "waiting"
    FAILED = "failed"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class CallIdentity:
    """What tells one call from another within a workspace."""

    content_hash: str
    origin_id: str | None
    setup_time: datetime | None


def is_same_call(one: CallIdentity, other: CallIdentity) -> bool:
    """Say whether two registrations with the same bytes are one call delivered twice.

    The same bytes under two different origin ids or two different start times are two calls (an announcement that is
    played to everybody sounds the same): a call kept twice is a nuisance, a call lost is a failure.
    """
    if one.content_hash != other.content_hash:
        return False
    if one.origin_id and other.origin_id and one.origin_id != other.origin_id:
        return False
    return not (one.setup_time and other.setup_time and one.setup_time != other.setup_time)

"""What POST /v1/vcons answers."""

from __future__ import annotations

from pydantic import Field

from api.answers import Answer
from ingest.vcon_recordings import RecordingOutcome
from ingest.vcons import TakenVCon

_OUTCOMES = ("created", "merged", "duplicates", "expired", "erased")


class VConRecordingOut(Answer):
    """What became of one recording in the vCon."""

    dialog: int = Field(description="Its position among the vCon's dialogs.")
    outcome: RecordingOutcome
    call_id: str | None = Field(description="The call that it became, or is already.")
    reason: str | None = Field(
        description="Why it was not taken in: `host_not_listed`, `not_https`, `no_hash`, or a problem code."
    )


class VConRefusedOut(Answer):
    """A dialog of which nothing was taken in."""

    dialog: int
    reason: str = Field(description="A constant word; docs/formats.md explains each.")
    message: str


class VConTakenOut(Answer):
    """What became of a vCon."""

    uuid: str = Field(description="The vCon's own uuid.")
    cdrs: list[str] = Field(description="Ids of the traffic records that it made or is part of.")
    outcomes: dict[str, int] = Field(description="How many of them were created, merged, duplicates, expired, erased.")
    recordings: list[VConRecordingOut]
    rejected: list[VConRefusedOut]
    ignored: dict[str, int] = Field(
        description="Messages, analyses and attachments: communications content that is not taken in and not stored."
    )


def taken(found: TakenVCon) -> VConTakenOut:
    """Return the answer."""
    ids = {name: getattr(found.landed, name) for name in _OUTCOMES}
    return VConTakenOut(
        uuid=found.uuid,
        cdrs=[one for name in ("created", "merged", "duplicates") for one in ids[name]],
        outcomes={name: len(some) for name, some in ids.items() if some},
        recordings=[
            VConRecordingOut(dialog=one.dialog, outcome=one.outcome, call_id=one.call_id, reason=one.reason)
            for one in found.recordings
        ],
        rejected=[VConRefusedOut(dialog=one.dialog, reason=one.reason, message=one.message) for one in found.rejected],
        ignored=found.ignored,
    )

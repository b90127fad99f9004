"""The clocks of a call's parts, as its document holds them: its sound, its words, and with the last of them the call.

    artifacts: {recording: {until, once_processed, erased_at}, transcript: {until, erased_at}}
    artifacts_due_at: when the next part goes before the call itself; absent when none does
    anchor_at: from when all of them count

A document that is older than these fields has one clock for everything, `retain_until`. A part is readable before its
`until` and never at it: whoever reads asks `required_part`, whether or not the sweep has been there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from domain.errors import Gone
from domain.settled_policy import CallClocks

RECORDING: Final = "recording"
TRANSCRIPT: Final = "transcript"
PARTS: Final = (RECORDING, TRANSCRIPT)


def born(clocks: CallClocks, anchor: datetime) -> dict[str, Any]:
    """Return the fields of a new call that say when its parts are due."""
    recording = {"until": clocks.recording, "once_processed": clocks.once_processed, "erased_at": None}
    transcript = {"until": clocks.transcript, "erased_at": None}
    artifacts: dict[str, Any] = {RECORDING: recording, TRANSCRIPT: transcript}
    due = next_due(artifacts, clocks.until)
    return {"artifacts": artifacts, "anchor_at": anchor} | ({} if due is None else {"artifacts_due_at": due})


def next_due(artifacts: Mapping[str, Any], until: datetime) -> datetime | None:
    """Return when the next part is due that goes before the call, None when no part does."""
    waiting = [one["until"] for one in artifacts.values() if one["erased_at"] is None and one["until"] < until]
    return min(waiting, default=None)


def parts_of(call: Mapping[str, Any]) -> dict[str, Any]:
    """Return the clocks of a call's parts, those of an older document made from its one clock."""
    known: dict[str, Any] | None = call.get("artifacts")
    if known is not None:
        return known
    one = {"until": call["retain_until"], "erased_at": None}
    return {RECORDING: {**one, "once_processed": False}, TRANSCRIPT: dict(one)}


def anchor_of(call: Mapping[str, Any]) -> datetime:
    """Return from when a call's clocks count: its start, or when it came; of two starts the earlier."""
    known: datetime | None = call.get("anchor_at")
    if known is not None:
        return known
    if call["setup_time"] is None:
        came: datetime = call["created_at"]
        return came
    began: datetime = call["setup_time"]
    return min(began, call["created_at"]) if call.get("match", {}).get("gave_setup_time") else began


def is_over(call: Mapping[str, Any], part: str, *, now: datetime) -> bool:
    """Say whether a part of a call may not be read any more, or is erased."""
    clock = parts_of(call)[part]
    return clock["erased_at"] is not None or clock["until"] <= now


def required_part(call: Mapping[str, Any], part: str, *, now: datetime) -> None:
    """Raise Gone, with the part in its reason, when it may not be read any more."""
    if is_over(call, part, now=now):
        raise Gone(f"the {part}'s own window is over; the rest of the call stays", reason=f"{part}_erased")


def redated(call: Mapping[str, Any], clocks: CallClocks, *, now: datetime) -> dict[str, Any]:
    """Return the fields of a call that is dated anew; None where a field goes.

    What is due or erased stays so: no change of a window brings it back.
    """
    ready = call["state"] == "ready"
    wanted = {RECORDING: now if clocks.once_processed and ready else clocks.recording, TRANSCRIPT: clocks.transcript}
    artifacts = {part: dict(clock) for part, clock in parts_of(call).items()}
    for part, clock in artifacts.items():
        if clock["erased_at"] is None and clock["until"] > now:
            clock["until"] = wanted[part]
    artifacts[RECORDING]["once_processed"] = clocks.once_processed
    until = call["retain_until"] if call["retain_until"] <= now else max(one["until"] for one in artifacts.values())
    return {"artifacts": artifacts, "artifacts_due_at": next_due(artifacts, until), "retain_until": until}


def sooner(call: Mapping[str, Any], clocks: CallClocks, anchor: datetime) -> dict[str, Any]:
    """Return the `$set` for a call whose log says that it began at `anchor`: a clock moves to an earlier day only."""
    if anchor >= anchor_of(call):
        return {}
    artifacts = {part: dict(clock) for part, clock in parts_of(call).items()}
    for part, until in ((RECORDING, clocks.recording), (TRANSCRIPT, clocks.transcript)):
        artifacts[part]["until"] = min(artifacts[part]["until"], until)
    until = min(call["retain_until"], max(one["until"] for one in artifacts.values()))
    due = next_due(artifacts, until)
    change = {"artifacts": artifacts, "anchor_at": anchor, "retain_until": until}
    return change if due is None else {**change, "artifacts_due_at": due}


def recording_until(change: Mapping[str, Any]) -> datetime | None:
    """Return until when the recording is kept after a change of its call's document; None: that was not changed."""
    until: datetime | None = change["artifacts"][RECORDING]["until"] if "artifacts" in change else None
    return until

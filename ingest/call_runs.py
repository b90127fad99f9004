"""A call's runs through the stages: the first makes version 1, each re-transcription the next. Pure documents.

`version`, `state` and `stages` of a call's document tell of one run: the one whose result is served, or, until there is
one, the first. A run that hears a ready call again stands beside them in `rehearing` and takes their place in one
transaction, when its last stage is done; or before, when it found that what is served lets personal data through.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.calls import STAGES, CallState, Stage, StageState
from domain.errors import Conflict
from storage.mongo import Document
from storage.versions import version_of

FOUND_MORE: Final = "found_more"
REJECTED: Final = "rejected"
MOST_VERSIONS: Final = 20
"""Each version keeps two transcripts and its own redacted sound until the call is erased."""
ENDED: Final = (CallState.FAILED.value, CallState.BLOCKED.value)
REHEARABLE: Final = frozenset({CallState.READY.value, *ENDED})


def stage_rows(now: datetime) -> list[Document]:
    """Return the stages of a fresh run."""
    return [
        {"stage": stage.value, "state": StageState.PENDING.value, "reason": None, "updated_at": now, "took_s": None}
        for stage in STAGES
    ]


def ready_versions(call: Document) -> tuple[int, ...]:
    """Return the versions that went through all stages, in order."""
    known = call.get("ready_versions")
    if known is None:
        known = [version_of(call)] if call["state"] == CallState.READY.value else []
    return tuple(sorted(known))


def closed_because(call: Document, version: int) -> str | None:
    """Return why a version's redacted copies are served to nobody, None when they are."""
    why: str | None = call.get("closed_versions", {}).get(str(version))
    return why


def asked_for(call: Document, version: int) -> Document:
    """Return what was asked of a version's run, empty for the first."""
    return next((one for one in call.get("asked", ()) if one["version"] == version), {})


def run_of(call: Document, version: int) -> Document | None:
    """Return the call as the run that makes this version sees it; None when that run is over or given up."""
    again = call.get("rehearing")
    asked = asked_for(call, version)
    wishes = {"language": asked.get("language") or call["language"], "speech_model": asked.get("model")}
    if again is not None and again["version"] == version:
        return {**call, "version": version, "stages": again["stages"], **wishes}
    return {**call, "version": version, **wishes} if version_of(call) == version else None


def next_run(call: Document, *, asked_id: str, language: str | None, model: str | None, now: datetime) -> Document:
    """Return the change that begins to hear a call again.

    Raises:
        Conflict: the call is not through its stages yet, is being heard again already, or was too often.
    """
    again = call.get("rehearing")
    if call["state"] not in REHEARABLE:
        raise Conflict("the call is not through its stages yet", call_id=call["_id"])
    if again is not None and again["state"] not in ENDED:
        raise Conflict("the call is being heard again already", call_id=call["_id"])
    version = max([version_of(call), *(one["version"] for one in call.get("asked", ()))]) + 1
    if version > MOST_VERSIONS:
        raise Conflict("the call has been heard too often", call_id=call["_id"], limit=MOST_VERSIONS)
    asked = {"asked_id": asked_id, "version": version, "at": now, "language": language, "model": model}
    rehearing = {"version": version, "state": CallState.PROCESSING.value, "stages": stage_rows(now), "facts": {}}
    return {"$set": {"rehearing": rehearing, "updated_at": now}, "$push": {"asked": asked}}


@dataclass(frozen=True, slots=True)
class StageNote:
    """Where a stage stands, and with it its run."""

    stage: Stage
    state: StageState
    run_state: CallState
    at: datetime
    reason: str | None = None
    took_s: float | None = None
    facts: Document | None = None


def stage_change(told: StageNote, *, within: str = "") -> Document:
    """Return the `$set` that notes where a stage stands; `within` is `rehearing.` for a run beside the served one."""
    row = f"{within}stages.{STAGES.index(told.stage)}"
    found = {f"{within}facts.{name}" if within else name: value for name, value in (told.facts or {}).items()}
    change: Document = {
        f"{within}state": told.run_state.value,
        f"{row}.state": told.state.value,
        f"{row}.reason": told.reason,
        f"{row}.updated_at": told.at,
        "updated_at": told.at,
        **found,
    }
    return change if told.took_s is None else {**change, f"{row}.took_s": round(told.took_s, 3)}


def switched(call: Document, *, now: datetime) -> Document:
    """Return the change that puts a call's rehearing in the place of what was served."""
    again = call["rehearing"]
    ready = again["state"] == CallState.READY.value
    change: Document = {
        "$set": {
            "version": again["version"],
            "state": again["state"],
            "stages": again["stages"],
            "updated_at": now,
            **again["facts"],
        },
        "$unset": {"rehearing": ""},
    }
    change["$set"]["ready_versions"] = sorted({*ready_versions(call), *([again["version"]] if ready else [])})
    return change

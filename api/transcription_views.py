"""Versions of a transcript as the API tells of them."""

from __future__ import annotations

from typing import Any, Literal

from api.answers import EngineOut, TranscriptionOut
from domain.calls import CallState
from ingest.call_runs import ENDED, REJECTED, asked_for, closed_because, ready_versions
from storage.mongo import Document
from storage.versions import version_of

State = Literal["served", "earlier", "closed", "rejected", "under_way", "unfinished"]


def transcriptions(call: Document, found: dict[int, Document]) -> list[TranscriptionOut]:
    """Return a call's versions in order: those that have words, and those that were asked for."""
    asked = {int(one["version"]) for one in call.get("asked", ())}
    return [_told(call, version, found.get(version)) for version in sorted({version_of(call), *asked, *found})]


def _told(call: Document, version: int, made: Document | None) -> TranscriptionOut:
    document = made or {}
    return TranscriptionOut(
        version=version,
        state=_state(call, version),
        asked_at=asked_for(call, version).get("at"),
        created_at=document.get("created_at"),
        engine=_engine(made),
        language=document.get("language"),
        speakers=document.get("speakers"),
        quality=document.get("quality"),
    )


def _engine(made: Document | None) -> EngineOut | None:
    """Return the engine; of a transcript that is older than versions, what was kept in clear of it."""
    if made is None:
        return None
    told: dict[str, Any] = {"compute_type": "", "versions": {}, "parameters": {}, **made}
    return EngineOut(**{name: told[name] for name in EngineOut.model_fields})


def _state(call: Document, version: int) -> State:
    why = closed_because(call, version)
    if why is not None:
        return "rejected" if why == REJECTED else "closed"
    if version in ready_versions(call):
        return "served" if version == version_of(call) and call["state"] == CallState.READY.value else "earlier"
    again = call.get("rehearing")
    run_state = again["state"] if again and again["version"] == version else call["state"]
    current = version == version_of(call) or (again is not None and again["version"] == version)
    return "under_way" if current and run_state not in ENDED else "unfinished"

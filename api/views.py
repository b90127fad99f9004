"""Stored documents to answers. Nothing personal passes here but through the clear copy."""

from __future__ import annotations

from typing import Any

from api.answers import (
    ArrivedPart,
    CallDetail,
    CallLogOut,
    CallOut,
    MatchedCall,
    MatchOut,
    PartLink,
    Received,
    ReviewOut,
    SignedLink,
    SpeechOut,
    TagsOut,
    UploadOut,
    WorkspaceOut,
)
from domain.review import ReviewState
from governance.workspaces import Workspace
from ingest.uploading import UploadPlan
from redaction.store import sound_state
from storage.mongo import Document
from storage.versions import version_of


def tags(document: Document) -> TagsOut:
    """Return a record's tags."""
    return TagsOut.model_validate({name: document[name] for name in TagsOut.model_fields})


def _call(document: Document) -> dict[str, Any]:
    return {
        "id": document["_id"],
        "duration_s": document.get("duration_s"),
        "channels": document.get("channel_count"),
        "language": document.get("spoken_language") or document["language"],
        "ready_at": document.get("ready_at"),
        "truncated": bool(document.get("truncated", False)),
        "version": version_of(document),
        "review": review(document),
        "record": tags(document),
        **{
            name: document[name]
            for name in (
                "state",
                "stages",
                "source",
                "media_type",
                "size",
                "consent",
                "setup_time",
                "created_at",
                "updated_at",
            )
        },
    }


def review(document: Document) -> ReviewOut | None:
    """Return where the review of a call's served version stands, None before there is one."""
    found = document.get("review")
    if found is None:
        return None
    return ReviewOut(
        needed=found["state"] == ReviewState.NEEDED.value,
        state=ReviewState(found["state"]),
        reasons=found.get("reasons", []),
        decided_at=found.get("decided_at"),
    )


def call(document: Document) -> CallOut:
    """Return a call as listings show it."""
    return CallOut.model_validate(_call(document))


def received(document: Document, *, asked: str) -> Received:
    """Return the call to which bytes belong that were sent to the call `asked`."""
    return Received(**_call(document), outcome="received" if document["_id"] == asked else "existing")


def call_detail(
    document: Document, *, log: Document | None, redaction: Document | None, numbers: dict[str, str | None] | None
) -> CallDetail:
    """Return a call with its log and the tags of each of its records."""
    records = {"content": tags(document)}
    if log is not None:
        records["traffic"] = tags(log)
    if log is not None and log.get("identifiers"):
        records["traffic_identifiers"] = tags(log["identifiers"])
    return CallDetail.model_validate(
        {
            **_call(document),
            "match": match_of(document),
            "call_log": None if log is None else _call_log(log, numbers),
            "found": None if redaction is None else redaction["inventory"],
            "sound": None if redaction is None else sound_state(redaction),
            "quality": document.get("quality"),
            "rehearing": document.get("rehearing"),
            "records": records,
        }
    )


def match_of(document: Document) -> MatchOut | None:
    """Return which call log belongs to a call's recording."""
    return MatchOut.model_validate(document["match"]) if "match" in document else None


def matched_call(document: Document) -> MatchedCall:
    """Return a call as the list of matches shows it."""
    shown = {name: document.get(name) for name in ("setup_time", "created_at", "duration_s", "match")}
    return MatchedCall.model_validate({"call_id": document["_id"], **shown})


def _call_log(log: Document, numbers: dict[str, str | None] | None) -> CallLogOut:
    shown = ("setup_time", "answer_time", "end_time", "duration_s", "direction", "disposition")
    references = log.get("identifiers", {}).get("index", [])
    return CallLogOut.model_validate(
        {
            **{name: log.get(name) for name in shown},
            "party_refs": [reference[:12] for reference in references],
            **(numbers or {}),
        }
    )


def upload(plan: UploadPlan) -> UploadOut:
    """Return how to bring the bytes."""
    return UploadOut(
        mode="single" if plan.mode == "single" else "multipart",
        expires_at=plan.expires_at,
        single=None if plan.single is None else SignedLink(url=plan.single.url, headers=plan.single.headers),
        part_bytes=plan.part_bytes,
        parts=[
            PartLink(number=part.number, size=part.size, url=part.link.url, headers=part.link.headers)
            for part in plan.parts
        ],
        arrived=[part.number for part in plan.arrived],
        arrived_parts=[ArrivedPart(number=part.number, size=part.size, sha256=part.sha256) for part in plan.arrived],
    )


def workspace(found: Workspace) -> WorkspaceOut:
    """Return a workspace."""
    return WorkspaceOut(
        id=found.workspace_id,
        name=found.name,
        policy_id=found.policy.policy_id,
        policy_version=found.policy.version,
        region=found.policy.region,
        zone=found.policy.zone,
        consent_required=found.policy.consent_required,
        instruction=sorted(found.instructed_purposes),
        speech=SpeechOut.model_validate(found.speech.to_document()),
        created_at=found.created_at,
    )

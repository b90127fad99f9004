"""Transcripts at rest: compressed and sealed under the call's key, one clear and one redacted per call."""

from __future__ import annotations

import json
import zlib
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.errors import NotFound
from domain.ids import new_id
from domain.records import TAG_FIELDS
from domain.speech import Transcript, transcript_from_dict, transcript_to_dict
from storage.mongo import Document
from storage.resources import Resources
from storage.sealing import seal, unseal


class TranscriptKind(StrEnum):
    """Clear: as spoken, for the redaction stage and those who may read it. Redacted: what is served."""

    CLEAR = "clear"
    REDACTED = "redacted"


class TranscriptStore:
    """The one writer of `transcripts`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._transcripts = resources.database.scoped("transcripts", workspace_id)
        self._keyring = resources.keyring
        self._workspace_id = workspace_id

    async def seal(self, call: Document, kind: TranscriptKind, transcript: Transcript, *, now: datetime) -> Document:
        """Return the document to save, sealed; its tags are the call's."""
        key = await self._keyring.call_key(self._workspace_id, call["_id"])
        body = zlib.compress(json.dumps(transcript_to_dict(transcript)).encode(), level=6)
        return {
            **{name: call[name] for name in TAG_FIELDS},
            "call_id": call["_id"],
            "kind": kind.value,
            "sealed": seal(key, body, place=_place(call["_id"], kind)),
            "engine": transcript.stamp.engine,
            "model_id": transcript.stamp.model_id,
            "created_at": now,
        }

    async def save(self, document: Document, *, tx: Any = None) -> None:
        """Store a sealed transcript in place of an earlier one of its kind."""
        where = {"call_id": document["call_id"], "kind": document["kind"]}
        await self._transcripts.update(
            where, {"$set": document, "$setOnInsert": {"_id": new_id("trs")}}, upsert=True, tx=tx
        )

    async def load(self, call_id: str, kind: TranscriptKind) -> Transcript:
        """Return a transcript. Raises NotFound when there is none, Gone when the call's key is destroyed."""
        document = await self._transcripts.find_one({"call_id": call_id, "kind": kind.value})
        if document is None:
            raise NotFound("the call has no such transcript", call_id=call_id)
        key = await self._keyring.call_key(self._workspace_id, call_id)
        body = unseal(key, bytes(document["sealed"]), place=_place(call_id, kind))
        return transcript_from_dict(json.loads(zlib.decompress(body)))


def _place(call_id: str, kind: TranscriptKind) -> str:
    return f"transcripts/{call_id}/{kind.value}"

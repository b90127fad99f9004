"""Transcripts at rest: compressed and sealed under the call's key, one clear and one redacted per version of a call.

A version is never written over by another: what was served once can be compared, and goes only with the call.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from domain.call_parts import TRANSCRIPT, parts_of
from domain.errors import NotFound
from domain.ids import new_id
from domain.records import TAG_FIELDS
from domain.review import quality_of
from domain.speech import Transcript, transcript_from_dict, transcript_to_dict
from storage.mongo import Document
from storage.resources import Resources
from storage.sealing import seal, unseal
from storage.versions import of_version, version_of

SHOWN: Final = (
    "version",
    "engine",
    "model_id",
    "compute_type",
    "versions",
    "parameters",
    "language",
    "speakers",
    "quality",
    "created_at",
)
"""What lies beside the sealed words in clear: how they were made and how well, nothing that was said."""


class TranscriptKind(StrEnum):
    """Clear: as spoken, for the redaction stage and those who may read it. Redacted: what is served."""

    CLEAR = "clear"
    REDACTED = "redacted"


@dataclass(frozen=True, slots=True)
class SealedTranscript:
    """A transcript as it lies there, with its key: opened where there is time for it, in a thread."""

    key: bytes
    sealed: bytes
    place: str

    def open(self) -> Transcript:
        """Return the transcript."""
        return transcript_from_dict(json.loads(zlib.decompress(unseal(self.key, self.sealed, place=self.place))))


class TranscriptStore:
    """The one writer of `transcripts`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._transcripts = resources.database.scoped("transcripts", workspace_id)
        self._keyring = resources.keyring
        self._workspace_id = workspace_id

    async def seal(self, call: Document, kind: TranscriptKind, transcript: Transcript, *, now: datetime) -> Document:
        """Return the document to save, sealed; its tags are the call's, its version that of the call's run."""
        tags = {name: call[name] for name in TAG_FIELDS} | {"retain_until": parts_of(call)[TRANSCRIPT]["until"]}
        key = await self._keyring.artifact_key(self._workspace_id, call["_id"], "transcript")
        body = zlib.compress(json.dumps(transcript_to_dict(transcript)).encode(), level=6)
        version, stamp = version_of(call), transcript.stamp
        return {
            **tags,
            "call_id": call["_id"],
            "kind": kind.value,
            "version": version,
            "sealed": seal(key, body, place=_place(call["_id"], kind, version)),
            "engine": stamp.engine,
            "model_id": stamp.model_id,
            "compute_type": stamp.compute_type,
            "versions": dict(stamp.versions),
            "parameters": dict(stamp.parameters),
            "language": transcript.language,
            "speakers": transcript.speakers.value,
            "quality": quality_of(transcript),
            "created_at": now,
        }

    async def save(self, document: Document, *, tx: Any = None) -> None:
        """Store a sealed transcript; the same run's earlier one of its kind is replaced, another version's never."""
        where = _of(document["call_id"], document["version"]) | {"kind": document["kind"]}
        await self._transcripts.update(
            where, {"$set": document, "$setOnInsert": {"_id": new_id("trs")}}, upsert=True, tx=tx
        )

    async def load(self, call_id: str, kind: TranscriptKind, *, version: int) -> Transcript:
        """Return a transcript. Raises NotFound when there is none, Gone when the call's key is destroyed."""
        document = await self._transcripts.find_one(_of(call_id, version) | {"kind": kind.value})
        key = await self._keyring.artifact_key(self._workspace_id, call_id, "transcript")
        if document is None:
            raise NotFound("the call has no such transcript", call_id=call_id)
        body = unseal(key, bytes(document["sealed"]), place=_place(call_id, kind, version))
        return transcript_from_dict(json.loads(zlib.decompress(body)))

    async def sealed_of(self, calls: Sequence[Document], kind: TranscriptKind) -> dict[str, SealedTranscript]:
        """Return the transcripts of these calls, of the version that each serves, in two looks for all of them.

        Those of which the key is destroyed, or that are not there, are left out.
        """
        versions = {call["_id"]: version_of(call) for call in calls}
        keys = await self._keyring.artifact_keys(self._workspace_id, versions, "transcript")
        wanted = {"call_id": {"$in": list(keys)}, "kind": kind.value}
        found = await self._transcripts.find(wanted, fields=("call_id", "version", "sealed"))
        return {
            one["call_id"]: SealedTranscript(
                keys[one["call_id"]], bytes(one["sealed"]), _place(one["call_id"], kind, version_of(one))
            )
            for one in found
            if version_of(one) == versions[one["call_id"]]
        }

    async def redate(self, call_id: str, until: datetime, version: int) -> None:
        """Note until when a call's transcripts are kept under this version of the policy."""
        change = {"retain_until": until, "policy_version": version}
        await self._transcripts.update_all({"call_id": call_id}, {"$set": change})

    async def versions(self, call_id: str) -> dict[int, Document]:
        """Return version → how its transcript was made and how well (`SHOWN`); never what was said."""
        heard = {"call_id": call_id, "kind": TranscriptKind.CLEAR.value}
        found = await self._transcripts.find(heard, fields=SHOWN)
        return {version_of(one): one for one in found}


def _of(call_id: str, version: int) -> Document:
    return {"call_id": call_id, "version": of_version(version)}


def _place(call_id: str, kind: TranscriptKind, version: int) -> str:
    first = f"transcripts/{call_id}/{kind.value}"
    return first if version == 1 else f"{first}/{version}"

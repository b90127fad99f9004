"""What redaction found, per version of a call: spans (never the words), counts per kind, and the redacted sound."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import zip_longest
from typing import Any

from domain.errors import NotFound
from domain.ids import new_id
from domain.inventory import Place, inventory
from domain.records import TAG_FIELDS
from domain.redaction_policy import RedactionPolicy
from domain.sound import SoundState
from domain.spans import Span, hidden, span_from_dict, span_to_dict
from redaction.port import FinderStamp
from storage.mongo import Document
from storage.resources import Resources
from storage.sealing import ObjectSealer
from storage.versions import of_version, version_of


class RedactionStore:
    """The one writer of `redactions`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._resources = resources
        self._redactions = resources.database.scoped("redactions", workspace_id)
        self._workspace_id = workspace_id

    async def save_spans(
        self,
        call: Document,
        spans: Sequence[Span],
        stamp: FinderStamp,
        *,
        places: Sequence[Place] = (),
        policy: RedactionPolicy | None = None,
        now: datetime,
        tx: Any = None,
    ) -> None:
        """Store the span list that drives text, words, subtitles and sound of the version that the call's run makes.

        Beside it, when each was said (`places`, one for each span) and under which policy it was decided.
        """
        version = version_of(call)
        document = {
            **{name: call[name] for name in TAG_FIELDS},
            "call_id": call["_id"],
            "version": version,
            "spans": [
                span_to_dict(span) | (asdict(place) if place else {})
                for span, place in zip_longest(spans, places[: len(spans)])
            ],
            "inventory": inventory(spans),
            "policy": None if policy is None else _named(policy),
            "finder": stamp.finder,
            "model_id": stamp.model_id,
            "finder_version": stamp.version,
            "created_at": now,
        }
        await self._redactions.update(
            _of(call["_id"], version),
            {"$set": document, "$setOnInsert": {"_id": new_id("red"), "audio": None, "sound": None}},
            upsert=True,
            tx=tx,
        )

    async def redate(self, call_id: str, until: datetime, version: int) -> None:
        """Note until when a call's redactions are kept under this version of the policy: as the call itself."""
        change = {"retain_until": until, "policy_version": version}
        await self._redactions.update_all({"call_id": call_id}, {"$set": change})

    async def of_call(self, call_id: str, *, version: int) -> Document:
        """Return the redaction document of a version of a call. Raises NotFound."""
        document = await self._redactions.find_one(_of(call_id, version))
        if document is None:
            raise NotFound("the call is not redacted yet", call_id=call_id)
        return document

    async def all_spans_of(self, calls: Sequence[Document]) -> dict[str, tuple[Span, ...]]:
        """Return `all_spans` of the version that each of these calls serves, in one look for all of them."""
        versions = {call["_id"]: version_of(call) for call in calls}
        wanted = {"call_id": {"$in": list(versions)}}
        found = await self._redactions.find(wanted, fields=("call_id", "version", "spans"))
        return {
            one["call_id"]: tuple(span_from_dict(span) for span in one["spans"])
            for one in found
            if version_of(one) == versions[one["call_id"]]
        }

    async def spans(self, call_id: str, *, version: int) -> tuple[Span, ...]:
        """Return the spans of a version of a call whose words may be neither read nor heard. Raises NotFound."""
        return hidden(await self.all_spans(call_id, version=version))

    async def all_spans(self, call_id: str, *, version: int) -> tuple[Span, ...]:
        """Return all spans of a version of a call, those too that a policy only tells of. Raises NotFound."""
        return tuple(span_from_dict(one) for one in (await self.of_call(call_id, version=version))["spans"])

    async def put_audio(self, call_id: str, pieces: AsyncIterable[bytes], *, media_type: str) -> Document:
        """Seal redacted sound under a fresh id and return what `save_audio` writes.

        A run that loses its lease leaves an orphan under the call's prefix, which goes with the call.
        """
        object_id = new_id("obj")
        key = await self._resources.keyring.artifact_key(self._workspace_id, call_id, "recording")
        size = await self._resources.objects.put_sealed(
            f"c/{call_id}/{object_id}", pieces, ObjectSealer(key, object_id)
        )
        return {"object_id": object_id, "size": size, "media_type": media_type}

    async def save_audio(
        self, call_id: str, audio: Document | None, *, version: int, state: SoundState, tx: Any = None
    ) -> None:
        """Point a version of the call at its redacted sound and say what is known of it; blocked sound is not kept."""
        await self._redactions.update(_of(call_id, version), {"$set": {"audio": audio, "sound": state.value}}, tx=tx)

    async def read_audio(
        self, call_id: str, audio: Document, *, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """Yield bytes [start, end) of the redacted sound."""
        key = await self._resources.keyring.artifact_key(self._workspace_id, call_id, "recording")
        sealer = ObjectSealer(key, audio["object_id"])
        place = f"c/{call_id}/{audio['object_id']}"
        async for piece in self._resources.objects.read_sealed(
            place, sealer, plain_size=audio["size"], start=start, end=end
        ):
            yield piece


def sound_state(redaction: Document) -> SoundState | None:
    """Return what is known of a redaction's sound, None while there is none. Made before it was checked: unverified."""
    told = redaction.get("sound")
    if told:
        return SoundState(told)
    return SoundState.UNVERIFIED if redaction.get("audio") else None


def _named(policy: RedactionPolicy) -> Document:
    """Return which policy it was; its text lies with the workspace, by version."""
    return {"profile": policy.profile, "version": policy.version, "digest": policy.digest}


def _of(call_id: str, version: int) -> Document:
    return {"call_id": call_id, "version": of_version(version)}

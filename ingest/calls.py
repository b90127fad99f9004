"""Calls: registered once, found within their workspace, moved through their states by compare-and-set."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from domain.calls import STAGES, CallIdentity, CallState, Stage, StageState, is_same_call
from domain.errors import Conflict, Gone, NotFound
from domain.ids import is_id
from domain.jobs import Queue
from storage.catalog import INSTANT, TEXT
from storage.mongo import Document
from storage.resources import Resources

FIRST_STAGE_QUEUE = Queue.SPEECH
_LIVE = [state.value for state in CallState if state not in {CallState.ERASING, CallState.ERASED}]


def stage_rows(now: datetime) -> list[Document]:
    """Return the stages of a fresh call."""
    return [
        {"stage": stage.value, "state": StageState.PENDING.value, "reason": None, "updated_at": now, "took_s": None}
        for stage in STAGES
    ]


class CallStore:
    """The one writer of `calls`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._calls = resources.database.scoped("calls", workspace_id)
        self._outbox = resources.outbox
        self._workspace_id = workspace_id

    async def insert(self, document: Document, *, tx: Any = None) -> None:
        """Store a new call. Raises Duplicate when its source and origin id are taken."""
        await self._calls.insert(document, tx=tx)

    async def get(self, call_id: str, *, now: datetime, tx: Any = None) -> Document:
        """Return a call. Raises NotFound, also for another workspace's; Gone when it is erased or due."""
        document = await self._calls.find_one({"_id": call_id}, tx=tx) if is_id("call", call_id) else None
        if document is None:
            raise NotFound("no such call", call_id=call_id if is_id("call", call_id) else None)
        if document["state"] not in _LIVE or document["retain_until"] <= now:
            raise Gone("the call's retention is over or it is being erased", call_id=call_id)
        return document

    async def by_origin(self, source: str, origin_id: str) -> Document | None:
        """Return the call that this source registered under this id."""
        return await self._calls.find_one({"source": source, "origin_id": {"$eq": origin_id, **TEXT}})

    async def page(
        self,
        *,
        now: datetime,
        limit: int,
        after: tuple[datetime, str] | None = None,
        states: Collection[CallState] = (),
        ids: Collection[str] | None = None,
    ) -> list[Document]:
        """Return calls, newest first, that may still be seen; `after` is the (created_at, id) of the last one seen."""
        wanted = [state.value for state in states] or _LIVE
        parts: list[Document] = [
            {"retain_until": {"$gt": now}},
            {"state": {"$in": [state for state in wanted if state in _LIVE]}},
        ]
        if after is not None:
            moment, call_id = after
            parts.append({"$or": [{"created_at": {"$lt": moment}}, {"created_at": moment, "_id": {"$lt": call_id}}]})
        if ids is not None:
            parts.append({"_id": {"$in": list(ids)}})
        return await self._calls.find({"$and": parts}, sort=(("created_at", -1), ("_id", -1)), limit=limit)

    async def same_call(self, call_id: str, identity: CallIdentity, *, tx: Any = None) -> Document | None:
        """Return another call that is this one delivered before, None when this is the first."""
        return await self._same(call_id, identity, {"state": {"$in": _LIVE}}, tx)

    async def same_going_call(
        self, call_id: str, identity: CallIdentity, *, causes: Collection[str], tx: Any = None
    ) -> Document | None:
        """Return another call that is this one and is being erased for one of these causes."""
        going = {"state": CallState.ERASING.value, "erase_cause": {"$in": sorted(causes)}}
        return await self._same(call_id, identity, going, tx)

    async def _same(self, call_id: str, identity: CallIdentity, among: Document, tx: Any) -> Document | None:
        found = {"content_hash": {"$eq": identity.content_hash, **TEXT}, "_id": {"$ne": call_id}, **among}
        for other in await self._calls.find(found, limit=50, tx=tx):
            if is_same_call(identity, CallIdentity(other["content_hash"], other["origin_id"], other["setup_time"])):
                return other
        return None

    async def receive(
        self, call_id: str, *, content_hash: str, media_type: str, size: int, now: datetime, tx: Any
    ) -> bool:
        """Write the call as received together with its first job; False when it was received before."""
        matched = await self._calls.update(
            {"_id": call_id, "state": CallState.AWAITING_UPLOAD.value},
            {
                "$set": {
                    "state": CallState.RECEIVED.value,
                    "content_hash": content_hash,
                    "media_type": media_type,
                    "size": size,
                    "received_at": now,
                    "updated_at": now,
                }
            },
            tx=tx,
        )
        if matched:
            await self._outbox.add(
                workspace_id=self._workspace_id,
                call_id=call_id,
                task=Stage.TRANSCRIBE.value,
                queue=FIRST_STAGE_QUEUE,
                now=now,
                tx=tx,
            )
        return matched == 1

    async def set_stage(
        self,
        call_id: str,
        stage: Stage,
        state: StageState,
        *,
        call_state: CallState,
        now: datetime,
        reason: str | None = None,
        took_s: float | None = None,
        facts: Document | None = None,
        tx: Any = None,
    ) -> None:
        """Note where a stage stands, and with it the call. A call that is being erased keeps its state.

        Raises:
            Gone: the call is being erased or is gone; the stage's work must be thrown away.
        """
        at = STAGES.index(stage)
        change: Document = {
            "state": call_state.value,
            f"stages.{at}.state": state.value,
            f"stages.{at}.reason": reason,
            f"stages.{at}.updated_at": now,
            "updated_at": now,
            **(facts or {}),
        }
        if took_s is not None:
            change[f"stages.{at}.took_s"] = round(took_s, 3)
        if await self._calls.update({"_id": call_id, "state": {"$in": _LIVE}}, {"$set": change}, tx=tx) != 1:
            raise Gone("the call is being erased", call_id=call_id)

    async def start_erasing(self, call_id: str, *, cause: str, now: datetime, duplicate_of: str | None = None) -> bool:
        """Hide the call at once; False when it is on its way out already. Raises NotFound.

        Args:
            call_id: the call.
            cause: a constant word for the receipt.
            now: when.
            duplicate_of: the call that was delivered before and is served instead.
        """
        instead = {} if duplicate_of is None else {"duplicate_of": duplicate_of}
        matched = await self._calls.update(
            {"_id": call_id, "state": {"$in": _LIVE}},
            {"$set": {"state": CallState.ERASING.value, "erase_cause": cause, "updated_at": now, **instead}},
        )
        if matched:
            return True
        if await self._calls.find_one({"_id": call_id}, fields=("_id",)) is None:
            raise NotFound("no such call", call_id=call_id)
        return False

    async def raw(self, call_id: str, *, tx: Any = None) -> Document | None:
        """Return a call whatever its state: for workers and erasure, never for a reader."""
        return await self._calls.find_one({"_id": call_id}, tx=tx)

    async def remove(self, call_id: str, *, tx: Any = None) -> None:
        """Delete the call's document: the last step of erasing."""
        await self._calls.delete({"_id": call_id}, tx=tx)

    async def set_consent(self, call_id: str, consent: str, *, now: datetime) -> None:
        """Note what is known of the parties' consent. Raises NotFound."""
        change = {"$set": {"consent": consent, "updated_at": now}}
        if await self._calls.update({"_id": call_id, "state": {"$in": _LIVE}}, change) != 1:
            raise NotFound("no such call", call_id=call_id)

    async def reopen(self, call_id: str, stage: Stage, *, now: datetime, tx: Any = None) -> None:
        """Put a failed call back on its way, for a dead letter that was requeued. Raises Conflict."""
        at = STAGES.index(stage)
        matched = await self._calls.update(
            {"_id": call_id, "state": {"$in": _LIVE}},
            {
                "$set": {
                    "state": CallState.PROCESSING.value,
                    f"stages.{at}.state": StageState.PENDING.value,
                    f"stages.{at}.reason": None,
                    f"stages.{at}.updated_at": now,
                    "updated_at": now,
                }
            },
            tx=tx,
        )
        if matched != 1:
            raise Conflict("the call is being erased", call_id=call_id)

    async def change_match(self, call_id: str, revision: int, change: Document, *, tx: Any = None) -> bool:
        """Write what is known of a call's log, unless that was changed, or asked for anew, since `revision`."""
        where = {"_id": call_id, "state": {"$in": _LIVE}, "match.revision": revision}
        change = {"$set": change, "$inc": {"match.revision": 1}}
        return await self._calls.update(where, change, tx=tx) == 1

    async def poke_matches(self, where: Document, *, now: datetime) -> int:
        """Let calls look for their logs anew, soon; return how many will."""
        change = {"$set": {"match.next_try_at": now}, "$inc": {"match.revision": 1}}
        found = {"$and": [where, {"state": {"$in": _LIVE}, "match.revision": {"$gte": 1}}]}
        return await self._calls.update_all(found, change)

    async def page_of_matches(
        self, state: str, *, now: datetime, limit: int, after: tuple[datetime, str] | None = None
    ) -> list[Document]:
        """Return calls whose match stands so, newest first; `after` is the (created_at, id) of the last one seen."""
        parts: list[Document] = [{"match.state": state, "state": {"$in": _LIVE}, "retain_until": {"$gt": now}}]
        if after is not None:
            moment, call_id = after
            parts.append({"$or": [{"created_at": {"$lt": moment}}, {"created_at": moment, "_id": {"$lt": call_id}}]})
        return await self._calls.find({"$and": parts}, sort=(("created_at", -1), ("_id", -1)), limit=limit)


async def live_calls_after(resources: Resources, call_id: str, *, limit: int) -> list[Document]:
    """Return calls of any workspace that are not on their way out, in the order of their ids, after this one."""
    return await resources.database.whole("calls").find(
        {"_id": {"$gt": call_id}, "state": {"$in": _LIVE}},
        limit=limit,
        fields=("workspace_id", "source", "origin_id", "content_hash", "setup_time"),
    )


async def calls_to_match(resources: Resources, *, now: datetime, limit: int) -> list[Document]:
    """Return calls of any workspace that look for their log now, longest due first."""
    due = {"match.next_try_at": {"$lte": now, **INSTANT}, "state": {"$in": _LIVE}}
    return await resources.database.whole("calls").find(due, sort=(("match.next_try_at", 1),), limit=limit)


async def due_calls(resources: Resources, *, now: datetime, limit: int = 100) -> list[Document]:
    """Return calls of any workspace whose retention is over and that are not on their way out yet."""
    return await resources.database.whole("calls").find(
        {"retain_until": {"$lte": now}, "state": {"$in": _LIVE}}, sort=(("retain_until", 1),), limit=limit
    )

"""Calls: registered once, found within their workspace, moved through their states by compare-and-set."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from domain.calls import CallState, Stage, StageState
from domain.errors import Conflict, Gone, NotFound
from domain.jobs import Queue
from domain.parties import CallParty
from domain.review import ReviewState
from ingest.call_reading import LIVE, CallReader
from ingest.call_runs import FOUND_MORE, REJECTED, StageNote, next_run, run_of, stage_change, switched
from storage.mongo import Document
from storage.resources import Resources
from storage.versions import of_version, version_of


class CallStore(CallReader):
    """The one writer of `calls`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        super().__init__(resources, workspace_id)
        self._calls = resources.database.scoped("calls", workspace_id)
        self._outbox = resources.outbox

    async def insert(self, document: Document, *, tx: Any = None) -> None:
        """Store a new call. Raises Duplicate when its source and origin id are taken."""
        await self._calls.insert(document, tx=tx)

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
            await self._first_job(call_id, version=1, now=now, tx=tx)
        return matched == 1

    async def _first_job(self, call_id: str, *, version: int, now: datetime, tx: Any) -> None:
        await self._outbox.add(
            workspace_id=self._workspace_id,
            call_id=call_id,
            task=Stage.TRANSCRIBE.value,
            queue=Queue.SPEECH,
            version=version,
            now=now,
            tx=tx,
        )

    async def set_stage(
        self,
        call_id: str,
        stage: Stage,
        state: StageState,
        *,
        version: int,
        call_state: CallState,
        now: datetime,
        reason: str | None = None,
        took_s: float | None = None,
        facts: Document | None = None,
        tx: Any = None,
    ) -> None:
        """Note where a stage of a version's run stands, and with it the call; a rehearing is noted beside it.

        Raises:
            Gone: the call is being erased, is gone, or the run was given up; the stage's work must be thrown away.
        """
        live = {"_id": call_id, "state": {"$in": LIVE}}
        told = StageNote(stage, state, call_state, now, reason, took_s, facts)
        for within, where in (("", {"version": of_version(version)}), ("rehearing.", {"rehearing.version": version})):
            change: Document = {"$set": stage_change(told, within=within)}
            if call_state is CallState.READY and not within:
                change["$addToSet"] = {"ready_versions": version}
            if await self._calls.update({**live, **where}, change, tx=tx) == 1:
                if call_state is CallState.READY and not within:
                    await self._end_processed(call_id, now, tx)
                return
        raise Gone("the call is being erased, or the run was given up", call_id=call_id)

    async def _end_processed(self, call_id: str, now: datetime, tx: Any) -> None:
        """Let the recording of a ready call be due at once where its window says so."""
        sound = "artifacts.recording"
        waiting = {"_id": call_id, f"{sound}.once_processed": True, f"{sound}.until": {"$gt": now}}
        await self._calls.update(waiting, {"$set": {f"{sound}.until": now, "artifacts_due_at": now}}, tx=tx)

    async def redate(self, call: Document, fields: Document, *, version: int) -> bool:
        """Date a call anew, under this version of the policy, unless it changed since it was read.

        Fields that are None go. What is being erased meanwhile keeps its dates.
        """
        as_it_was: Document = {"_id": call["_id"], "state": call["state"], "policy_version": {"$lt": version}}
        if "match" in call:
            as_it_was["match.revision"] = call["match"]["revision"]
        put = {name: value for name, value in fields.items() if value is not None} | {"policy_version": version}
        gone = {name: "" for name, value in fields.items() if value is None}
        change: Document = {"$set": put, "$unset": gone} if gone else {"$set": put}
        return await self._calls.update(as_it_was, change) == 1

    async def end_part(self, call: Document, part: str, *, due_at: datetime | None, now: datetime) -> None:
        """Note that a part of a call is erased, and when the next one is due."""
        erased: Document = {f"artifacts.{part}.erased_at": now, "updated_at": now}
        change: Document = {"$set": erased if due_at is None else {**erased, "artifacts_due_at": due_at}}
        if due_at is None:
            change["$unset"] = {"artifacts_due_at": ""}
        await self._calls.update({"_id": call["_id"], f"artifacts.{part}.erased_at": None}, change)

    async def hear_again(
        self, call_id: str, *, asked_id: str, language: str | None, model: str | None, now: datetime, tx: Any
    ) -> int:
        """Begin to hear a call again, with the first job of its run; return the new version's number.

        Raises:
            NotFound, Gone: see `get`.
            Conflict: see `next_run`.
        """
        call = await self.get(call_id, now=now, tx=tx)
        change = next_run(call, asked_id=asked_id, language=language, model=model, now=now)
        await self._calls.update({"_id": call_id}, change, tx=tx)
        version = int(change["$set"]["rehearing"]["version"])
        await self._first_job(call_id, version=version, now=now, tx=tx)
        return version

    async def advance(
        self, call_id: str, version: int, *, closes: Collection[int], ready: bool, now: datetime, tx: Any
    ) -> None:
        """Go on after a stage of a version's run: a rehearing takes the place of what was served when it is ready.

        Versions that `closes` names let personal data through: their redacted copies are served to nobody from now on.
        When the served one is among them the rehearing takes its place at once, ready or not.
        """
        call = await self.raw(call_id, tx=tx)
        if call is None or not (closes or "rehearing" in call):
            return
        change: Document = {"$set": {f"closed_versions.{one}": FOUND_MORE for one in closes}}
        if call.get("rehearing", {}).get("version") == version and (ready or version_of(call) in closes):
            taking = switched(call, now=now)
            change = {**taking, "$set": {**taking["$set"], **change["$set"]}}
        if change["$set"]:
            await self._calls.update({"_id": call_id}, change, tx=tx)

    async def settle_review(self, call_id: str, version: int, *, accepted: bool, now: datetime) -> None:
        """Note what a person decided of the version that is served; a rejected one is not served any more.

        Raises:
            Conflict: another version is served by now, or none.
        """
        ready = {"_id": call_id, "state": CallState.READY.value, "version": of_version(version)}
        state = ReviewState.ACCEPTED if accepted else ReviewState.REJECTED
        decided = {"review.state": state.value, "review.decided_at": now, "updated_at": now}
        closed = f"closed_versions.{version}"
        change: Document = (
            {"$set": decided, "$unset": {closed: ""}} if accepted else {"$set": {**decided, closed: REJECTED}}
        )
        if await self._calls.update(ready, change) != 1:
            raise Conflict("this is not the version that is served now", call_id=call_id)

    async def start_erasing(
        self, call_id: str, *, cause: str, now: datetime, duplicate_of: str | None = None, tx: Any = None
    ) -> bool:
        """Hide the call at once; False when it is on its way out already. Raises NotFound.

        Args:
            call_id: the call.
            cause: a constant word for the receipt.
            now: when.
            duplicate_of: the call that was delivered before and is served instead.
            tx: the transaction in which it was decided.
        """
        instead = {} if duplicate_of is None else {"duplicate_of": duplicate_of}
        matched = await self._calls.update(
            {"_id": call_id, "state": {"$in": LIVE}},
            {"$set": {"state": CallState.ERASING.value, "erase_cause": cause, "updated_at": now, **instead}},
            tx=tx,
        )
        if matched:
            return True
        if await self._calls.find_one({"_id": call_id}, fields=("_id",), tx=tx) is None:
            raise NotFound("no such call", call_id=call_id)
        return False

    async def remove(self, call_id: str, *, tx: Any = None) -> None:
        """Delete the call's document: the last step of erasing."""
        await self._calls.delete({"_id": call_id}, tx=tx)

    async def set_consent(self, call_id: str, consent: str, *, now: datetime) -> None:
        """Note what is known of the parties' consent. Raises NotFound."""
        await self._say(call_id, {"$set": {"consent": consent, "updated_at": now}})

    async def set_parties(self, call_id: str, parties: Sequence[CallParty], *, emergency: bool, now: datetime) -> None:
        """Note who is in the call. People who were known stay known, and an emergency stays one. Raises NotFound."""
        told = {"parties": [party.to_document() for party in parties], "parties_at": now, "updated_at": now}
        people = sorted({one for party in parties for one in party.people})
        add = {"$addToSet": {"people": {"$each": people}}}
        await self._say(call_id, {"$set": told | ({"emergency": True} if emergency else {}), **add})

    async def _say(self, call_id: str, change: Document) -> None:
        if await self._calls.update({"_id": call_id, "state": {"$in": LIVE}}, change) != 1:
            raise NotFound("no such call", call_id=call_id)

    async def reopen(self, call_id: str, stage: Stage, *, version: int, now: datetime, tx: Any = None) -> None:
        """Put a failed run back on its way, for a dead letter that was requeued.

        Raises:
            Conflict: the call is being erased, or another run has taken this one's place.
        """
        call = await self.raw(call_id, tx=tx)
        if call is None or run_of(call, version) is None or version_of(call) > version:
            raise Conflict("another version has taken its place", call_id=call_id)
        try:
            await self.set_stage(
                call_id,
                stage,
                StageState.PENDING,
                version=version,
                call_state=CallState.PROCESSING,
                now=now,
                tx=tx,
            )
        except Gone:
            raise Conflict("the call is being erased", call_id=call_id) from None

    async def change_match(self, call_id: str, revision: int, change: Document, *, tx: Any = None) -> bool:
        """Write what is known of a call's log, unless that was changed, or asked for anew, since `revision`."""
        where = {"_id": call_id, "state": {"$in": LIVE}, "match.revision": revision}
        change = {"$set": change, "$inc": {"match.revision": 1}}
        return await self._calls.update(where, change, tx=tx) == 1

    async def poke_matches(self, where: Document, *, now: datetime) -> int:
        """Let calls look for their logs anew, soon; return how many will."""
        change = {"$set": {"match.next_try_at": now}, "$inc": {"match.revision": 1}}
        found = {"$and": [where, {"state": {"$in": LIVE}, "match.revision": {"$gte": 1}}]}
        return await self._calls.update_all(found, change)

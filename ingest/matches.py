"""Recordings and their call logs brought together, and apart again when a second candidate comes.

`ingest.matching` decides; here is read and written. What was decided rests on what was there: each match has a revision
that every change and every poke counts up, and nothing is written over a revision that has moved on.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from domain.call_parts import recording_until
from domain.errors import Conflict, Invalid, NotFound
from domain.ids import is_id
from domain.policy import Policy
from ingest.call_logs import CallLogStore
from ingest.calls import CallStore
from ingest.cdrs import CdrStore
from ingest.documents import NewCall
from ingest.formats.options import FUTURE_ALLOWED
from ingest.log_documents import device_token
from ingest.match_document import FIXED_WORDS, anchored, freed, logs_in, new_match, told
from ingest.match_facts import Neighbourhood, TooMany
from ingest.matching import CLOCKS_APART, FIXED, WINDOW, Ambiguous, Decision, How, Match, decide
from ingest.recordings import RecordingStore
from storage.catalog import INSTANT, TEXT
from storage.mongo import Document
from storage.resources import Resources

DISPLACING: Final = timedelta(seconds=1)


class Taken(Exception):
    """The log is linked to another recording, which must let it go first."""


async def poke(resources: Resources, workspace_id: str, earliest: datetime, latest: datetime, *, now: datetime) -> int:
    """Let recordings look for their logs anew, after logs with these setup times have come; return how many will."""
    calls = CallStore(resources, workspace_id)
    around = {"match.began": {"$gte": earliest - CLOCKS_APART, "$lte": latest + WINDOW, **INSTANT}}
    inferred = await calls.poke_matches({**around, "match.how": {"$nin": FIXED_WORDS}}, now=now)
    return inferred + await calls.poke_matches({"match.state": "open", "match.stated": TEXT}, now=now)


async def fresh_match(
    resources: Resources, workspace_id: str, new: NewCall, log: Document | None, *, now: datetime
) -> Document:
    """Return what a call that is being registered knows of its log; `log` is one that comes with it.

    Raises:
        Invalid: the recording begins in the future.
    """
    if new.began is not None and new.began - now > FUTURE_ALLOWED:
        raise Invalid(
            "the recording begins in the future; check the device's clock and zone", field="recording.started_at"
        )
    device = None
    if new.device_id is not None:
        device = device_token(await resources.keyring.blind_indexer(workspace_id), new.device_id)
    given = None if log is None else log["_id"]
    return new_match(stated=new.log_id, began=new.began, device=device, given=given, now=now)


class Matches:
    """Finds, makes and undoes matches in one workspace, under its policy."""

    def __init__(self, resources: Resources, workspace_id: str, policy: Policy) -> None:
        self._resources = resources
        self._workspace_id = workspace_id
        self._policy = policy
        self._calls = CallStore(resources, workspace_id)
        self._recordings = RecordingStore(resources, workspace_id)
        self._logs = CallLogStore(resources, workspace_id)
        self._cdrs = CdrStore(resources, workspace_id)

    async def look(self, call: Document, *, now: datetime) -> str:
        """Decide anew which log a call's recording belongs to; return the state that was written.

        Safe to run twice and beside another; when the call changed meanwhile nothing is written and it is due again.
        """
        around = Neighbourhood(self._resources, self._workspace_id, now=now)
        try:
            decision = await self._decision(call, around)
        except TooMany:
            decision = Ambiguous(())
        try:
            return await self._write(call, decision, around, now=now)
        except Taken:
            pause = {"match.next_try_at": now + DISPLACING, "match.tries": call["match"]["tries"] + 1}
            await self._calls.change_match(call["_id"], call["match"]["revision"], pause)
            return "open"

    async def _decision(self, call: Document, around: Neighbourhood) -> Decision:
        match = call["match"]
        if match["stated"] is not None:
            if await around.log(match["stated"]) is None:
                return None
            one = Match(match["stated"], How.ID, 1.0)
            return Ambiguous((one,)) if await around.claimants(match["stated"], call["_id"]) else one
        mine = await around.recording(call)
        logs = await around.fitting(mine)
        return decide(call["_id"], [mine, *await around.rivals(call["_id"], logs)], logs) if logs else None

    async def _write(self, call: Document, decision: Decision, around: Neighbourhood, *, now: datetime) -> str:
        match, chosen = call["match"], decision if isinstance(decision, Match) else None
        log = None if chosen is None else await around.log(chosen.log_id)
        if chosen is not None and log is None:
            chosen, decision = None, None
        change = {**told(call, decision, now), **anchored(call, log, self._policy)}
        holder = None if log is None or log.get("call_id") in {None, call["_id"]} else await around.owner(log)

        async def write(tx: Any) -> bool:
            if not await self._calls.change_match(call["_id"], match["revision"], change, tx=tx):
                return False
            await self._relink(call, chosen, log, holder, now=now, tx=tx)
            await self._recordings.shorten(call["_id"], recording_until(change), tx=tx)
            return True

        try:
            written = await self._resources.database.transaction(write)
        except Taken:
            if holder is not None:
                await self._calls.poke_matches({"_id": holder["_id"]}, now=now)
            raise
        if written:
            await self._tell_neighbours(call, decision, log, now=now)
        return str(change["match.state"]) if written else str(match["state"])

    async def _relink(
        self,
        call: Document,
        chosen: Match | None,
        log: Document | None,
        holder: Document | None,
        *,
        now: datetime,
        tx: Any,
    ) -> None:
        """Point the log at its call. Raises Taken when another recording has it and this match is no certain one."""
        before, after = call["match"]["log_id"], None if chosen is None else chosen.log_id
        if before is not None and before != after:
            await self._point(before, call["_id"], None, tx=tx)
        if chosen is None or log is None or log.get("call_id") == call["_id"]:
            return
        if log.get("call_id") is not None:
            if chosen.how not in FIXED:
                raise Taken
            await self._displace(log, holder, now=now, tx=tx)
        if not await self._point(chosen.log_id, None, call["_id"], tx=tx):
            raise Taken

    async def _displace(self, log: Document, holder: Document | None, *, now: datetime, tx: Any) -> None:
        """Take a log from the recording that it was inferred to belong to. Raises Taken when it has it for good."""
        if holder is not None:
            if holder["match"]["how"] in FIXED:
                raise Taken
            revision = holder["match"]["revision"]
            if not await self._calls.change_match(holder["_id"], revision, freed(holder, now), tx=tx):
                raise Taken
        await self._point(log["_id"], log["call_id"], None, tx=tx)

    async def _point(self, log_id: str, before: str | None, after: str | None, *, tx: Any) -> bool:
        if log_id.startswith("cdr_"):
            return await self._cdrs.relink(log_id, before, after, tx=tx)
        return await self._logs.relink(log_id, before, after, tx=tx)

    async def _tell_neighbours(
        self, call: Document, decision: Decision, log: Document | None, *, now: datetime
    ) -> None:
        """Let those decide anew to whom this decision matters."""
        if isinstance(decision, Ambiguous):
            contested = {"match.log_id": {"$in": [one.log_id for one in decision.candidates], **TEXT}}
            where = {**contested, "match.how": {"$nin": FIXED_WORDS}, "_id": {"$ne": call["_id"]}}
            await self._calls.poke_matches(where, now=now)
        candidates = decision.candidates if isinstance(decision, Ambiguous) else (decision,) if decision else ()
        left = logs_in(call["match"]) - {one.log_id for one in candidates}
        certain = isinstance(decision, Match) and decision.how in FIXED
        if left or certain:
            await self._poke_around(call, log, now=now)

    async def _poke_around(self, call: Document, log: Document | None, *, now: datetime) -> None:
        """Let the recordings look anew that may share a log with this one or have this log for a candidate."""
        known: tuple[datetime | None, ...] = (call["match"]["began"], None if log is None else log["setup_time"])
        moments = [moment for moment in known if moment is not None]
        spans: Iterable[Document] = (
            {"match.began": {"$gte": moment - 2 * WINDOW, "$lte": moment + 2 * WINDOW, **INSTANT}} for moment in moments
        )
        where = {"match.how": {"$nin": FIXED_WORDS}, "match.stated": None, "_id": {"$ne": call["_id"]}}
        for span in spans:
            await self._calls.poke_matches({**span, **where}, now=now)

    async def decide(self, call_id: str, log_id: str | None, *, now: datetime) -> Document:
        """Give a call the log that a person names, or none, for good; return the call.

        Raises:
            NotFound, Gone: no such call or log in this workspace.
            Conflict: the call's log came with it, or the log is another recording's for good.
        """
        call = await self._calls.get(call_id, now=now)
        if "match" not in call or call["match"]["how"] == How.GIVEN:
            raise Conflict("the call's log came with its recording", call_id=call_id)
        around = Neighbourhood(self._resources, self._workspace_id, now=now)
        known = log_id is None or any(is_id(kind, log_id) for kind in ("log", "cdr"))
        log = await around.log(log_id) if known and log_id is not None else None
        if log is None and log_id is not None:
            raise NotFound("no such call log")
        chosen = None if log is None else Match(log["_id"], How.PERSON, 1.0)
        holder = None if log is None or log.get("call_id") in {None, call_id} else await around.owner(log)
        change = {**told(call, chosen, now), **anchored(call, log, self._policy)}
        change |= {"match.how": How.PERSON.value, "match.next_try_at": None, "match.stated": None}
        change["match.state"] = "none" if chosen is None else "matched"

        async def write(tx: Any) -> bool:
            if not await self._calls.change_match(call_id, call["match"]["revision"], change, tx=tx):
                return False
            await self._relink(call, chosen, log, holder, now=now, tx=tx)
            await self._recordings.shorten(call_id, recording_until(change), tx=tx)
            return True

        try:
            if not await self._resources.database.transaction(write):
                raise Conflict("the call's match was changed meanwhile; look again", call_id=call_id)
        except Taken:
            raise Conflict("the log is another recording's for good", call_id=call_id) from None
        await self._poke_around(call, log, now=now)
        return await self._calls.get(call_id, now=now)

"""Waivers as they are stored: approved, read, taken back; never changed, and never valid without an end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.durations import Duration
from domain.errors import Forbidden, Invalid, NotFound
from domain.ids import new_id
from domain.waivers import APPROVING, Office, WaivableRule, Waiver
from storage.mongo import Document
from storage.resources import Resources


@dataclass(frozen=True, slots=True)
class NewWaiver:
    """An exception that somebody in office approves; see `domain.waivers.Waiver`."""

    rule: WaivableRule
    reason: str
    ends_at: datetime
    artifact: str | None = None
    longest: str | None = None


class WaiverStore:
    """The one writer of `waivers`."""

    def __init__(self, resources: Resources) -> None:
        self._database = resources.database

    async def approve(
        self, workspace_id: str, new: NewWaiver, *, approved_by: str, office: Office | None, now: datetime
    ) -> Waiver:
        """Store an exception.

        Raises:
            Forbidden: the approver is neither CEO nor CTO (RN26).
            Invalid: it would have ended already, or says how far in no duration.
        """
        if office not in APPROVING or office is None:
            raise Forbidden("only a CEO or CTO approves an exception to policy; use a key of that office")
        if new.ends_at <= now:
            raise Invalid("the waiver would have ended already", field="ends_at")
        if new.longest is not None:
            _check_duration(new.longest)
        waiver = Waiver(
            waiver_id=new_id("waive"),
            workspace_id=workspace_id,
            rule=new.rule,
            artifact=new.artifact,
            longest=new.longest,
            reason=new.reason,
            approved_by=approved_by,
            office=office,
            approved_at=now,
            ends_at=new.ends_at,
        )
        await self._database.scoped("waivers", workspace_id).insert(waiver.to_document())
        return waiver

    async def revoke(self, workspace_id: str, waiver_id: str, *, revoked_by: str, now: datetime) -> tuple[Waiver, bool]:
        """Take a waiver back; return it and whether it counted until now: the first time stays. Raises NotFound."""
        waivers = self._database.scoped("waivers", workspace_id)
        change = {"$set": {"revoked_at": now, "revoked_by": revoked_by}}
        done = await waivers.update({"_id": waiver_id, "revoked_at": None}, change)
        document = await waivers.find_one({"_id": waiver_id})
        if document is None:
            raise NotFound("no such waiver", waiver_id=waiver_id)
        return Waiver.from_document(document), done == 1

    async def of_workspace(self, workspace_id: str, *, limit: int = 1000) -> list[Waiver]:
        """Return a workspace's waivers, newest first, those too that count no longer."""
        newest = (("approved_at", -1), ("_id", -1))
        found = await self._database.scoped("waivers", workspace_id).find({}, sort=newest, limit=limit)
        return [Waiver.from_document(document) for document in found]

    async def in_force(
        self, workspace_id: str, rule: WaivableRule, *, now: datetime, artifact: str | None = None
    ) -> list[Waiver]:
        """Return the waivers of a rule that count at this instant, for this artifact; at their end they are gone."""
        live: Document = {"rule": rule.value, "ends_at": {"$gt": now}, "revoked_at": None}
        found = [Waiver.from_document(one) for one in await self._database.scoped("waivers", workspace_id).find(live)]
        return [waiver for waiver in found if waiver.counts(now) and waiver.covers(artifact)]


def _check_duration(text: str) -> None:
    try:
        Duration.parse(text)
    except ValueError as error:
        raise Invalid(str(error), field="longest") from None

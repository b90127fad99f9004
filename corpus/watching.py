"""The watch over what was released: whoever may not be in any more leaves, within seconds of the act that says so.

What must never happen here: a change that nobody looks at. So changes are asked for from well before the last look, an
item's own end is asked for by time, workspaces by their state; and a walk through all items, some each round, judges
again whatever none of these told of. What cannot be judged stays closed: it leaves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from corpus.changes import Changes, Concern
from corpus.eligibility import Eligibility, EligibilityReader
from corpus.items import ItemStore, LineageOpener
from corpus.leaving import close_files, ensure_rewriting, take_out
from corpus.marks import BEGINNING, Mark, MarkStore
from corpus.policy import CorpusPolicy
from corpus.revocations import RevocationStore
from domain.errors import Gone, NotFound
from domain.training import TrainingReason
from storage.mongo import Document
from storage.people import TooManyLinked, linked_calls
from storage.resources import Resources

OVERLAP: Final = timedelta(minutes=5)
"""Changes are asked for from so long before the last look: a transaction shows after the instant that it carries."""
WALKED_A_ROUND: Final = 2000
_AT_ONCE: Final = 500


class CorpusWatch:
    """Looks, in rounds. Several may look at once: an item leaves once."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._items = ItemStore(resources)
        self._changes = Changes(resources)
        self._marks = MarkStore(resources)

    async def look(self, *, now: datetime) -> int:
        """Look once; return how many items left.

        What changes while this runs is looked at in the next round. Files are written anew by the jobs that follow.
        """
        try:
            return await self._look(now)
        except BaseException:
            self._changes.forget()
            raise

    async def _look(self, now: datetime) -> int:
        mark = await self._marks.read()
        left = 0
        if await self._items.behind("", limit=1):
            left += await self._ended(now)
            left += await self._closed_workspaces(now)
            since = mark.looked_at if mark.looked_at == BEGINNING else mark.looked_at - OVERLAP
            async for concerns in self._changes.since(since):
                for workspace_id, concern in concerns.items():
                    left += await self._concerned(workspace_id, concern, now)
            walked, gone = await self._walk(mark.walked, now)
            mark, left = Mark(now, walked), left + gone
        await self._marks.note(Mark(now, mark.walked))
        await self._unsettled(now)
        return left

    async def _ended(self, now: datetime) -> int:
        """Judge the items whose ground ran out."""
        left = 0
        while items := await self._items.unlawful(now=now, limit=_AT_ONCE):
            left += await self._judge(items, now)
        return left

    async def _closed_workspaces(self, now: datetime) -> int:
        """Judge all items of workspaces that allow no training, or whose account has ended."""
        closed: Document = {"$or": [{"training_opted_in": False}, {"ending": {"$type": "object"}}]}
        found = await self._resources.database.whole("workspaces").find(closed, fields=("_id",))
        return sum([await self._whole(one["_id"], now) for one in found])

    async def _concerned(self, workspace_id: str, concern: Concern, now: datetime) -> int:
        if concern.whole:
            return await self._whole(workspace_id, now)
        try:
            linked = await linked_calls(self._resources.database, workspace_id, concern.people)
        except TooManyLinked:
            return await self._whole(workspace_id, now)
        token = (await self._resources.keyring.blind_indexer(workspace_id)).token
        found: dict[str, Document] = {}
        people, tokens = sorted(concern.people), [token(one) for one in sorted(concern.calls | linked)]
        for first in range(0, len(people), _AT_ONCE):
            by_person = await self._items.of_people(workspace_id, people[first : first + _AT_ONCE])
            found |= {item["_id"]: item for item in by_person}
        for first in range(0, len(tokens), _AT_ONCE):
            by_call = await self._items.of_calls(workspace_id, tokens[first : first + _AT_ONCE])
            found |= {item["_id"]: item for item in by_call}
        return await self._judge([found[item_id] for item_id in sorted(found)], now)

    async def _whole(self, workspace_id: str, now: datetime) -> int:
        left, after = 0, ""
        while items := await self._items.of_workspace(workspace_id, after=after, limit=_AT_ONCE):
            after = items[-1]["_id"]
            left += await self._judge(items, now)
        return left

    async def _walk(self, walked: str, now: datetime) -> tuple[str, int]:
        """Judge the next items of all; return up to where, and how many left. After a restore some are out already."""
        items = await self._items.behind(walked, limit=WALKED_A_ROUND)
        told = await RevocationStore(self._resources).among([item["_id"] for item in items])
        left = await take_out(self._resources, dict.fromkeys(told, "left_before"), now=now)
        left += await self._judge([item for item in items if item["_id"] not in told], now)
        return (items[-1]["_id"] if len(items) == WALKED_A_ROUND else ""), left

    async def _judge(self, items: Sequence[Document], now: datetime) -> int:
        """Judge the calls of these items, and let those leave that may not stay; return how many did."""
        by_workspace: defaultdict[str, list[Document]] = defaultdict(list)
        for item in items:
            by_workspace[item["workspace_id"]].append(item)
        left = 0
        for workspace_id, of_it in by_workspace.items():
            for first in range(0, len(of_it), _AT_ONCE):
                going = await self._going(workspace_id, of_it[first : first + _AT_ONCE], now)
                left += await take_out(self._resources, going, now=now)
        return left

    async def _going(self, workspace_id: str, items: Sequence[Document], now: datetime) -> dict[str, str]:
        """Return those of a workspace's items that may not stay, each with the constant word for why."""
        try:
            opener = await LineageOpener.of(self._resources, workspace_id)
            reader = await EligibilityReader.open(self._resources, workspace_id, at=now, policy=CorpusPolicy(), now=now)
        except (Gone, NotFound):  # the workspace or its key is no more
            return dict.fromkeys((item["_id"] for item in items), TrainingReason.ERASED.value)
        call_ids = {item["_id"]: opener.call_of(item) for item in items}
        there = {"_id": {"$in": sorted(set(call_ids.values()))}}
        calls = await self._resources.database.scoped("calls", workspace_id).find(there)
        judged = {one.call_id: one for one in await reader.judge(calls)}
        going: dict[str, str] = {}
        for item in items:
            one = judged.get(call_ids[item["_id"]])
            stays = TrainingReason.ERASED if one is None else one.stays
            if stays is not TrainingReason.ALLOWED:
                going[item["_id"]] = stays.value
            elif item["lawful_until"] <= now and not await self._prolonged(item, one, now):
                going[item["_id"]] = TrainingReason.CONSENT_EXPIRED.value
        return going

    async def _prolonged(self, item: Document, judged: Eligibility | None, now: datetime) -> bool:
        """Note a later end of an item's ground, if there is one; False when it has none."""
        until = None if judged is None else judged.lawful_until
        if until is None or until <= now:
            return False
        await self._items.prolong(item["_id"], until)
        return True

    async def _unsettled(self, now: datetime) -> None:
        """Close what a build left open; give releases with closed files, or old objects, their job if it was lost."""
        await close_files(self._resources, now=now)
        waiting: Document = {
            "phase": None,  # else its build writes all files anew
            "$or": [{"files.state": "stale"}, {"files.erasing.0": {"$exists": True}}],
        }
        found = await self._resources.database.whole("corpus_releases").find(waiting, fields=("_id",))
        await ensure_rewriting(self._resources, found, now=now)

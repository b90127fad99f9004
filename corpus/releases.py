"""Releases: numbered, immutable once published, moved through their states by compare-and-set.

What must never happen here: a release that is served before its gates passed and a person approved it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from corpus.policy import CorpusPolicy
from domain.errors import Conflict, Duplicate, NotFound, Unavailable
from domain.ids import new_id
from domain.jobs import Queue
from storage.key_opening import PLATFORM
from storage.mongo import Document
from storage.resources import Resources

KEY_KIND: Final = "release"
PLAN_TASK: Final = "corpus_plan"
CLEAR_TASK: Final = "corpus_clear"
PUBLISH_TASK: Final = "corpus_publish"
_TRIES: Final = 20


class ReleaseState(StrEnum):
    """Where a release stands. Only a `published` one is served."""

    BUILDING = "building"
    REVIEW = "review"
    """Its gates passed; a person looks at the sample."""
    PUBLISHING = "publishing"
    """Approved; who left since the build is taken out."""
    PUBLISHED = "published"
    REJECTED = "rejected"
    FAILED = "failed"
    """A gate did not pass: nothing of it is served, and the report says which items and why."""
    ABORTED = "aborted"


class Phase(StrEnum):
    """How far a build is."""

    PLANNING = "planning"
    READING = "reading"
    JOINING = "joining"
    WRITING = "writing"
    CHECKING = "checking"


NOTHING_WRITTEN: Final[Mapping[str, Any]] = {"items": 0, "turns": 0, "words": 0, "languages": {}, "basis": {}}
GONE: Final = frozenset({ReleaseState.REJECTED, ReleaseState.ABORTED})
"""States in which nothing of a release is kept but its document."""
WORKED_ON: Final = (ReleaseState.BUILDING, ReleaseState.PUBLISHING)
DISCARDABLE: Final = (ReleaseState.BUILDING, ReleaseState.REVIEW, ReleaseState.FAILED)


class ReleaseStore:
    """The one writer of `corpus_releases`. Releases lie over all workspaces and belong to none."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._releases = resources.database.whole("corpus_releases")

    async def create(
        self,
        *,
        purpose: str,
        asked_by: str,
        policy: CorpusPolicy,
        workspaces: Collection[str] | None,
        now: datetime,
        key: bytes | None = None,
    ) -> Document:
        """Write a release that is to be built, its key, and the job that plans it, together.

        Args:
            purpose: what it is for, in the words of who asks; kept in its manifest.
            asked_by: the id of the API key.
            policy: what is asked of its items.
            workspaces: ids; None for all.
            now: the snapshot's instant: what came later is in no item.
            key: the release's key where a build is to be repeated byte by byte; by default a fresh one.
        """
        for _ in range(_TRIES):
            document = _document(await self._next_number(), purpose, asked_by, policy, workspaces, now)

            async def write(tx: Any, document: Document = document) -> None:
                await self._releases.insert(document, tx=tx)
                await self._resources.keyring.create_platform_key(document["_id"], KEY_KIND, now=now, key=key, tx=tx)
                await self._job(document["_id"], PLAN_TASK, now, tx=tx)

            try:
                await self._resources.database.transaction(write)
            except Duplicate:
                continue
            return document
        raise Unavailable("others were faster with every number; ask again")

    async def _next_number(self) -> int:
        last = await self._releases.find({}, sort=(("number", -1),), limit=1, fields=("number",))
        return int(last[0]["number"]) + 1 if last else 1

    async def _job(self, release_id: str, task: str, now: datetime, *, tx: Any) -> None:
        await self._resources.outbox.add(
            workspace_id=PLATFORM, call_id=release_id, task=task, queue=Queue.LANGUAGE, now=now, tx=tx
        )

    async def key(self, release_id: str) -> bytes:
        """Return a release's key. Raises Gone once it is destroyed."""
        return await self._resources.keyring.platform_key(release_id)

    async def get(self, release_id: str, *, tx: Any = None) -> Document:
        """Return a release by its id. Raises NotFound."""
        found = await self._releases.find_one({"_id": release_id}, tx=tx)
        if found is None:
            raise NotFound("no such release", release_id=release_id)
        return found

    async def numbered(self, number: int, *, tx: Any = None) -> Document:
        """Return a release by its number. Raises NotFound."""
        found = await self._releases.find_one({"number": number}, tx=tx)
        if found is None:
            raise NotFound("no such release", number=number)
        return found

    async def page(self, *, after: int | None = None, limit: int, state: ReleaseState | None = None) -> list[Document]:
        """Return releases, newest first, those below the number `after`."""
        where: Document = {} if after is None else {"number": {"$lt": after}}
        where |= {} if state is None else {"state": state.value}
        return await self._releases.find(where, sort=(("number", -1),), limit=limit)

    async def in_states(self, *states: ReleaseState) -> list[Document]:
        """Return all releases in one of these states, by number."""
        return await self._releases.find({"state": {"$in": [state.value for state in states]}}, sort=(("number", 1),))

    async def note(
        self, release_id: str, fields: Mapping[str, Any], *, counts: Mapping[str, int] | None = None, tx: Any = None
    ) -> bool:
        """Note how far a build is; False when it is not being built any more: what was done is to be thrown away."""
        change: Document = {"$set": dict(fields)} if fields else {}
        if counts:
            change["$inc"] = dict(counts)
        building = {"_id": release_id, "state": {"$in": [state.value for state in WORKED_ON]}}
        return await self._releases.update(building, change, tx=tx) == 1

    async def settle(self, release_id: str, state: ReleaseState, fields: Mapping[str, Any], *, tx: Any = None) -> bool:
        """End a build in `review` or `failed`; False when it was ended before."""
        return await self.note(release_id, {**fields, "state": state.value, "phase": None}, tx=tx)

    async def decide(self, number: int, *, approved: bool, by: str, reason: str, now: datetime) -> Document:
        """Note what the person who looked at the sample decided, with the job that follows.

        Raises:
            NotFound: no such release.
            Conflict: it does not wait for a decision.
        """
        release = await self.numbered(number)
        state = ReleaseState.PUBLISHING if approved else ReleaseState.REJECTED
        fields = {"state": state.value, "decided_by": by, "decided_at": now, "decision_reason": reason}

        async def write(tx: Any) -> None:
            waiting = {"_id": release["_id"], "state": ReleaseState.REVIEW.value}
            if await self._releases.update(waiting, {"$set": fields}, tx=tx) != 1:
                raise Conflict("the release does not wait for a decision", number=number)
            await self._job(release["_id"], PUBLISH_TASK if approved else CLEAR_TASK, now, tx=tx)

        await self._resources.database.transaction(write)
        return await self.numbered(number)

    async def publish(self, release_id: str, *, now: datetime) -> bool:
        """Let an approved release be served; False when it was published before."""
        approved = {"_id": release_id, "state": ReleaseState.PUBLISHING.value}
        change = {"state": ReleaseState.PUBLISHED.value, "published_at": now}
        return await self._releases.update(approved, {"$set": change}) == 1

    async def discard(self, number: int, *, by: str, now: datetime) -> Document:
        """Abort a build, or give up a release that nobody pulled yet; what it wrote goes.

        Raises:
            NotFound: no such release.
            Conflict: it is published or gone.
        """
        release = await self.numbered(number)
        change = {"state": ReleaseState.ABORTED.value, "phase": None, "decided_by": by, "decided_at": now}

        async def write(tx: Any) -> None:
            open_states = {"_id": release["_id"], "state": {"$in": [state.value for state in DISCARDABLE]}}
            if await self._releases.update(open_states, {"$set": change}, tx=tx) != 1:
                raise Conflict("only a release that is being built, waits or failed can be discarded", number=number)
            await self._job(release["_id"], CLEAR_TASK, now, tx=tx)

        await self._resources.database.transaction(write)
        return await self.numbered(number)

    async def revise(self, release_id: str, revision: int, fields: Mapping[str, Any], *, tx: Any = None) -> bool:
        """Change files of a release whose items left (`files`, counts); False when `revision` is not the one in force.

        The revision rises by one.
        """
        as_it_was = {"_id": release_id, "revision": revision}
        change = {"$set": dict(fields), "$inc": {"revision": 1}}
        return await self._releases.update(as_it_was, change, tx=tx) == 1

    async def note_file(
        self, release_id: str, name: str, as_it_is: Mapping[str, Any], fields: Mapping[str, Any], *, tx: Any = None
    ) -> bool:
        """Note something of a file that is as said, False when it is not; the revision stays."""
        this = {"_id": release_id, "files": {"$elemMatch": {"name": name, **as_it_is}}}
        change = {"$set": {f"files.$.{field}": value for field, value in fields.items()}}
        return await self._releases.update(this, change, tx=tx) == 1

    async def forget_files(self, release_id: str) -> None:
        """Note that the files of a release are erased."""
        await self._releases.update({"_id": release_id}, {"$set": {"files": []}})


def _document(
    number: int, purpose: str, asked_by: str, policy: CorpusPolicy, workspaces: Collection[str] | None, now: datetime
) -> Document:
    # MongoDB keeps milliseconds: the snapshot is what is read back.
    at = now.replace(microsecond=now.microsecond // 1000 * 1000)
    return {
        "_id": new_id("rel"),
        "number": number,
        "state": ReleaseState.BUILDING.value,
        "phase": Phase.PLANNING.value,
        "revision": 1,
        "snapshot_at": at,
        "asked_by": asked_by,
        "purpose": purpose,
        "policy": policy.to_document() | {"version": policy.digest},
        "workspaces": None if workspaces is None else sorted(set(workspaces)),
        "units": {"total": 0, "done": 0},
        "shards": {"total": 0, "done": 0},
        "counts": {"calls": 0, "excluded": {}, **NOTHING_WRITTEN},
        "gates": [],
        "files": [],
        "created_at": at,
        "decided_at": None,
        "published_at": None,
    }


def policy_of(release: Document) -> CorpusPolicy:
    """Return the policy that a release is built under."""
    return CorpusPolicy.from_document({name: one for name, one in release["policy"].items() if name != "version"})

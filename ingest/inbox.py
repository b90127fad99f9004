"""The drop folder: whose file it is, and the list of files that wait to be taken in.

What must never happen here: a file taken in for another workspace than the one under whose folder it lies, or a file's
name (a name and a number, often) where anybody could read it. So a name is stored only sealed, for as long as its file
waits, and everywhere else the file goes by an id: a keyed hash of its name and content, the same however often it is
seen.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from domain.errors import Duplicate
from domain.ids import is_id
from domain.jobs import Queue
from domain.policy import Policy
from domain.records import Category
from ingest.sources import NAME
from storage.mongo import Document
from storage.resources import Resources
from storage.s3 import Listed
from storage.sealing import ValueSealer

FOLDER: Final = "inbox/"
TASK: Final = "take_in"
SOURCE: Final = "inbox"
"""The source of what lies in no folder of a configured one."""
KEPT: Final = timedelta(days=30)
"""How long a file waits under its sealed name; after that, if it still lies there, it is seen as if it were new."""
_FOLDER_AND_NAME: Final = 2
_AT_ONCE: Final = 100


class Refused(Exception):
    """The file is not taken in; `reason` is a constant word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Busy(Exception):
    """A worker that began with the file went away a moment ago; what it had claimed is free again in a minute."""

    code: ClassVar[str] = "busy"
    pause_base_s: ClassVar[float] = 60.0


@dataclass(frozen=True, slots=True)
class Place:
    """Whose file it is. `refused` is a constant word for what is wrong with where it lies, None when it is well."""

    workspace_id: str
    source: str | None
    refused: str | None = None


def folder_of(workspace_id: str) -> str:
    """Return under what a workspace's phone systems put their files."""
    return f"inbox/{workspace_id}/"


def place_of(key: str) -> Place | None:
    """Return whose file this is: `inbox/{workspace}/[{source}/…]name`. None when it lies in no workspace's folder.

    The workspace is the one under whose folder the key literally begins: a PBX's credentials reach no further. Names
    that a file system would read as another place are refused, not followed.
    """
    folder, _, rest = key.removeprefix(FOLDER).partition("/")
    if not key.startswith(FOLDER) or not is_id("ws", folder):
        return None
    steps = rest.split("/")
    if any(step in {"", ".", ".."} for step in steps):
        return Place(folder, None, "bad_name")
    if len(steps) < _FOLDER_AND_NAME:
        return Place(folder, None)
    return Place(folder, steps[0]) if NAME.fullmatch(steps[0]) else Place(folder, None, "unknown_source")


def is_marker(listed: Listed) -> bool:
    """Say whether this is what some tools put into a bucket to show a folder: nothing, under a name with a slash."""
    return listed.size == 0 and listed.key.endswith("/")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that waits to be taken in."""

    import_id: str
    key: str
    etag: str
    size: int

    @property
    def name(self) -> str:
        """The file's own name: personal data."""
        return self.key.rpartition("/")[2]


class Inbox:
    """The one writer of `inbox`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._waiting = resources.database.scoped("inbox", workspace_id)
        self._resources = resources
        self._workspace_id = workspace_id

    async def _sealer(self) -> ValueSealer:
        return ValueSealer(await self._resources.keyring.purpose_key(self._workspace_id, "inbox"))

    async def queue(self, seen: Sequence[Listed], policy: Policy, *, now: datetime) -> int:
        """Give each file that does not wait already a job; return how many were new. Safe for two who see the same."""
        if not seen:
            return 0
        indexer = await self._resources.keyring.blind_indexer(self._workspace_id)
        files = {indexer.derived_id("imp", f"inbox\0{one.key}\0{one.etag}"): one for one in seen}
        known = await self._waiting.find({"_id": {"$in": sorted(files)}}, fields=("_id",))
        fresh = {name: one for name, one in files.items() if name not in {document["_id"] for document in known}}
        if not fresh:
            return 0
        documents = await self._documents(fresh, policy, now)
        starts = range(0, len(documents), _AT_ONCE)
        return sum([await self._insert(documents[at : at + _AT_ONCE], now) for at in starts])

    async def _documents(self, files: Mapping[str, Listed], policy: Policy, now: datetime) -> list[Document]:
        sealer = await self._sealer()
        tags = policy.tags(Category.TRAFFIC_IDENTIFIERS, workspace_id=self._workspace_id, anchor=now)
        tagged = dataclasses.replace(tags, retain_until=min(tags.retain_until, now + KEPT)).to_document()
        return [
            {
                "_id": import_id,
                **tagged,
                "size": one.size,
                "sealed": sealer.seal(json.dumps([one.key, one.etag]).encode(), place=f"inbox/{import_id}/file"),
                "seen_at": now,
            }
            for import_id, one in files.items()
        ]

    async def _insert(self, documents: Sequence[Document], now: datetime) -> int:
        """Write files with their jobs, all or none; one by one when another relay wrote some first. Return how many."""

        async def write(tx: Any) -> None:
            for document in documents:
                await self._waiting.insert(document, tx=tx)
                await self._resources.outbox.add(
                    workspace_id=self._workspace_id,
                    call_id=document["_id"],
                    task=TASK,
                    queue=Queue.INGEST,
                    now=now,
                    tx=tx,
                )

        try:
            await self._resources.database.transaction(write)
        except Duplicate:
            return sum([await self._insert([one], now) for one in documents]) if len(documents) > 1 else 0
        return len(documents)

    async def get(self, import_id: str) -> Waiting | None:
        """Return a file that waits, None when it was taken in."""
        found = await self._waiting.find_one({"_id": import_id})
        if found is None:
            return None
        sealer = await self._sealer()
        key, etag = json.loads(sealer.unseal(bytes(found["sealed"]), place=f"inbox/{import_id}/file"))
        return Waiting(import_id, key, etag, int(found["size"]))

    async def settle(self, import_id: str) -> None:
        """Forget a file that was taken in or set aside: the last step."""
        await self._waiting.delete({"_id": import_id})

"""Answers for what the corpus keeps of a call: its items in every release, their lineage, the objects they lie in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from corpus.items import ERASED, ItemState, ItemStore, call_token
from corpus.leaving import close_files, take_out
from corpus.releases import ReleaseStore
from corpus.rewriting import rewrite_stale
from domain.errors import NotFound
from storage.mongo import Document
from storage.resources import Resources


@dataclass(frozen=True, slots=True)
class CorpusCustodian:
    """Counts and erases the items of a call. Lineage goes last: as long as it is there, a row may be in some object."""

    resources: Resources
    name: str = "corpus"
    covers: Sequence[str] = ("corpus_items", "s3:k/")

    async def count(self, workspace_id: str, call_id: str) -> int:
        """Return how many items of the call are known of, in files that are served or in objects that are to go."""
        return len(await self._items(workspace_id, call_id))

    async def erase(self, workspace_id: str, call_id: str) -> None:
        """Close the files with the call's items, and write them anew; safe to run twice.

        From the first step on nothing of the call is served. Where others write the same files, or a release is being
        built, some items are left, and the erasing job comes back.
        """
        items, store = await self._items(workspace_id, call_id), ItemStore(self.resources)
        if not items:
            return
        going = [item["_id"] for item in items if item["state"] == ItemState.IN.value]
        await take_out(self.resources, dict.fromkeys(going, ERASED), now=_now())
        token = await call_token(self.resources, workspace_id, call_id)
        await store.forget_call(workspace_id, token)
        await close_files(self.resources, now=_now())
        for number in sorted({item["release"] for item in items}):
            try:
                release = await ReleaseStore(self.resources).numbered(number)
                await rewrite_stale(self.resources, release["_id"], clock=_now)
            except NotFound:
                continue
        await store.forget_call(workspace_id, token)

    async def _items(self, workspace_id: str, call_id: str) -> list[Document]:
        token = await call_token(self.resources, workspace_id, call_id)
        return await ItemStore(self.resources).of_call(workspace_id, token)


def _now() -> datetime:
    return datetime.now(UTC)

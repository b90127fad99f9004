"""Walking through more documents than fit into memory: their ids page by page, and the workspaces they belong to."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Mapping, Sequence
from typing import Any, Protocol

from storage.driver_errors import told


class Reading(Protocol):
    """A collection as whoever only reads it sees it."""

    def find(
        self,
        found: Mapping[str, Any],
        *,
        sort: Sequence[tuple[str, int]] = ...,
        limit: int = 0,
        fields: Sequence[str] | None = None,
    ) -> Awaitable[list[dict[str, Any]]]:
        """Return the matching documents."""
        ...

    def count(self, found: Mapping[str, Any], *, limit: int = 0) -> Awaitable[int]:
        """Count the matching documents."""
        ...

    def count_by(self, found: Mapping[str, Any], *, index: Sequence[tuple[str, int]]) -> Awaitable[int]:
        """Count the matching documents in an index."""
        ...

    def key_at(
        self,
        found: Mapping[str, Any],
        fields: Sequence[str],
        *,
        index: Sequence[tuple[str, int]],
        skip: int = 0,
        last: bool = False,
    ) -> Awaitable[dict[str, Any] | None]:
        """Return these fields of one match in the order of an index."""
        ...

    def ids(self, found: Mapping[str, Any], *, sort: Sequence[tuple[str, int]], size: int) -> AsyncGenerator[list[Any]]:
        """Yield the ids of the matching documents, so many at a time."""
        ...


class Walks:
    """The part of a collection that is read as a stream."""

    _raw: Any

    def _scoped(self, found: Mapping[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    async def ids(
        self, found: Mapping[str, Any], *, sort: Sequence[tuple[str, int]], size: int
    ) -> AsyncGenerator[list[Any]]:
        """Yield the ids of the matching documents in this order, so many at a time, from one cursor.

        Changing what was yielded so that it matches no more makes the cursor neither miss nor repeat another.
        """
        async for page in self.values(found, "_id", sort=sort, size=size):
            yield page

    async def values(
        self, found: Mapping[str, Any], field: str, *, sort: Sequence[tuple[str, int]], size: int
    ) -> AsyncGenerator[list[Any]]:
        """Yield the same of another field, one of the document itself that all of them have."""
        cursor = self._raw.find(self._scoped(found), {field: 1}).sort(list(sort)).batch_size(size)
        try:
            while page := await self._next(cursor, field, size):
                yield page
        finally:
            await cursor.close()

    @told
    async def key_at(
        self,
        found: Mapping[str, Any],
        fields: Sequence[str],
        *,
        index: Sequence[tuple[str, int]],
        skip: int = 0,
        last: bool = False,
    ) -> dict[str, Any] | None:
        """Return these fields of one match in the order of an index: the first, one behind so many others, or the last.

        Where filter and fields are the index's own, it is read and no document is opened.
        """
        order = [(name, -way if last else way) for name, way in index]
        cursor = self._raw.find(self._scoped(found), {**dict.fromkeys(fields, 1), "_id": 0})
        documents: list[dict[str, Any]] = (
            await cursor.sort(order).hint(list(index)).skip(skip).limit(1).to_list(length=1)
        )
        return documents[0] if documents else None

    @told
    async def count_by(self, found: Mapping[str, Any], *, index: Sequence[tuple[str, int]]) -> int:
        """Count the matching documents in an index; none is opened where the filter is the index's own."""
        return int(await self._raw.count_documents(self._scoped(found), hint=list(index)))

    @staticmethod
    @told
    async def _next(cursor: Any, field: str, size: int) -> list[Any]:
        return [document[field] for document in await cursor.to_list(length=size)]

    @told
    async def workspaces(self, found: Mapping[str, Any]) -> list[str]:
        """Return the ids of the workspaces that have a matching document: one look into an index for each of them.

        For that there must be an index on the workspace and the field of the filter.
        """
        after = ""
        ids: list[str] = []
        while True:
            behind = {"workspace_id": {"$gt": after}, **found}
            one = await self._raw.find_one(behind, {"workspace_id": 1}, sort=[("workspace_id", 1)])
            if one is None:
                return ids
            after = str(one["workspace_id"])
            ids.append(after)

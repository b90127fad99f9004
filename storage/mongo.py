"""MongoDB behind a small face: collections bound to one workspace, transactions, and our own errors.

The driver (motor) shows nowhere else, so that it can change in this file. Writes are acknowledged by the majority and
the journal; reads are from the primary.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import ASCENDING, ReturnDocument, WriteConcern
from pymongo.errors import BulkWriteError, DuplicateKeyError
from pymongo.read_concern import ReadConcern

from storage.driver_errors import Result, told
from storage.encoded import Encoded
from storage.homes import Homes
from storage.walks import Reading, Walks

Document = dict[str, Any]
Filter = Mapping[str, Any]
Session = Any
"""A transaction in progress, passed from `Database.transaction` to the collections' methods as `tx`."""
_DUPLICATE = 11000


class Collection(Walks):
    """One collection. With a workspace it adds the workspace to every filter and document, without exception."""

    def __init__(self, raw: Any, workspace_id: str | None) -> None:
        self._raw = raw
        self._workspace_id = workspace_id

    def _scoped(self, found: Filter) -> Document:
        if self._workspace_id is None:
            return dict(found)
        return (
            {"$and": [dict(found), {"workspace_id": self._workspace_id}]}
            if found
            else {"workspace_id": self._workspace_id}
        )

    def _refuse_foreign(self, written: Filter) -> None:
        if self._workspace_id is not None and written.get("workspace_id", self._workspace_id) != self._workspace_id:
            raise ValueError("a document of another workspace cannot be written through this store")

    def _change(self, change: Filter) -> Filter:
        for operands in change.values():
            self._refuse_foreign(operands)
        return change

    @told
    async def insert(self, document: Document, *, tx: Session = None) -> None:
        """Insert a document. Raises Duplicate when a unique value is taken."""
        self._refuse_foreign(document)
        if self._workspace_id is not None:
            document = {**document, "workspace_id": self._workspace_id}
        await self._raw.insert_one(document, session=tx)

    @told
    async def insert_many(self, documents: Sequence[Document], *, tx: Session = None) -> frozenset[int]:
        """Insert what can be inserted, in no order; return the positions of those whose unique value was taken."""
        for document in documents:
            self._refuse_foreign(document)
        if self._workspace_id is not None:
            # Those that name it already go as they are, if they have an id: to others the driver adds one.
            documents = [
                document
                if "workspace_id" in document and "_id" in document
                else {**document, "workspace_id": self._workspace_id}
                for document in documents
            ]
        return await self._inserted(documents, tx)

    @told
    async def insert_encoded(self, documents: Sequence[Encoded]) -> frozenset[int]:
        """Insert as `insert_many` does what `storage.encoded` put together."""
        for document in documents:
            self._refuse_foreign({"workspace_id": document.workspace_id})
        return await self._inserted([document.raw for document in documents], None)

    async def _inserted(self, documents: Sequence[Any], tx: Session) -> frozenset[int]:
        if not documents:
            return frozenset()
        try:
            if len(documents) == 1:  # which the driver writes with less ado
                await self._raw.insert_one(documents[0], session=tx)
            else:
                await self._raw.insert_many(documents, ordered=False, session=tx)
        except DuplicateKeyError:
            return frozenset({0})
        except BulkWriteError as error:
            failures = error.details["writeErrors"]
            if error.details["writeConcernErrors"] or any(one["code"] != _DUPLICATE for one in failures):
                raise
            return frozenset(int(one["index"]) for one in failures)
        return frozenset()

    @told
    async def find_one(
        self, found: Filter, *, fields: Sequence[str] | None = None, tx: Session = None
    ) -> Document | None:
        """Return one matching document or None."""
        document: Document | None = await self._raw.find_one(self._scoped(found), _projection(fields), session=tx)
        return document

    @told
    async def find(
        self,
        found: Filter,
        *,
        sort: Sequence[tuple[str, int]] = (("_id", ASCENDING),),
        limit: int = 0,
        fields: Sequence[str] | None = None,
        tx: Session = None,
    ) -> list[Document]:
        """Return the matching documents in this order, all of them when `limit` is 0."""
        cursor = self._raw.find(self._scoped(found), _projection(fields), session=tx).sort(list(sort)).limit(limit)
        documents: list[Document] = await cursor.to_list(length=None)
        return documents

    @told
    async def update(self, found: Filter, change: Filter, *, upsert: bool = False, tx: Session = None) -> int:
        """Change one matching document; return how many matched (0 or 1)."""
        result = await self._raw.update_one(self._scoped(found), self._change(change), upsert=upsert, session=tx)
        return int(result.matched_count)

    @told
    async def update_all(
        self,
        found: Filter,
        change: Filter,
        *,
        hint: Sequence[tuple[str, int]] | None = None,
        validated: bool = True,
        tx: Session = None,
    ) -> int:
        """Change every matching document, found through the index on `hint` if it is given; return how many matched.

        `validated=False` spares MongoDB the collection's validator: for a change that only takes a whole part away.
        """
        by: Document = {} if hint is None else {"hint": list(hint)}
        if not validated:
            by["bypass_document_validation"] = True
        result = await self._raw.update_many(self._scoped(found), self._change(change), session=tx, **by)
        return int(result.matched_count)

    @told
    async def find_and_update(
        self, found: Filter, change: Filter, *, upsert: bool = False, tx: Session = None
    ) -> Document | None:
        """Change one matching document and return it as it is afterwards (compare-and-set)."""
        document: Document | None = await self._raw.find_one_and_update(
            self._scoped(found), self._change(change), upsert=upsert, return_document=ReturnDocument.AFTER, session=tx
        )
        return document

    @told
    async def delete(self, found: Filter, *, tx: Session = None) -> int:
        """Delete every matching document; return how many went."""
        result = await self._raw.delete_many(self._scoped(found), session=tx)
        return int(result.deleted_count)

    def reading(self) -> Reading:
        """Return the collection as one that is only read, to hand it on."""
        return self

    @told
    async def grouped(
        self,
        found: Filter,
        group: Filter,
        *,
        each: str | None = None,
        within: Filter | None = None,
        limit: int = 10_000,
    ) -> list[Document]:
        """Return the matching documents summed up in groups: MongoDB's `$group`, ordered by the groups' `_id`.

        With `each`, the name of a list, its elements are what is summed up, those that match `within`.
        """
        elements = [] if each is None else [{"$unwind": f"${each}"}, {"$match": dict(within or {})}]
        summed = [{"$group": dict(group)}, {"$sort": {"_id": 1}}, {"$limit": limit}]
        stages = [{"$match": self._scoped(found)}, *elements, *summed]
        documents: list[Document] = await self._raw.aggregate(stages).to_list(length=None)
        return documents

    @told
    async def count(self, found: Filter, *, limit: int = 0, tx: Session = None) -> int:
        """Count the matching documents, no further than `limit` unless that is 0."""
        bounds = {"limit": limit} if limit else {}
        return int(await self._raw.count_documents(self._scoped(found), session=tx, **bounds))


def _projection(fields: Sequence[str] | None) -> dict[str, int] | None:
    return dict.fromkeys(fields, 1) if fields else None


class Database(Homes):
    """The records' database and, beside it, the keys' database."""

    @classmethod
    def connect(cls, url: str, name: str) -> Database:
        """Open a client (lazily connected). Every write waits for majority and journal."""
        client: Any = AsyncIOMotorClient(
            url,
            w="majority",
            journal=True,
            retryWrites=True,
            serverSelectionTimeoutMS=8_000,
            connectTimeoutMS=5_000,
            timeoutMS=20_000,
            uuidRepresentation="standard",
            tz_aware=True,
            appname="callward",
        )
        return cls(client, name)

    def close(self) -> None:
        """Close the client's sockets."""
        self._client.close()

    def scoped(self, name: str, workspace_id: str) -> Collection:
        """Return the collection bound to one workspace."""
        return Collection(self._raw(name), workspace_id)

    def whole(self, name: str) -> Collection:
        """Return the collection across workspaces: for the platform's own work (outbox, sweeps, keys) only."""
        return Collection(self._raw(name), None)

    @told
    async def transaction(self, work: Callable[[Session], Awaitable[Result]]) -> Result:
        """Run `work` in one transaction, again when MongoDB says that a conflict was passing.

        `work` must be safe to run twice: everything it writes goes through the session that it is given.
        """
        async with await self._client.start_session() as session:
            result: Result = await session.with_transaction(
                work,
                read_concern=ReadConcern("snapshot"),
                write_concern=WriteConcern("majority", j=True),
            )
            return result

    async def ping(self) -> None:
        """Ask the server whether it is there."""
        await self._records.command("ping")

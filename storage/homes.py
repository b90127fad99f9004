"""The two databases: where each collection is at home, and how it gets its indexes and its validator.

Keys, tombstones and receipts lie beside the records, in a database that is backed up apart: a restore of the records
must bring back neither a destroyed key nor what was erased.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Final

from bson.codec_options import CodecOptions
from pymongo import ReplaceOne
from pymongo.errors import BulkWriteError, OperationFailure

from storage.catalog import BY_NAME, CollectionSpec
from storage.limits import BUILD_S, within_s

_PAGE: Final = 1000
_DUPLICATE: Final = 11000


class Homes:
    """The databases behind one client."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._opened: dict[str, Any] = {}
        options: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)
        self._records = client.get_database(name, codec_options=options)
        self._keys = client.get_database(f"{name}_keys", codec_options=options)

    def _home(self, spec: CollectionSpec) -> Any:
        return self._keys if spec.apart else self._records

    def _raw(self, name: str) -> Any:
        if name not in self._opened:
            spec = BY_NAME[name]
            self._opened[name] = self._home(spec)[spec.name]
        return self._opened[name]

    async def copy_apart(self, name: str) -> int:
        """Copy what an earlier version wrote of this collection among the records; return how many were new.

        Page by page, what is there already is left as it is: safe to run twice, and again after a restore.
        """
        source, target = self._records[name], self._raw(name)
        copied = 0
        found: dict[str, Any] = {}
        while page := await source.find(found).sort("_id", 1).limit(_PAGE).to_list(length=None):
            found = {"_id": {"$gt": page[-1]["_id"]}}
            try:
                await target.insert_many(page, ordered=False)
                copied += len(page)
            except BulkWriteError as error:
                if any(one["code"] != _DUPLICATE for one in error.details["writeErrors"]):
                    raise
                copied += int(error.details["nInserted"])
        return copied

    async def rewrite(self, name: str, found: dict[str, Any], made: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
        """Replace the documents that match by what is made of them, until none matches; return how many there were.

        What is made must not match any more. Safe to run twice, and beside another that does the same.
        """
        raw, replaced = self._raw(name), 0
        while page := await raw.find(found).limit(_PAGE).to_list(length=None):
            await raw.bulk_write([ReplaceOne({"_id": old["_id"], **found}, made(old)) for old in page], ordered=False)
            replaced += len(page)
        return replaced

    async def set_where(self, name: str, found: dict[str, Any], fields: dict[str, Any]) -> int:
        """Set fields of every document that matches, of all workspaces; return how many matched. For migrations."""
        result = await self._raw(name).update_many(found, {"$set": fields})
        return int(result.matched_count)

    async def drop_indexes(self, name: str, names: Iterable[str]) -> None:
        """Drop the indexes of these names, as far as they are there."""
        raw = self._raw(name)
        for one in set(names).intersection(await raw.index_information()):
            with suppress(OperationFailure):  # dropped meanwhile by another that does the same
                await raw.drop_index(one)

    async def create_missing(self) -> None:
        """Create collections, validators and indexes that are missing or differ. Safe to run by many at once."""
        for spec in BY_NAME.values():
            home = self._home(spec)
            if spec.name not in await home.list_collection_names(filter={"name": spec.name}):
                await self._create(home, spec.name)
            if spec.tagged:
                await home.command(
                    {
                        "collMod": spec.name,
                        "validator": spec.validator(),
                        "validationLevel": "strict",
                        "validationAction": "error",
                    }
                )
            for index in spec.indexes:
                options: dict[str, Any] = {"name": index.name, "unique": index.unique}
                if index.partial is not None:
                    options["partialFilterExpression"] = index.partial
                if index.expire_after_s is not None:
                    options["expireAfterSeconds"] = index.expire_after_s
                with within_s(BUILD_S):  # over millions of documents it takes minutes
                    await home[spec.name].create_index(list(index.keys), **options)

    @staticmethod
    async def _create(home: Any, name: str) -> None:
        from pymongo.errors import CollectionInvalid  # noqa: PLC0415 - used on this path only

        try:
            await home.create_collection(name)
        except CollectionInvalid:
            return
        except OperationFailure as error:
            already_exists = 48
            if error.code != already_exists:
                raise

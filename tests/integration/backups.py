"""A backup of a workspace's records and a call's objects, and its restore."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from erasing import Case

    from storage.mongo import Document
    from storage.resources import Resources

RECORDS = ("calls", "recordings", "call_logs", "transcripts", "redactions", "outbox", "idempotency_keys")


@dataclass
class Backup:
    """The records of a workspace and the objects of a call as they were; the keys' database is backed up apart."""

    documents: Mapping[str, list[Document]]
    objects: Mapping[str, bytes]

    @classmethod
    async def of(cls, case: Case, *call_ids: str) -> Backup:
        documents = {
            name: await case.resources.database.scoped(name, case.tenant.workspace_id).find({}) for name in RECORDS
        }
        keys = [key for call_id in call_ids for key in await case.objects(call_id)]
        assert keys
        return cls(documents, {key: await _read(case.resources, key) for key in keys})

    async def restore(self, case: Case) -> None:
        for name, documents in self.documents.items():
            records = case.resources.database._raw(name)
            await records.delete_many({"workspace_id": case.tenant.workspace_id})
            if documents:
                await records.insert_many(documents)
        for key, content in self.objects.items():
            await case.resources.objects.call("put_object", Key=key, Body=content)


async def _read(resources: Resources, key: str) -> bytes:
    answer = await resources.objects.call("get_object", Key=key)
    content: bytes = answer["Body"].read()
    return content

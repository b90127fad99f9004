"""Asking for a call to be heard again: once per Idempotency-Key, however often it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from domain.errors import CallwardError, NotFound
from ingest.calls import CallStore
from ingest.idempotency import Attempt, IdempotencyStore, request_hash
from storage.mongo import Document
from storage.resources import Resources

ROUTE: Final = "POST /v1/calls/{id}/transcriptions"


@dataclass(frozen=True, slots=True)
class Wish:
    """How a call is to be heard this time; None is as for a fresh call."""

    language: str | None = None
    model: str | None = None


class Rehearings:
    """Begins runs beside what is served, for one workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._resources = resources
        self._calls = CallStore(resources, workspace_id)
        self._idempotency = IdempotencyStore(resources, workspace_id)

    async def ask(self, call_id: str, wish: Wish, *, key: str, reason: str, now: datetime) -> tuple[Document, int]:
        """Begin to hear a call again; return the call and the version that comes of it. Asked twice, begun once.

        Raises:
            NotFound, Gone, Conflict: see `CallStore.hear_again`; nothing has changed and the key is free.
            IdempotencyKeyReused, IdempotencyInProgress: see `ingest.idempotency`.
        """
        body_hash = request_hash([call_id, wish.language, wish.model, reason])
        attempt = await self._idempotency.begin(ROUTE, key, body_hash, kind="trn", now=now)
        try:
            if not attempt.done:
                await self._begin(call_id, wish, attempt, now)
            call = await self._calls.get(call_id, now=now)
        except CallwardError:
            await self._idempotency.forget(ROUTE, attempt)
            raise
        return call, _version(call, attempt.result_id)

    async def _begin(self, call_id: str, wish: Wish, attempt: Attempt, now: datetime) -> None:
        async def write(tx: Any) -> None:
            await self._calls.hear_again(
                call_id, asked_id=attempt.result_id, language=wish.language, model=wish.model, now=now, tx=tx
            )
            await self._idempotency.finish(ROUTE, attempt, tx=tx)

        await self._resources.database.transaction(write)


def _version(call: Document, asked_id: str) -> int:
    for one in call.get("asked", ()):
        if one["asked_id"] == asked_id:
            return int(one["version"])
    raise NotFound("no such transcription", call_id=call["_id"])

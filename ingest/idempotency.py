"""Idempotency-Key: the same request sent again gets the same answer and does nothing twice.

After draft-ietf-httpapi-idempotency-key-header-07: 422 for another body, 409 while the first is running. A request that
died without an answer frees its key after a minute; what it did is found again by the id chosen before.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.errors import Duplicate, IdempotencyInProgress, IdempotencyKeyReused, Invalid
from domain.ids import new_id
from storage.resources import Resources

KEEP = timedelta(days=7)
_RUNNING_FOR = timedelta(minutes=1)
_MAX_KEY = 255
_CONTENT = "content"


def request_hash(body: Any) -> str:
    """Return the SHA-256 of a JSON body in canonical form."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":"), default=str).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Attempt:
    """A claimed key: the id under which the work is to be done, and whether it was done before, or found erased."""

    key: str
    result_id: str
    done: bool
    erased: bool = False


class IdempotencyStore:
    """The one writer of `idempotency_keys`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._keys = resources.database.scoped("idempotency_keys", workspace_id)
        self._workspace_id = workspace_id

    async def begin(self, route: str, key: str, body_hash: str, *, kind: str, now: datetime) -> Attempt:
        """Claim the key, or find what it led to.

        Raises:
            Invalid: the key is empty or too long.
            IdempotencyKeyReused: the same key with another body.
            IdempotencyInProgress: the first request is still running.
        """
        if not key.strip() or len(key) > _MAX_KEY:
            raise Invalid(f"the Idempotency-Key must have 1 to {_MAX_KEY} characters", field="Idempotency-Key")
        fresh: dict[str, Any] = {
            "_id": new_id("idk"),
            "workspace_id": self._workspace_id,
            "route": route,
            "key": hashlib.sha256(key.encode()).hexdigest(),
            "body_hash": body_hash,
            "result_id": new_id(kind),
            "done": False,
            "started_at": now,
            "expires_at": now + KEEP,
        }
        try:
            await self._keys.insert(fresh)
        except Duplicate:
            return await self._again(fresh, now)
        return Attempt(fresh["key"], fresh["result_id"], done=False)

    async def _again(self, fresh: dict[str, Any], now: datetime) -> Attempt:
        where = {"route": fresh["route"], "key": fresh["key"]}
        found = await self._keys.find_one(where)
        if found is None:
            raise IdempotencyInProgress("the first request with this key has only just ended; send it again")
        if found["body_hash"] != fresh["body_hash"]:
            raise IdempotencyKeyReused("this Idempotency-Key was used with another body")
        if found["done"]:
            return Attempt(found["key"], found["result_id"], done=True, erased=bool(found.get("erased")))
        stale = {**where, "done": False, "started_at": {"$lte": now - _RUNNING_FOR}}
        taken_over = await self._keys.find_and_update(stale, {"$set": {"started_at": now}})
        if taken_over is None:
            raise IdempotencyInProgress("the first request with this key is still running; send it again in a moment")
        return Attempt(found["key"], found["result_id"], done=False)

    async def gate(self, content_hash: str, *, now: datetime, tx: Any) -> None:
        """Make transactions that receive the same bytes run one after the other: each sees what the other received.

        `open_gate` must have been called before the transaction.
        """
        change = {"$set": {"expires_at": now + KEEP}, "$inc": {"seen": 1}}
        await self._keys.update({"route": _CONTENT, "key": content_hash}, change, tx=tx)

    async def open_gate(self, content_hash: str, *, now: datetime) -> None:
        """Make the document that `gate` writes; outside the transaction, for two that insert it at once would fail."""
        fresh = {"$setOnInsert": {"_id": new_id("idk"), "expires_at": now + KEEP}}
        with contextlib.suppress(Duplicate):
            await self._keys.update({"route": _CONTENT, "key": content_hash}, fresh, upsert=True)

    async def finish(self, route: str, attempt: Attempt, *, tx: Any = None) -> None:
        """Note that the work under this key is done, in the transaction that did it."""
        await self._keys.update({"route": route, "key": attempt.key}, {"$set": {"done": True}}, tx=tx)

    async def lead_to(self, result_id: str, *, instead_of: str) -> None:
        """Let keys lead to another result: theirs was the same thing, delivered before."""
        await self._keys.update_all({"result_id": instead_of}, {"$set": {"result_id": result_id}})

    async def finish_erased(self, route: str, attempt: Attempt) -> None:
        """Note that what came under this key was erased before: sent again, it gets the same answer and no new line."""
        await self._keys.update({"route": route, "key": attempt.key}, {"$set": {"done": True, "erased": True}})

    async def forget(self, route: str, attempt: Attempt) -> None:
        """Free the key of a request that was refused, so that a corrected one may use it again."""
        await self._keys.delete({"route": route, "key": attempt.key, "done": False})

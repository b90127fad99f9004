"""API keys: shown once, kept as a hash, with scopes and an optional expiry."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.errors import Duplicate, NotFound, Unauthenticated
from domain.ids import new_id
from domain.scopes import Scope
from domain.sights import WorkspaceRole
from domain.waivers import Office
from storage.mongo import Document, Session
from storage.resources import Resources

_SHAPE: Final = re.compile(r"cw_(?P<body>[a-z2-7]{26})_(?P<secret>[A-Za-z0-9_-]{43})")
BOOTSTRAP_NAME: Final = "bootstrap"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking: a key, its workspace (None for a platform administrator), its scopes."""

    key_id: str
    workspace_id: str | None
    scopes: frozenset[Scope]
    office: Office | None = None
    """The office of the key's holder, as the platform's administrator said when the key was made."""
    role: WorkspaceRole | None = None
    """What its holder does in the workspace; None: its scopes alone say what it may."""
    made_at: datetime | None = None
    ended: bool = False
    """Whether the account of its workspace has ended."""


class KeyStore:
    """The one writer of `api_keys`."""

    def __init__(self, resources: Resources) -> None:
        self._keys = resources.database.whole("api_keys")

    async def create(
        self,
        *,
        workspace_id: str | None,
        name: str,
        scopes: Collection[Scope],
        expires_at: datetime | None,
        now: datetime,
        office: Office | None = None,
        role: WorkspaceRole | None = None,
    ) -> tuple[Document, str]:
        """Make a key; return its document and the key itself, which nobody can see again."""
        key_id = new_id("key")
        secret = secrets.token_urlsafe(32)
        document = _document(key_id, secret, workspace_id, name, scopes, expires_at, now)
        document["office"] = None if office is None else office.value
        document["role"] = None if role is None else role.value
        await self._keys.insert(document)
        return document, f"cw_{key_id.removeprefix('key_')}_{secret}"

    async def register_bootstrap(self, text: str, *, now: datetime) -> None:
        """Register the platform administrator's key from the settings if it is not there yet. Raises ValueError."""
        match = _SHAPE.fullmatch(text)
        if match is None:
            raise ValueError("CALLWARD_BOOTSTRAP_KEY does not have the shape of a key")
        document = _document(
            f"key_{match['body']}", match["secret"], None, BOOTSTRAP_NAME, [Scope.WORKSPACE_ADMIN], None, now
        )
        try:
            await self._keys.insert(document)
        except Duplicate:
            return

    async def authenticate(self, text: str, *, now: datetime) -> Caller:
        """Return who the key belongs to. Raises Unauthenticated.

        A malformed key, an unknown one and a wrong secret are told in the same words. That a key is expired or revoked
        is told only to those who have its secret.
        """
        match = _SHAPE.fullmatch(text)
        if match is None:
            raise Unauthenticated("the API key is not valid")
        found = await self._keys.find_one({"_id": f"key_{match['body']}"})
        given = _hash(match["secret"])
        if not hmac.compare_digest(given, found["hash"] if found else _hash("")) or found is None:
            raise Unauthenticated("the API key is not valid")
        if found["revoked_at"] is not None:
            raise Unauthenticated("the API key is revoked")
        if found["expires_at"] is not None and found["expires_at"] <= now:
            raise Unauthenticated("the API key is expired")
        office, role = found.get("office"), found.get("role")
        return Caller(
            found["_id"],
            found["workspace_id"],
            frozenset(Scope(scope) for scope in found["scopes"]),
            office=None if office is None else Office(office),
            role=None if role is None else WorkspaceRole(role),
            made_at=found["created_at"],
            ended=found.get("workspace_ended_at") is not None,
        )

    async def of_workspace(self, workspace_id: str | None) -> list[Document]:
        """Return a workspace's keys, or (None) the platform's, oldest first, without their hashes."""
        keys = await self._keys.find({"workspace_id": workspace_id}, sort=(("created_at", 1), ("_id", 1)))
        return [{name: value for name, value in key.items() if name != "hash"} for key in keys]

    async def end_workspace(self, workspace_id: str, ended_at: datetime | None, *, tx: Session = None) -> None:
        """Note on every key of a workspace that its account has ended, or, with None, that it goes on."""
        await self._keys.update_all({"workspace_id": workspace_id}, {"$set": {"workspace_ended_at": ended_at}}, tx=tx)

    async def revoke(self, workspace_id: str | None, key_id: str, *, now: datetime) -> None:
        """Revoke a key; revoking twice keeps the first time. Raises NotFound."""
        where = {"_id": key_id, "workspace_id": workspace_id}
        await self._keys.update({**where, "revoked_at": None}, {"$set": {"revoked_at": now}})
        if await self._keys.find_one(where) is None:
            raise NotFound("no such key", key_id=key_id)


def _hash(secret: str) -> str:
    """A plain SHA-256 is right here: the secret is 256 random bits, there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _document(
    key_id: str,
    secret: str,
    workspace_id: str | None,
    name: str,
    scopes: Collection[Scope],
    expires_at: datetime | None,
    now: datetime,
) -> Document:
    return {
        "_id": key_id,
        "workspace_id": workspace_id,
        "name": name,
        "scopes": sorted(scope.value for scope in scopes),
        "hash": _hash(secret),
        "created_at": now,
        "expires_at": expires_at,
        "revoked_at": None,
    }

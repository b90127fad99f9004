"""What people granted, refused and took back, per purpose: the evidence (promises RN13 to RN16, RK18).

What must never happen here: an earlier act changed or lost, or one yes counted for two purposes. Each act is a document
of its own and is never changed; people are keyed hashes only. What the acts mean is `domain.consents`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.consents import Act, ConsentState
from domain.errors import Duplicate, Invalid
from domain.records import Purpose
from storage.mongo import Document
from storage.resources import Resources

_OLDEST_FIRST = (("acted_at", 1), ("noted_at", 1), ("_id", 1))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by keyed hashes: `people` are all ways of writing the number or address, `certain` those of nobody else.

    A national number without its country is another person's in another country: what takes away counts by any of
    `people`, what grants by `certain` only.
    """

    people: tuple[str, ...]
    certain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person did about one purpose. Instants are aware."""

    purpose: Purpose
    state: ConsentState
    act: Act
    text_version: str
    acted_at: datetime
    until: datetime | None = None
    """The end of the period stated in a consent; the instant itself is outside."""


class ConsentStore:
    """The one writer of `consents`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._resources = resources
        self._consents = resources.database.scoped("consents", workspace_id)
        self._workspace_id = workspace_id

    async def note(self, person: Person, choices: Sequence[Choice], *, by: str, now: datetime) -> list[Document]:
        """Note a person's acts, one per purpose; return those that are new. The same act noted twice is one.

        All or none is written.

        Raises:
            Invalid: two answers to one purpose, an act of the future, a period that ends before it begins, or the
                period of something that is not granted.
        """
        purposes = [choice.purpose for choice in choices]
        if len(set(purposes)) != len(purposes):
            raise Invalid("answer each purpose once", field="choices")
        for choice in choices:
            _check(choice, now)
        indexer = await self._resources.keyring.blind_indexer(self._workspace_id)
        documents = [
            self._document(person, one, indexer.derived_id("con", _told(person, one)), by, now) for one in choices
        ]

        async def write(tx: object) -> list[Document]:
            fresh = [one for one in documents if await self._consents.find_one({"_id": one["_id"]}, tx=tx) is None]
            for one in fresh:
                await self._consents.insert(one, tx=tx)
            return fresh

        try:
            return await self._resources.database.transaction(write)
        except Duplicate:  # the same request, delivered twice at once
            return []

    def _document(self, person: Person, choice: Choice, consent_id: str, by: str, now: datetime) -> Document:
        return {
            "_id": consent_id,
            "workspace_id": self._workspace_id,
            "people": list(person.people),
            "certain": list(person.certain),
            "purpose": choice.purpose.value,
            "state": choice.state.value,
            "act": choice.act.value,
            "text_version": choice.text_version,
            "acted_at": choice.acted_at,
            "until": choice.until,
            "noted_at": now,
            "noted_by": by,
        }

    async def history(self, person: Person) -> list[Document]:
        """Return every act of a person, as stored, the oldest first; earlier versions stay readable (RN15)."""
        return await self._consents.find({"people": {"$in": list(person.people)}}, sort=_OLDEST_FIRST)


def _check(choice: Choice, now: datetime) -> None:
    if choice.acted_at > now:
        raise Invalid("note an act when it has been done", field="acted_at")
    if choice.until is not None and choice.state is not ConsentState.GRANTED:
        raise Invalid("only what is granted has a period", field="until")
    if choice.until is not None and choice.until <= choice.acted_at:
        raise Invalid("the period ends before it begins", field="until")


def _told(person: Person, choice: Choice) -> str:
    """Return what makes two acts one."""
    told = (person.certain[0], choice.purpose.value, choice.state.value, choice.text_version, choice.act.value)
    return "/".join((*told, choice.acted_at.isoformat(), "" if choice.until is None else choice.until.isoformat()))

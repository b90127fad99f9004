"""Who is a minor, by keyed hash (promises RN10, RU27, RK22).

What must never happen here: the words of a child used because somebody stopped looking. While the note stands, no call
of the person is worked on or served without a verified consent of a parent, and none is ever trained on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.errors import NotFound
from storage.mongo import Document
from storage.resources import Resources


@dataclass(frozen=True, slots=True)
class Minor:
    """What is noted of a minor. No age and no date of birth is kept."""

    noted_at: datetime
    parental_consent: bool
    """Whether a parent's consent is on file and was verified."""
    lifted_at: datetime | None = None


class MinorStore:
    """The one writer of `minors`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._resources = resources
        self._minors = resources.database.scoped("minors", workspace_id)
        self._workspace_id = workspace_id

    async def note(
        self, people: tuple[str, ...], *, parental_consent: bool, by: str, now: datetime
    ) -> tuple[Minor, bool]:
        """Note that somebody is a minor, and whether a parent consented; return it and whether anything changed."""
        name = await self._name(people)
        there = await self._minors.find_one({"_id": name, "lifted_at": None})
        if there is not None and there["parental_consent"] is parental_consent:
            return _minor(there), False
        fields: Document = {
            "people": list(people),
            "parental_consent": parental_consent,
            "noted_at": now,
            "noted_by": by,
            "lifted_at": None,
            "lifted_by": None,
        }
        first = {"$set": fields, "$setOnInsert": {"workspace_id": self._workspace_id}}
        await self._minors.update({"_id": name}, first, upsert=True)
        return _minor(fields), True

    async def lift(self, people: tuple[str, ...], *, by: str, now: datetime) -> tuple[Minor, bool]:
        """Note that somebody is not a minor (any more); return it and whether it stood. Raises NotFound."""
        name = await self._name(people)
        change = {"$set": {"lifted_at": now, "lifted_by": by}}
        done = await self._minors.update({"_id": name, "lifted_at": None}, change)
        found = await self._minors.find_one({"_id": name})
        if found is None:
            raise NotFound("this person is not noted as a minor")
        return _minor(found), done == 1

    async def find(self, people: tuple[str, ...]) -> Minor | None:
        """Return what is noted of somebody, None when nothing stands."""
        found = await self._minors.find_one({"_id": await self._name(people), "lifted_at": None})
        return None if found is None else _minor(found)

    async def count(self) -> int:
        """Return how many minors are noted."""
        return await self._minors.count({"lifted_at": None})

    async def _name(self, people: tuple[str, ...]) -> str:
        indexer = await self._resources.keyring.blind_indexer(self._workspace_id)
        return indexer.derived_id("minor", people[0])


def _minor(document: Document) -> Minor:
    return Minor(document["noted_at"], bool(document["parental_consent"]), document["lifted_at"])

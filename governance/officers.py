"""Who answers for privacy: published by the API, changed at once by the platform's administrator (promise RN11)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from domain.errors import NotFound
from storage.resources import Resources

_DPO: Final = "dpo"


@dataclass(frozen=True, slots=True)
class Officer:
    """The data protection officer as the public sees it."""

    name: str
    email: str
    phone: str


class OfficerStore:
    """The one writer of `officers`."""

    def __init__(self, resources: Resources) -> None:
        self._officers = resources.database.whole("officers")

    async def get(self) -> Officer:
        """Return the officer. Raises NotFound while nobody is named."""
        found = await self._officers.find_one({"_id": _DPO})
        if found is None:
            raise NotFound("no data protection officer is named yet; the platform's administrator can name one")
        return Officer(found["name"], found["email"], found["phone"])

    async def put(self, officer: Officer, *, by: str, now: datetime) -> None:
        """Name the officer; it counts at once."""
        change = {"$set": {**asdict(officer), "set_by": by, "set_at": now}}
        await self._officers.update({"_id": _DPO}, change, upsert=True)

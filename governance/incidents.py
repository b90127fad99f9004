"""The log of breaches of a workspace: entries and steps are added, never changed (promises RN19 to RN25, RL5, RL6)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from domain.errors import Conflict, Invalid, NotFound
from domain.ids import new_id
from domain.incidents import Incident, IncidentKind, Noted, Step, alarmed, incident_from, next_step
from domain.policy_settings import PolicySettings
from domain.waivers import Office
from governance.workspaces import WorkspaceStore
from storage.mongo import Document
from storage.resources import Resources

_TRIES = 8
_NEWEST = (("opened_at", -1), ("_id", -1))


@dataclass(frozen=True, slots=True)
class NewIncident:
    """An incident as somebody enters it; see `domain.incidents.Incident`."""

    kind: IncidentKind
    what: str
    identified_at: datetime
    aware_at: datetime
    revoked_keys: tuple[str, ...] = ()


class IncidentStore:
    """The one writer of `incidents`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._resources = resources
        self._incidents = resources.database.scoped("incidents", workspace_id)
        self._workspace_id = workspace_id

    async def open(self, new: NewIncident, *, by: str, now: datetime) -> Incident:
        """Enter an incident. Raises Invalid when it lies in the future, or was known before it was found."""
        if new.identified_at > now or new.aware_at > now:
            raise Invalid("an incident is entered after it was found, not before", field="identified_at")
        if new.aware_at < new.identified_at:
            raise Invalid("nobody is aware of an incident before it is identified", field="aware_at")
        told = {**asdict(new), "kind": new.kind.value, "revoked_keys": list(new.revoked_keys)}
        document: Document = {"_id": new_id("inc"), **told, "opened_by": by, "opened_at": now, "steps": []}
        await self._incidents.insert(document)
        return incident_from(document)

    async def get(self, incident_id: str) -> Incident:
        """Return an incident. Raises NotFound."""
        document = await self._incidents.find_one({"_id": incident_id})
        if document is None:
            raise NotFound("no such incident", incident_id=incident_id)
        return incident_from(document)

    async def note(self, incident_id: str, new: Noted, *, office: Office | None) -> Incident:
        """Add a step. Raises NotFound; Conflict, Invalid as `domain.incidents.next_step`."""
        settings = await self.settings()
        for _ in range(_TRIES):
            found = await self.get(incident_id)
            step = next_step(found, new, settings, office)
            unchanged = {"_id": incident_id, "steps": {"$size": len(found.steps)}}
            stored = {**asdict(step), "step": step.step.value}
            if await self._incidents.update(unchanged, {"$push": {"steps": stored}}):
                return await self.get(incident_id)
        raise Conflict("others are noting steps of this incident; try again", incident_id=incident_id)

    async def all(self, *, kind: IncidentKind | None = None, limit: int = 1000) -> list[Incident]:
        """Return the log, newest first."""
        only: Document = {} if kind is None else {"kind": kind.value}
        return [incident_from(one) for one in await self._incidents.find(only, sort=_NEWEST, limit=limit)]

    async def settings(self) -> PolicySettings:
        """Return the hours that the workspace's profile promises."""
        return (await WorkspaceStore(self._resources).get(self._workspace_id)).policy.settings


async def incidents_alarming(resources: Resources, *, now: datetime) -> dict[str, int]:
    """Return how many incidents alarm each in the chain now, over all workspaces: a gauge (RN20)."""
    found: dict[str, int] = {}
    unsettled: Document = {"steps.step": {"$ne": Step.CLOSED.value}}
    for workspace_id in await resources.database.whole("incidents").workspaces(unsettled):
        store = IncidentStore(resources, workspace_id)
        settings = await store.settings()
        for incident in await store.all():
            for who in alarmed(incident, settings, now):
                found[who] = found.get(who, 0) + 1
    return found

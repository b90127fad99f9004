"""What the people of some calls said about training: consents, opt-outs, objections, and who of them is a minor.

Read for a few hundred calls at once, by the keyed hashes of their people: four queries however many people a workspace
knows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from domain.consents import ConsentEvent
from domain.objections import IN_FORCE
from domain.parties import CallParty
from domain.records import Purpose
from storage.mongo import Document
from storage.resources import Resources

_TRAIN: Final = Purpose.TRAIN_AI_SYSTEM
_IN_FORCE: Final = [one.value for one in IN_FORCE]


@dataclass(frozen=True, slots=True)
class Choices:
    """What is known of some people, by keyed hash."""

    opted_out: frozenset[str] = frozenset()
    objecting: frozenset[str] = frozenset()
    minors: frozenset[str] = frozenset()
    _consents: dict[str, list[Document]] = field(default_factory=dict)

    def events_of(self, party: CallParty) -> list[ConsentEvent]:
        """Return what a party did about training, whichever of its numbers and addresses it was noted by."""
        found = {one["_id"]: one for token in party.people for one in self._consents.get(token, ())}
        return [ConsentEvent.from_document(one, party.people) for one in found.values()]


async def choices_of(resources: Resources, workspace_id: str, people: Collection[str]) -> Choices:
    """Look up what these people said about training."""
    if not people:
        return Choices()
    among = {"$in": sorted(people)}
    scoped = resources.database.scoped
    out = await scoped("training_opt_outs", workspace_id).find({"person": among, "withdrawn_at": None})
    against: Document = {"people": among, "purpose": _TRAIN.value, "state": {"$in": _IN_FORCE}}
    objections = await scoped("objections", workspace_id).find(against)
    minors = await scoped("minors", workspace_id).find({"people": among, "lifted_at": None})
    consents: dict[str, list[Document]] = defaultdict(list)
    for one in await scoped("consents", workspace_id).find({"people": among, "purpose": _TRAIN.value}):
        for token in one["people"]:
            consents[token].append(one)
    return Choices(
        frozenset(one["person"] for one in out),
        frozenset(token for one in objections for token in one["people"]),
        frozenset(token for one in minors for token in one["people"]),
        dict(consents),
    )

"""Who may be in the corpus: the facts of many calls gathered with few queries, and the one rule applied to each.

What must never happen here: a call let in because something was not looked up. The rule itself is `domain.training`.
What grants must have stood at the snapshot and stand now; what keeps out counts as it is now, though it came later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from corpus.choices import Choices, choices_of
from corpus.reach import Reach
from corpus.redactions import RedactionFacts, redactions_of
from domain.call_parts import TRANSCRIPT, is_over
from domain.calls import CallState
from domain.consents import ground_of, standing, takes_away
from domain.errors import NotFound
from domain.holds import LegalHold
from domain.parties import CallParty, all_identified, everybody, parties_of, places_of
from domain.records import LegalBasis, Purpose, Role
from domain.restrictions import Restriction
from domain.training import TrainingFacts, TrainingReason, all_granted, common_basis, may_stay, may_train
from storage.mongo import Document
from storage.participants import NOBODY, Participants, participants_of
from storage.resources import Resources
from storage.versions import version_of

_TRAIN = Purpose.TRAIN_AI_SYSTEM


class AsksRedaction(Protocol):
    """What of a corpus policy is asked here."""

    @property
    def minimum_redaction(self) -> int:
        """The oldest version of the redaction's rules that is good enough."""
        ...


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether a call may be in, and what an item made of it must know."""

    call_id: str
    reason: TrainingReason
    """ALLOWED, or why it is not let in."""
    stays: TrainingReason
    """ALLOWED, or why an item that was made of it before must leave; see `domain.training.NOT_YET`."""
    basis: str
    """`consent`, or the workspace's stated ground; empty when it is not allowed."""
    lawful_until: datetime | None
    """The first instant at which this does not hold any more by itself: a consent's end, or the call's retention."""
    people: frozenset[str]
    """Keyed hashes of everybody in the call."""
    jurisdictions: tuple[str, ...]
    version: int
    """The version of the transcript that is served, and judged."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What counts for all calls of a workspace, and for which instant is asked."""

    workspace_id: str
    instructed: frozenset[Purpose]
    opted_in: bool
    ended: bool
    basis: Mapping[str, LegalBasis]
    held: Reach
    restricted: Reach
    minimum_redaction: int
    at: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class _Found:
    """What was looked up of one call."""

    people: frozenset[str]
    named: tuple[CallParty, ...]
    parties: tuple[CallParty, ...]
    emergency: bool
    redaction: RedactionFacts


class EligibilityReader:
    """Judges calls of one workspace for one snapshot. Holds and restrictions are those of when it was opened."""

    def __init__(self, resources: Resources, asked: _Asked) -> None:
        self._resources = resources
        self._asked = asked

    @classmethod
    async def open(
        cls, resources: Resources, workspace_id: str, *, at: datetime, policy: AsksRedaction, now: datetime
    ) -> EligibilityReader:
        """Read what counts for the whole workspace.

        Args:
            resources: the stores.
            workspace_id: whose calls.
            at: the snapshot's instant: a grant, a call or a redaction that came later is not there for it.
            policy: which redaction is good enough.
            now: the instant of asking, at or after `at`: what keeps out counts as it is now.

        Raises NotFound for an unknown workspace.
        """
        workspace = await resources.database.whole("workspaces").find_one({"_id": workspace_id})
        if workspace is None:
            raise NotFound("no such workspace", workspace_id=workspace_id)
        held = await resources.database.scoped("legal_holds", workspace_id).find({"released_at": None})
        limited = await resources.database.scoped("restrictions", workspace_id).find({"lifted_at": None})
        asked = _Asked(
            workspace_id,
            frozenset(Purpose(purpose) for purpose in workspace["instruction"]["purposes"]),
            bool(workspace["training_opted_in"]),
            workspace.get("ending") is not None,
            {place: LegalBasis(word) for place, word in workspace.get("training_basis", {}).items()},
            Reach([LegalHold.from_document(one) for one in held]),
            Reach([Restriction.from_document(one) for one in limited]),
            policy.minimum_redaction,
            at,
            now,
        )
        return cls(resources, asked)

    async def judge(self, calls: Sequence[Document]) -> list[Eligibility]:
        """Judge stored calls, whole documents of this workspace, some hundred at once; the answers are in their order.

        Seven queries, however many calls there are.
        """
        seen = await participants_of(self._resources.database, self._asked.workspace_id, calls)
        redactions = await redactions_of(self._resources, self._asked.workspace_id, calls)
        found = [self._found(call, seen.get(call["_id"], NOBODY), redactions[call["_id"]]) for call in calls]
        everyone = frozenset().union(*(one.people for one in found)) if found else frozenset()
        choices = await choices_of(self._resources, self._asked.workspace_id, everyone)
        return [self._judged(call, one, choices) for call, one in zip(calls, found, strict=True)]

    def _found(self, call: Document, seen: Participants, redaction: RedactionFacts) -> _Found:
        named = parties_of(call) or tuple(CallParty((token,)) for token in sorted(seen.people))
        said = frozenset(call.get("people", ())) | seen.people
        parties = everybody(named, said)
        people = said.union(*(party.people for party in named))
        return _Found(people, named, parties, bool(call.get("emergency", False)) or seen.emergency, redaction)

    def _judged(self, call: Document, found: _Found, choices: Choices) -> Eligibility:
        acts = [choices.events_of(party) for party in found.parties]
        grounds = [ground_of(one, _TRAIN, at=self._asked.at, now=self._asked.now) for one in acts]
        withdrawn = any(takes_away(standing(one, _TRAIN, at=self._asked.now)) for one in acts)
        basis = common_basis(self._asked.basis, [party.place for party in found.parties])
        facts = TrainingFacts(
            **self._of_call(call, found),
            **self._of_people(found, choices),
            consent_withdrawn=withdrawn,
            granted=all_granted(grounds),
            other_basis=basis,
        )
        reason = may_train(facts)
        allowed = reason is TrainingReason.ALLOWED
        ends = [call["retain_until"], *(one.until for one in grounds if basis is None and one.until is not None)]
        return Eligibility(
            call_id=call["_id"],
            reason=reason,
            stays=may_stay(facts),
            basis=(basis or LegalBasis.CONSENT).value if allowed else "",
            lawful_until=min(ends) if allowed else None,
            people=found.people,
            jurisdictions=places_of(found.parties),
            version=version_of(call),
        )

    def _of_call(self, call: Document, found: _Found) -> dict[str, Any]:
        return {
            "state": CallState(call["state"]),
            "role": Role(call["role"]),
            "purposes": frozenset(Purpose(purpose) for purpose in call["purposes"]),
            "instructed_purposes": self._asked.instructed,
            "retention_over": call["retain_until"] <= self._asked.now or is_over(call, TRANSCRIPT, now=self._asked.now),
            "after_snapshot": max(call["created_at"], found.redaction.made_at or call["created_at"]) > self._asked.at,
            "workspace_ended": self._asked.ended,
            "workspace_opted_in": self._asked.opted_in,
            "held": self._asked.held.has(call, found.people),
            "restricted": bool(call.get("restricted", False)) or self._asked.restricted.has(call, found.people),
            "redaction": found.redaction.state(self._asked.minimum_redaction),
        }

    @staticmethod
    def _of_people(found: _Found, choices: Choices) -> dict[str, Any]:
        return {
            "person_opted_out": not choices.opted_out.isdisjoint(found.people),
            "objected": not choices.objecting.isdisjoint(found.people),
            "minor": any(party.minor for party in found.parties) or not choices.minors.isdisjoint(found.people),
            "emergency": found.emergency,
            "parties_known": all_identified(found.named),
        }

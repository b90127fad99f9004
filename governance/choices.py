"""What the people of one call say about a use of it: asked by the guard before each stage and each read."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.consents import ConsentEvent, ground_of, standing, takes_away
from domain.objections import IN_FORCE
from domain.parties import CallParty, all_identified, everybody, parties_of
from domain.processing import Reason
from domain.records import Purpose
from domain.training import Granted, all_granted
from storage.mongo import Document
from storage.people import people_of
from storage.resources import Resources

_IN_FORCE = [one.value for one in IN_FORCE]


@dataclass(frozen=True, slots=True)
class CallChoices:
    """How the people of one call stand to one purpose."""

    against: Reason | None
    """Why the call must wait for their sake: MINOR, CONSENT_WITHDRAWN, OBJECTION; None when nothing speaks against."""
    granted_by_all: bool
    """Everybody in the call is known, and granted the purpose (promise RU9)."""


async def choices_of(resources: Resources, call: Document, purpose: Purpose, *, now: datetime) -> CallChoices:
    """Look up what everybody in a stored call says about a purpose."""
    workspace_id, named = call["workspace_id"], parties_of(call)
    people = (await people_of(resources.database, workspace_id, call)).union(*(party.people for party in named))
    among: Document = {"people": {"$in": sorted(people)}}
    about = {**among, "purpose": purpose.value}
    scoped = resources.database.scoped
    minors, acts, objections = await asyncio.gather(
        scoped("minors", workspace_id).find({**among, "lifted_at": None}),
        scoped("consents", workspace_id).find(about),
        scoped("objections", workspace_id).find({**about, "state": {"$in": _IN_FORCE}}),
    )
    events = [_events(party, acts) for party in everybody(named, people)]
    grounds = [ground_of(one, purpose, at=now, now=now) for one in events]
    return CallChoices(
        _against(
            minor=_unconsented_minor(named, minors),
            withdrawn=any(takes_away(standing(one, purpose, at=now)) for one in events),
            objected=bool(objections),
        ),
        all_identified(named) and all_granted(grounds) is Granted.YES,
    )


def _against(*, minor: bool, withdrawn: bool, objected: bool) -> Reason | None:
    if minor:
        return Reason.MINOR
    if withdrawn:
        return Reason.CONSENT_WITHDRAWN
    return Reason.OBJECTION if objected else None


def _events(party: CallParty, acts: Sequence[Document]) -> list[ConsentEvent]:
    known = set(party.people)
    return [ConsentEvent.from_document(one, known) for one in acts if not known.isdisjoint(one["people"])]


def _unconsented_minor(named: Sequence[CallParty], minors: Sequence[Document]) -> bool:
    """Say whether somebody is a minor, by a note or as the call was told, for whom no parent's consent is on file."""
    if not all(one["parental_consent"] for one in minors):
        return True
    consented = {token for one in minors for token in one["people"]}
    return any(party.minor and consented.isdisjoint(party.people) for party in named)

"""By when a person's request is answered, counting pauses and extensions; and where the person may complain.

GDPR Art. 12(3); CCPA (45 days, extended 90); Civ. Code 1798.83 (30 days); promises RL8, RL14, RN12. See
`domain.people_requests` for what is counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from domain.deadlines import (
    AnswerBy,
    add_days,
    after_pauses,
    answer_in_days,
    answer_when_extended,
    answer_within_a_month,
)
from domain.jurisdictions import jurisdiction
from domain.people_requests import Event, PersonRequest, RequestKind, in_california
from domain.policy_settings import PolicySettings

_CALIFORNIA_DAYS, _CALIFORNIA_EXTENDED_DAYS = 45, 90
_MARKETING_DAYS: Final = 30
AUTHORITIES: Final[Mapping[str, str]] = {
    "EU": "https://www.edpb.europa.eu/about-edpb/about-edpb/members_en",
    "GB": "https://ico.org.uk/make-a-complaint/",
    "IN": "https://www.meity.gov.in/data-protection-framework",
    "US-CA": "https://cppa.ca.gov/webapplications/complaint",
}
"""Where somebody complains, for the answer (RN12); elsewhere the list of the Global Privacy Assembly."""
OTHER_AUTHORITY: Final = "https://globalprivacyassembly.org/participation-in-the-assembly/members-online/"


def authority_of(place: str | None) -> str:
    """Return where a person of this place complains."""
    within = jurisdiction(place).within if place else ()
    return next((AUTHORITIES[one] for one in within if one in AUTHORITIES), OTHER_AUTHORITY)


def answer_by(request: PersonRequest, settings: PolicySettings) -> AnswerBy:
    """Return by when a request is answered: by law, and by us, counting its pauses, its extension and the profile.

    A month for who is not in California (GDPR Art. 12(3)); 45 days there; 30 for its question on marketing. Erasure is
    done within the profile's days too (RL8).
    """
    came, extended = request.received, request.has(Event.EXTENDED)
    if request.kind is RequestKind.DIRECT_MARKETING_DISCLOSURES:
        due = answer_in_days(came, _MARKETING_DAYS)
    elif in_california(request.place):
        due = answer_in_days(came, _CALIFORNIA_EXTENDED_DAYS if extended else _CALIFORNIA_DAYS)
    else:
        due = answer_when_extended(came) if extended else answer_within_a_month(came)
    stood = _pauses(request)
    due = AnswerBy(after_pauses(due.internal, stood), after_pauses(due.legal, stood))
    if request.kind is RequestKind.ERASE and settings.erasure_days is not None:
        ours = after_pauses(add_days(came, settings.erasure_days), stood)
        return AnswerBy(min(ours, due.internal), due.legal)
    return due


def late(request: PersonRequest, settings: PolicySettings, now: datetime) -> bool:
    """Say whether an unanswered request is past our own last day; one that waits for proof is not."""
    if request.answered or _doubted_since(request) is not None:
        return False
    return now.astimezone(ZoneInfo(request.zone)).date() > answer_by(request, settings).internal


def _pauses(request: PersonRequest) -> Sequence[timedelta]:
    """Return for how long the clock stood: from each doubt to the proof after it."""
    stood: list[timedelta] = []
    since: datetime | None = None
    for one in request.events:
        if one.event is Event.IDENTITY_DOUBTED and since is None:
            since = one.at
        elif one.event is Event.IDENTITY_VERIFIED and since is not None:
            stood.append(one.at - since)
            since = None
    return stood


def _doubted_since(request: PersonRequest) -> datetime | None:
    since: datetime | None = None
    for one in request.events:
        if one.event is Event.IDENTITY_DOUBTED:
            since = since or one.at
        elif one.event is Event.IDENTITY_VERIFIED:
            since = None
    return since

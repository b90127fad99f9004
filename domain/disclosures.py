"""Handing personal data to somebody outside: a ground is cited or it is refused, and each one is noted.

Promises RN4, RN5, RN17, RU14, RU17, RU18, RL3, RL12, RL15, RK12; GDPR Chapter V for what leaves the EEA.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from domain.deadlines import disclosure_year
from domain.errors import Invalid
from domain.jurisdictions import jurisdiction
from domain.policy_settings import PolicySettings, Safeguard
from domain.records import Category


class Ground(StrEnum):
    """What a disclosure may rest on (RN4); nothing else does."""

    CONSENT = "consent"
    LAW = "law"
    PROTECTION_OF_RIGHTS = "protection_of_rights"
    BUSINESS_OBLIGATION = "business_obligation"


class RecipientKind(StrEnum):
    """Who gets it."""

    AUTHORITY = "authority"
    COURT = "court"
    CUSTOMER = "customer"
    SERVICE_PROVIDER = "service_provider"
    AFFILIATE = "affiliate"
    BUYER = "buyer"
    """In a sale or merger of the company (RU17)."""
    MARKETING_PARTNER = "marketing_partner"
    PERSON = "person"
    """The person whom the data is about, or somebody in their name."""


GROUNDS_OF: Final[Mapping[RecipientKind, frozenset[Ground]]] = {
    RecipientKind.AUTHORITY: frozenset({Ground.LAW, Ground.PROTECTION_OF_RIGHTS, Ground.CONSENT}),
    RecipientKind.COURT: frozenset({Ground.LAW, Ground.PROTECTION_OF_RIGHTS}),
    RecipientKind.MARKETING_PARTNER: frozenset({Ground.CONSENT}),
}
"""Recipients for whom not every ground will do."""
ALWAYS_ALLOWED: Final = frozenset({Safeguard.ADEQUACY, Safeguard.EXPLICIT_CONSENT})
"""Safeguards that rest on the Commission's or the person's own decision, whatever a profile's clauses are."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One entry of the register.

    Attributes:
        recipient: the organisation's name; of a person only "the person".
        recipient_kind: who that is.
        recipient_address: where it has its seat, for the answer under Shine the Light (RN17).
        country: ISO code of the country to which it goes.
        ground: what it rests on.
        reference: which law, consent, agreement or file number; it names nobody.
        purpose: what for, in a few words.
        categories: what kinds of records.
        records: ids of the records, as far as they are single ones.
        jurisdiction: whose law covers the people; None when it is not known, which counts as the EEA.
        safeguard: what a transfer out of the EEA rests on.
        safeguard_reference: where the clauses or the decision can be had (RL12).
        confidentiality: the agreement on confidentiality with a buyer.
        direct_marketing: whether the recipient uses it for marketing of its own.
        disclosed_at: when.
    """

    recipient: str
    recipient_kind: RecipientKind
    country: str
    ground: Ground
    reference: str
    purpose: str
    categories: tuple[Category, ...]
    disclosed_at: datetime
    records: tuple[str, ...] = ()
    recipient_address: str | None = None
    jurisdiction: str | None = None
    safeguard: Safeguard | None = None
    safeguard_reference: str | None = None
    confidentiality: str | None = None
    direct_marketing: bool = False


def leaves_the_eea(found: Disclosure) -> bool:
    """Say whether data of people in the EEA goes to a country outside of it. Raises Invalid for an unknown country."""
    people = found.jurisdiction is None or _in_eea(found.jurisdiction, "jurisdiction")
    return people and not _in_eea(found.country, "country")


def check_disclosure(found: Disclosure, settings: PolicySettings, today: date) -> None:
    """Raise Invalid with the sentence that says why a disclosure is refused; return when it may be made."""
    if not found.categories:
        raise Invalid("say what is disclosed: at least one category", field="categories")
    grounds = GROUNDS_OF.get(found.recipient_kind, frozenset(Ground))
    if found.ground not in grounds:
        raise Invalid(
            f"to this kind of recipient only on {', '.join(sorted(grounds))}; {found.ground} is no ground",
            field="ground",
        )
    shared = found.recipient_kind in {RecipientKind.SERVICE_PROVIDER, RecipientKind.AFFILIATE}
    if shared and not settings.provider_sharing:
        raise Invalid(
            "the workspace's profile shares no personal data with providers or affiliates", field="recipient_kind"
        )
    if found.recipient_kind is RecipientKind.BUYER and not found.confidentiality:
        raise Invalid("name the agreement on confidentiality before a buyer sees anything", field="confidentiality")
    if found.direct_marketing and not found.recipient_address:
        raise Invalid("for marketing of the recipient's own its address is noted too", field="recipient_address")
    if leaves_the_eea(found):
        _check_safeguard(found, settings, today)


def _check_safeguard(found: Disclosure, settings: PolicySettings, today: date) -> None:
    allowed = ALWAYS_ALLOWED | set(settings.transfer_safeguards)
    if found.safeguard is None:
        raise Invalid(
            f"this leaves the EEA: name the safeguard that it rests on ({', '.join(sorted(allowed))}), or else the "
            "jurisdiction of the people when it is not the EEA",
            field="safeguard",
        )
    if found.safeguard.void_on(today):
        raise Invalid(
            "the Privacy Shield is void since 2020-07-16; rest the transfer on something else", field="safeguard"
        )
    if found.safeguard not in allowed:
        raise Invalid(f"the workspace's profile does not rest transfers on {found.safeguard}", field="safeguard")
    if not found.safeguard_reference:
        raise Invalid("say where the safeguard can be read: people may ask for a copy", field="safeguard_reference")


def _in_eea(code: str, field: str) -> bool:
    try:
        return "EU" in jurisdiction(code).within
    except ValueError as error:
        raise Invalid(str(error), field=field) from None


@dataclass(frozen=True, slots=True)
class MarketingAnswer:
    """What a Californian learns (Civ. Code 1798.83; RN17): of the calendar year before the question."""

    year: int
    categories: tuple[str, ...]
    recipients: tuple[tuple[str, str], ...]
    """Names and addresses."""


def marketing_answer(disclosures: Iterable[Disclosure], asked: date) -> MarketingAnswer:
    """Return what was disclosed for others' direct marketing in the year before a question."""
    year = disclosure_year(asked)
    told: Sequence[Disclosure] = [one for one in disclosures if one.direct_marketing and one.disclosed_at.year == year]
    categories = sorted({category.value for one in told for category in one.categories})
    recipients = sorted({(one.recipient, one.recipient_address or "") for one in told})
    return MarketingAnswer(year, tuple(categories), tuple(recipients))


def disclosure_from(document: Mapping[str, Any]) -> Disclosure:
    """Read a disclosure as it is stored."""
    told = {name: document.get(name) for name in Disclosure.__slots__}
    safeguard = document.get("safeguard")
    return Disclosure(
        **told
        | {
            "recipient_kind": RecipientKind(document["recipient_kind"]),
            "ground": Ground(document["ground"]),
            "categories": tuple(Category(one) for one in document["categories"]),
            "records": tuple(document["records"]),
            "safeguard": None if safeguard is None else Safeguard(safeguard),
        }
    )

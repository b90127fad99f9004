"""What comes in and goes out of the register of disclosures as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from api.answers import Answer
from api.bodies import Body, Moment, Name
from domain.disclosures import Disclosure, Ground, RecipientKind, leaves_the_eea
from domain.policy_settings import Safeguard
from domain.records import Category

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
"""In a person's words. It is kept: it names no person."""
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}(-[A-Za-z0-9]{1,3})?$")]


class DisclosureIn(Body):
    """A disclosure to note, before anything leaves."""

    recipient: Name = Field(examples=["Telecom Regulator"], description="The organisation; of a person: the person.")
    recipient_kind: RecipientKind = Field(examples=["authority"])
    recipient_address: Line | None = Field(default=None, description="Needed for direct marketing of its own.")
    country: Code = Field(examples=["IN"], description="Where it goes to.")
    ground: Ground = Field(examples=["law"], description="What it rests on; nothing else does.")
    reference: Line = Field(examples=["order 2026/4711"], description="Which law, consent, agreement or file.")
    purpose: Line = Field(examples=["investigation of fraud"])
    categories: list[Category] = Field(min_length=1, max_length=len(Category), examples=[["traffic_data"]])
    records: list[Annotated[str, StringConstraints(pattern=r"^(call|log|cdr)_[a-z2-7]{26}$")]] = Field(
        default=[], max_length=1000, description="Ids, as far as they are single ones."
    )
    jurisdiction: Code | None = Field(
        default=None, description="Whose law covers the people; left out, they are taken to be in the EEA."
    )
    safeguard: Safeguard | None = Field(default=None, description="What a transfer out of the EEA rests on.")
    safeguard_reference: Line | None = Field(default=None, description="Where it can be read.")
    confidentiality: Line | None = Field(default=None, description="The agreement, of a buyer.")
    direct_marketing: bool = Field(default=False, description="Whether the recipient markets with it by itself.")
    disclosed_at: Moment | None = Field(default=None, description="Left out: now.")

    def disclosure(self, *, now: datetime) -> Disclosure:
        """Return it as the rule reads it."""
        told = {name: getattr(self, name) for name in Disclosure.__slots__ if name != "disclosed_at"}
        told |= {"categories": tuple(dict.fromkeys(self.categories)), "records": tuple(dict.fromkeys(self.records))}
        return Disclosure(**told, disclosed_at=self.disclosed_at or now)


class DisclosureOut(Answer):
    """An entry of the register."""

    id: str
    recipient: str
    recipient_kind: RecipientKind
    recipient_address: str | None
    country: str
    ground: Ground
    reference: str
    purpose: str
    categories: list[Category]
    records: list[str]
    jurisdiction: str | None
    leaves_the_eea: bool
    safeguard: Safeguard | None
    safeguard_reference: str | None
    confidentiality: str | None
    direct_marketing: bool
    disclosed_at: datetime
    noted_by: str


class DisclosurePage(Answer):
    """Disclosures, newest first."""

    disclosures: list[DisclosureOut]
    next: str | None = Field(description="Cursor of the next page.")


def disclosure_out(disclosure_id: str, found: Disclosure, *, noted_by: str) -> DisclosureOut:
    """Return a disclosure."""
    told = {name: getattr(found, name) for name in Disclosure.__slots__}
    told |= {"categories": list(found.categories), "records": list(found.records)}
    return DisclosureOut(id=disclosure_id, noted_by=noted_by, leaves_the_eea=leaves_the_eea(found), **told)

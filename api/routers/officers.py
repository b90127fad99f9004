"""Who answers for privacy: anybody may ask, only the platform's administrator names."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from api.answers import Answer
from api.auth import Admin, Stores, platform_only, utc_now
from api.bodies import Body, Name
from api.openapi import errors, keyless
from api.person_bodies import Email
from governance.officers import Officer, OfficerStore

router = APIRouter(tags=["privacy"])


class OfficerIn(Body):
    """The data protection officer."""

    name: Name = Field(examples=["Asha Rao"])
    email: Email = Field(examples=["dpo@example.com"])
    phone: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\+[0-9 ()-]{6,30}$")] = Field(
        examples=["+44 7700 900123"]
    )


class OfficerOut(Answer):
    """The data protection officer as everybody may know."""

    name: str
    email: str
    phone: str


@router.get("/privacy/officer", summary="Ask who answers for privacy", responses=keyless("not-found", "unavailable"))
async def read_officer(stores: Stores) -> OfficerOut:
    """Return name, e-mail and phone of the data protection officer. Needs no key."""
    return OfficerOut.model_validate(await OfficerStore(stores).get(), from_attributes=True)


@router.put("/v1/platform/privacy-officer", summary="Name who answers for privacy", responses=errors())
async def name_officer(body: OfficerIn, caller: Admin, stores: Stores) -> OfficerOut:
    """Name the data protection officer; it counts at once. Needs a platform administrator's key."""
    platform_only(caller)
    officer = Officer(body.name, str(body.email), body.phone)
    await OfficerStore(stores).put(officer, by=caller.key_id, now=utc_now())
    return OfficerOut.model_validate(officer, from_attributes=True)

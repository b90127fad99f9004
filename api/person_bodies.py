"""A person as a request names one: by a number in any notation, or by an address; never in an address of the API."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from api.bodies import Body, Number
from governance.consents import Person
from governance.workspaces import Workspace
from ingest.people import certain, notations, region_of_zone, tokens_of
from storage.resources import Resources

Email = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254, pattern="@")]
REF_DIGITS = 12
"""How much of a keyed hash is shown, as `party_refs` of a call log shows it."""


class PersonIn(Body):
    """Somebody, by number or by e-mail. It is kept as a keyed hash only."""

    number: Number | None = Field(default=None, min_length=1, examples=["+91 98765 43210"])
    email: (
        Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254, pattern="@")] | None
    ) = Field(default=None, examples=["anna@example.com"])
    region: str | None = Field(
        default=None,
        pattern=r"^[A-Z]{2}$",
        examples=["IN"],
        description="The country of a national number; left out, that of the workspace's zone.",
    )

    @model_validator(mode="after")
    def _one(self) -> PersonIn:
        if (self.number is None) == (self.email is None):
            raise ValueError("name the person by `number` or by `email`, one of the two")
        return self


async def person_of(stores: Resources, workspace: Workspace, person: PersonIn) -> Person:
    """Return a person by keyed hashes, those apart that are nobody else's. Raises Invalid as `person_tokens`."""
    text, region = str(person.number or person.email), person.region or region_of_zone(workspace.policy.zone)
    token = (await stores.keyring.blind_indexer(workspace.workspace_id)).token
    return Person(tuple(map(token, notations(text, region))), tuple(map(token, certain(text, region))))


async def person_tokens(stores: Resources, workspace: Workspace, person: PersonIn) -> tuple[str, ...]:
    """Return the keyed hashes of a person. Raises Invalid for nobody, and for a national number without a country."""
    region = person.region or region_of_zone(workspace.policy.zone)
    return await tokens_of(stores, workspace.workspace_id, str(person.number or person.email), region)

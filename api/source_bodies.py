"""A source as an administrator writes it and as it is shown; its secrets go in and never come out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from api.answers import Answer
from api.bodies import Body

Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]
Host = Annotated[str, StringConstraints(pattern=r"^(\*\.)?[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){0,8}$")]


class SourceIn(Body):
    """What a phone system, carrier or provider does not say by itself."""

    format: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")] = Field(
        default="auto", examples=["asterisk_csv"], description="Of its files; `auto` asks each file."
    )
    zone: str | None = Field(
        default=None, max_length=64, examples=["Asia/Kolkata"], description="Of local times. Never guessed."
    )
    region: str | None = Field(
        default=None, pattern=r"^[A-Z]{2}$", examples=["IN"], description="Of national numbers. Never guessed."
    )
    encoding: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,40}$")] = Field(
        default="utf-8", description="Of text files."
    )
    mapping: dict[str, Any] | None = Field(
        default=None, description="Columns of generic CSV, or a carrier's layout; docs/formats.md."
    )
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$", description="Of costs that name none.")
    own_numbers: str | None = Field(
        default=None, max_length=500, description="Regular expression of the company's own numbers."
    )
    provider: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")] | None = Field(
        default=None, examples=["twilio"], description="Whose callbacks come; left out, none do."
    )
    fetch_hosts: list[Host] = Field(
        default=[],
        max_length=20,
        examples=[["api.twilio.com"]],
        description="Hosts from which recordings may be fetched; none by default.",
    )
    settings: dict[Word, Annotated[str, StringConstraints(max_length=20_000)]] = Field(
        default={}, max_length=50, description="What the provider's adapter needs and is no secret."
    )
    secrets: dict[Word, Annotated[str, StringConstraints(min_length=1, max_length=20_000)]] | None = Field(
        default=None,
        max_length=50,
        description="Tokens and passwords. Sealed and never shown; left out, those there are stay, {} removes them.",
    )


class SourceOut(Answer):
    """A source. Of its secrets only the names are shown."""

    name: str
    format: str
    zone: str | None
    region: str | None
    encoding: str
    mapping: dict[str, Any] | None
    currency: str | None
    own_numbers: str | None
    provider: str | None
    fetch_hosts: list[str]
    settings: dict[str, str]
    secret_names: list[str]
    callback_url: str | None = Field(description="Where its provider sends callbacks: keep it to yourselves.")


class SourceHook(Answer):
    """A new callback address."""

    name: str
    callback_url: str | None
    rotated_at: datetime

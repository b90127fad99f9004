"""What comes in as JSON. Unknown fields are refused by name; examples show in /docs."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
)

from domain.due_facts import CustomerType
from domain.durations import Duration
from domain.jurisdictions import jurisdiction
from domain.parties import MOST
from domain.processing import Consent
from domain.records import Purpose
from domain.scopes import Scope
from domain.sights import WorkspaceRole
from domain.waivers import Office
from ingest.file_names import LONGEST

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Number = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]
_DATE_AND_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]")
_FIRST_YEAR, _LAST_YEAR = 1970, 2200


def _written_out(value: object) -> object:
    """Refuse bare numbers, as text too: are they seconds or milliseconds?"""
    if isinstance(value, datetime) or (isinstance(value, str) and _DATE_AND_TIME.match(value)):
        return value
    raise ValueError("write the instant with its zone, as 2026-11-20T11:32:00+05:30")


def _in_our_time(value: datetime) -> datetime:
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise ValueError(f"the year must lie between {_FIRST_YEAR} and {_LAST_YEAR}")
    return value


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("write a zone of the IANA database, such as Asia/Kolkata")
    return name


Moment = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_in_our_time)]
"""An instant with its zone, so far from the ends of the calendar that no zone moves it over them."""
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$"), Field(examples=["9f" * 32])]

LogId = Annotated[str, StringConstraints(pattern=r"^(log|cdr)_[a-z2-7]{26}$"), Field(examples=["log_" + "a" * 26])]
PartSums = Annotated[
    list[Sha256],
    Field(
        max_length=10_000,
        examples=[["9f" * 32]],
        description="SHA-256 of each part, in order: one that arrives damaged is found, and only that one asked for.",
    ),
]


class Body(BaseModel):
    """A request body: unknown fields are refused by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class WorkspaceIn(Body):
    """A new workspace."""

    name: Name = Field(examples=["Acme Support"])
    profile: str = Field(
        default="strict", examples=["strict"], description="Policy profile; `callward policy list` names them."
    )
    content_retention: str | None = Field(
        default=None, examples=["P90D"], description="The customer's own window for recordings and transcripts."
    )
    consent_required: bool | None = Field(
        default=None, strict=True, description="Wait for the parties' consent before any processing."
    )
    instruction: list[Purpose] = Field(
        default=[Purpose.TRANSCRIPTION, Purpose.REDACTION, Purpose.SERVE_CUSTOMER],
        min_length=1,
        description="What the customer instructs its processor to do (GDPR Art. 28).",
    )

    @field_validator("content_retention")
    @classmethod
    def _is_duration(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                duration = Duration.parse(value)
            except ValueError:
                raise ValueError("not an ISO 8601 calendar duration; write P90D, P12M or P10Y") from None
            if duration.months > 12 * 100 or duration.days > 366 * 100:
                raise ValueError("a retention of more than a hundred years cannot be meant")
        return value


class KeyIn(Body):
    """A new API key."""

    name: Name = Field(examples=["mobile app"])
    scopes: list[Scope] = Field(min_length=1, examples=[["calls:write", "calls:read"]])
    expires_at: Moment | None = Field(default=None, examples=["2027-06-30T00:00:00+05:30"])
    role: WorkspaceRole | None = Field(
        default=None, description="What its holder does; the workspace's settings say what each role may see."
    )
    office: Office | None = Field(
        default=None,
        description="The office of the key's holder: a CEO or CTO approves exceptions to policy. Only the platform's "
        "administrator can say it.",
    )


class RecordingIn(Body):
    """What will be uploaded."""

    media_type: str = Field(examples=["audio/wav"], max_length=100)
    size: int = Field(gt=0, strict=True, examples=[719084], description="Bytes.")
    sha256: Sha256 | None = None
    multipart: bool | None = Field(
        default=None, strict=True, description="Parts of 8 MiB; by default for more than 32 MiB."
    )
    part_sha256: PartSums = []
    started_at: Moment | None = Field(
        default=None, examples=["2026-11-20T11:32:07+05:30"], description="When the recording began."
    )
    file_name: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)] | None = Field(
        default=None,
        examples=["Call recording +14155550132_261120_113207.m4a"],
        description="As the recorder named it. Number and time are read from it, to find the call log; the name is not "
        "kept. Its time is the phone's local time: send `device_zone` too.",
    )


class CallLogIn(Body):
    """The call's entry in the phone's or phone system's log."""

    setup_time: Moment = Field(examples=["2026-11-20T11:32:00+05:30"])
    answer_time: Moment | None = None
    end_time: Moment | None = None
    duration_s: float | None = Field(default=None, ge=0, le=7 * 86_400, strict=True)
    direction: Literal["inbound", "outbound", "internal", "unknown"] = "unknown"
    disposition: Literal["answered", "missed", "busy", "failed", "voicemail"] | None = None
    caller: Number | None = Field(default=None, examples=["+14155550132"])
    callee: Number | None = Field(default=None, examples=["+442079460018"])
    region: str | None = Field(
        default=None, pattern=r"^[A-Z]{2}$", examples=["IN"], description="The device's country, for national numbers."
    )
    agent_name: Name | None = None
    contact_name: Name | None = None
    contact_email: Annotated[str, StringConstraints(strip_whitespace=True, max_length=254)] | None = None


class PartyIn(Body):
    """Somebody in a call; with neither number nor e-mail it is not known who. Kept as keyed hashes."""

    number: Number | None = Field(default=None, min_length=1, examples=["+919876543210"])
    email: Annotated[str, StringConstraints(strip_whitespace=True, max_length=254, pattern="@")] | None = None
    region: str | None = Field(default=None, pattern=r"^[A-Z]{2}$", description="Of a number without its country.")
    jurisdiction: Annotated[str, AfterValidator(lambda code: jurisdiction(code).code)] | None = Field(
        default=None, max_length=8, examples=["IN"], description="Whose law protects this person: IN, DE, EU, US-CA."
    )
    customer_type: CustomerType | None = None
    minor: bool = Field(default=False, strict=True, description="A child. Nothing of the call is ever trained on.")


class CallIn(Body):
    """A call to register."""

    recording: RecordingIn
    call_log: CallLogIn | None = None
    source: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")] = Field(
        default="api", examples=["android-crm"]
    )
    origin_id: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = Field(
        default=None, description="The source's own id of the call: the same source and id is the same call."
    )
    channels: list[Literal["agent", "contact", "unknown"]] = Field(
        default=[], max_length=8, description="Who speaks on which channel, in order; left out, parties are unknown."
    )
    consent: Consent = Consent.UNKNOWN
    parties: list[PartyIn] = Field(
        default=[], max_length=MOST, description="Who is in the call, all of them; left out, the sides of its log."
    )
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")] | None = Field(default=None, examples=["en"])
    log_id: LogId | None = Field(
        default=None,
        description="The call log or CDR that the recording belongs to, where the client knows it. Certain, and final.",
    )
    device_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$")] | None = Field(
        default=None,
        examples=["b7c1e0f2"],
        description="The same as in POST /v1/call-logs:batch; stored as a keyed hash.",
    )
    device_zone: Annotated[str, AfterValidator(_known_zone)] | None = Field(
        default=None, examples=["Asia/Kolkata"], description="The device's IANA zone, for the time in `file_name`."
    )


class UploadIn(Body):
    """Go on with an upload."""

    part_sha256: PartSums = []


class CompleteIn(Body):
    """The upload is finished."""

    sha256: Sha256
    part_sha256: PartSums = []


class MatchIn(Body):
    """Which call log a recording belongs to, as a person decides it."""

    log_id: LogId | None = Field(examples=["log_" + "a" * 26], description="Null: none of them.")


class SearchIn(Body):
    """Find calls by a party's number. The number travels in the body, never in an address."""

    number: Number = Field(min_length=1, examples=["+14155550132"])
    region: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    limit: int = Field(default=50, ge=1, le=200, strict=True)

"""What comes in and goes out as JSON. Unknown fields are refused; examples show in /docs."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal

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

from domain.calls import CallState, Stage, StageState
from domain.processing import Consent
from domain.records import Category, LegalBasis, Purpose, Role
from domain.retention import Duration
from domain.scopes import Scope

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


Moment = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_in_our_time)]
"""An instant with its zone, so far from the ends of the calendar that no zone moves it over them."""
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$"), Field(examples=["9f" * 32])]


class Body(BaseModel):
    """A request body: unknown fields are refused by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """A response body."""

    model_config = ConfigDict(frozen=True)


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


class WorkspaceOut(Answer):
    """A workspace."""

    id: str
    name: str
    policy_id: str
    policy_version: int
    region: str
    zone: str
    consent_required: bool
    instruction: list[Purpose]
    created_at: datetime


class KeyIn(Body):
    """A new API key."""

    name: Name = Field(examples=["mobile app"])
    scopes: list[Scope] = Field(min_length=1, examples=[["calls:write", "calls:read"]])
    expires_at: Moment | None = Field(default=None, examples=["2027-06-30T00:00:00+05:30"])


class KeyOut(Answer):
    """An API key without its secret."""

    id: str
    workspace_id: str | None
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class KeyCreated(KeyOut):
    """An API key as it is shown once."""

    key: str = Field(description="Shown once. Only its hash is kept.")


class RecordingIn(Body):
    """What will be uploaded."""

    media_type: str = Field(examples=["audio/wav"], max_length=100)
    size: int = Field(gt=0, strict=True, examples=[719084], description="Bytes.")
    sha256: Sha256 | None = None
    multipart: bool | None = Field(
        default=None, strict=True, description="Parts of 8 MiB; by default for more than 32 MiB."
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
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")] | None = Field(default=None, examples=["en"])


class CompleteIn(Body):
    """The upload is finished."""

    sha256: Sha256


class ConsentIn(Body):
    """What is known of the parties' consent to recording."""

    consent: Consent


class SearchIn(Body):
    """Find calls by a party's number. The number travels in the body, never in an address."""

    number: Number = Field(min_length=1, examples=["+14155550132"])
    region: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    limit: int = Field(default=50, ge=1, le=200, strict=True)


class HoldIn(Body):
    """A legal hold to place."""

    matter: Name = Field(examples=["2026-114"])
    call_id: str | None = Field(default=None, max_length=64, description="Left out, the whole workspace is held.")


class HoldOut(Answer):
    """A legal hold."""

    id: str
    matter: str
    call_id: str | None
    placed_at: datetime
    released_at: datetime | None


class StageOut(Answer):
    """Where a stage stands."""

    stage: Stage
    state: StageState
    reason: str | None = Field(description="A constant word; docs/stages.md explains each.")
    updated_at: datetime
    took_s: float | None


class TagsOut(Answer):
    """What a record was born with."""

    category: Category
    role: Role
    purposes: list[Purpose]
    legal_basis: LegalBasis
    region: str
    retain_until: datetime
    policy_id: str
    policy_version: int


class CallLogOut(Answer):
    """The traffic data of a call. Numbers are shown only in the clear copy; `party_refs` tell equal ones apart."""

    setup_time: datetime
    answer_time: datetime | None
    end_time: datetime | None
    duration_s: float | None
    direction: str
    disposition: str | None
    party_refs: list[str]
    caller: str | None = None
    callee: str | None = None


class CallOut(Answer):
    """A call."""

    id: str
    state: CallState
    stages: list[StageOut]
    source: str
    media_type: str
    size: int
    duration_s: float | None
    channels: int | None
    language: str | None
    consent: Consent
    setup_time: datetime | None
    created_at: datetime
    updated_at: datetime
    ready_at: datetime | None
    truncated: bool = Field(description="The recording ended before its container says it should.")
    record: TagsOut


class CallDetail(CallOut):
    """A call with its log, what was found in it (kinds and counts, never values) and the tags of each record."""

    call_log: CallLogOut | None
    found: dict[str, int] | None
    records: dict[str, TagsOut]


class SignedLink(Answer):
    """A link to PUT bytes to, with the headers to send as they are."""

    url: str
    headers: dict[str, str]


class PartLink(SignedLink):
    """A link for one part."""

    number: int


class UploadOut(Answer):
    """How to bring the bytes."""

    mode: Literal["single", "multipart"]
    expires_at: datetime
    single: SignedLink | None = None
    part_bytes: int = 0
    parts: list[PartLink] = []
    arrived: list[int] = Field(default=[], description="Parts that the store has already.")


class Registered(Answer):
    """A registered call."""

    call: CallOut
    upload: UploadOut | None = Field(description="None once the recording has arrived.")


class CallPage(Answer):
    """A page of calls, newest first."""

    calls: list[CallOut]
    next: str | None = Field(description="Cursor of the next page; also in the Link header.")


class WordOut(Answer):
    """One word with its time in seconds; `entity_type` marks a placeholder for what was removed."""

    start: float
    end: float
    text: str
    probability: float
    entity_type: str | None = None


class SegmentOut(Answer):
    """One turn."""

    channel: int
    party: Literal["agent", "contact", "unknown"]
    start: float
    end: float
    language: str
    text: str
    words: list[WordOut]


class EngineOut(Answer):
    """Which engine made the transcript."""

    engine: str
    model_id: str
    compute_type: str
    versions: dict[str, str]
    parameters: dict[str, Any]


class TranscriptOut(Answer):
    """A transcript."""

    call_id: str
    redacted: bool
    language: str
    language_probability: float
    duration_s: float
    channels: int
    engine: EngineOut
    quality: dict[str, float]
    segments: list[SegmentOut]


class DeadLetter(Answer):
    """A job that was given up; `error` is a constant word."""

    job_id: str
    workspace_id: str
    call_id: str
    task: str
    attempts: int
    error: str | None
    created_at: datetime


class Receipt(Answer):
    """Proof of an erasure."""

    id: str
    call_id: str
    cause: str
    erased_at: datetime
    erased: dict[str, int]
    key_destroyed: bool


class AuditEvent(Answer):
    """One event of the audit chain."""

    sequence: int
    event: str
    actor: str
    at: datetime
    call_id: str | None
    detail: dict[str, str | int]


class AuditPage(Answer):
    """The newest events, and whether the chain holds."""

    intact: bool
    events: list[AuditEvent]


class ProblemOut(Answer):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    what_to_do: str
    request_id: str | None = None

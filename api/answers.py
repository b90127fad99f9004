"""What goes out as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
)

from domain.calls import CallState, Stage, StageState
from domain.processing import Consent
from domain.records import Category, LegalBasis, Purpose, Role
from domain.review import ReviewState
from domain.scopes import Scope
from domain.sights import WorkspaceRole
from domain.sound import SoundState
from domain.speech import Speakers
from domain.waivers import Office


class Answer(BaseModel):
    """A response body."""

    model_config = ConfigDict(frozen=True)


class SpeechOut(Answer):
    """How a workspace's calls are heard."""

    language: str | None
    allowed_languages: list[str]
    hot_words: list[str]
    review_below: float | None
    model: str | None


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
    speech: SpeechOut
    created_at: datetime


class KeyOut(Answer):
    """An API key without its secret."""

    id: str
    workspace_id: str | None
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    office: Office | None = None
    role: WorkspaceRole | None = None


class KeyCreated(KeyOut):
    """An API key as it is shown once."""

    key: str = Field(description="Shown once. Only its hash is kept.")


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


class ReviewOut(Answer):
    """Whether a person should look at the transcript, and what one decided."""

    needed: bool
    state: ReviewState
    reasons: list[str] = Field(description="Constant words; docs/stages.md explains each.")
    decided_at: datetime | None


class CallOut(Answer):
    """A call."""

    id: str
    state: CallState
    stages: list[StageOut]
    source: str
    media_type: str
    size: int | None = Field(description="Bytes; null until a recording that is fetched from a provider has come.")
    duration_s: float | None
    channels: int | None
    language: str | None
    consent: Consent
    setup_time: datetime | None
    created_at: datetime
    updated_at: datetime
    ready_at: datetime | None
    truncated: bool = Field(description="The recording ended before its container says it should.")
    version: int = Field(description="The version of the transcript that `state` and `stages` tell of.")
    review: ReviewOut | None = Field(description="Null until the text is redacted.")
    record: TagsOut


class MatchCandidate(Answer):
    """A call log or CDR that may belong to a recording."""

    log_id: str
    how: Literal["id", "number", "time"]
    confidence: float = Field(ge=0, le=1)


class MatchOut(Answer):
    """Which call log belongs to a recording, and what that rests on."""

    state: Literal["matched", "review", "open", "none"] = Field(
        description="`review`: more than one fits, and a person decides. `open`: none has come yet. `none`: there is "
        "nothing to go by, or none came in thirty days, or a person said so."
    )
    log_id: str | None
    how: Literal["given", "id", "person", "number", "time"] | None
    confidence: float | None = Field(ge=0, le=1)
    candidates: list[MatchCandidate]
    began: datetime | None = Field(description="When the recording began, as its device says.")
    decided_at: datetime


class MatchedCall(Answer):
    """A call and its match."""

    call_id: str
    setup_time: datetime | None
    created_at: datetime
    duration_s: float | None
    match: MatchOut


class MatchPage(Answer):
    """A page of matches, newest call first."""

    matches: list[MatchedCall]
    next: str | None = Field(description="Cursor of the next page; also in the Link header.")


class RehearingOut(Answer):
    """A call that is being heard again, or was without success; what was served before is served on."""

    version: int
    state: CallState
    stages: list[StageOut]


class CallDetail(CallOut):
    """A call with its log, what was found in it (kinds and counts, never values) and the tags of each record."""

    match: MatchOut | None = Field(description="None for calls that are older than the matching.")

    call_log: CallLogOut | None
    found: dict[str, int] | None
    sound: SoundState | None = Field(description="What is known of the redacted sound; only `verified` is served.")
    quality: dict[str, float] | None = Field(description="How well it was heard; docs/api.md explains it.")
    rehearing: RehearingOut | None
    records: dict[str, TagsOut]


class SignedLink(Answer):
    """A link to PUT bytes to, with the headers to send as they are."""

    url: str
    headers: dict[str, str]


class PartLink(SignedLink):
    """A link for one part."""

    number: int
    size: int = Field(description="Bytes of this part.")


class ArrivedPart(Answer):
    """A part that the store has."""

    number: int
    size: int
    sha256: str | None = Field(description="As the client said it; null when it said nothing of this part.")


class UploadOut(Answer):
    """How to bring the bytes."""

    mode: Literal["single", "multipart"]
    expires_at: datetime
    single: SignedLink | None = None
    part_bytes: int = 0
    parts: list[PartLink] = []
    arrived: list[int] = Field(default=[], description="Parts that the store has already.")
    arrived_parts: list[ArrivedPart] = Field(default=[], description="The same, with size and checksum.")


class Registered(Answer):
    """A registered call; or the word that it was erased here before, which leaves nothing more to do."""

    call: CallOut | None = Field(description="None when the call was erased.")
    upload: UploadOut | None = Field(description="None once the recording has arrived, or when the call was erased.")
    outcome: Literal["created", "existing", "erased"]


class Received(CallOut):
    """The call to which the bytes belong; `existing` when it had been delivered before under another id."""

    outcome: Literal["received", "existing"] = "received"


class NotReceived(Answer):
    """These bytes, or this call, were erased here before: nothing was stored, and there is nothing more to do."""

    id: str
    outcome: Literal["erased"] = "erased"


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
    speaker: str | None = Field(
        default=None, description="A voice told apart from others on the same channel; which one, never who."
    )
    text: str
    words: list[WordOut]


class UnheardOut(Answer):
    """Speech that could not be made into words, in seconds. The redacted sound is silent there."""

    channel: int
    start: float
    end: float


class TonesOut(Answer):
    """Telephone key tones, in seconds. The redacted sound is silent there; which keys they were is kept nowhere."""

    channel: int
    start: float
    end: float


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
    version: int
    redacted: bool
    language: str
    language_probability: float
    duration_s: float
    channels: int
    engine: EngineOut
    quality: dict[str, float]
    unheard: list[UnheardOut]
    tones: list[TonesOut]
    speakers: Speakers = Field(description="What tells the speakers apart: channels, turns, or nothing (unknown).")
    segments: list[SegmentOut]


class TranscriptionOut(Answer):
    """One version of a call's transcript: how it was made and how well, nothing that was said."""

    version: int
    state: Literal["served", "earlier", "closed", "rejected", "under_way", "unfinished"] = Field(
        description="`closed`: a later one found personal data that this one lets through. `unfinished`: its stages "
        "ended before the last."
    )
    asked_at: datetime | None = Field(description="Null for the first.")
    created_at: datetime | None = Field(description="When the words were made; null until then.")
    engine: EngineOut | None = None
    language: str | None = None
    speakers: Speakers | None = None
    quality: dict[str, float] | None = None


class TranscriptionList(Answer):
    """All versions, in order."""

    call_id: str
    versions: list[TranscriptionOut]


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


class ProblemOut(Answer):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    what_to_do: str
    request_id: str | None = None

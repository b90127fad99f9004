"""What goes out about how personal data is hidden, and about what was found. Never a value."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from api.answers import Answer


class OwnPatternOut(Answer):
    """A pattern of the workspace's own."""

    kind: str
    pattern: str


class RedactionPolicyOut(Answer):
    """A redaction policy as it stands."""

    version: int = Field(description="0: the default profile; the workspace never set a policy.")
    profile: str
    threshold: float
    operator: str
    operators: dict[str, str]
    disabled: list[str]
    keep_references: bool
    patterns: list[OwnPatternOut]
    sound: str = Field(description="What stands in the sound where words are hidden: `tone` or `silence`.")
    kinds: dict[str, str] = Field(description="What comes of it: for every kind its operator, or `disabled`.")


class PolicyNamed(Answer):
    """Under which policy a call was redacted; `digest` tells two apart whatever they are called."""

    profile: str
    version: int
    digest: str


class FinderOut(Answer):
    """Which finder, model and rules found it."""

    finder: str
    model_id: str
    version: str


class RedactionOut(Answer):
    """Where an item stands, or a piece of one, and what was done with it."""

    kind: str
    segment: int
    channel: int | None = Field(description="Null for calls that were redacted before places were kept.")
    start: float | None = Field(description="Seconds; null where a word has no time.")
    end: float | None
    score: float
    recognizer: str
    operator: str
    reason: str = Field(description="Constant words.")
    group: int = Field(description="The same for pieces of one item that runs over several turns; 0 for a whole one.")


class RedactionsOut(Answer):
    """The inventory of a version of a call: kinds, counts and places of personal data."""

    call_id: str
    version: int
    redacted_at: datetime
    policy: PolicyNamed | None = Field(description="Null for calls that were redacted before there were policies.")
    finder: FinderOut
    found: dict[str, int] = Field(description="Items of each kind.")
    redactions: list[RedactionOut]

"""What goes out of the audit chain as JSON."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from api.answers import Answer
from domain.chains import Flaw


class AuditEvent(Answer):
    """One event of the audit chain."""

    sequence: int
    event: str
    actor: str
    at: datetime
    call_id: str | None
    detail: dict[str, str | int]


class AuditPage(Answer):
    """The newest events."""

    intact: bool = Field(
        description="Whether the newest 500 events fit together. GET /v1/audit/verification checks all of them."
    )
    events: list[AuditEvent]


class AuditHead(Answer):
    """The chain's newest entry: keep `line` where nobody who can write to the database can change it."""

    sequence: int = Field(description="Number of the newest event, 0 while there is none.")
    hash: str = Field(description="Its SHA-256, empty while there is none.")
    at: datetime
    line: str = Field(description="All of it in one line, signed (HMAC-SHA256) under a key of the workspace.")


class AuditVerification(Answer):
    """What came of checking the chain."""

    intact: bool
    events: int = Field(description="How many events hold, from the first on.")
    hash: str = Field(description="Hash of the last of them, empty when there is none.")
    flaw: Flaw | None = Field(
        description="`changed`: an event is not what its hash says. `missing`: one is not there, or one too many. "
        "`cut`: the chain ends before the kept head. `rewritten`: it holds, and is not the chain whose head was kept."
    )
    at_sequence: int | None = Field(description="Where the flaw is.")
    head_checked: bool = Field(description="Without a kept head a cut tail, or a chain written anew, does not show.")

"""What goes out of CDRs and imports as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from api.answers import Answer, TagsOut


class RejectionOut(Answer):
    """A row that was refused."""

    raw_line: int = Field(description="Number of the row's first line in the file, from 1.")
    reason: str = Field(description="A constant word; docs/formats.md explains each.")
    message: str = Field(description="What can be done.")


class KeptRejection(RejectionOut):
    """A refused row as it is kept; `raw` is the row, cut to 4 KiB, in the clear copy only."""

    id: str
    kept_until: datetime
    raw: str | None = None


class ImportCounts(Answer):
    """Rows in = landed + duplicates + rejected + expired + erased. `calls` and `merged` count calls."""

    rows: int
    landed: int
    duplicates: int = Field(description="Rows that had come before.")
    rejected: int
    expired: int = Field(description="Rows whose retention is over; nothing of them is stored.")
    erased: int = Field(description="Rows of calls that were erased here; nothing of them is stored.")
    calls: int = Field(description="Calls that are new.")
    merged: int = Field(description="Calls to which rows came that had not been there.")


class Imported(ImportCounts):
    """What became of a file."""

    import_id: str
    source: str
    format: str | None
    rejections: list[RejectionOut] = Field(description="The first twenty.")
    quarantined: bool = Field(description="Refused rows are kept at /v1/imports/{id}/rejections for thirty days.")


class ImportOut(Answer):
    """An import."""

    id: str
    source: str
    format: str | None
    state: str = Field(description="running, done, refused (the file as a whole), or interrupted (send it again).")
    reason: str | None
    quarantined: bool
    counts: ImportCounts
    started_at: datetime
    updated_at: datetime
    ended_at: datetime | None


class ImportPage(Answer):
    """A page of imports, newest first."""

    imports: list[ImportOut]
    next: str | None = Field(description="Cursor of the next page; also in the Link header.")


class RejectionPage(Answer):
    """A page of refused rows, in the file's order."""

    rejections: list[KeptRejection]
    next: str | None = Field(description="Cursor of the next page; also in the Link header.")


class PartyOut(Answer):
    """One side of a call as routing: what it is and in which country, never who."""

    kind: str
    code: int | None = Field(default=None, description="Country calling code.")
    region: str | None = Field(default=None, description="ISO country code.")
    presentation: str = "allowed"


class CostOut(Answer):
    """A charge; the amount is a decimal text."""

    amount: str
    currency: str | None = None


class LegOut(Answer):
    """One leg of a call, without who took part."""

    setup_time: datetime | None = None
    answer_time: datetime | None = None
    end_time: datetime | None = None
    duration_s: float | None = None
    talk_s: float | None = None
    disposition: str | None = None
    caller: PartyOut
    callee: PartyOut
    facts: dict[str, str] = Field(default={})
    cost: CostOut | None = None


class CdrOut(LegOut):
    """The traffic data of a call; identifiers only in the clear copy."""

    id: str
    source: str
    format: str
    setup_time: datetime | None
    direction: str
    legs: list[LegOut] = Field(description="Where there is more than one.")
    recordings: int
    party_refs: list[str] = Field(description="Tell equal parties apart, within the workspace; empty once they left.")
    identifiers_until: datetime | None = Field(description="When the numbers leave; null once they have.")
    record: TagsOut


class CdrDetail(CdrOut):
    """With the clear copy: the call with its numbers, names and free fields, as `callward parse` prints it."""

    clear: dict[str, Any] | None = None


class CdrPage(Answer):
    """A page of CDRs, newest first."""

    cdrs: list[CdrOut]
    next: str | None = Field(description="Cursor of the next page; also in the Link header.")


class TotalsLine(Answer):
    """Counts, durations and charges of one group of calls. What was not asked for by `by` is null."""

    day: str | None = None
    direction: str | None = None
    country: str | None = Field(default=None, description="Of the other side, where it has a number.")
    disposition: str | None = None
    source: str | None = None
    currency: str | None = None
    calls: int
    answered: int
    duration_s: float
    talk_s: float
    charge: str | None = Field(description="Exact decimal; null where nothing was charged.")


class Totals(Answer):
    """Sums of CDRs. They do not change when the numbers leave."""

    lines: list[TotalsLine]

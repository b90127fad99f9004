"""What goes out of receipts and of what is due as JSON."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from api.answers import Answer
from domain.chains import Flaw
from governance.receipts import ReceiptKind


class ErasureReceipt(Answer):
    """Proof that something was erased; it says nothing of what it was."""

    id: str
    sequence: int
    kind: ReceiptKind
    call_id: str | None
    artifact: str | None
    cause: str
    erased_at: datetime
    erased: dict[str, int] = Field(description="How many records and objects, by place.")
    key_destroyed: bool
    months: list[str] = Field(description="The months whose keys were destroyed.")
    hash: str


class ReceiptPage(Answer):
    """Receipts, newest first."""

    receipts: list[ErasureReceipt]
    before: int | None = Field(description="Ask with it for the next page; null at the end.")


class ReceiptVerification(Answer):
    """Whether the chain of receipts holds."""

    intact: bool
    receipts: int = Field(description="How many hold, from the first on.")
    unchained: int = Field(description="Receipts of an earlier version; the chain's first receipt vouches for them.")
    flaw: Flaw | None
    at_sequence: int | None
    head: str = Field(description="One line to keep elsewhere: with it a cut or rewritten chain is found.")
    head_checked: bool


class DueNow(Answer):
    """What is due at one place."""

    what: str
    due: int
    held: int = Field(description="How many of them a legal hold keeps.")
    goes: int = Field(description="How many the next sweep takes.")

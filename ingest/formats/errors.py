"""What can be wrong with a file or a row, in words that its reader can act on; never a number or name from the file."""

from __future__ import annotations

from typing import ClassVar

from domain.errors import CallwardError


class RowError(ValueError):
    """One row cannot be taken in; the rest of the file can. `reason` is constant, `message` says what to do."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class FileRefused(CallwardError):
    """The whole file is refused: nothing of it lands. `reason` (in `fields`) is constant."""

    code: ClassVar[str] = "file-refused"
    permanent: ClassVar[bool] = True

    def __init__(self, reason: str, message: str, **fields: str | float | None) -> None:
        super().__init__(message, reason=reason, **fields)
        self.reason = reason


class UnknownFormat(CallwardError):
    """The file is none of the formats, or not the one it was said to be."""

    code: ClassVar[str] = "unknown-format"
    permanent: ClassVar[bool] = True


class ZoneNeeded(CallwardError):
    """The times in the file have no zone and the source's configuration names none: nothing is guessed."""

    code: ClassVar[str] = "zone-needed"
    permanent: ClassVar[bool] = True


REASONS: dict[str, str] = {
    "columns": "The row does not have the columns of its format.",
    "time": "A time cannot be read, or the zone that it needs is not given.",
    "time_ambiguous": "The local time happened twice (clocks went back) and nothing in the row says which is meant.",
    "future": "The call begins more than a day in the future; check the device's or switch's clock and zone.",
    "negative_duration": "The duration is negative.",
    "end_before_start": "The call ends before it begins, or was answered outside it.",
    "number_as_float": "An id or number was written as a floating-point number and has lost digits.",
    "encoding": "The row is not in the file's encoding (UTF-8 unless the source says otherwise).",
    "line_too_long": "The line is longer than 1 MiB.",
    "quote": "A quotation mark is opened and never closed.",
    "header_repeated": "The header stands in the middle of the file once more.",
    "field": "A field has a value that its format does not know.",
    "not_a_call": "The row is a marker or an event that makes no call by itself and belongs to none in the file.",
    "json": "The line is not valid JSON.",
    "xml": "The element is not well formed or lacks what its format needs.",
    "too_deep": "The value is nested too deep.",
    "retention_over": "The retention of a call that began then is over already; nothing was stored.",
    "critical": "The vCon names an extension that must be understood before it is processed, and it is not.",
    "encrypted": "The vCon is encrypted; send it decrypted, or signed.",
    "signature": "The vCon is signed, and not with a certificate that the source trusts, or the signature is wrong.",
    "base64": "The content is not valid base64url.",
    "content_hash": "The content does not have the hash that is stated, or none by which it can be checked.",
    "too_many_rows": "Its call has more rows than a call can have; the column that tells calls apart is the wrong one.",
    "unreadable": "The row cannot be read.",
}
"""Every reason why a row is refused. docs/formats.md tells them; a test holds the two together."""

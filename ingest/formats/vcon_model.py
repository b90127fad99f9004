"""What a vCon says, syntax 0.0.1 to 0.4.0: the names that changed between versions are read under either name.

draft-ietf-vcon-vcon-core: `mimetype` became `mediatype`, `alg` and `signature` became `content_hash`, `appended`
became `amended`, `must_support` became `critical`; the member `vcon` (the version) is deprecated and may be missing.
Members that nobody knows are passed over, as the draft asks, unless `critical` names their extension.
"""

from __future__ import annotations

import re
import uuid
from decimal import Decimal
from typing import Any, Final, TypeVar

import msgspec

from ingest.formats.errors import RowError

_VERSION: Final = re.compile(r"0\.[0-4]\.\d{1,3}")
_AT: Final = re.compile(r"`(\$[A-Za-z0-9_.\[\]]*)`")
_LONGEST_TEXT: Final = 2_000
SUPPORTED: Final = frozenset({"CC"})
"""Extensions of which all that matters here is understood: the contact centre's adds parties' roles."""
Model = TypeVar("Model")


class Reference(msgspec.Struct):
    """Another vCon: the one before this one."""

    uuid: str | None = None


class Party(msgspec.Struct):
    """One of the people or machines."""

    tel: Any = None
    sip: str | None = None
    mailto: str | None = None
    did: str | None = None
    name: str | None = None
    role: Any = None


class Dialog(msgspec.Struct):
    """One recording, message, transfer, or attempt at a call."""

    type: str
    start: Any = None
    duration: Any = None
    parties: Any = None
    originator: int | None = None
    mediatype: str | None = None
    mimetype: str | None = None
    filename: str | None = None
    body: Any = None
    encoding: str | None = None
    url: str | None = None
    content_hash: str | list[str] | None = None
    alg: str | None = None
    signature: str | None = None
    disposition: str | None = None
    transferor: int | None = None
    transferee: int | None = None
    transfer_target: int | list[int] | None = None

    @property
    def media(self) -> str | None:
        """The media type under its present name, without parameters."""
        given = self.mediatype or self.mimetype
        return None if given is None else given[:_LONGEST_TEXT].partition(";")[0].strip().lower()

    @property
    def hashes(self) -> list[str]:
        """The stated hashes as `algorithm-base64url`, whichever way they were written."""
        if self.content_hash is not None:
            return [self.content_hash] if isinstance(self.content_hash, str) else self.content_hash
        if self.alg is not None and self.signature is not None:
            return [f"{self.alg.lower().replace('-', '')}-{self.signature}"]
        return []


class Document(msgspec.Struct):
    """A vCon. Dialogs stay as they came: a bad one must not take the others with it."""

    uuid: str
    vcon: str | None = None
    created_at: Any = None
    updated_at: Any = None
    subject: str | None = None
    redacted: Reference | None = None
    amended: Reference | None = None
    appended: Reference | None = None
    critical: list[str] | None = None
    must_support: list[str] | None = None
    parties: list[Party] | None = None
    dialog: list[Any] | None = None
    analysis: list[Any] | None = None
    attachments: list[Any] | None = None

    @property
    def is_redacted(self) -> bool:
        """Whether it is the redacted version of another; an empty member says nothing."""
        return bool(self.redacted and self.redacted.uuid)

    @property
    def is_amended(self) -> bool:
        """Whether it adds to another."""
        changed = self.amended or self.appended
        return bool(changed and changed.uuid)

    @property
    def predecessor(self) -> str | None:
        """The uuid of the vCon that this one is a version of."""
        before = next((one.uuid for one in (self.amended, self.appended, self.redacted) if one and one.uuid), None)
        return None if before is None else canonical(before)


def shaped(value: Any, model: type[Model]) -> Model:
    """Return the value as a model. Raises RowError `field`, or `number_as_float` for a number that lost digits."""
    try:
        return msgspec.convert(value, model)
    except msgspec.ValidationError as error:
        place = _AT.search(str(error))
        told = f" at {place[1]}" if place else ""
        raise RowError("field", f"a member lacks, or has another type than vCon gives it{told}") from None


def document_of(value: Any) -> Document:
    """Return the vCon that a JSON object is.

    Raises:
        RowError: `critical` (MUST NOT be processed, says the draft), or `field` for another version, no uuid, or a
            member of another type.
    """
    if isinstance(value, dict) and value.get("uuid") is None:
        raise RowError("field", "the vCon has no uuid, by which it would be known again")
    document = shaped(value, Document)
    if document.vcon and not _VERSION.fullmatch(document.vcon):
        raise RowError("field", "the vCon is of a version that is not known here (0.0.1 to 0.4.0 are)")
    needed = {*(document.critical or ()), *(document.must_support or ())}
    if needed - SUPPORTED:
        raise RowError("critical", "an extension that the vCon calls critical is not understood here")
    document.uuid = canonical(document.uuid)
    return document


def canonical(text: str) -> str:
    """Return a uuid in its one form. Raises RowError `field`."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise RowError("field", "a uuid is not one") from None


def plain(value: Any) -> str | float | None:
    """Return a time or duration as text or number. Raises RowError `field` for anything else."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        raise RowError("field", "a time or duration is neither text nor a number")
    return value


def short(text: str | None) -> str | None:
    """Return a name, number or address. Raises RowError `field` when it is longer than such a thing can be."""
    if text is not None and len(text) > _LONGEST_TEXT:
        raise RowError("field", "a name, number, address or subject is longer than 2,000 characters")
    return text

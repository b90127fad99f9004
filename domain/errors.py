"""What can go wrong, as facts with ids. No HTTP here (only `api/problems.py` knows it) and never personal data."""

from __future__ import annotations

from typing import ClassVar


class CallwardError(Exception):
    """Base of all refusals. `code` is constant and documented in docs/problems.md; `fields` names what was wrong."""

    code: ClassVar[str] = "internal"
    permanent: ClassVar[bool] = False
    """Trying again cannot help: a chore that ends so is given up at once."""

    def __init__(self, message: str, **fields: str | float | list[int] | None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields


class NotFound(CallwardError):
    """No such thing for this caller. Said too when it exists in another workspace."""

    code = "not-found"


class Invalid(CallwardError):
    """A field has a value that cannot be accepted."""

    code = "invalid"
    permanent = True


class Conflict(CallwardError):
    """The thing is not in a state in which this can be done."""

    code = "conflict"


class Unauthenticated(CallwardError):
    """No key, a wrong key, or an expired one."""

    code = "unauthenticated"


class Forbidden(CallwardError):
    """The key is good and its scopes do not reach this."""

    code = "forbidden"


class IdempotencyKeyMissing(CallwardError):
    """A request that must be safe to repeat came without its Idempotency-Key."""

    code = "idempotency-key-missing"


class IdempotencyKeyReused(CallwardError):
    """The same Idempotency-Key came with another body."""

    code = "idempotency-key-reused"


class IdempotencyInProgress(CallwardError):
    """The first request with this Idempotency-Key is still being worked on."""

    code = "idempotency-in-progress"


class TooLarge(CallwardError):
    """More bytes than the workspace may send in one piece."""

    code = "too-large"
    permanent = True


class UnsupportedMedia(CallwardError):
    """A media type that is not taken in, or bytes that are not the media type they claim to be."""

    code = "unsupported-media"
    permanent = True


class NotAudio(CallwardError):
    """The bytes are no recording."""

    code = "not-audio"
    permanent = True


class EmptyRecording(CallwardError):
    """The upload holds nothing."""

    code = "empty-recording"
    permanent = True


class SizeMismatch(CallwardError):
    """Fewer or more bytes arrived than were announced."""

    code = "size-mismatch"


class ChecksumMismatch(CallwardError):
    """The bytes that arrived do not have the SHA-256 that was announced."""

    code = "checksum-mismatch"


class UploadMissing(CallwardError):
    """Completion was asked for before the bytes arrived."""

    code = "upload-missing"


class NotReady(CallwardError):
    """The call is still on its way through the stages; ask again later."""

    code = "not-ready"


class Blocked(CallwardError):
    """The call will not be served: a stage failed closed. The reason is in the call's stages."""

    code = "blocked"


class Rejected(CallwardError):
    """A person looked at the transcript and rejected it: it is served to nobody but as spoken."""

    code = "rejected"


class SoundUnverified(CallwardError):
    """The redacted sound was not heard again after it was silenced, or told something then."""

    code = "sound-unverified"


class Gone(CallwardError):
    """The record was erased, or its retention is over."""

    code = "gone"
    permanent = True


class ReasonMissing(CallwardError):
    """The clear copy was asked for without saying why."""

    code = "reason-missing"


class RangeNotSatisfiable(CallwardError):
    """The asked byte range lies outside what there is."""

    code = "range-not-satisfiable"


class Unavailable(CallwardError):
    """A part that the request needs does not answer now."""

    code = "unavailable"


class LostLease(CallwardError):
    """Another worker holds the job now; this one's result must not be written."""

    code = "lost-lease"


class Duplicate(CallwardError):
    """A unique value is taken already."""

    code = "duplicate"

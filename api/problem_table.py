"""Every problem code: its status, a short title, and what its reader can do. docs/problems.md tells them at length."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """What a code means: status, a short title, and what its reader can do."""

    status: int
    title: str
    what_to_do: str


PROBLEMS: dict[str, Problem] = {
    "unauthenticated": Problem(
        401,
        "No valid API key",
        "Send `Authorization: Bearer cw_…` with a key that is neither expired nor revoked; "
        "an administrator makes keys at POST /v1/workspaces/{id}/keys.",
    ),
    "forbidden": Problem(
        403,
        "The key's scopes do not reach this",
        "Use a key with a scope that `needs` names, or that the route's documentation names.",
    ),
    "not-found": Problem(
        404, "No such thing for this key", "Check the id, and that the key belongs to the workspace that owns it."
    ),
    "no-such-address": Problem(
        404,
        "There is nothing at this address",
        "See /docs for the addresses there are. None ends with a slash.",
    ),
    "gone": Problem(
        410,
        "Erased, or its retention is over",
        "Nothing can bring it back. Do not send it again; "
        "a privacy officer finds the receipt at GET /v1/calls/{id}/receipt.",
    ),
    "invalid": Problem(
        422,
        "The request has a field that cannot be accepted",
        "See `detail` and `errors`; correct the field and send the request again.",
    ),
    "malformed": Problem(
        400, "The request cannot be read", "Send valid JSON in UTF-8 with Content-Type: application/json."
    ),
    "method-not-allowed": Problem(405, "This method does not exist here", "See /docs for what the address takes."),
    "not-acceptable": Problem(
        406,
        "No such format",
        "Ask for application/json, text/vtt, application/x-subrip or text/plain, or use ?format=json|vtt|srt|text.",
    ),
    "conflict": Problem(
        409, "Not possible in the present state", "Read the call's state at GET /v1/calls/{id} and decide anew."
    ),
    "outdated": Problem(
        412,
        "The settings were changed meanwhile",
        "Read the version in force at GET /v1/workspaces/{id}/retention, decide anew and name it in If-Match.",
    ),
    "not-applied": Problem(
        409,
        "Stored records still follow the last change",
        "Send it again when GET /v1/workspaces/{id}/retention shows `applied_at`.",
    ),
    "second-admin-needed": Problem(
        403,
        "Another administrator must approve",
        "Let another administrator decide, with a key that was there before the change was asked for; "
        "GET /v1/workspaces/{id}/retention/proposals lists what waits.",
    ),
    "workspace-ended": Problem(
        403,
        "The workspace's account has ended",
        "Nothing is taken in or served any more. A privacy officer (scope privacy:manage) still reads receipts and the "
        "audit log; the platform's administrator can take the end back before anything was scrubbed.",
    ),
    "held": Problem(
        409,
        "A legal hold keeps the record",
        "Release the hold first (DELETE /v1/holds/{id}), or wait for it: a hold wins over erasure.",
    ),
    "restricted": Problem(
        409,
        "Use of the record is restricted",
        "It is kept and not used (GDPR Art. 18). A privacy officer sees why at GET /v1/restrictions, and can lift it.",
    ),
    "too-many-holds": Problem(
        409,
        "As many holds as a workspace may have",
        "Release the holds of matters that are settled, or cover more with one: a person, a query, the workspace.",
    ),
    "idempotency-key-missing": Problem(
        400,
        "Idempotency-Key is missing",
        "Send a fresh random Idempotency-Key header with each new call, and the same one when you repeat the request.",
    ),
    "idempotency-key-reused": Problem(
        422,
        "Idempotency-Key was used with another body",
        "Use a new key for a new call; repeat a request with exactly the same body.",
    ),
    "idempotency-in-progress": Problem(
        409, "The first request with this key is still running", "Wait a second and send the same request again."
    ),
    "too-large": Problem(
        413,
        "Too many bytes",
        "Send fewer: `limit_bytes` says how many are taken. For recordings an administrator can raise it "
        "(CALLWARD_MAX_RECORDING_BYTES).",
    ),
    "unsupported-media": Problem(
        415,
        "This media type is not taken in",
        "Send WAV, FLAC, MP3, M4A/MP4, 3GP, AMR, AAC, OGG/Opus, WebM or CAF under its own media type.",
    ),
    "file-refused": Problem(
        422,
        "The file cannot be taken in",
        "`reason` names what is wrong (docs/formats.md explains each); correct it and send the file again.",
    ),
    "not-audio": Problem(
        422,
        "The bytes are no recording",
        "Send the recording itself, not a listing, an archive or an error page; the call waits for the right bytes.",
    ),
    "empty-recording": Problem(422, "The recording is empty", "Send the recording again; the call waits for it."),
    "size-mismatch": Problem(
        422,
        "Not as many bytes as announced",
        "Send what is missing (`parts` names the parts; POST /v1/calls/{id}/upload gives fresh links), then complete; "
        "the call waits.",
    ),
    "checksum-mismatch": Problem(
        422,
        "The bytes do not have the announced SHA-256",
        "Send it again and complete with the SHA-256 of the same bytes. Of an upload in parts only those that `parts` "
        "names; complete with `part_sha256` to learn which. The call waits.",
    ),
    "upload-missing": Problem(
        409,
        "Nothing has been uploaded yet",
        "PUT the bytes to the upload link first; POST /v1/calls/{id}/upload gives a fresh one.",
    ),
    "not-ready": Problem(
        409, "The call is still being worked on", "Ask again in a few seconds; GET /v1/calls/{id} shows the stages."
    ),
    "blocked": Problem(
        409,
        "The call is not served",
        "Its stages say why (GET /v1/calls/{id}); what could not be verified as redacted stays closed.",
    ),
    "rejected": Problem(
        409,
        "The transcript was rejected by a person",
        "Have the call heard again (POST /v1/calls/{id}/transcriptions), or ask whoever reviews it to accept it.",
    ),
    "sound-unverified": Problem(
        409,
        "The redacted sound was not verified",
        "Have the call heard again (POST /v1/calls/{id}/transcriptions): its new sound is checked. The transcript can "
        "be read meanwhile. An administrator can allow unverified sound (CALLWARD_SERVE_UNVERIFIED_SOUND).",
    ),
    "reason-missing": Problem(
        422,
        "A reason is missing",
        "Say why (`reason`, 3 to 200 characters); it is kept in the audit log, so name no person in it.",
    ),
    "not-published": Problem(
        409,
        "The release is not published",
        "`state` says where it stands. Pull one that GET /v1/corpus/releases lists as published; a release in review "
        "waits for whoever holds a key with corpus:manage.",
    ),
    "withdrawn": Problem(
        410,
        "People left whose rows are in this file",
        "Delete your copy. Read the release's manifest anew: `successor` is the file that took its place; without one "
        "it is being written, or nothing is left of it. GET /v1/corpus/revocations names the items.",
    ),
    "purpose-missing": Problem(
        422,
        "The purpose is missing",
        "Say what it is pulled for (`purpose`, 3 to 200 characters); it is kept in the audit log, so name no person.",
    ),
    "range-not-satisfiable": Problem(416, "The range lies outside the bytes", "Ask for a range within `size`."),
    "unknown-format": Problem(
        422,
        "The file is none of the formats that are taken in",
        "Name its format (?format=…), or its columns in the source's mapping (PUT /v1/sources/{name}); "
        "`known` lists the formats.",
    ),
    "zone-needed": Problem(
        422,
        "The file's times have no zone",
        "Set the zone of its source (PUT /v1/sources/{name}), or name it with ?zone=Area/City; nothing is guessed.",
    ),
    "callback-refused": Problem(
        403,
        "Nobody vouches for this callback",
        "Check the source's secrets and settings (PUT /v1/sources/{name}), that the provider was given the source's "
        "own address, and that CALLWARD_PUBLIC_URL is the address it was given under.",
    ),
    "callback-unreadable": Problem(
        422,
        "The callback is not what this provider sends",
        "See `detail`. Nothing of it was stored; if the provider sends this now, tell us which field changed.",
    ),
    "unavailable": Problem(
        503,
        "A part does not answer now",
        "Send the request again in a moment; an administrator runs `callward doctor`.",
    ),
    "cannot-open": Problem(
        500, "A stored record does not open", "Nothing was served. Give the request id to your administrator."
    ),
    "internal": Problem(
        500,
        "Something went wrong on our side",
        "Send the request again; if it stays, give the request id to your administrator.",
    ),
}

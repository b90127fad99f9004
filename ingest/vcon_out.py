"""A call as a vCon (draft-ietf-vcon-vcon-core-03, syntax 0.4.0). Plain values in, a document out: nothing is read here.

What must never happen here: that something as spoken gets into the redacted version. So the builder is given what may
be told and no more: the redacted version's caller hands in the redacted transcript, the redacted sound and sides
without numbers. Sides that say nothing keep their place, as the draft asks.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from domain.speech import Party, Segment, Tones, Transcript, Unheard
from ingest.formats.vcon_content import content_hash

MEDIA_TYPE: Final = "application/vcon+json"
SCHEMA: Final = "callward-transcript-1"
REDACTION: Final = "personal data"
_VENDOR: Final = "callward"
_CONTACT_CENTRE: Final = "CC"
"""The extension that gives parties their role (draft-ietf-vcon-cc-extension)."""
_ROLES: Final = {Party.AGENT: "agent", Party.CONTACT: "customer"}
_SIDES: Final = {
    "inbound": (Party.CONTACT, Party.AGENT),
    "outbound": (Party.AGENT, Party.CONTACT),
    "internal": (Party.AGENT, Party.AGENT),
}


class PartyOut(msgspec.Struct, omit_defaults=True):
    """A side of the call."""

    tel: str | None = None
    sip: str | None = None
    mailto: str | None = None
    role: str | None = None


class DialogOut(msgspec.Struct, omit_defaults=True):
    """The recording."""

    type: str
    start: str
    parties: list[int]
    mediatype: str
    content_hash: str
    duration: float | None = None
    originator: int | None = None
    url: str | None = None
    body: str | None = None
    encoding: str | None = None


class AnalysisOut(msgspec.Struct, omit_defaults=True):
    """The transcript."""

    type: str
    dialog: int
    vendor: str
    product: str
    schema: str
    mediatype: str
    encoding: str
    body: dict[str, Any]


class RedactedOut(msgspec.Struct):
    """Which vCon this is the redacted version of."""

    uuid: str
    type: str


class VConOut(msgspec.Struct, omit_defaults=True):
    """A vCon as we write it. The deprecated member `vcon` is left out."""

    uuid: str
    created_at: str
    parties: list[PartyOut]
    dialog: list[DialogOut]
    analysis: list[AnalysisOut]
    extensions: list[str] | None = None
    redacted: RedactedOut | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the call: its role, and its number where that may be told."""

    party: Party = Party.UNKNOWN
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Sound:
    """The recording that goes with the transcript: at an address of ours, or in the document itself."""

    media_type: str
    sha512: bytes
    url: str
    inline: bytes | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a vCon is made of.

    Attributes:
        vcon_id: the document's own uuid.
        redacted_from: uuid of the version as spoken, when this is the redacted one.
        started_at: when the call began.
        sides: caller first when it is known who called (`caller_known`).
    """

    vcon_id: str
    created_at: datetime
    started_at: datetime
    duration_s: float | None
    sides: Sequence[Side]
    caller_known: bool
    sound: Sound
    transcript: Transcript
    redacted_from: str | None = None


def uuid8(token: str) -> str:
    """Return the version 8 UUID (RFC 9562) of 32 hexadecimal digits: a keyed hash, so it tells nothing."""
    bits = int(token, 16)
    bits = bits & ~(0xF << 76) | 0x8 << 76
    bits = bits & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=bits))


def sides_of(direction: str | None, numbers: Mapping[str, str | None], channels: Sequence[str]) -> list[Side]:
    """Return the sides of a call.

    Args:
        direction: the log's; None when there is no log, and so no caller that is known.
        numbers: of `caller` and `callee`, those that may be told.
        channels: who speaks on which channel.
    """
    if direction is None:
        spoke = [party for party in map(Party, dict.fromkeys(channels)) if party in _ROLES]
        return [Side(party) for party in spoke] if len(spoke) > 1 else [Side(), Side()]
    caller, callee = _SIDES.get(direction, (Party.UNKNOWN, Party.UNKNOWN))
    return [Side(caller, numbers.get("caller")), Side(callee, numbers.get("callee"))]


def build(told: Told) -> bytes:
    """Return the document as JSON."""
    roles = [one.party for one in told.sides]
    document = VConOut(
        uuid=told.vcon_id,
        created_at=_instant(told.created_at),
        extensions=[_CONTACT_CENTRE] if any(role in _ROLES for role in roles) else None,
        redacted=RedactedOut(told.redacted_from, REDACTION) if told.redacted_from else None,
        parties=[_party(one) for one in told.sides],
        dialog=[_dialog(told)],
        analysis=[_analysis(told.transcript, roles)],
    )
    return msgspec.json.encode(document)


def _party(side: Side) -> PartyOut:
    number = side.number or ""
    if number.startswith(("sip:", "sips:")):
        return PartyOut(sip=number, role=_ROLES.get(side.party))
    if "@" in number:
        return PartyOut(mailto=number, role=_ROLES.get(side.party))
    return PartyOut(tel=f"tel:{number}" if number else None, role=_ROLES.get(side.party))


def _dialog(told: Told) -> DialogOut:
    sound = told.sound
    inline = None if sound.inline is None else base64.urlsafe_b64encode(sound.inline).decode("ascii").rstrip("=")
    return DialogOut(
        type="recording",
        start=_instant(told.started_at),
        duration=None if told.duration_s is None else round(told.duration_s, 3),
        parties=list(range(len(told.sides))),
        originator=0 if told.caller_known else None,
        mediatype=sound.media_type,
        content_hash=content_hash(sound.sha512),
        url=sound.url if inline is None else None,
        body=inline,
        encoding=None if inline is None else "base64url",
    )


def _analysis(transcript: Transcript, roles: Sequence[Party]) -> AnalysisOut:
    return AnalysisOut(
        type="transcript",
        dialog=0,
        vendor=_VENDOR,
        product=transcript.stamp.model_id,
        schema=SCHEMA,
        mediatype="application/json",
        encoding="json",
        body={
            "language": transcript.language,
            "segments": [_segment(one, roles) for one in transcript.segments],
            "unheard": [_stretch(one) for one in transcript.unheard],
            "tones": [_stretch(one) for one in transcript.tones],
            "speakers": transcript.speakers.value,
        },
    )


def _stretch(one: Unheard | Tones) -> dict[str, Any]:
    return {"channel": one.channel, "start": round(one.start, 3), "end": round(one.end, 3)}


def _segment(segment: Segment, roles: Sequence[Party]) -> dict[str, Any]:
    """Return one turn; `party` is the position of who speaks, where that is known."""
    known = segment.party in _ROLES and roles.count(segment.party) == 1
    return {
        **({"party": roles.index(segment.party)} if known else {}),
        "channel": segment.channel,
        "start": round(segment.start, 3),
        "end": round(segment.end, 3),
        "language": segment.language,
        **({"speaker": segment.speaker} if segment.speaker else {}),
        "text": segment.text,
    }


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

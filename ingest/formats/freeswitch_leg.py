"""A FreeSWITCH channel's record (one leg), whether mod_json_cdr or mod_xml_cdr wrote it.

Times are read from epochs and microseconds only: `*_stamp` is local time, and "0" is never. Legs of one call meet in
one group, told by each record alone so that neither order nor what else came matters:

1. `call_uuid`, where it is not the leg's own uuid: FreeSWITCH hands it from the calling leg to the called one
   (switch_ivr_originate.c).
2. `originating_leg_uuid`, else `originator`: the leg that called this one. A leg whose bridge ended gets its own uuid
   back as `call_uuid`, and is still known by these.
3. The leg's own uuid: it began the call.

So the caller's leg, every leg it called, and those it called after a transfer are one call. `bridge_uuid` and
`signal_bond` are not used: they name the last partner, and change with each transfer. When the *called* party transfers
the caller on, or two calls are put together (attended transfer), the records do not say so on every leg; these are two
calls, and `extra` names the other leg (`related_leg`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import unquote_to_bytes

from ingest.formats.building import first_of, said
from ingest.formats.clock import epoch, is_set, plausible, seconds
from ingest.formats.errors import RowError
from ingest.formats.freeswitch_causes import disposition
from ingest.formats.options import ParseOptions
from ingest.formats.parties import Compass, party, whole_number
from ingest.formats.record import Disposition, PartyNumber, Presentation, RecordingRef, Row

_UUID: Final = re.compile(r"(?:a_)?(?P<uuid>[0-9A-Za-z._@-]{1,128})")
_BRIDGED: Final = re.compile(r"\d+:[^:]*:uuid_br:(?P<leg>[0-9A-Fa-f-]{36})")
_MICROSECONDS: Final = re.compile(r"\d{15,17}", re.ASCII)
_FACTS: Final = (
    "direction",
    "hangup_cause",
    "hangup_cause_q850",
    "bridge_hangup_cause",
    "endpoint_disposition",
    "sip_hangup_disposition",
    "read_codec",
)
_EXTRA: Final = (
    "accountcode",
    "sip_call_id",
    "sip_from_uri",
    "sip_to_uri",
    "sip_user_agent",
    "channel_name",
    "bridge_channel",
    "bridge_uuid",
    "transfer_source",
    "last_app",
    "last_arg",
    "cc_agent",
    "cc_queue",
)
_RECORDED: Final = ("record_file_path", "recording_file", "record_name", "last_recording", "cc_record_filename")


_NEVER_ENCODED: Final = re.compile(r'[\s"<>@{}|^`\\]')


def decoded(fields: Mapping[str, str]) -> dict[str, str]:
    """Return a section's values without their percent-encoding, where the section is encoded.

    One character that encoding never leaves (a space, `@`, `"`) shows that it is not, and a `%` in it is a `%`. What is
    no UTF-8 behind its encoding stays as it came.
    """
    if any(_NEVER_ENCODED.search(value) for value in fields.values()):
        return dict(fields)
    return {name: _unquoted(value) for name, value in fields.items()}


def _unquoted(text: str) -> str:
    if "%" not in text:
        return text
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeError:
        return text


def leg_row(
    source: str,
    variables: Mapping[str, str],
    flows: Sequence[tuple[Mapping[str, str], Mapping[str, str]]],
    line: int,
    options: ParseOptions,
) -> Row:
    """Return the row of one leg.

    Args:
        source: the format's name.
        variables: the channel's variables, decoded.
        flows: (caller profile, times) of each step through the dial plan, the latest first.
        line: where the record begins.
        options: how to read the file.

    Raises:
        RowError: `field` without a uuid; `time`; `negative_duration`.
    """
    uuid = _uuid(first_of(variables, "uuid"))
    times = _times(flows)
    setup = _instant(variables, times, "start", "created_time", "profile_created_time")
    answer = _instant(variables, times, "answer", "answered_time")
    end = _instant(variables, times, "end", "hangup_time")
    caller, callee = _parties(variables, flows, options)
    return Row(
        source=source,
        group=_group(uuid, variables),
        key=uuid,
        raw_line=line,
        origin_id=_group(uuid, variables),
        leg_id=uuid,
        rank=end.timestamp() if end else 0.0,
        direction=Compass(options.own_numbers).direction(caller, callee),
        caller=caller,
        callee=callee,
        setup_time=setup,
        answer_time=answer,
        end_time=end,
        duration_s=seconds(first_of(variables, "duration")),
        talk_s=seconds(first_of(variables, "billsec")),
        disposition=_disposition(variables, answer),
        recording=_recording(variables),
        extra=_extra(variables, flows),
        facts={name: variables[name] for name in _FACTS if variables.get(name)} | _sip_code(variables),
    )


def _uuid(text: str) -> str:
    found = _UUID.fullmatch(whole_number(text.strip()))
    if found is None:
        raise RowError("field", "the record has no uuid, or one that cannot be an id")
    return found["uuid"].lower()


def _group(uuid: str, variables: Mapping[str, str]) -> str:
    for name in ("call_uuid", "originating_leg_uuid", "originator"):
        found = _UUID.fullmatch(variables.get(name, "").strip())
        if found is not None and found["uuid"].lower() != uuid:
            return found["uuid"].lower()
    return uuid


def _times(flows: Sequence[tuple[Mapping[str, str], Mapping[str, str]]]) -> dict[str, str]:
    """Return the channel's times: when it was made and answered first, and when it ended last."""
    merged: dict[str, str] = {}
    for _, times in reversed(flows):
        told = {name: value for name, value in times.items() if is_set(value)}
        merged = told | merged | {name: value for name, value in told.items() if name == "hangup_time"}
    return merged


def _instant(variables: Mapping[str, str], times: Mapping[str, str], name: str, *also: str) -> datetime | None:
    for text in (variables.get(f"{name}_uepoch"), variables.get(f"{name}_epoch"), *(times.get(one) for one in also)):
        if text is not None and is_set(text):
            return _epoch(text.strip())
    return None


def _epoch(text: str) -> datetime | None:
    """Return an instant; microseconds exactly, which a float of seconds would round."""
    if not _MICROSECONDS.fullmatch(text):
        return epoch(text)
    whole, rest = divmod(int(text), 1_000_000)
    if whole >= 4_102_444_800:  # noqa: PLR2004 - the year 2100, as in clock.epoch
        raise RowError("time", "an epoch lies after the year 2100")
    return plausible(datetime.fromtimestamp(whole, UTC) + timedelta(microseconds=rest))


def _parties(
    variables: Mapping[str, str],
    flows: Sequence[tuple[Mapping[str, str], Mapping[str, str]]],
    options: ParseOptions,
) -> tuple[PartyNumber, PartyNumber]:
    """Return who called and what was dialled first; where a transfer led stands in `extra`."""
    first = flows[-1][0] if flows else {}
    calling = first_of(first, "caller_id_number", "ani") or first_of(
        variables, "effective_caller_id_number", "caller_id_number", "sip_from_user", "origination_caller_id_number"
    )
    called = first_of(first, "destination_number") or first_of(
        variables, "destination_number", "dialed_user", "sip_to_user", "sip_req_user"
    )
    hidden = first_of(variables, "privacy_hide_number", "origination_privacy_hide_number").lower() in {"true", "yes"}
    shown = Presentation.RESTRICTED if hidden else Presentation.ALLOWED
    return (
        party(whole_number(calling), options.region, shown),
        party(whole_number(called), options.region),
    )


def _disposition(variables: Mapping[str, str], answer: datetime | None) -> Disposition | None:
    cause = variables.get("hangup_cause", "").upper().strip()
    if answer is not None:
        voicemail = variables.get("last_app") == "voicemail" or bool(variables.get("voicemail_message_len"))
        return Disposition.VOICEMAIL if voicemail else Disposition.ANSWERED
    return disposition(cause, answered=False) if cause and cause != "NONE" else None


def _recording(variables: Mapping[str, str]) -> RecordingRef | None:
    name = first_of(variables, *_RECORDED)
    folder = variables.get("record_path", "")
    if not name and not folder:
        return None
    path = name if not folder or name.startswith("/") else f"{folder.rstrip('/')}/{name}".rstrip("/")
    length = seconds(first_of(variables, "record_seconds"))
    return RecordingRef(name=path, duration_s=length)


def _extra(
    variables: Mapping[str, str], flows: Sequence[tuple[Mapping[str, str], Mapping[str, str]]]
) -> dict[str, str]:
    kept = {name: variables[name] for name in _EXTRA if variables.get(name)}
    first, last = (flows[-1][0], flows[0][0]) if flows else ({}, {})
    moved = last.get("destination_number", "")
    related = _BRIDGED.search(variables.get("transfer_history", "") + "|" + variables.get("transfer_source", ""))
    return kept | said(
        caller_name=first_of(first, "caller_id_name") or first_of(variables, "effective_caller_id_name"),
        callee_name=first_of(last, "callee_id_name"),
        transferred_to=moved if moved != first.get("destination_number") else "",
        related_leg=related["leg"] if related else "",
    )


def _sip_code(variables: Mapping[str, str]) -> dict[str, str]:
    said_by = first_of(variables, "proto_specific_hangup_cause", "last_bridge_proto_specific_hangup_cause")
    return said(sip_code=said_by.removeprefix("sip:"))

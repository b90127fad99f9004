"""The call that a set of channel events tells of: who called whom, when it was answered, its legs and recordings.

Answered means that the caller was bridged to somebody (or to a conference): an announcement, a queue's music or the
caller's own phone, picked up for a click-to-call, answers a channel and no call.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from ingest.formats.asterisk_recordings import recordings
from ingest.formats.joining import idempotency_key, winners
from ingest.formats.parties import NOBODY
from ingest.formats.record import CallRecord, Direction, Disposition, Leg, PartyKind, PartyNumber, Row

_BRIDGED: Final = frozenset({"BRIDGE_ENTER", "BRIDGE_START", "CONF_ENTER"})
_TRANSFERS: Final = {
    "BLINDTRANSFER": "blind",
    "ATTENDEDTRANSFER": "attended",
    "TRANSFER": "blind",
    "XIVO_USER_FWD": "forwarded",
    "FORWARD": "forwarded",
    "PICKUP": "pickup",
}
_CAUSES: Final = {
    17: Disposition.BUSY,
    21: Disposition.REJECTED,
    **dict.fromkeys((1, 3, 22, 27, 28, 34, 38, 41, 42, 44, 47, 58, 127), Disposition.FAILED),
}
"""Q.850 causes in HANGUP; the others (16, 18, 19, 26 …) of a call that nobody took are no answer."""
_FROM_OUTSIDE: Final = frozenset({"from-extern", "from-trunk", "from-pstn", "from-did-direct"})
"""The contexts in which Wazo and FreePBX start calls that come over a trunk."""
_DIALLED: Final = re.compile(r"\+?[*#0-9]+", re.ASCII)
_LONGEST_EXTRA: Final = 65_536


class Channel:
    """The events of one channel, oldest first."""

    def __init__(self, events: Sequence[Row]) -> None:
        self.events = events
        self.unique_id = events[0].leg_id
        self.name = next((name for row in events if (name := row.extra.get("channame"))), "")
        self.is_local = self.name.startswith("Local/")
        self.setup = self.first("CHAN_START")
        self.bridged = self.first(*_BRIDGED)
        self.end = max((one.at for one in events if one.kind in {"CHAN_END", "HANGUP"} and one.at), default=None)

    def first(self, *kinds: str) -> datetime | None:
        """Return when the first event of these kinds was."""
        return next((row.at for row in self.events if row.kind in kinds), None)

    @property
    def number(self) -> PartyNumber:
        """Who is on it: the number at its start, or the first that it shows."""
        known = [row.caller for row in self.events if row.caller.kind is not PartyKind.NONE]
        return known[0] if known else NOBODY

    @property
    def hangup_cause(self) -> int | None:
        """The Q.850 cause of its hangup."""
        causes = (extra_of(row).get("hangupcause") for row in self.events if row.kind == "HANGUP")
        return next((cause for cause in causes if isinstance(cause, int)), None)


def extra_of(row: Row) -> Mapping[str, object]:
    """Return an event's JSON detail, empty when it has none that can be read."""
    text = row.extra.get("extra", "")
    if not text.startswith("{") or len(text) > _LONGEST_EXTRA:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def join(rows: Sequence[Row]) -> CallRecord:
    """Return the call of these events (at least one, all of one linked id)."""
    events = sorted(winners(rows), key=lambda row: (row.at is None, row.at, row.key))
    channels = _channels(events)
    main = _main(channels, events[0].group)
    caller, callee = _caller(main), _callee(main, channels)
    answer, end = _answer(main, channels), _end(events, channels)
    setup = min(at for row in events if (at := row.at) is not None)
    kept = recordings(events, {one.unique_id: one.end for one in channels}) if answer is not None else []
    answered_by = _answered_by(main, channels, caller)
    return CallRecord(
        source=events[0].source,
        origin_id=events[0].origin_id,
        idempotency_key=idempotency_key(events[0].source, events[0].group),
        direction=_direction(main, events, caller, callee),
        caller=caller,
        callee=callee,
        setup_time=setup,
        answer_time=answer,
        end_time=end,
        duration_s=(end - setup).total_seconds() if end is not None else None,
        talk_s=(end - answer).total_seconds() if end is not None and answer is not None else None,
        disposition=_disposition(events, channels, answer, end),
        legs=[_leg(one, main, caller, callee) for one in channels if not one.is_local or one is main],
        recording=kept[0] if kept else None,
        recordings=kept,
        cost=None,
        raw_line=min(row.raw_line for row in rows),
        rows=len(rows),
        facts=_facts(main, events),
        extra=_extra(main, caller, answered_by, events),
    )


def _channels(events: Sequence[Row]) -> list[Channel]:
    by_id: dict[str | None, list[Row]] = {}
    for row in events:
        by_id.setdefault(row.leg_id, []).append(row)
    return [Channel(rows) for rows in by_id.values()]


def _main(channels: Sequence[Channel], linked_id: str) -> Channel:
    """Return the channel that began the call: the one the linked id names, else the first to start."""
    named = next((one for one in channels if one.unique_id == linked_id), None)
    return named or next((one for one in channels if one.setup is not None), channels[0])


def _caller(main: Channel) -> PartyNumber:
    """Return the desk that called, or the number that the dial plan made of an outside caller's."""
    at_start = next((row.caller for row in main.events if row.kind == "CHAN_START"), NOBODY)
    if at_start.kind is PartyKind.EXTENSION:
        return at_start
    at_app = next((row.caller for row in main.events if row.kind == "APP_START"), NOBODY)
    return next((one for one in (at_app, at_start) if one.kind is not PartyKind.NONE), main.number)


def _callee(main: Channel, channels: Sequence[Channel]) -> PartyNumber:
    """Return the number that was dialled; where none was (click-to-call), who answered or was rung."""
    start = next((row for row in main.events if row.kind == "CHAN_START"), None)
    if start is not None and _DIALLED.fullmatch(start.callee.raw):
        return start.callee
    caller = _caller(main)
    others = [one for one in channels if one is not main and not one.is_local and one.number != caller]
    others.sort(key=lambda one: (one.bridged is None, one.number.kind is PartyKind.NONE))
    if others and others[0].number.kind is not PartyKind.NONE:
        return others[0].number
    return start.callee if start is not None else NOBODY


def _answered_by(main: Channel, channels: Sequence[Channel], caller: PartyNumber) -> PartyNumber:
    bridged = [one.number for one in channels if one is not main and not one.is_local and one.bridged is not None]
    return next((one for one in bridged if one.kind is not PartyKind.NONE and one != caller), NOBODY)


def _answer(main: Channel, channels: Sequence[Channel]) -> datetime | None:
    """Return when the last channel answered before the caller was bridged; the bridge, when the others' is not told."""
    bridged = main.bridged or min((one.bridged for one in channels if one.bridged is not None), default=None)
    if bridged is None:
        return None
    answers = [(at, one) for one in channels for row in one.events if row.kind == "ANSWER" and (at := row.at)]
    before = [(at, one) for at, one in answers if at <= bridged]
    if all(one is main for _, one in before):  # a queue or conference: its music answered long before anybody did
        return bridged
    return max(at for at, _ in before)


def _end(events: Sequence[Row], channels: Sequence[Channel]) -> datetime | None:
    """Return LINKEDID_END, else the last channel's end when all have ended, else None: the call goes on."""
    ended = max((row.at for row in events if row.kind == "LINKEDID_END" and row.at), default=None)
    if ended is not None:
        return ended
    ends = [one.end for one in channels]
    return None if None in ends else max((end for end in ends if end is not None), default=None)


def _disposition(
    events: Sequence[Row], channels: Sequence[Channel], answer: datetime | None, end: datetime | None
) -> Disposition | None:
    if answer is not None:
        return Disposition.ANSWERED
    if any(row.kind == "APP_START" and row.extra.get("appname", "").lower() == "voicemail" for row in events):
        return Disposition.VOICEMAIL
    if end is None:
        return None
    causes = [one.hangup_cause for one in reversed(channels)]
    return next((_CAUSES[cause] for cause in causes if cause in _CAUSES), Disposition.NO_ANSWER)


def _direction(main: Channel, events: Sequence[Row], caller: PartyNumber, callee: PartyNumber) -> Direction:
    """Return what the dial plan says itself, then what the company's own numbers say, then what extensions say."""
    kinds = {row.kind for row in events}
    if len(kinds & {"XIVO_INCALL", "XIVO_OUTCALL"}) == 1:
        return Direction.INBOUND if "XIVO_INCALL" in kinds else Direction.OUTBOUND
    if any(row.kind == "CHAN_START" and row.extra.get("context") in _FROM_OUTSIDE for row in main.events):
        return Direction.INBOUND
    known = next((row.direction for row in main.events if row.direction is not Direction.UNKNOWN), Direction.UNKNOWN)
    if known is Direction.UNKNOWN and caller.kind is callee.kind is PartyKind.EXTENSION:
        return Direction.INTERNAL
    return known


def _leg(one: Channel, main: Channel, caller: PartyNumber, callee: PartyNumber) -> Leg:
    setup, end, answer = one.setup, one.end, one.first("ANSWER")
    cause = one.hangup_cause
    return Leg(
        leg_id=one.unique_id,
        raw_line=min(row.raw_line for row in one.events),
        caller=caller,
        callee=callee if one is main else one.number,
        setup_time=setup,
        answer_time=answer,
        end_time=end,
        duration_s=(end - setup).total_seconds() if end is not None and setup is not None else None,
        disposition=Disposition.ANSWERED if one.bridged is not None else Disposition.NO_ANSWER,
        facts={
            **({"technology": one.name.partition("/")[0]} if one.name else {}),
            **({"hangup_cause": str(cause)} if cause is not None else {}),
        },
    )


def _facts(main: Channel, events: Sequence[Row]) -> dict[str, str]:
    found = {"technology": main.name.partition("/")[0]} if main.name else {}
    kinds = [_TRANSFERS[row.kind] for row in events if row.kind in _TRANSFERS]
    if kinds:
        found |= {"transfer": kinds[-1], "transfers": str(len(kinds))}
    return found


def _extra(main: Channel, caller: PartyNumber, answered_by: PartyNumber, events: Sequence[Row]) -> dict[str, str]:
    told = [str(extra_of(row).get("extension", "")) for row in events if row.kind == "BLINDTRANSFER"]
    shown = [row.caller.raw for row in main.events if row.kind == "APP_START" and row.caller.raw != caller.raw]
    texts = {
        "caller_name": next((name for row in main.events if (name := row.extra.get("cid_name"))), ""),
        "caller_shown": shown[0] if shown else "",
        "answered_by": answered_by.raw,
        "transferred_to": ", ".join(text for text in told if text),
    }
    return {name: text for name, text in texts.items() if text}

"""The sessions of one SIPREC document made into rows.

RFC 7865 sections 6 and 7: `session` (session_id, group-ref, start-time, end-time), `participant` (nameID with its aor),
`participantsessionassoc` (associate-time, disassociate-time), `stream`. Before the standard was done, vendors wrote
`id` and `session` attributes and put times into the session and the participant.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ingest.formats import clock
from ingest.formats.checks import check
from ingest.formats.errors import RowError
from ingest.formats.options import ParseOptions
from ingest.formats.parties import NOBODY, party
from ingest.formats.record import Disposition, PartyNumber, RecordingRef, Row
from ingest.formats.xml_in import Node

SOURCE: Final = "siprec"
_NAMES_KEPT: Final = 200
_GROUPS_KEPT: Final = 100_000


@dataclass(frozen=True, slots=True)
class _Participant:
    id: str
    number: PartyNumber
    name: str
    calling: bool | None
    """What the vendor says of who called; None: nothing."""
    joined: datetime | None
    left: datetime | None


@dataclass(frozen=True, slots=True)
class _Session:
    id: str
    group: str
    start: datetime | None
    end: datetime | None
    sequence: str
    streams: int
    sip_ids: tuple[str, ...]


def rows_of(root: Node, line: int, options: ParseOptions, groups: dict[str, str]) -> list[Row]:
    """Return the rows of a document's sessions.

    Args:
        root: the `recording` element.
        line: where the document begins in the file.
        options: the source's zone and region.
        groups: session to group, of the documents before: an update need not repeat it.

    Raises:
        RowError: the document lacks what makes a call.
        ZoneNeeded: a time has no zone, and the source has none either.
    """
    if root.name != "recording":
        raise RowError("xml", "the document is no SIPREC recording")
    nodes = [node for node in root.every("session") if _id(node, "session_id")]
    if not nodes:
        raise RowError("xml", "the document has no session with an id")
    partial = root.text_at("datamode").lower() == "partial"
    rows: list[Row] = []
    for node in nodes:
        session = _session(root, node, options, groups, alone=len(nodes) == 1)
        people = _participants(root, session.id, options, alone=len(nodes) == 1)
        rows += _update(session, people, line) if partial else _legs(session, people, line)
    return [check(row, options) for row in rows]


def _id(node: Node, *names: str) -> str:
    found = next((node.attributes[name] for name in (*names, "id") if node.attributes.get(name)), "")
    return found.strip()


def _time(node: Node | None, options: ParseOptions, *names: str) -> datetime | None:
    if node is None:
        return None
    text = next((text for name in names if (text := node.text_at(name))), "")
    return clock.local(text, options.zone)


def _session(root: Node, node: Node, options: ParseOptions, groups: dict[str, str], *, alone: bool) -> _Session:
    session_id = _id(node, "session_id")
    every = root.every("group")
    stated = node.text_at("group-ref") or (_id(every[0], "group_id") if alone and len(every) == 1 else "")
    if len(groups) > _GROUPS_KEPT:
        groups.clear()
    group = stated or groups.get(session_id, session_id)
    groups[session_id] = group
    streams = [one for one in root.every("stream") if _of_session(one, session_id, alone=alone)]
    return _Session(
        id=session_id,
        group=group,
        start=_time(node, options, "start-time", "associate-time"),
        end=_time(node, options, "end-time", "stop-time", "disassociate-time"),
        sequence=next(
            (one.text for one in _every_below(root if alone else node) if one.name.lower() == "groupseq"), ""
        ),
        streams=len(streams),
        sip_ids=tuple(one.text for one in node.every("sipSessionID") if one.text),
    )


def _of_session(node: Node, session_id: str, *, alone: bool) -> bool:
    said = node.attributes.get("session_id") or node.attributes.get("session")
    return alone if said is None else said.strip() == session_id


def _every_below(node: Node) -> list[Node]:
    return [one for child in node.children for one in (child, *_every_below(child))]


def _participants(root: Node, session_id: str, options: ParseOptions, *, alone: bool) -> list[_Participant]:
    """Return who took part in the session, in the document's order."""
    belonging = {
        node.attributes.get("participant_id", "").strip(): node
        for node in root.every("participantsessionassoc")
        if _of_session(node, session_id, alone=alone)
    }
    found = []
    for node in root.every("participant"):
        participant_id = _id(node, "participant_id")
        tie = belonging.get(participant_id)
        if tie is None and (belonging or not _of_session(node, session_id, alone=alone)):
            continue
        found.append(_participant(node, participant_id, tie or node, options))
    return found


def _participant(node: Node, participant_id: str, tie: Node, options: ParseOptions) -> _Participant:
    names = [one for one in (node, *node.every("nameID")) if one.attributes.get("aor")]
    aor = names[0].attributes["aor"].strip() if names else node.text_at("nameID", "aor")
    return _Participant(
        id=participant_id,
        number=party(aor, options.region) if aor else NOBODY,
        name=node.text_at("nameID", "name")[:_NAMES_KEPT],
        calling=_calling(node),
        joined=_time(tie, options, "associate-time"),
        left=_time(tie, options, "disassociate-time"),
    )


def _calling(node: Node) -> bool | None:
    said = next((one.text.lower() for one in _every_below(node) if one.name == "callingParty"), "")
    return {"true": True, "false": False}.get(said)


def _ordered(people: list[_Participant]) -> tuple[list[_Participant], str]:
    """Return the caller first, and by what it is known."""
    callers = [one for one in people if one.calling]
    if len(callers) == 1:
        return [callers[0], *(one for one in people if one is not callers[0])], "source"
    return people, "order"


def _legs(session: _Session, people: list[_Participant], line: int) -> list[Row]:
    """Return the session's row, and one more for each participant beyond the second (a conference)."""
    ordered, known_by = _ordered(people)
    start, end = _begin(session, people), _finish(session, people)
    if start is None:
        raise RowError("time", "the session says nowhere when it began")
    caller = ordered[0] if ordered else None
    reached: list[_Participant | None] = [*ordered[1:]] or [None]
    rows = []
    for number, callee in enumerate(reached, start=1):
        rows.append(
            Row(
                source=SOURCE,
                group=session.group,
                key=session.id if number == 1 else f"{session.id}/{number}",
                raw_line=line,
                origin_id=session.group,
                leg_id=session.id,
                rank=(end.timestamp() if end else 0.0) + len(people),  # sent again, a document knows more
                caller=caller.number if caller else NOBODY,
                callee=callee.number if callee else NOBODY,
                setup_time=start if number == 1 or callee is None else callee.joined or start,
                end_time=end if number == 1 or callee is None else callee.left or end,
                duration_s=(end - start).total_seconds() if end is not None and end >= start else None,
                disposition=Disposition.ANSWERED,  # a recording session begins when there is something to record
                recording=_recording(session, start, end) if number == 1 else None,
                extra=_extra(session, caller, callee),
                facts=_facts(session, known_by),
            )
        )
    return rows


def _update(session: _Session, people: list[_Participant], line: int) -> list[Row]:
    """Return what a partial document adds: an end, or people who joined; it is an event, not a leg."""
    told = f"{session}{people}"
    end = _finish(session, people) if session.end or (people and all(one.left for one in people)) else None
    moments = [one for one in (session.start, session.end, *(one.joined or one.left for one in people)) if one]
    ordered, known_by = _ordered(people)
    return [
        Row(
            source=SOURCE,
            group=session.group,
            key=f"{session.id}/{hashlib.sha256(told.encode()).hexdigest()[:16]}",
            raw_line=line,
            origin_id=session.group,
            kind="update",
            at=min(moments, default=None),
            caller=ordered[0].number if len(ordered) > 1 else NOBODY,
            callee=ordered[-1].number if ordered else NOBODY,
            setup_time=session.start,
            end_time=end,
            extra=_extra(session, None, ordered[-1] if ordered else None),
            facts=_facts(session, known_by),
        )
    ]


def _begin(session: _Session, people: list[_Participant]) -> datetime | None:
    return session.start or min((one.joined for one in people if one.joined), default=None)


def _finish(session: _Session, people: list[_Participant]) -> datetime | None:
    return session.end or max((one.left for one in people if one.left), default=None)


def _recording(session: _Session, start: datetime, end: datetime | None) -> RecordingRef:
    return RecordingRef(origin_id=session.id, start_time=start, end_time=end, channels=session.streams or None)


def _extra(session: _Session, caller: _Participant | None, callee: _Participant | None) -> dict[str, str]:
    told = {
        "session_id": session.id,
        "sip_session_id": " ".join(session.sip_ids),
        "caller_name": caller.name if caller else "",
        "callee_name": callee.name if callee else "",
    }
    return {name: value for name, value in told.items() if value}


def _facts(session: _Session, known_by: str) -> dict[str, str]:
    facts = {"caller_by": known_by}
    if session.sequence.isdigit():
        facts["group_seq"] = session.sequence
    return facts

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

from ingest.formats.checks import check
from ingest.formats.errors import RowError
from ingest.formats.options import ParseOptions
from ingest.formats.parties import NOBODY
from ingest.formats.record import Disposition, RecordingRef, Row
from ingest.formats.siprec_people import (
    Participant,
    caller_first,
    every_below,
    id_of,
    of_session,
    participants,
    time_of,
)
from ingest.formats.xml_in import Node

SOURCE: Final = "siprec"
_GROUPS_KEPT: Final = 100_000
_MOST_SESSIONS: Final = 100
_MOST_ELEMENTS: Final = 5_000


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
    nodes = [node for node in root.every("session") if id_of(node, "session_id")]
    if not nodes:
        raise RowError("xml", "the document has no session with an id")
    if len(nodes) > _MOST_SESSIONS or len(root.children) > _MOST_ELEMENTS:
        raise RowError("too_many_rows", "the document has more sessions or people than a recording can have")
    partial = root.text_at("datamode").lower() == "partial"
    rows: list[Row] = []
    for node in nodes:
        session = _session(root, node, options, groups, alone=len(nodes) == 1)
        people = participants(root, session.id, options, alone=len(nodes) == 1)
        rows += _update(session, people, line) if partial else _legs(session, people, line)
    return [check(row, options) for row in rows]


def _session(root: Node, node: Node, options: ParseOptions, groups: dict[str, str], *, alone: bool) -> _Session:
    session_id = id_of(node, "session_id")
    every = root.every("group")
    stated = node.text_at("group-ref") or (id_of(every[0], "group_id") if alone and len(every) == 1 else "")
    if len(groups) > _GROUPS_KEPT:
        groups.clear()
    group = stated or groups.get(session_id, session_id)
    groups[session_id] = group
    streams = [one for one in root.every("stream") if of_session(one, session_id, alone=alone)]
    return _Session(
        id=session_id,
        group=group,
        start=time_of(node, options, "start-time", "associate-time"),
        end=time_of(node, options, "end-time", "stop-time", "disassociate-time"),
        sequence=next((one.text for one in every_below(root if alone else node) if one.name.lower() == "groupseq"), ""),
        streams=len(streams),
        sip_ids=tuple(one.text for one in node.every("sipSessionID") if one.text),
    )


def _legs(session: _Session, people: list[Participant], line: int) -> list[Row]:
    """Return the session's row, and one more for each participant beyond the second (a conference)."""
    ordered, known_by = caller_first(people)
    start, end = _begin(session, people), _finish(session, people)
    if start is None:
        raise RowError("time", "the session says nowhere when it began")
    caller = ordered[0] if ordered else None
    reached: list[Participant | None] = [*ordered[1:]] or [None]
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


def _update(session: _Session, people: list[Participant], line: int) -> list[Row]:
    """Return what a partial document adds: an end, or people who joined; it is an event, not a leg."""
    told = f"{session}{people}"
    end = _finish(session, people) if session.end or (people and all(one.left for one in people)) else None
    moments = [one for one in (session.start, session.end, *(one.joined or one.left for one in people)) if one]
    ordered, known_by = caller_first(people)
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


def _begin(session: _Session, people: list[Participant]) -> datetime | None:
    return session.start or min((one.joined for one in people if one.joined), default=None)


def _finish(session: _Session, people: list[Participant]) -> datetime | None:
    return session.end or max((one.left for one in people if one.left), default=None)


def _recording(session: _Session, start: datetime, end: datetime | None) -> RecordingRef:
    return RecordingRef(origin_id=session.id, start_time=start, end_time=end, channels=session.streams or None)


def _extra(session: _Session, caller: Participant | None, callee: Participant | None) -> dict[str, str]:
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

"""Who took part in a SIPREC session, and what its elements have in common: ids, times, and whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ingest.formats import clock
from ingest.formats.errors import RowError
from ingest.formats.options import ParseOptions
from ingest.formats.parties import NOBODY, party
from ingest.formats.record import PartyNumber
from ingest.formats.xml_in import Node

_LONGEST_TEXT: Final = 2_000


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody in a session; `calling` is what the vendor says of who called, None when it says nothing."""

    id: str
    number: PartyNumber
    name: str
    calling: bool | None
    joined: datetime | None
    left: datetime | None


def id_of(node: Node, *names: str) -> str:
    """Return an element's id under the standard's name or the older `id`, empty when it has none."""
    found = next((node.attributes[name] for name in (*names, "id") if node.attributes.get(name)), "")
    return found.strip()


def time_of(node: Node, options: ParseOptions, *names: str) -> datetime | None:
    """Return the time in the first of these children. Raises RowError and ZoneNeeded as `clock.local` does."""
    text = next((text for name in names if (text := node.text_at(name))), "")
    return clock.local(text, options.zone)


def of_session(node: Node, session_id: str, *, alone: bool) -> bool:
    """Say whether an element belongs to a session; one that names none does when the session is alone."""
    said = node.attributes.get("session_id") or node.attributes.get("session")
    return alone if said is None else said.strip() == session_id


def every_below(node: Node) -> list[Node]:
    """Return all elements below this one; their depth is bounded by the reader."""
    return [one for child in node.children for one in (child, *every_below(child))]


def participants(root: Node, session_id: str, options: ParseOptions, *, alone: bool) -> list[Participant]:
    """Return who took part in the session, in the document's order."""
    belonging = {
        node.attributes.get("participant_id", "").strip(): node
        for node in root.every("participantsessionassoc")
        if of_session(node, session_id, alone=alone)
    }
    found = []
    for node in root.every("participant"):
        participant_id = id_of(node, "participant_id")
        tie = belonging.get(participant_id)
        if tie is None and (belonging or not of_session(node, session_id, alone=alone)):
            continue
        found.append(_participant(node, participant_id, tie or node, options))
    return found


def _participant(node: Node, participant_id: str, tie: Node, options: ParseOptions) -> Participant:
    names = [one for one in (node, *node.every("nameID")) if one.attributes.get("aor")]
    aor = names[0].attributes["aor"].strip() if names else node.text_at("nameID", "aor")
    return Participant(
        id=participant_id,
        number=party(_short(aor), options.region) if aor else NOBODY,
        name=_short(node.text_at("nameID", "name")),
        calling=_calling(node),
        joined=time_of(tie, options, "associate-time"),
        left=time_of(tie, options, "disassociate-time"),
    )


def _calling(node: Node) -> bool | None:
    said = next((one.text.lower() for one in every_below(node) if one.name == "callingParty"), "")
    return {"true": True, "false": False}.get(said)


def caller_first(people: list[Participant]) -> tuple[list[Participant], str]:
    """Return the caller first, and by what it is known."""
    callers = [one for one in people if one.calling]
    if len(callers) == 1:
        return [callers[0], *(one for one in people if one is not callers[0])], "source"
    return people, "order"


def _short(text: str) -> str:
    """Return a name or address. Raises RowError `field` when it is longer than such a thing can be."""
    if len(text) > _LONGEST_TEXT:
        raise RowError("field", "a name or address is longer than 2,000 characters")
    return text

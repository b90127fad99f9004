"""Who is who in a vCon: dialogs name parties by their position in the document's list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ingest.formats.errors import RowError
from ingest.formats.json_in import identifier
from ingest.formats.parties import NOBODY, party
from ingest.formats.record import Direction, PartyNumber
from ingest.formats.vcon_model import Dialog, Party, short

_DIRECTIONS: Final = {"agent": Direction.OUTBOUND, "customer": Direction.INBOUND, "contact": Direction.INBOUND}
_TWO: Final = 2


@dataclass(frozen=True, slots=True)
class Parties:
    """The parties of one vCon; `region` is the source's, for national numbers."""

    listed: list[Party]
    region: str | None

    def of(self, dialog: Dialog) -> tuple[int | None, list[int]]:
        """Return the positions of who began, and of everybody reached. Raises RowError for one that is not there."""
        if dialog.type == "transfer":
            target = dialog.transfer_target
            targets = target if isinstance(target, list) else [target]
            return self.known(dialog.transferee), [one for at in targets if (one := self.known(at)) is not None]
        named = list(dict.fromkeys(self.known(one) for one in _flat(dialog.parties)))
        present = [one for one in named if one is not None]
        began = self.known(dialog.originator)
        if began is None:
            began = present[0] if present else None
        reached = [one for one in present if one != began]
        if not reached and began is not None and dialog.type == "text" and len(self.listed) == _TWO:
            reached = [1 - began]  # chats often name the writer only; of two people the other one reads
        return began, reached

    def known(self, position: int | None) -> int | None:
        """Return the position. Raises RowError `field` when the vCon has no such party."""
        if position is not None and not 0 <= position < len(self.listed):
            raise RowError("field", "a dialog names a party that the vCon does not have")
        return position

    def name(self, position: int | None) -> str | None:
        """Return the party's name as it is written."""
        return short(self._at(position).name)

    def number(self, position: int | None) -> PartyNumber:
        """Return by what the party was reached: its number, else an address."""
        one = self._at(position)
        for raw in (identifier(one.tel), one.sip, without_scheme(one.mailto), one.did):
            if raw and raw.strip():
                return party(short(raw.strip()), self.region)
        return NOBODY

    def direction(self, caller: int | None) -> Direction:
        """Return the direction as the caller's role shows it (contact centre extension), unknown without one."""
        role = self._at(caller).role
        return _DIRECTIONS.get(role, Direction.UNKNOWN) if isinstance(role, str) else Direction.UNKNOWN

    def _at(self, position: int | None) -> Party:
        return Party() if position is None else self.listed[position]


def _flat(parties: Any) -> Iterator[int]:
    """Yield the positions of `parties`: one, a list of them, or a list with one entry or list a channel."""
    if parties is None:
        return
    if isinstance(parties, bool) or not isinstance(parties, int | list):
        raise RowError("field", "the parties of a dialog are not positions in the vCon's list of parties")
    if isinstance(parties, int):
        yield parties
        return
    for one in parties:
        yield from _flat(one)


def without_scheme(mailto: str | None) -> str | None:
    """Return the address of a `mailto`, which may be a URL or the bare address."""
    return None if mailto is None else mailto.strip().removeprefix("mailto:").partition("?")[0]

"""One party of a call as a text, to be shown; `ingest.formats.parties` decides what it is."""

from __future__ import annotations

from ingest.formats.record import PartyKind, PartyNumber

_NOBODY = frozenset({PartyKind.WITHHELD, PartyKind.NONE})


def shown(side: PartyNumber) -> str | None:
    """Return E.164 where it is a number, else what came; None for a withheld number, which is nobody."""
    return None if side.kind in _NOBODY else side.e164 or side.raw

"""What the CDRs of one quarter of an hour have in common, encoded once: two thirds of the fields of each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from ingest.traffic import Stamp, TrafficSealer, quarter_of
from storage.encoded import element, elements
from storage.mongo import Document


class Shared(msgspec.Struct, frozen=True, gc=False):
    """What the records of one quarter of an hour share.

    Attributes:
        stamp: the same as fields.
        tags: the record's tags without its workspace, which `storage.encoded` adds itself.
        identifiers: the tags of its identifiers.
    """

    stamp: Stamp
    tags: bytes
    identifiers: bytes


class CdrSealer:
    """Makes what new CDRs are born with, encoded; made for one batch."""

    def __init__(self, sealer: TrafficSealer) -> None:
        self._sealer = sealer
        self._shared: dict[int, Shared] = {}

    def _made(self, quarter: int) -> Shared:
        stamp = self._sealer.stamp_of(quarter)
        tags = {name: value for name, value in stamp.traffic.items() if name != "workspace_id"}
        return self._shared.setdefault(quarter, Shared(stamp, elements(tags), elements(stamp.identifiers)))

    def shared(self, anchor: datetime) -> Shared:
        """Return what all records share that are anchored in this quarter of an hour."""
        quarter = quarter_of(anchor)
        return self._shared.get(quarter) or self._made(quarter)

    def identifiers(self, cdr_id: str, shared: Shared, rows: Iterable[bytes], subjects: Iterable[str]) -> bytes:
        """Return the field of a CDR's identifiers, nothing when their clock is over already.

        Args:
            cdr_id: of the call.
            shared: what goes with its anchor.
            rows: what the rows of the call say, as JSON.
            subjects: by whom the call is found, each once.
        """
        key = shared.stamp.key
        if key is None:
            return b""
        sealed = key.seal(b'{"rows":[' + b",".join(rows) + b"]}", place=place_of(cdr_id))
        token = self._sealer.indexer.token
        differing = {"sealed": sealed, "index": [token(subject) for subject in subjects]}
        return element("identifiers", differing, shared.identifiers)


def place_of(cdr_id: str) -> str:
    """Return what the sealed rows of a call are bound to."""
    return f"cdrs/{cdr_id}/identifiers"


def stamped(
    sealer: TrafficSealer, cdr_id: str, anchor: datetime, rows: Iterable[bytes], subjects: Iterable[str]
) -> Document:
    """Return the same of a call that is there already, as fields to set: its tags, and its identifiers if kept."""
    held = {"rows": [msgspec.Raw(row) for row in rows]}
    return {**sealer.stamp(anchor).traffic, **sealer.identifiers(place_of(cdr_id), anchor, held, subjects)}

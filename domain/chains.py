"""Chains of hashes: each entry holds the hash of the one before, so that a changed, missing or added one shows.

What a chain cannot show by itself is that its newest entries were cut off, or that all of it was written anew. A head
that somebody keeps elsewhere (number and hash of an entry) shows both.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

AUDIT_FIELDS: Final = ("sequence", "previous_hash", "event", "actor", "at", "call_id", "detail")
"""What of an audit event its hash covers."""
_LINE: Final = re.compile(
    r"callward-(?P<kind>[a-z]{1,20}) (?P<chain>[A-Za-z0-9_]{1,64}) (?P<sequence>\d{1,15}) (?P<hash>[0-9a-f]{64}|-)"
    r" (?P<at>\S{1,40}) (?P<tag>[0-9a-f]{64}|-)"
)


def entry_hash(chain: str, body: Mapping[str, Any], fields: Sequence[str]) -> str:
    """Return the SHA-256 of an entry (64 hexadecimal digits), over these fields and the chain's name.

    `sequence` (from 1) and `previous_hash` (empty for the first) are among the fields. Instants count in UTC to the
    millisecond, as MongoDB keeps them.
    """
    told = {**{name: body[name] for name in fields}, "chain": chain}
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":"), default=_plain).encode()).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds")
    raise TypeError(f"{type(value).__name__} has no place in a chain")


def linked(
    chain: str, last: Mapping[str, Any] | None, body: Mapping[str, Any], fields: Sequence[str]
) -> dict[str, Any]:
    """Return a body with its `sequence`, `previous_hash` and `hash`, to stand behind `last` (None: as the first)."""
    place = {"sequence": 1, "previous_hash": ""}
    if last is not None:
        place = {"sequence": last["sequence"] + 1, "previous_hash": last["hash"]}
    whole = {**body, **place}
    return {**whole, "hash": entry_hash(chain, whole, fields)}


class Flaw(StrEnum):
    """What is wrong with a chain."""

    CHANGED = "changed"
    """An entry is not what its hash says, or not linked to the one before."""
    MISSING = "missing"
    """An entry is not there, or one stands where none belongs."""
    CUT = "cut"
    """The chain ends before the head that was kept."""
    REWRITTEN = "rewritten"
    """The chain holds, and yet its entry at the kept head is another one."""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry of a chain at an instant: what is kept elsewhere. An empty chain has sequence 0, and no hash."""

    chain: str
    sequence: int
    hash: str
    at: datetime

    def line(self, kind: str, key: bytes | None = None) -> str:
        """Return the head as one line of text; with a key, signed by HMAC-SHA256."""
        told = f"callward-{kind} {self.chain} {self.sequence} {self.hash or '-'} {_plain(self.at)}"
        tag = "-" if key is None else hmac.new(key, told.encode(), hashlib.sha256).hexdigest()
        return f"{told} {tag}"


def read_head(line: str, kind: str, key: bytes | None = None) -> Head:
    """Read a line that `Head.line` made. Raises ValueError when it is none, or (with a key) not signed with that."""
    match = _LINE.fullmatch(" ".join(line.split()))
    if match is None or match["kind"] != kind:
        raise ValueError(f"not a head: it is one line that begins with callward-{kind}")
    at = datetime.fromisoformat(match["at"])
    if at.tzinfo is None:
        raise ValueError("the head's time has no zone")
    head = Head(match["chain"], int(match["sequence"]), match["hash"].strip("-"), at)
    if key is not None and not hmac.compare_digest(head.line(kind, key).rpartition(" ")[2], match["tag"]):
        raise ValueError("the head was not signed by this workspace")
    return head


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a check.

    Attributes:
        entries: how many held, from the first on.
        head: hash of the last one that held, empty when there was none.
        flaw: what is wrong, None when the whole chain holds.
        at: the sequence number at which it is wrong.
    """

    entries: int
    head: str
    flaw: Flaw | None = None
    at: int | None = None


class Walk:
    """Checks a chain entry by entry, in order, in memory that does not grow with it."""

    def __init__(
        self,
        chain: str,
        fields: Sequence[str],
        *,
        kept: Head | None = None,
        begin: Mapping[str, Any] | None = None,
    ) -> None:
        """Begin with the first entry, or behind `begin` (of it `sequence` and `hash`), which is taken as it is.

        A head that was kept before that place cannot be looked for any more. Raises ValueError when the kept head is
        another chain's.
        """
        if kept is not None and kept.chain != chain:
            raise ValueError("the head is another chain's")
        self._chain, self._fields, self._kept = chain, fields, kept
        self._sequence: int = 0 if begin is None else begin["sequence"]
        self._hash: str = "" if begin is None else begin["hash"]
        self._flaw: Flaw | None = None
        if kept is not None and begin is not None and kept.sequence == self._sequence and kept.hash != self._hash:
            self._flaw = Flaw.REWRITTEN

    def take(self, entry: Mapping[str, Any]) -> bool:
        """Check the next entry; False once the chain does not hold: the rest says nothing."""
        if self._flaw is None:
            self._flaw = self._flaw_of(entry)
        if self._flaw is None:
            self._sequence, self._hash = entry["sequence"], entry["hash"]
        return self._flaw is None

    def _flaw_of(self, entry: Mapping[str, Any]) -> Flaw | None:
        expected = self._sequence + 1
        if entry.get("sequence") != expected:
            return Flaw.MISSING
        try:
            fits = entry["previous_hash"] == self._hash
            fits = fits and entry["hash"] == entry_hash(self._chain, entry, self._fields)
        except (KeyError, TypeError):
            return Flaw.CHANGED
        if not fits:
            return Flaw.CHANGED
        kept = self._kept
        return Flaw.REWRITTEN if kept and kept.sequence == expected and kept.hash != entry["hash"] else None

    def end(self) -> Verdict:
        """Return what came of it, after the last entry."""
        flaw, at = self._flaw, self._sequence + 1
        if flaw is None and self._kept is not None:
            flaw = Flaw.CUT if self._kept.sequence > self._sequence else None
        return Verdict(self._sequence, self._hash, flaw, None if flaw is None else at)

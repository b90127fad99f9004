"""The dialogs of a vCon made into rows: one leg for each, and one more for each further party that it reached.

Versions of a vCon are one call: they share the uuid of the first as `group`, and a dialog keeps its position (the
draft keeps it by empty placeholders), so its row keeps its key. Of the versions of a dialog the amended one wins over
the original, and a redacted one over nothing, whatever the order they come in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from ingest.formats import clock
from ingest.formats.checks import check
from ingest.formats.errors import RowError, ZoneNeeded
from ingest.formats.options import ParseOptions
from ingest.formats.record import Disposition, RecordingRef, Rejection, Row
from ingest.formats.vcon_content import inline_content
from ingest.formats.vcon_model import Dialog, Document, canonical, plain, shaped, short
from ingest.formats.vcon_parties import Parties

SOURCE: Final = "vcon"
_ATTEMPTS: Final = {
    "no-answer": Disposition.NO_ANSWER,
    "congestion": Disposition.FAILED,
    "failed": Disposition.FAILED,
    "busy": Disposition.BUSY,
    "hung-up": Disposition.CANCELLED,
    "voicemail-no-message": Disposition.VOICEMAIL,
}
_TYPES: Final = frozenset({"recording", "text", "transfer", "incomplete", "recording-set"})
_UTC: Final = ZoneInfo("UTC")
MOST_ROWS: Final = 5_000
"""Legs of one vCon; each repeats the names, so that without a limit a small document would make very large ones."""
_VERSION_WEIGHT: Final = 1e10
"""More than any epoch in seconds: what kind of version it is weighs more than when it was made."""


@dataclass(frozen=True, slots=True)
class Found:
    """One dialog as it was read: `main` is its row, or why there is none; `more` are the legs of further parties."""

    position: int
    dialog: Dialog | None
    main: Row | Rejection
    more: tuple[Row, ...] = ()

    def items(self) -> Iterator[Row | Rejection]:
        """Yield all that the dialog came to."""
        yield self.main
        yield from self.more


def dialogs_of(document: Document, group: str, line: int, options: ParseOptions) -> Iterator[Found]:
    """Yield what each dialog came to, in order.

    Args:
        document: the vCon.
        group: uuid of the first version of it that is known.
        line: where it begins in the file.
        options: the source's zone and region.
    """
    parties = Parties(document.parties or [], options.region)
    left = MOST_ROWS
    for position, value in enumerate(document.dialog or ()):
        dialog: Dialog | None = None
        try:
            dialog = shaped(value, Dialog)
            rows = _Reading(document, parties, group, line, options).rows(position, dialog, most=left)
        except ZoneNeeded:
            refused = Rejection(line, "time", "a dialog's start has no zone; set the zone of the source")
            yield Found(position, dialog, refused)
        except RowError as error:
            yield Found(position, dialog, Rejection(line, error.reason, error.message))
        else:
            left -= len(rows)
            yield Found(position, dialog, rows[0], tuple(rows[1:]))


@dataclass(frozen=True, slots=True)
class _Reading:
    document: Document
    parties: Parties
    group: str
    line: int
    options: ParseOptions

    def rows(self, position: int, dialog: Dialog, *, most: int) -> list[Row]:
        if dialog.type not in _TYPES:
            raise RowError("field", "a dialog is of a type that vCon does not know")
        caller, others = self.parties.of(dialog)
        if max(1, len(others)) > most:
            raise RowError("too_many_rows", "the vCon has more dialogs and parties than one call can have")
        main = self._row(position, dialog, caller, others[0] if others else None)
        also = [
            check(self._with_callee(main, number, one), self.options) for number, one in enumerate(others[1:], start=2)
        ]
        return [check(main, self.options), *also]

    def _row(self, position: int, dialog: Dialog, caller: int | None, callee: int | None) -> Row:
        start, duration = self._start(dialog), _duration(dialog)
        end = None if duration is None else start + timedelta(seconds=duration)
        return Row(
            source=SOURCE,
            group=self.group,
            key=f"{self.group}/{position}",
            raw_line=self.line,
            origin_id=self.group,
            kind="recording_set" if dialog.type == "recording-set" else "leg",
            leg_id=str(position),
            rank=_rank(self.document),
            direction=self.parties.direction(caller),
            caller=self.parties.number(caller),
            callee=self.parties.number(callee),
            setup_time=start,
            end_time=end,
            duration_s=duration,
            disposition=_disposition(dialog),
            recording=self._recording(position, dialog, start, end, duration),
            extra=self._extra(dialog, caller, callee),
            facts=_facts(dialog),
        )

    def _with_callee(self, main: Row, number: int, callee: int) -> Row:
        name = self.parties.name(callee)
        extra = {key: value for key, value in main.extra.items() if key != "callee_name"}
        return msgspec.structs.replace(
            main,
            key=f"{main.key}/{number}",
            leg_id=f"{main.leg_id}/{number}",
            callee=self.parties.number(callee),
            recording=None,
            extra={**extra, "callee_name": name} if name else extra,
        )

    def _start(self, dialog: Dialog) -> datetime:
        start = plain(dialog.start)
        moment = clock.local(start, self.options.zone) if isinstance(start, str) else clock.epoch(start)
        if moment is None:
            raise RowError("time", "a dialog has no start")
        return moment

    def _recording(
        self, position: int, dialog: Dialog, start: datetime, end: datetime | None, duration: float | None
    ) -> RecordingRef | None:
        if dialog.type != "recording":
            return None
        inline = inline_content(dialog)
        if inline is None and not dialog.url:
            return None  # a redacted vCon keeps the place of what was taken out
        return RecordingRef(
            origin_id=f"{self.group}/{position}",
            name=short(dialog.filename),
            url=short(dialog.url),
            start_time=start,
            end_time=end,
            duration_s=duration,
            media_type=dialog.media,
            status="external" if inline is None else "inline",
        )

    def _extra(self, dialog: Dialog, caller: int | None, callee: int | None) -> dict[str, str]:
        told = {
            "vcon_uuid": self.document.uuid,
            "subject": short(self.document.subject),
            "caller_name": self.parties.name(caller),
            "callee_name": self.parties.name(callee),
        }
        if dialog.type == "transfer":
            by = self.parties.known(dialog.transferor)
            told |= {"transferor": self.parties.number(by).raw, "transferor_name": self.parties.name(by)}
        return {name: value for name, value in told.items() if value}


def _duration(dialog: Dialog) -> float | None:
    given = plain(dialog.duration)
    return clock.seconds(given.removeprefix("PT").removesuffix("S") if isinstance(given, str) else given)


def _disposition(dialog: Dialog) -> Disposition | None:
    if dialog.type == "recording":
        return Disposition.ANSWERED
    if dialog.type != "incomplete" or dialog.disposition is None:
        return None
    if dialog.disposition not in _ATTEMPTS:
        raise RowError("field", "an incomplete dialog ended in a way that vCon does not know")
    return _ATTEMPTS[dialog.disposition]


def _rank(document: Document) -> float:
    kind = 0 if document.is_redacted else 2 if document.is_amended else 1
    try:
        made = plain(document.updated_at or document.created_at)
        moment = clock.local(made, _UTC) if isinstance(made, str) else clock.epoch(made)
    except RowError:
        moment = None
    return kind * _VERSION_WEIGHT + (moment.timestamp() if moment else 0.0)


def _facts(dialog: Dialog) -> dict[str, str]:
    facts = {"dialog_type": dialog.type}
    if dialog.media:
        facts["media_type"] = dialog.media
    return facts


def root_of(document: Document, roots: dict[str, str]) -> str:
    """Return the first known version's uuid, and remember it for the versions that follow."""
    before = document.predecessor
    root = document.uuid if before is None else roots.get(before, before)
    roots[document.uuid] = root
    return canonical(root)

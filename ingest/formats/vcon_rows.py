"""The dialogs of a vCon made into rows: one leg for each, and one more for each further party that it reached.

Versions of a vCon are one call: they share the uuid of the first as `group`, and a dialog keeps its position (the
draft keeps it by empty placeholders), so its row keeps its key. Of the versions of a dialog the amended one wins over
the original, and a redacted one over nothing, whatever the order they come in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from ingest.formats import clock
from ingest.formats.checks import check
from ingest.formats.errors import RowError, ZoneNeeded
from ingest.formats.json_in import identifier
from ingest.formats.options import ParseOptions
from ingest.formats.parties import NOBODY, party
from ingest.formats.record import Direction, Disposition, PartyNumber, RecordingRef, Rejection, Row
from ingest.formats.vcon_content import inline_content
from ingest.formats.vcon_model import Dialog, Document, Party, canonical, plain, shaped

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
_DIRECTIONS: Final = {"agent": Direction.OUTBOUND, "customer": Direction.INBOUND}
_UTC: Final = ZoneInfo("UTC")
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
    for position, value in enumerate(document.dialog or ()):
        dialog: Dialog | None = None
        try:
            dialog = shaped(value, Dialog)
            rows = _Reading(document, group, line, options).rows(position, dialog)
        except ZoneNeeded:
            refused = Rejection(line, "time", "a dialog's start has no zone; set the zone of the source")
            yield Found(position, dialog, refused)
        except RowError as error:
            yield Found(position, dialog, Rejection(line, error.reason, error.message))
        else:
            yield Found(position, dialog, rows[0], tuple(rows[1:]))


@dataclass(frozen=True, slots=True)
class _Reading:
    document: Document
    group: str
    line: int
    options: ParseOptions

    def rows(self, position: int, dialog: Dialog) -> list[Row]:
        if dialog.type not in _TYPES:
            raise RowError("field", "a dialog is of a type that vCon does not know")
        caller, others = self._sides(dialog)
        main = self._row(position, dialog, caller, others[0] if others else None)
        also = [
            check(self._with_callee(main, number, one), self.options) for number, one in enumerate(others[1:], start=2)
        ]
        return [check(main, self.options), *also]

    def _sides(self, dialog: Dialog) -> tuple[int | None, list[int]]:
        """Return the positions of who began and of everybody reached."""
        if dialog.type == "transfer":
            target = dialog.transfer_target
            reached = target if isinstance(target, list) else [target]
            return self._known(dialog.transferee), [one for at in reached if (one := self._known(at)) is not None]
        named = list(dict.fromkeys(self._known(one) for one in _flat(dialog.parties)))
        present = [one for one in named if one is not None]
        began = self._known(dialog.originator)
        if began is None:
            return (present[0] if present else None), present[1:]
        return began, [one for one in present if one != began]

    def _known(self, position: int | None) -> int | None:
        if position is None:
            return None
        if not 0 <= position < len(self.document.parties or ()):
            raise RowError("field", "a dialog names a party that the vCon does not have")
        return position

    def _party(self, position: int | None) -> Party:
        return Party() if position is None else (self.document.parties or [])[position]

    def _number(self, position: int | None) -> PartyNumber:
        one = self._party(position)
        for raw in (identifier(one.tel), one.sip, _without_scheme(one.mailto), one.did):
            if raw and raw.strip():
                return party(raw.strip(), self.options.region)
        return NOBODY

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
            direction=self._direction(caller),
            caller=self._number(caller),
            callee=self._number(callee),
            setup_time=start,
            end_time=end,
            duration_s=duration,
            disposition=_disposition(dialog),
            recording=self._recording(position, dialog, start, end, duration),
            extra=self._extra(dialog, caller, callee),
            facts=_facts(dialog),
        )

    def _with_callee(self, main: Row, number: int, callee: int) -> Row:
        name = self._party(callee).name
        extra = {key: value for key, value in main.extra.items() if key != "callee_name"}
        return msgspec.structs.replace(
            main,
            key=f"{main.key}/{number}",
            leg_id=f"{main.leg_id}/{number}",
            callee=self._number(callee),
            recording=None,
            extra={**extra, "callee_name": name} if name else extra,
        )

    def _start(self, dialog: Dialog) -> datetime:
        start = plain(dialog.start)
        moment = clock.local(start, self.options.zone) if isinstance(start, str) else clock.epoch(start)
        if moment is None:
            raise RowError("time", "a dialog has no start")
        return moment

    def _direction(self, caller: int | None) -> Direction:
        role = self._party(caller).role
        return _DIRECTIONS.get(role, Direction.UNKNOWN) if isinstance(role, str) else Direction.UNKNOWN

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
            name=dialog.filename,
            url=dialog.url,
            start_time=start,
            end_time=end,
            duration_s=duration,
            media_type=dialog.media,
            status="external" if inline is None else "inline",
        )

    def _extra(self, dialog: Dialog, caller: int | None, callee: int | None) -> dict[str, str]:
        told = {
            "vcon_uuid": self.document.uuid,
            "subject": self.document.subject,
            "caller_name": self._party(caller).name,
            "callee_name": self._party(callee).name,
        }
        if dialog.type == "transfer":
            by = self._known(dialog.transferor)
            told |= {"transferor": self._number(by).raw, "transferor_name": self._party(by).name}
        return {name: value for name, value in told.items() if value}


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


def _without_scheme(mailto: str | None) -> str | None:
    return None if mailto is None else mailto.strip().removeprefix("mailto:").partition("?")[0]


def root_of(document: Document, roots: dict[str, str]) -> str:
    """Return the first known version's uuid, and remember it for the versions that follow."""
    before = document.predecessor
    root = document.uuid if before is None else roots.get(before, before)
    roots[document.uuid] = root
    return canonical(root)

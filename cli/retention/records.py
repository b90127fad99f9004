"""Reading the records of `callward policy due` and `simulate`: one JSON object a line, refused with what to do.

No message quotes a value: a record may hold anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, BinaryIO, Final

import msgspec

from domain.due_facts import NO_SETTINGS, Artifact, CustomerType, RecordFacts, RetentionSettings
from domain.durations import Duration
from domain.jurisdictions import jurisdiction
from domain.records import Category

LONGEST_LINE: Final = 1024 * 1024
_CATEGORIES: Final = {category.value: category for category in Category}
_CUSTOMERS: Final = {kind.value: kind for kind in CustomerType}
_WINDOWS: Final[Mapping[str, tuple[Artifact, ...]]] = {
    **{artifact.value: (artifact,) for artifact in Artifact},
    Category.COMMUNICATIONS_CONTENT.value: (Artifact.RECORDING, Artifact.TRANSCRIPT, Artifact.DERIVED_OUTPUT),
    Category.TRAFFIC_DATA.value: (Artifact.CALL_METADATA,),
    Category.TRAFFIC_IDENTIFIERS.value: (Artifact.CDR_IDENTIFIERS,),
}
_ARTIFACTS: Final = {artifact.value: artifact for artifact in Artifact}
_DECODER: Final = msgspec.json.Decoder()


class BadRecord(ValueError):
    """A line that cannot be decided: a constant word, and a sentence that says what to do."""

    def __init__(self, reason: str, message: str, record_id: Any = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.record_id = record_id


@dataclass(frozen=True, slots=True)
class GivenRecord:
    """A record as it was given: its id, what is known of it, its workspace's settings, and the matters that hold it."""

    record_id: str | int
    facts: RecordFacts
    settings: RetentionSettings
    holds: tuple[str, ...]


def lines_of(source: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Yield lines with their numbers, blank ones left out; None for one that is longer than any record may be."""
    number = 0
    while line := source.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            while line and not line.endswith(b"\n"):
                line = source.readline(LONGEST_LINE)
            yield number, None
            continue
        line = line.strip()
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line:
            yield number, line


def read_record(line: bytes | None) -> GivenRecord:
    """Read one line. Raises BadRecord."""
    if line is None:
        raise BadRecord("too_long", f"the line is longer than {LONGEST_LINE:,} bytes")
    try:
        given = _DECODER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadRecord("bad_json", "the line is not one JSON object") from None
    if not isinstance(given, dict):
        raise BadRecord("bad_json", "the line is not one JSON object")
    record_id = given.get("id")
    if isinstance(record_id, bool) or not isinstance(record_id, str | int):
        raise BadRecord("missing_id", "the record needs an id: a text or a whole number")
    try:
        return GivenRecord(record_id, _facts(given), _settings(given.get("workspace")), _holds(given.get("holds")))
    except BadRecord as refused:
        refused.record_id = record_id
        raise


def _facts(given: Mapping[str, Any]) -> RecordFacts:
    region = given.get("region")
    if region is not None and not isinstance(region, str):
        raise BadRecord("bad_value", "region must be a text")
    return RecordFacts(
        category=_category(given.get("category")),
        occurred_at=_moment(given, "occurred_at"),
        jurisdiction=_place(given.get("jurisdiction")),
        customer_type=_known(given, "customer_type", _CUSTOMERS),
        artifact=_known(given, "artifact", _ARTIFACTS),
        relationship_ended_at=_moment(given, "relationship_ended_at"),
        last_contact_at=_moment(given, "last_contact_at"),
        agreement=_flag(given, "agreement"),
        consent_until=_moment(given, "consent_until"),
        processed_at=_moment(given, "processed_at"),
    )


def _category(value: Any) -> Category:
    category = _CATEGORIES.get(value) if isinstance(value, str) else None
    if category is None:
        raise BadRecord("unknown_category", f"category must be one of: {', '.join(_CATEGORIES)}")
    return category


def _moment(given: Mapping[str, Any], name: str) -> datetime | None:
    value = given.get(name)
    if value is None:
        return None
    return _read_moment(value, name)


def _read_moment(value: Any, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadRecord(
            "bad_time", f"{name} must be an instant of ISO 8601 such as 2024-01-31T12:00:00+05:30"
        ) from None
    if moment.tzinfo is None:
        raise BadRecord("naive_time", f"{name} has no zone: write its offset, or Z for UTC")
    return moment


def _place(value: Any) -> Any:
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadRecord("unknown_jurisdiction", "jurisdiction must be a code such as IN, DE, EU or US-CA")
    try:
        return jurisdiction(value)
    except ValueError as error:
        raise BadRecord("unknown_jurisdiction", str(error)) from None


def _known(given: Mapping[str, Any], name: str, words: Mapping[str, Any]) -> Any:
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or value not in words:
        raise BadRecord("bad_value", f"{name} must be one of: {', '.join(words)}")
    return words[value]


def _flag(given: Mapping[str, Any], name: str) -> bool:
    value = given.get(name)
    if value is not None and not isinstance(value, bool):
        raise BadRecord("bad_value", f"{name} must be true or false")
    return bool(value)


def _holds(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(matter, str) and matter.strip() for matter in value):
        raise BadRecord("bad_value", "holds must be a list of the names of matters")
    return tuple(value)


def _settings(value: Any) -> RetentionSettings:
    if value is None:
        return NO_SETTINGS
    if not isinstance(value, dict):
        raise BadRecord("bad_value", "workspace must be an object with retention and ended_at")
    retention = value.get("retention")
    if retention is not None and not isinstance(retention, dict):
        raise BadRecord("bad_value", "workspace.retention must name a duration for each artifact")
    windows: dict[Artifact, Duration] = {}
    for name, length in (retention or {}).items():
        windows |= dict.fromkeys(_artifacts(name), _duration(length)) if length is not None else {}
    ended = value.get("ended_at")
    return RetentionSettings(
        windows=windows, ended_at=None if ended is None else _read_moment(ended, "workspace.ended_at"), version=1
    )


def _artifacts(name: str) -> tuple[Artifact, ...]:
    found = _WINDOWS.get(name.strip().lower().replace(" ", "_").replace("-", "_"))
    if found is None:
        raise BadRecord("unknown_artifact", f"workspace.retention has windows for: {', '.join(Artifact)}")
    return found


def _duration(value: Any) -> Duration:
    found = _parsed(value) if isinstance(value, str) else None
    if found is None:
        raise BadRecord("bad_duration", "a window is a duration of ISO 8601 (P30D, P12M, PT4H), or once_processed")
    return found


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Duration | None:
    try:
        return Duration.parse(text.strip())
    except ValueError:
        return None

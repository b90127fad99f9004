"""Which call log belongs to which recording. Pure: a function of the two sets, so that the order of arrival is nothing.

By id it is certain. Else by number (its last digits) and start time in a window; else, for a recording whose name is no
number, by time alone. Two candidates on either side: neither is taken, and a person decides (formats.md A2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

CLOCKS_APART: Final = timedelta(seconds=120)
"""How far the recorder's clock and the log's may disagree."""
RINGING: Final = timedelta(seconds=90)
"""A recorder starts with the dialling or with the answer; without an answer time the ringing is taken for so long."""
LONGEST_RINGING: Final = timedelta(minutes=10)
"""More is not believed of a log that says when it was answered."""
WINDOW: Final = CLOCKS_APART + LONGEST_RINGING
"""No recording and log whose starts are further apart than this belong together."""
SUFFIX_DIGITS: Final = 7
WHOLE_NUMBER_DIGITS: Final = 10
LONGER_THAN_TALK: Final = timedelta(seconds=30)
"""What a recording may be longer than the log's call, besides the ringing."""


class How(StrEnum):
    """What a match rests on."""

    GIVEN = "given"
    """The log came with the recording."""
    ID = "id"
    """The recording named its log."""
    PERSON = "person"
    """Somebody decided."""
    NUMBER = "number"
    TIME = "time"


FIXED: Final = frozenset({How.GIVEN, How.ID, How.PERSON})
"""What is never undone by what comes later."""


@dataclass(frozen=True, slots=True)
class RecordingFacts:
    """What is known of a recording.

    Attributes:
        call_id: its call.
        began: when it began; None finds nothing but an id.
        number: digits of the other side's number, None when it is not known or the file bore a name.
        duration_s: its length, None before it is decoded.
        device: keyed hash of the phone.
        log_id: the log that it names, or that a person gave it.
    """

    call_id: str
    began: datetime | None = None
    number: str | None = None
    duration_s: float | None = None
    device: str | None = None
    log_id: str | None = None


@dataclass(frozen=True, slots=True)
class LogFacts:
    """What is known of a call log or CDR; `numbers` are the digits of everybody on it."""

    log_id: str
    setup_time: datetime
    numbers: frozenset[str] = frozenset()
    answer_time: datetime | None = None
    duration_s: float | None = None
    device: str | None = None
    unanswered: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """The log of a recording. `confidence` is 1.0 when it is certain."""

    log_id: str
    how: How
    confidence: float


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """More than one log fits the recording, or more than one recording fits its log. Best candidate first."""

    candidates: tuple[Match, ...]


Decision = Match | Ambiguous | None


def digits_of(number: str | None) -> str | None:
    """Return a number's digits without leading zeros: `0034…` and `+34…` become alike. None when there are none."""
    digits = "".join(character for character in number or "" if character.isascii() and character.isdigit())
    return digits.lstrip("0") or None


def common_suffix(one: str, other: str) -> int:
    """Return how many digits two numbers share at their end; 0 unless that is enough to call them the same.

    Seven are enough. Shorter numbers (short codes, extensions) must be equal.
    """
    if min(len(one), len(other)) < SUFFIX_DIGITS:
        return len(one) if one == other else 0
    shared = 0
    for left, right in zip(reversed(one), reversed(other), strict=False):
        if left != right:
            break
        shared += 1
    return shared if shared >= SUFFIX_DIGITS else 0


def candidate(recording: RecordingFacts, log: LogFacts) -> Match | None:
    """Return how this log fits this recording by what is known of both, None when it does not."""
    apart = recording.device is not None and log.device is not None and recording.device != log.device
    if recording.began is None or apart or not _in_time(recording.began, log) or not _long_enough(recording, log):
        return None
    same_phone = recording.device is not None and recording.device == log.device
    if recording.number is None:
        return Match(log.log_id, How.TIME, 0.6 if same_phone else 0.4)
    shared = max((common_suffix(recording.number, number) for number in log.numbers), default=0)
    if not shared:
        return None
    confidence = (0.9 if shared >= WHOLE_NUMBER_DIGITS else 0.8) + (0.05 if same_phone else 0.0)
    return Match(log.log_id, How.NUMBER, round(confidence, 2))


def _in_time(began: datetime, log: LogFacts) -> bool:
    rang = RINGING if log.answer_time is None else min(log.answer_time - log.setup_time, LONGEST_RINGING)
    return log.setup_time - CLOCKS_APART <= began <= log.setup_time + max(rang, timedelta(0)) + CLOCKS_APART


def _long_enough(recording: RecordingFacts, log: LogFacts) -> bool:
    """A recording is not longer than its call; one of a call that nobody answered is ringing at most."""
    if recording.duration_s is None or (log.duration_s is None and not log.unanswered):
        return True
    talked = 0.0 if log.unanswered else log.duration_s or 0.0
    return recording.duration_s <= talked + (RINGING + LONGER_THAN_TALK).total_seconds()


def decide(call_id: str, recordings: Iterable[RecordingFacts], logs: Iterable[LogFacts]) -> Decision:
    """Return the log of one recording among these recordings and logs, in whatever order they are given.

    Only neighbours matter: the logs that fit the recording, and the recordings that fit those.
    """
    known = {recording.call_id: recording for recording in recordings}
    mine = known[call_id]
    every_log = {log.log_id: log for log in logs}
    if mine.log_id is not None:
        return _by_id(mine, known.values(), every_log)
    taken = {recording.log_id for recording in known.values()}
    fitting = _fitting(mine, [log for log in every_log.values() if log.log_id not in taken])
    if len(fitting) != 1:
        return Ambiguous(fitting) if fitting else None
    (only,) = fitting
    rivals = (candidate(other, every_log[only.log_id]) for other in known.values() if _is_rival(other, mine))
    # A number outweighs a mere time: the log then has a better recording than the one that fits by time alone.
    if any(rival is not None and (rival.how is How.NUMBER or only.how is How.TIME) for rival in rivals):
        return Ambiguous(fitting)
    return only


def _by_id(mine: RecordingFacts, recordings: Iterable[RecordingFacts], logs: dict[str, LogFacts]) -> Decision:
    if mine.log_id not in logs:
        return None
    match = Match(mine.log_id, How.ID, 1.0)
    others = [other for other in recordings if other.log_id == mine.log_id and other.call_id != mine.call_id]
    return Ambiguous((match,)) if others else match


def _fitting(recording: RecordingFacts, logs: Sequence[LogFacts]) -> tuple[Match, ...]:
    found = [match for match in (candidate(recording, log) for log in logs) if match is not None]
    return tuple(sorted(found, key=lambda match: (-match.confidence, match.log_id)))


def _is_rival(other: RecordingFacts, mine: RecordingFacts) -> bool:
    return other.call_id != mine.call_id and other.log_id is None

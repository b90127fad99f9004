"""Deadlines that are no retention: answers to people, notices, breaches. Dates and clocks, each with its source.

Two kinds of clock: dates are counted on the local calendar of whoever received something, and the day of the event is
not counted (Reg. 1182/71 Art. 3); hours after a breach are elapsed time, over weekends and changes of the clock.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from domain.retention import add_months

_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class AnswerBy:
    """By when a request is answered: `internal` is our own, never later than `legal`, the last day that law allows."""

    internal: date
    legal: date


def is_working_day(day: date, holidays: Collection[date] = ()) -> bool:
    """Say whether a day is neither on a weekend nor a holiday."""
    return day.weekday() < _SATURDAY and day not in holidays


def next_working_day(day: date, holidays: Collection[date] = ()) -> date:
    """Return the day itself, or the first working day after it (Reg. 1182/71 Art. 3(4))."""
    while not is_working_day(day, holidays):
        day += timedelta(days=1)
    return day


def add_business_days(day: date, count: int, holidays: Collection[date] = ()) -> date:
    """Return the working day that is the `count`-th after the day (promise RL1; CCPA regulations 7021, 7026)."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day, holidays)
    return day


def add_days(day: date, count: int) -> date:
    """Return the last day of a period of so many calendar days after the day (promise RL8; Civ. Code 1798.83)."""
    return day + timedelta(days=count)


def answer_within_a_month(received: date, holidays: Collection[date] = ()) -> AnswerBy:
    """Return by when a request of GDPR Art. 15-22 is answered (Art. 12(3)): the same-numbered day, or the month's last.

    A last day on a weekend or holiday moves the legal end to the next working day, never ours.
    """
    internal = add_months(received, 1)
    return AnswerBy(internal, next_working_day(internal, holidays))


def answer_when_extended(received: date, holidays: Collection[date] = ()) -> AnswerBy:
    """Return by when an extended request is answered: two months more. Of two ways to count, ours is the earlier."""
    internal = min(add_months(received, 3), add_months(add_months(received, 1), 2))
    return AnswerBy(internal, next_working_day(add_months(received, 3), holidays))


def extension_in_time(received: date, told: date) -> bool:
    """Say whether an extension was told, with its reasons, inside the first month (GDPR Art. 12(3))."""
    return received <= told <= add_months(received, 1)


def answer_in_days(received: date, count: int) -> AnswerBy:
    """Return by when an answer is due in calendar days (CCPA: 45, extended 90); ours counts the first day too."""
    return AnswerBy(received + timedelta(days=count - 1), received + timedelta(days=count))


def after_pauses(day: date, pauses: Collection[timedelta]) -> date:
    """Return a day moved by the time for which the clock stood (doubts about who asks), rounded up to days."""
    stood = sum(pauses, timedelta())
    return day + timedelta(days=-(-stood // timedelta(days=1)))


def elapsed(since: datetime, hours: int) -> datetime:
    """Return the instant so many hours later, in the zone of `since` (GDPR Art. 33; DPDP Rule 7; promises RN20, RL5).

    Hours are elapsed time: a change of the clock between neither lengthens nor shortens them. Raises ValueError for an
    instant without a zone.
    """
    if since.tzinfo is None:
        raise ValueError("the instant of a breach must carry its zone")
    return (since.astimezone(UTC) + timedelta(hours=hours)).astimezone(since.tzinfo)


def inactivity_erasure(last_contact: datetime, rules_began: datetime, *, years: int = 3) -> datetime:
    """Return when data is erased after no contact (DPDP Third Schedule): years from the later of the two instants."""
    later = max(last_contact, rules_began, key=lambda moment: moment.astimezone(UTC))
    day = add_months(later.date(), 12 * years)
    return later.replace(year=day.year, month=day.month, day=day.day)


def inactivity_notice(erasure_at: datetime, *, hours: int = 48) -> datetime:
    """Return the last instant to warn of that erasure (DPDP Rule 8(2): at least 48 hours before)."""
    return elapsed(erasure_at, -hours)


def disclosure_year(asked: date) -> int:
    """Return the calendar year that an answer under Shine the Light covers (Civ. Code 1798.83): the one before."""
    return asked.year - 1


def trial_ends(began: datetime, days: int) -> datetime:
    """Return the end of a trial: the same local time so many days later (promise of Runo's notice, 10 days)."""
    return began + timedelta(days=days)

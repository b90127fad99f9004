"""ISO 8601 durations as retention counts them: calendar time in whole days, or exact time in hours and less."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_DURATION: Final = re.compile(
    r"P(?:(?P<years>\d{1,9})Y)?(?:(?P<months>\d{1,9})M)?(?:(?P<weeks>\d{1,9})W)?(?:(?P<days>\d{1,9})D)?"
    r"(?P<time>T(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,9})S)?)?",
    re.ASCII,
)
_MOST_YEARS: Final = 200
_YEAR: Final = 12
ONCE_PROCESSED: Final = "once_processed"
"""Said instead of a duration: erase as soon as the record has been processed. The same as `PT0S`."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: months (years folded in), days (weeks folded in) and, when it is exact, seconds.

    Calendar durations end with a day of the rule's zone. One that names hours, minutes or seconds is exact: it ends at
    the very instant. `PT0S` is "erase once processed"; `P0D` is the end of the same day.
    """

    months: int = 0
    days: int = 0
    seconds: int | None = None
    """Elapsed seconds on top of the calendar part; None for a calendar duration."""

    @property
    def exact(self) -> bool:
        """Say whether it ends at an instant, not with a day."""
        return self.seconds is not None

    @property
    def once_processed(self) -> bool:
        """Say whether it means: erase as soon as the record has been processed."""
        return self.seconds == 0 and not (self.months or self.days)

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read an ISO 8601 duration such as `P12M`, `P30D`, `PT4H`, or `once_processed`.

        Raises:
            ValueError: with what to write instead; weeks, fractions and signs follow ISO 8601-1, not its extensions.
        """
        if text == ONCE_PROCESSED:
            return cls(seconds=0)
        match = _DURATION.fullmatch(text)
        if match is None or text == "P" or match["time"] == "T":
            raise ValueError(f"not an ISO 8601 duration: {text!r} (write P90D, P12M, P10Y, or PT4H for hours)")
        part = {name: int(value) for name, value in match.groupdict().items() if value and name != "time"}
        months = part.get("years", 0) * 12 + part.get("months", 0)
        days = part.get("weeks", 0) * 7 + part.get("days", 0)
        seconds = part.get("hours", 0) * 3600 + part.get("minutes", 0) * 60 + part.get("seconds", 0)
        if months / 12 + days / 365 + seconds / 31_536_000 > _MOST_YEARS:
            raise ValueError(f"{text} is longer than {_MOST_YEARS} years, which cannot be meant")
        return cls(months=months, days=days, seconds=None if match["time"] is None else seconds)

    def to_text(self) -> str:
        """Return it as ISO 8601; what is read back is equal."""
        calendar = "".join(f"{number}{unit}" for number, unit in ((self.months, "M"), (self.days, "D")) if number)
        if self.seconds is not None:
            return f"P{calendar}T{self.seconds}S"
        return f"P{calendar or '0D'}"

    def in_words(self) -> str:
        """Return it as a person would say it: `12 months`, `10 years`, `4 hours`."""
        if self.once_processed:
            return "nothing: erased once processed"
        whole_years = self.months % _YEAR == 0 and self.months > _YEAR
        months, unit = (self.months // _YEAR, "year") if whole_years else (self.months, "month")
        seconds = self.seconds or 0
        parts = ((months, unit), (self.days, "day"), *_clock_parts(seconds))
        said = [f"{number} {name}{'' if number == 1 else 's'}" for number, name in parts if number]
        return " and ".join(said) or "0 days"


def _clock_parts(seconds: int) -> tuple[tuple[int, str], ...]:
    return (seconds // 3600, "hour"), (seconds % 3600 // 60, "minute"), (seconds % 60, "second")

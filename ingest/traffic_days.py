"""The clocks of traffic records by the day: what the records of one local day are tagged with under one policy.

Retention counts whole local days, so that tags are made once a day and policy, not once a record; a workspace's last
policy is remembered with those that it gave.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from domain.policy import Policy
from domain.records import Category, RecordTags
from domain.settled_policy import SettledPolicy
from ingest.formats.options import FUTURE_ALLOWED
from storage.mongo import Document

_CLOCKS: Final = (Category.TRAFFIC_DATA, Category.TRAFFIC_IDENTIFIERS)
_QUARTER_S: Final = 900
QUARTER_MS: Final = _QUARTER_S * 1000
"""Local days, and so all clocks of retention, begin on a quarter of an hour in every zone since 1972."""
Day = tuple[date, date, str]
"""The local day by the clock of the record and by that of its identifiers, and the month of the key."""
_FIRST_VERSION: Final = 1
_MARGIN: Final = timedelta(days=1)
_MOST_WORKSPACES: Final = 256
_REMEMBERED: dict[str, TrafficDays] = {}


def month_of(moment: datetime) -> str:
    """Return the month whose key seals the identifiers of a call that began then (UTC, `2026-11`)."""
    return moment.astimezone(UTC).strftime("%Y-%m")


def quarter_of(anchor: datetime) -> int:
    """Return which quarter of an hour it is, counted from the epoch."""
    return int(anchor.timestamp() // _QUARTER_S)


class QuarterTags(msgspec.Struct, frozen=True, gc=False):
    """The tags of one quarter of an hour, as fields, with their ends. The documents are shared: not to be changed."""

    day: Day
    traffic: Document
    traffic_until: datetime
    identifiers: Document
    identifiers_until: datetime


class TrafficDays:
    """Tags traffic records of one workspace under one policy."""

    def __init__(self, workspace_id: str, policy: Policy) -> None:
        self._workspace_id = workspace_id
        self.policy = policy
        self._zones = {category: ZoneInfo(policy.categories[category].retention.zone) for category in _CLOCKS}
        self._tags_on = lru_cache(maxsize=4096)(self._made_tags)
        self.of_quarter = lru_cache(maxsize=16_384)(self._of_quarter)
        """The tags of a quarter of an hour, counted from 1970."""

    def _made_tags(self, category: Category, day: date) -> RecordTags:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=self._zones[category])
        return self.policy.tags(category, workspace_id=self._workspace_id, anchor=noon)

    def tags(self, category: Category, anchor: datetime) -> RecordTags:
        """Return the tags of a record anchored there: of its traffic data, or of its identifiers."""
        return self._tags_on(category, anchor.astimezone(self._zones[category]).date())

    def keeps_all_of(self, day: datetime, *, now: datetime) -> bool:
        """Say whether all that began on this day in UTC, and was stored since, is there: no time of it is over.

        It was stored under this policy, for there was no other since a day before (so far ahead may a clock be), and
        what is due first is not due for a day. Unknown is no.
        """
        changed = self.policy.kept.set_at if isinstance(self.policy, SettledPolicy) else None
        if self.policy.version != _FIRST_VERSION and (changed is None or changed > day - FUTURE_ALLOWED):
            return False
        return self.of_quarter(quarter_of(day)).traffic_until > now + _MARGIN

    def _of_quarter(self, quarter: int) -> QuarterTags:
        began = datetime.fromtimestamp(quarter * _QUARTER_S, UTC)
        days = [began.astimezone(self._zones[category]).date() for category in _CLOCKS]
        traffic, identifiers = (self._tags_on(category, day) for category, day in zip(_CLOCKS, days, strict=True))
        month = month_of(began)
        return QuarterTags(
            day=(days[0], days[1], month),
            traffic=_in_utc(traffic),
            traffic_until=traffic.retain_until,
            identifiers={**_in_utc(identifiers), "month": month},
            identifiers_until=identifiers.retain_until,
        )


def _in_utc(tags: RecordTags) -> Document:
    """Return the fields with their instant in UTC, as it is stored: it encodes faster than one of a named zone."""
    fields = tags.to_document()
    return {**fields, "retain_until": fields["retain_until"].astimezone(UTC)}


def days_under(workspace_id: str, policy: Policy) -> TrafficDays:
    """Return the days of a workspace under this policy, with what they remember if it was the last one asked for."""
    known = _REMEMBERED.get(workspace_id)
    if known is None or known.policy is not policy:
        if len(_REMEMBERED) >= _MOST_WORKSPACES:
            _REMEMBERED.clear()
        known = _REMEMBERED[workspace_id] = TrafficDays(workspace_id, policy)
    return known

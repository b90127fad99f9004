"""Months of keys: when one is over for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from domain.policy import Policy
from domain.records import Category


def month_span(month: str) -> tuple[datetime, datetime]:
    """Return the first instant of a month (`2026-11`, in UTC) and the first one after it."""
    first = datetime.fromisoformat(f"{month}-01").replace(tzinfo=UTC)
    return first, (first + timedelta(days=32)).replace(day=1)


def month_is_over(month: str, policy: Policy, *, now: datetime) -> bool:
    """Say whether identifiers of a call of this month (`2026-11`, in UTC), however late, could still be kept.

    The month's last instant may lie in the next month of the policy's zone: its clock is the one that counts.
    """
    _, following = month_span(month)
    last = following - timedelta(milliseconds=1)
    tags = policy.tags(Category.TRAFFIC_IDENTIFIERS, workspace_id="", anchor=last)
    return tags.retain_until <= now

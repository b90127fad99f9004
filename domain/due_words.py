"""The sentences of a retention decision. Plain words, constant but for dates, durations and names of settings."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from domain.due_facts import Artifact, RetentionSettings
from domain.durations import Duration
from domain.policy import Policy, Terms
from domain.policy_limits import Ceiling, Floor
from domain.retention import Action, Align, RetentionRule

NO_WINDOW: Final = "No window is named: the customer's instruction decides how long content is kept, and names none."
NO_END: Final = "Nothing makes it due while that lasts."
NO_FLOOR: Final = "No floor of a law applies."
NO_CEILING: Final = "No ceiling applies: the account has not ended."
RELATIONSHIP_LASTS: Final = "The relationship lasts: its clock has not begun."
AGREEMENT: Final = "An agreement was made: the clock has stopped."
DONE: Final = {
    Action.ERASE: "it must be erased",
    Action.ANONYMISE: "it must be made anonymous",
    Action.AGGREGATE: "only totals of it may stay",
    Action.DROP_IDENTIFIERS: "its identifiers must be gone",
}
_ALIGNED: Final = {
    Align.NONE: "",
    Align.MONTH_END: "the end of the month of ",
    Align.YEAR_END: "the end of the year of ",
}


def _source(source: str) -> str:
    return f" ({source})" if source else ""


def rule(terms: Terms) -> str:
    """Name the rule and say what it asks."""
    retention = terms.retention
    if retention.add is None:
        asked = "as long as the customer's instruction says"
    elif retention.add.once_processed:
        asked = f"not kept, due at {retention.anchor.value}"
    else:
        asked = f"{retention.add.in_words()} after {_ALIGNED[retention.align]}{retention.anchor.value}"
    return f"Rule {terms.rule_name}{_source(retention.source)}: {asked}; days are counted in {retention.zone}."


def set_by_profile(policy: Policy) -> str:
    """Name the policy that sets a window."""
    return f"policy {policy.policy_id}, version {policy.version}"


def set_by_workspace(settings: RetentionSettings) -> str:
    """Name the version of a workspace's settings, who set it and when."""
    who = f" by {settings.set_by}" if settings.set_by else ""
    when = f" at {settings.set_at.isoformat()}" if settings.set_at else ""
    return f"workspace settings, version {settings.version}{who and ', set'}{who}{when}"


def set_by(who: str) -> str:
    """Say who set the window."""
    return f"Set by {who}."


def anchored(terms: Terms, day: str) -> str:
    """Say on which day the anchor lies, by the zone of the rule."""
    return f"{terms.retention.anchor.value} lies on {day} there."


def windowed(artifact: Artifact, add: Duration) -> str:
    """Say that the workspace named a window of its own."""
    length = "erase once processed" if add.once_processed else add.in_words()
    return f"The window of the workspace for {artifact.value} counts: {length}."


def too_long(artifact: Artifact, add: Duration, terms: Terms) -> str:
    """Say that the workspace's window is longer than it may be."""
    longest = terms.retention.longest
    return (
        f"The window of the workspace for {artifact.value}, {add.in_words()}, is longer than the profile allows"
        f"{'' if longest is None else f' ({longest.in_words()})'}, and does not count."
    )


def awaited(artifact: Artifact) -> str:
    """Say that "once processed" waits for the processing."""
    return f"The window of the workspace for {artifact.value} begins when its processing has ended."


def consent_ends(until: datetime) -> str:
    """Say that the consent ends first."""
    return f"The consent that it rests on ends at {until.isoformat()}, and the record with it (promise RK18)."


def after_account(limit: Ceiling, day: str) -> str:
    """Say what ceiling the end of the account sets."""
    where = f" for {limit.jurisdiction}" if limit.jurisdiction else ""
    return f"Ceiling{where}: {limit.add.in_words()} after the account ended on {day}{_source(limit.source)}."


def outlives(terms: Terms) -> str:
    """Say why no ceiling counts although the account ended."""
    return f"The account ended; the record stays for its own time, reason: {terms.outlives_account or 'none set'}."


def law_floor(floor: Floor, day: str) -> str:
    """Say what floor a law sets."""
    where = f" of {floor.jurisdiction}" if floor.jurisdiction else ""
    return f"Floor{where}: {floor.add.in_words()} from the processing on {day}{_source(floor.source)}."


def own_floor(retention: RetentionRule, day: str) -> str:
    """Say what floor the rule sets itself."""
    length = "" if retention.floor is None else retention.floor.in_words()
    return f"Floor of the rule: {length} from {retention.anchor.value} on {day}."


def floor_raises(before: datetime) -> str:
    """Say that the ceiling, or the shorter window, yields to the floor."""
    return (
        f"Without the floor it would be due at {before.isoformat()}: that yields. From then until the floor it is kept "
        "in the restricted store, out of all use."
    )


def floor_yields(ceiling: datetime) -> str:
    """Say that the floor yields to the ceiling."""
    return f"The floor yields to the ceiling at {ceiling.isoformat()}, as the policy says."


def until(due_at: datetime) -> str:
    """Say until when it may be kept; what must be done then follows."""
    if due_at.hour == due_at.minute == due_at.second == due_at.microsecond == 0:
        last = due_at.date() - timedelta(days=1)
        return f"It may be kept through {last.isoformat()}; from {due_at.isoformat()} on"
    return f"From {due_at.isoformat()} on"


def held(holds: Collection[str], due_at: datetime | None) -> str:
    """Say which matters hold the record, and what counts again without them."""
    matters = ", ".join(holds)
    after = "nothing would make it due" if due_at is None else f"it would be due at {due_at.isoformat()}"
    return f"Held for: {matters}. A legal hold wins over everything; without it {after}."

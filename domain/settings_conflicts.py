"""What speaks against a workspace's settings: the profile's longest, the law's least, and what cannot be done."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from domain.due_facts import ARTIFACTS, Artifact
from domain.durations import Duration
from domain.policy import Policy
from domain.policy_conflicts import ends_before
from domain.records import Category
from domain.retention import Align, RetentionRule
from domain.workspace_settings import WorkspaceSettings, undoable

CATEGORY_OF = {artifact: category for category, artifacts in ARTIFACTS.items() for artifact in artifacts}


def refused_because(settings: WorkspaceSettings, policy: Policy, *, waived: Collection[Artifact] = ()) -> list[str]:
    """Return a sentence for each thing that keeps the settings from being saved; empty when nothing does.

    Args:
        settings: what is to be saved.
        policy: the workspace's profile.
        waived: artifacts whose window a waiver in force lets be longer than the profile allows (promise RN26).
    """
    return [*undoable(settings), *_windows(settings, policy, waived)]


def over_profile(settings: WorkspaceSettings, policy: Policy) -> list[Artifact]:
    """Return the artifacts whose window is longer than the profile allows."""
    return [artifact for artifact, window in sorted(settings.windows.items()) if _too_long(artifact, window, policy)]


def _windows(settings: WorkspaceSettings, policy: Policy, waived: Collection[Artifact]) -> Iterator[str]:
    for artifact, window in sorted(settings.windows.items()):
        rule = _rule(policy, CATEGORY_OF[artifact])
        if _too_long(artifact, window, policy) and artifact not in waived and rule.longest is not None:
            yield (
                f"{artifact}: {window.in_words()} is longer than the profile allows, {rule.longest.in_words()}"
                f"{_why(rule)}; shorten the window, or ask the CEO or CTO for a waiver (POST /v1/workspaces/ID/waivers)"
            )
        floor = _floor(policy, CATEGORY_OF[artifact], rule)
        if floor is not None and _sooner(window, rule, floor[0]):
            least, says = floor[0].in_words(), floor[1]
            yield f"{artifact}: {window.in_words()} ends before {says} allows, {least}; lengthen the window"


def _rule(policy: Policy, category: Category) -> RetentionRule:
    return policy.terms(category, None, None).retention


def _why(rule: RetentionRule) -> str:
    return f" ({rule.source})" if rule.source else ""


def _too_long(artifact: Artifact, window: Duration, policy: Policy) -> bool:
    rule = _rule(policy, CATEGORY_OF[artifact])
    return rule.longest is not None and ends_before(rule.longest, rule.align, window, _align(window, rule))


def _floor(policy: Policy, category: Category, rule: RetentionRule) -> tuple[Duration, str] | None:
    """Return the least time and who says so: of the rule, else of the law where it yields to nothing."""
    if rule.floor is not None:
        return rule.floor, "the profile's own floor"
    law = policy.terms(category, None, None).floor
    return None if law is None else (law.add, f"the law ({law.source or law.jurisdiction or 'of every place'})")


def _sooner(window: Duration, rule: RetentionRule, floor: Duration) -> bool:
    return ends_before(window, _align(window, rule), floor, Align.NONE)


def _align(window: Duration, rule: RetentionRule) -> Align:
    return Align.NONE if window.exact else rule.align

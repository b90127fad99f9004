"""A policy says for every category whose it is, for what, on which ground and until when; anything less is refused."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.durations import Duration
from domain.policy_document import policy_from_document
from domain.policy_faults import PolicyRefused
from domain.records import TAG_FIELDS, Category, LegalBasis, Purpose, RecordTags, Role
from domain.retention import NEVER, Align
from governance.profiles import load_profile

GOOD: dict[str, Any] = load_profile("strict") | {"id": "test", "version": 3}
GOOD["categories"]["traffic_data"]["retention"]["zone"] = "Europe/Berlin"


def changed(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    document = copy.deepcopy(GOOD)
    change(document)
    return document


def test_a_policy_is_read_whole() -> None:
    policy = policy_from_document(GOOD)
    told = (policy.policy_id, policy.version, policy.zone, policy.consent_required)
    assert told == ("test", 3, "Asia/Kolkata", False)
    assert set(policy.categories) == set(Category)
    identifiers = policy.categories[Category.TRAFFIC_IDENTIFIERS]
    assert identifiers.retention.align is Align.MONTH_END
    assert identifiers.retention.add == Duration(months=12)
    assert identifiers.retention.source == "promise RK6"
    assert identifiers.retention.zone == "Asia/Kolkata", "the policy's zone, unless the rule has its own"
    assert policy.categories[Category.TRAFFIC_DATA].retention.zone == "Europe/Berlin"
    assert identifiers.retention.longest == Duration(months=12), "what a controller keeps may only be shortened"
    assert policy.categories[Category.COMMUNICATIONS_CONTENT].retention.longest is None, "content is the customer's"


def test_tags_come_from_the_categorys_rule_and_the_records_own_anchor() -> None:
    anchor = datetime(2024, 1, 31, 6, 30, tzinfo=UTC)
    policy = policy_from_document(GOOD)
    content = policy.tags(Category.COMMUNICATIONS_CONTENT, workspace_id="ws_1", anchor=anchor)
    assert content.retain_until == datetime.fromisoformat("2024-03-02T00:00:00+05:30")
    assert (content.role, content.legal_basis) == (Role.PROCESSOR, LegalBasis.CUSTOMER_INSTRUCTION)
    assert content.purposes == (Purpose.TRANSCRIPTION, Purpose.REDACTION, Purpose.SERVE_CUSTOMER)
    assert (content.policy_id, content.policy_version, content.region) == ("test", 3, "ap-south-1")
    identifiers = policy.tags(Category.TRAFFIC_IDENTIFIERS, workspace_id="ws_1", anchor=anchor)
    assert identifiers.retain_until == datetime.fromisoformat("2025-02-01T00:00:00+05:30")


def test_where_nothing_names_a_window_a_record_is_born_without_an_end() -> None:
    def unnamed(document: dict[str, Any]) -> None:
        document["categories"]["communications_content"]["retention"] = {"add": None}

    policy = policy_from_document(changed(unnamed))
    tags = policy.tags(Category.COMMUNICATIONS_CONTENT, workspace_id="ws_1", anchor=datetime(2024, 1, 1, tzinfo=UTC))
    assert tags.retain_until == NEVER


def test_a_stored_record_carries_every_tag_in_plain_words() -> None:
    tags = policy_from_document(GOOD).tags(
        Category.USAGE_DATA, workspace_id="ws_1", anchor=datetime(2024, 1, 1, tzinfo=UTC)
    )
    document = tags.to_document()
    assert tuple(document) == TAG_FIELDS == tuple(field.name for field in fields(RecordTags))
    assert all(type(document[name]) is str for name in ("category", "role", "legal_basis"))
    assert document["purposes"] == ["security"]


def test_every_mistake_is_told_at_once_with_its_place() -> None:
    document = changed(lambda d: (d.update(zone="Mars"), d["categories"]["usage_data"].update(role="owner")))
    with pytest.raises(PolicyRefused) as refused:
        policy_from_document(document)
    assert {fault.path for fault in refused.value.faults} >= {("zone",), ("categories", "usage_data", "role")}


@pytest.mark.parametrize("document", [None, [], "strict", 3, {}])
def test_what_is_no_policy_is_refused_and_not_stumbled_over(document: Any) -> None:
    with pytest.raises(PolicyRefused):
        policy_from_document(document)

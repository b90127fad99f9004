"""A policy says for every category whose it is, for what, on which ground and until when; anything less is refused."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.policy import policy_from_document
from domain.records import TAG_FIELDS, Category, LegalBasis, Purpose, RecordTags, Role
from domain.retention import Align, Duration

GOOD: dict[str, Any] = {
    "id": "test",
    "version": 3,
    "region": "ap-south-1",
    "zone": "Asia/Kolkata",
    "categories": {
        "content": {
            "role": "processor",
            "legal_basis": "customer_instruction",
            "purposes": ["transcription", "redaction"],
            "retention": {"add": "P30D"},
        },
        "traffic_identifiers": {
            "role": "controller",
            "legal_basis": "contract",
            "purposes": ["billing"],
            "retention": {"add": "P12M", "align": "month_end", "source": "RK6"},
        },
        "traffic": {
            "role": "controller",
            "legal_basis": "contract",
            "purposes": ["billing"],
            "retention": {"add": "P10Y", "align": "year_end", "zone": "Europe/Berlin"},
        },
        "usage": {
            "role": "controller",
            "legal_basis": "legitimate_interest",
            "purposes": ["security"],
            "retention": {"add": "P3Y"},
        },
    },
}


def changed(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    document = copy.deepcopy(GOOD)
    change(document)
    return document


def test_a_policy_is_read_whole() -> None:
    policy = policy_from_document(GOOD)
    assert (policy.policy_id, policy.version, policy.zone, policy.consent_required) == (
        "test",
        3,
        "Asia/Kolkata",
        False,
    )
    assert set(policy.categories) == set(Category)
    identifiers = policy.categories[Category.TRAFFIC_IDENTIFIERS]
    assert identifiers.retention.align is Align.MONTH_END
    assert identifiers.retention.add == Duration(months=12)
    assert identifiers.retention.source == "RK6"
    assert identifiers.retention.zone == "Asia/Kolkata", "the policy's zone, unless the rule has its own"
    assert policy.categories[Category.TRAFFIC].retention.zone == "Europe/Berlin"


def test_tags_come_from_the_categorys_rule_and_the_records_own_anchor() -> None:
    anchor = datetime(2024, 1, 31, 6, 30, tzinfo=UTC)
    policy = policy_from_document(GOOD)
    content = policy.tags(Category.CONTENT, workspace_id="ws_1", anchor=anchor)
    assert content.retain_until == datetime.fromisoformat("2024-03-02T00:00:00+05:30")
    assert (content.role, content.legal_basis) == (Role.PROCESSOR, LegalBasis.CUSTOMER_INSTRUCTION)
    assert content.purposes == (Purpose.TRANSCRIPTION, Purpose.REDACTION)
    assert (content.policy_id, content.policy_version, content.region) == ("test", 3, "ap-south-1")
    identifiers = policy.tags(Category.TRAFFIC_IDENTIFIERS, workspace_id="ws_1", anchor=anchor)
    assert identifiers.retain_until == datetime.fromisoformat("2025-02-01T00:00:00+05:30")


def test_a_stored_record_carries_every_tag_in_plain_words() -> None:
    tags = policy_from_document(GOOD).tags(Category.USAGE, workspace_id="ws_1", anchor=datetime(2024, 1, 1, tzinfo=UTC))
    document = tags.to_document()
    assert tuple(document) == TAG_FIELDS == tuple(field.name for field in fields(RecordTags))
    assert all(type(document[name]) is str for name in ("category", "role", "legal_basis"))
    assert document["purposes"] == ["security"]


REFUSED: list[tuple[str, Callable[[dict[str, Any]], Any], str]] = [
    ("a category left out", lambda d: d["categories"].pop("usage"), "no rule for: usage"),
    (
        "two categories left out",
        lambda d: [d["categories"].pop(c) for c in ("traffic", "usage")],
        "no rule for: traffic, usage",
    ),
    (
        "a category nobody knows",
        lambda d: d["categories"].update(gossip=d["categories"]["usage"]),
        "'gossip' is not a valid Category",
    ),
    (
        "an unknown purpose",
        lambda d: d["categories"]["usage"].update(purposes=["advertising"]),
        "'advertising' is not a valid Purpose",
    ),
    (
        "no purposes",
        lambda d: d["categories"]["usage"].update(purposes=[]),
        "usage: a record without a purpose cannot be saved",
    ),
    (
        "an unknown basis",
        lambda d: d["categories"]["usage"].update(legal_basis="habit"),
        "'habit' is not a valid LegalBasis",
    ),
    ("an unknown role", lambda d: d["categories"]["usage"].update(role="owner"), "'owner' is not a valid Role"),
    (
        "a controller on the customer's instruction",
        lambda d: d["categories"]["usage"].update(legal_basis="customer_instruction"),
        "usage: the processor acts on the customer's instruction, the controller never does",
    ),
    (
        "a processor on its own ground",
        lambda d: d["categories"]["content"].update(legal_basis="legitimate_interest"),
        "content: the processor acts on the customer's instruction, the controller never does",
    ),
    ("an unknown zone", lambda d: d.update(zone="Asia/Calcuttah"), "unknown zone 'Asia/Calcuttah'"),
    (
        "an unknown zone of one rule",
        lambda d: d["categories"]["usage"]["retention"].update(zone="Mars/Olympus"),
        "usage: unknown zone 'Mars/Olympus'",
    ),
    ("a zone that climbs out", lambda d: d.update(zone="../../etc/passwd"), "unknown zone"),
    ("no zone at all", lambda d: d.update(zone=""), "unknown zone"),
    ("a duration in words", lambda d: d["categories"]["usage"]["retention"].update(add="30 days"), "not an ISO 8601"),
    (
        "an unknown alignment",
        lambda d: d["categories"]["usage"]["retention"].update(align="week_end"),
        "'week_end' is not a valid Align",
    ),
    ("a version in words", lambda d: d.update(version="three"), "three"),
    ("categories that are none", lambda d: d.update(categories=None), "shape"),
    ("a rule that is none", lambda d: d["categories"].update(usage="as you like"), "shape"),
    *[
        (f"no {name}", lambda d, name=name: d.pop(name), f"lacks the field '{name}'")
        for name in ("id", "version", "region", "zone", "categories")
    ],
    *[
        (f"a rule without {name}", lambda d, name=name: d["categories"]["usage"].pop(name), f"lacks the field '{name}'")
        for name in ("role", "legal_basis", "purposes", "retention")
    ],
    ("a retention without length", lambda d: d["categories"]["usage"].update(retention={}), "lacks the field 'add'"),
]


@pytest.mark.parametrize(("change", "sentence"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_policy_that_says_too_little_is_refused_with_a_sentence(
    change: Callable[[dict[str, Any]], Any], sentence: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        policy_from_document(changed(change))

"""What is wrong with a policy is told at its place, and nothing wrong is saved."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest

from domain.policy_document import policy_from_document
from domain.policy_faults import PolicyRefused
from governance.profiles import load_profile

GOOD: dict[str, Any] = load_profile("strict")


def changed(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    document = copy.deepcopy(GOOD)
    change(document)
    return document


PLAIN = {
    "role": "controller",
    "purposes": ["security"],
    "legal_basis": "contract",
    "retention": {"add": "P3Y"},
}


def plain(**change: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda document: document["categories"].update(usage_data=PLAIN | change)


def without(name: str) -> Callable[[dict[str, Any]], Any]:
    left = {field: value for field, value in PLAIN.items() if field != name}
    return lambda document: document["categories"].update(usage_data=left)


REFUSED: list[tuple[str, Callable[[dict[str, Any]], Any], str]] = [
    ("a category left out", lambda d: d["categories"].pop("usage_data"), "no rule for: usage_data"),
    (
        "two categories left out",
        lambda d: [d["categories"].pop(c) for c in ("traffic_data", "usage_data")],
        "no rule for: traffic_data, usage_data",
    ),
    ("a category nobody knows", lambda d: d["categories"].update(gossip=PLAIN), "unknown category 'gossip'"),
    ("an unknown purpose", plain(purposes=["advertising"]), "unknown purpose 'advertising'"),
    ("no purposes", plain(purposes=[]), "a record without a purpose cannot be saved"),
    ("purposes that are none", plain(purposes=3), "must be a list of purposes"),
    (
        "a purpose without a basis",
        lambda d: d["categories"].update(
            usage_data={"role": "controller", "purposes": {"security": None}, "retention": {"add": "P3Y"}}
        ),
        "usage_data.purposes.security: a purpose without a legal basis cannot be saved (promise RN3)",
    ),
    ("an unknown basis", plain(legal_basis="habit"), "unknown legal basis 'habit'"),
    ("an unknown role", plain(role="owner"), "unknown role 'owner'; there are: controller, processor"),
    (
        "a controller on the customer's instruction",
        plain(legal_basis="customer_instruction"),
        "usage_data.legal_basis: the processor acts on the customer's instruction, the controller never does",
    ),
    (
        "a processor on its own ground",
        lambda d: d["categories"]["communications_content"].update(legal_basis="contract"),
        "communications_content.legal_basis: the processor acts on the customer's instruction",
    ),
    (
        "legitimate interest said for India",
        plain(legal_basis=[{"basis": "legitimate_interest", "jurisdiction": "IN"}]),
        "legitimate_interest is no basis in India",
    ),
    (
        "legitimate interest said for a part of India",
        plain(legal_basis=[{"basis": "legitimate_interest", "jurisdiction": "IN-MH"}, {"basis": "consent"}]),
        "legitimate_interest is no basis in India",
    ),
    (
        "legitimate interest for everybody, India too",
        plain(legal_basis="legitimate_interest"),
        "security rests on legitimate_interest in India",
    ),
    (
        "cases without one for everybody",
        plain(legal_basis=[{"basis": "contract", "customer_type": "individual"}]),
        "the last case must be for everybody",
    ),
    ("a processor without an instruction", lambda d: d.pop("instruction"), "lacks the field 'instruction'"),
    ("an instruction without a version", lambda d: d["instruction"].pop("version"), "lacks the field 'version'"),
    ("an instruction of version nought", lambda d: d["instruction"].update(version=0), "at least 1, not 0"),
    ("an instruction for nothing", lambda d: d["instruction"].update(purposes=[]), "names at least one purpose"),
    ("a reason to stay that is none of five", plain(outlives_account="habit"), "unknown stay reason 'habit'"),
    ("an unknown zone", lambda d: d.update(zone="Asia/Calcuttah"), "unknown zone 'Asia/Calcuttah'"),
    (
        "an unknown zone of one rule",
        plain(retention={"add": "P3Y", "zone": "Mars/Olympus"}),
        "unknown zone 'Mars/Olymp",
    ),
    ("a zone that climbs out", lambda d: d.update(zone="../../etc/passwd"), "unknown zone"),
    ("no zone at all", lambda d: d.update(zone=""), "unknown zone"),
    ("a duration in words", plain(retention={"add": "30 days"}), "not an ISO 8601"),
    ("a duration beyond meaning", plain(retention={"add": "P999Y"}), "longer than 200 years"),
    ("an unknown alignment", plain(retention={"add": "P3Y", "align": "week_end"}), "unknown align 'week_end'"),
    ("an unknown anchor", plain(retention={"add": "P3Y", "anchor": "birth"}), "unknown anchor 'birth'"),
    ("an unknown action", plain(retention={"add": "P3Y", "action": "hide"}), "unknown action 'hide'"),
    (
        "an unknown jurisdiction",
        plain(retention=[{"add": "P1Y", "jurisdiction": "XX"}, {"add": "P3Y"}]),
        "retention.0.jurisdiction: unknown jurisdiction",
    ),
    ("hours at the end of a month", plain(retention={"add": "PT4H", "align": "month_end"}), "cannot be aligned"),
    ("a misspelt field", plain(retention={"add": "P3Y", "alignment": "none"}), "unknown field"),
    ("a controller without a window", plain(retention={"add": None}), "may leave the window open"),
    (
        "rules without one for everybody",
        plain(retention=[{"add": "P1Y", "jurisdiction": "IN"}]),
        "must be for everybody",
    ),
    (
        "the rule for everybody first",
        plain(retention=[{"add": "P3Y"}, {"add": "P1Y", "jurisdiction": "IN"}]),
        "the last",
    ),
    (
        "two rules for one place",
        plain(retention=[{"add": "P1Y", "jurisdiction": "IN"}, {"add": "P2Y", "jurisdiction": "IN"}, {"add": "P3Y"}]),
        "same jurisdiction",
    ),
    (
        "longer than its own longest",
        plain(retention={"add": "P3Y", "longest": "P2Y"}),
        "keeps 3 years, longer than its own longest, 2 years",
    ),
    (
        "due before its own floor",
        plain(retention={"add": "P6M", "floor": "P1Y"}),
        "due after 6 months, before its own floor of 12 months",
    ),
    ("a ceiling under a floor", lambda d: d["floors"][0].pop("yields"), "Say which yields"),
    ("a floor without its start", lambda d: d["floors"][0].pop("from"), "lacks the field 'from'"),
    ("a floor that starts some day", lambda d: d["floors"][0].update({"from": "soon"}), "must be a date such as"),
    ("an unknown thing that yields", lambda d: d["floors"][0].update(yields="law"), "unknown yields 'law'"),
    (
        "a privacy shield",
        lambda d: d["settings"].update(transfer_safeguards=["privacy_shield"]),
        "settings.transfer_safeguards.0: privacy_shield is void since 2020-07-16",
    ),
    ("an unknown setting", lambda d: d["settings"].update(breech_hours=3), "breech_hours: unknown field"),
    ("hours in words", lambda d: d["settings"].update(breach_report_hours="twelve"), "not 'twelve'"),
    ("yes for a flag", lambda d: d.update(consent_required="yes"), "must be true or false, not 'yes'"),
    ("a version in words", lambda d: d.update(version="three"), "three"),
    ("categories that are none", lambda d: d.update(categories=None), "shape"),
    ("a rule that is none", lambda d: d["categories"].update(usage_data="as you like"), "shape"),
    *[
        (f"no {name}", lambda d, name=name: d.pop(name), f"lacks the field '{name}'")
        for name in ("id", "version", "region", "zone", "categories")
    ],
    *[
        (f"a rule without {name}", without(name), f"lacks the field '{name}'")
        for name in ("role", "legal_basis", "purposes", "retention")
    ],
    ("a retention without length", plain(retention={}), "lacks the field 'add'"),
]


@pytest.mark.parametrize(("change", "sentence"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_policy_that_says_too_little_is_refused_with_a_sentence(
    change: Callable[[dict[str, Any]], Any], sentence: str
) -> None:
    with pytest.raises(PolicyRefused, match=re.escape(sentence)):
        policy_from_document(changed(change))


def test_before_its_judgment_the_privacy_shield_was_a_safeguard() -> None:
    def in_2019(document: dict[str, Any]) -> None:
        document["revised"] = "2020-07-15"
        document["settings"]["transfer_safeguards"] = ["privacy_shield"]

    assert policy_from_document(changed(in_2019)).settings.transfer_safeguards


def test_norway_is_not_a_no() -> None:
    with pytest.raises(PolicyRefused, match="Norway"):
        policy_from_document(changed(plain(retention=[{"add": "P1Y", "jurisdiction": False}, {"add": "P3Y"}])))

"""A redaction policy: what it decides of a span, what it may not say, and that profiles are data which hold."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.redaction_kinds import ALWAYS_HIDDEN, KINDS, REFERENCES
from domain.redaction_policy import Operator, policy_from_document
from domain.spans import Span, merge_spans, span_from_dict, span_to_dict
from governance.redaction_profiles import policy_of, profile_policy, redaction_profiles
from redaction.rules import FLAGS, RULES

ANY_POLICY = st.fixed_dictionaries(
    {"profile": st.sampled_from(["balanced", "maximum_recall"])},
    optional={
        "threshold": st.floats(0, 1),
        "operators": st.dictionaries(st.sampled_from(sorted(KINDS)), st.sampled_from(sorted(Operator))),
        "disabled": st.lists(st.sampled_from(sorted(KINDS))),
        "keep_references": st.booleans(),
        "sound": st.sampled_from(["tone", "silence"]),
    },
)


def span(kind: str, score: float = 0.9, *also: str) -> Span:
    return Span(0, 0, 1, kind, score, "test", also=also)


def decided(found: Span, **body: Any) -> tuple[str, str] | None:
    done = policy_of(body).decided([found])
    return (done[0].entity_type, done[0].operator) if done else None


def test_the_profiles_are_balanced_and_maximum_recall() -> None:
    assert redaction_profiles() == ["balanced", "maximum_recall"]
    everything = profile_policy("maximum_recall")
    assert {everything.operator_for(kind) for kind in KINDS} == {Operator.REPLACE}
    assert everything.threshold == 0


def test_every_kind_that_a_rule_may_yield_is_known_to_policies() -> None:
    rules = (*RULES.values(), *FLAGS.values())
    yielded = {kind for _, kinds in rules for kind in kinds} | {"CRYPTO", "IBAN_CODE", "IP_ADDRESS"}
    assert yielded <= set(KINDS), "add it to domain.redaction_kinds, in its group"


def test_the_page_lists_every_kind_with_what_the_default_profile_does_with_it() -> None:
    page = (Path(__file__).parents[2] / "docs" / "redaction-policy.md").read_text("utf-8")
    told: dict[str, tuple[str, str]] = {}
    for group, kinds, done in re.findall(r"^\| (\w+) \| (`[A-Z_`, ]+`) \| (.+?) \|$", page, flags=re.MULTILINE):
        told |= dict.fromkeys(re.findall(r"[A-Z][A-Z_]+", kinds), (group, done))
    balanced = profile_policy()
    for kind, group in KINDS.items():
        operator = balanced.operator_for(kind)
        hidden = ", always hidden" if kind in ALWAYS_HIDDEN else ""
        assert told.pop(kind) == (group, f"`{operator}`{hidden}" if operator else "disabled"), kind
    assert told == {}


def test_the_threshold_is_the_lowest_score_that_is_hidden() -> None:
    assert decided(span("PERSON", 0.5), threshold=0.5) == ("PERSON", "replace")
    assert decided(span("PERSON", 0.499), threshold=0.5) is None


def test_no_threshold_reaches_payment_data_and_credentials() -> None:
    assert decided(span("CREDIT_CARD", 0.1), threshold=1.0) == ("CREDIT_CARD", "replace")


def test_a_disabled_kind_is_left_as_it_was_unless_another_kind_shares_its_words() -> None:
    assert decided(span("LOCATION"), disabled=["LOCATION"]) is None
    assert decided(span("LOCATION", 0.9, "PERSON"), disabled=["LOCATION"]) == ("PERSON", "replace")
    assert decided(span("ORDER_NUMBER", 0.9, "CREDIT_CARD")) == ("CREDIT_CARD", "replace")
    assert decided(span("ORDER_NUMBER", 0.9, "REFERENCE_NUMBER"), keep_references=True) == ("ORDER_NUMBER", "keep")


def test_spans_that_overlap_become_one_that_remembers_every_kind() -> None:
    place, person = Span(0, 0, 3, "LOCATION", 0.9, "test"), Span(0, 2, 4, "PERSON", 0.6, "test")
    (one,) = merge_spans([place, person, Span(0, 3, 5, "AGE", 0.5, "test")])
    assert (one.first_word, one.end_word, one.entity_type, set(one.also)) == (0, 5, "LOCATION", {"PERSON", "AGE"})
    assert decided(one) == ("PERSON", "replace"), "a place is off, the person in it is not"
    (kept,) = merge_spans([Span(0, 0, 2, "LOCATION", 1.0, "test", "keep"), Span(0, 1, 3, "PERSON", 0.1, "test")])
    assert not kept.kept
    assert span_from_dict(span_to_dict(one)) == one


def test_references_are_kept_by_one_word_and_hidden_again_by_name() -> None:
    kept = policy_of({"keep_references": True, "operators": {"POLICY_NUMBER": "label"}})
    told = {kind: kept.operator_for(kind) for kind in REFERENCES}
    assert told.pop("POLICY_NUMBER") is Operator.REPLACE
    assert set(told.values()) == {Operator.KEEP}


def test_a_profiles_word_on_a_kind_gives_way_to_the_workspaces() -> None:
    assert policy_of({"operators": {"LOCATION": "token"}}).operator_for("LOCATION") is Operator.TOKEN
    assert policy_of({"disabled": ["ORDER_NUMBER"]}).operator_for("ORDER_NUMBER") is None
    assert policy_of({"disabled": []}).operator_for("LOCATION") is Operator.REPLACE


@given(ANY_POLICY)
def test_whatever_can_be_saved_hides_payment_data_and_credentials(body: dict[str, Any]) -> None:
    try:
        policy = policy_of(body)
    except Invalid:
        return
    for kind in ALWAYS_HIDDEN:
        (done,) = policy.decided([span(kind, 0.0)])
        assert not done.kept
    assert policy_from_document(policy.to_document(), profile=policy.profile).to_document() == policy.to_document()


@pytest.mark.parametrize(
    "body",
    [
        [], "balanced", 3, {"disabled": "PERSON"}, {"disabled": [["PERSON"]]}, {"operators": ["PERSON"]},
        {"operator": []},
        {"operators": {"PERSON": {"x": 1}}}, {"threshold": True}, {"threshold": float("nan")}, {"threshold": "high"},
        {"keep_references": "yes"}, {"patterns": "x"}, {"patterns": [{"kind": "lower", "pattern": "x"}]},
        {"patterns": [{"kind": "X1"}]}, {"patterns": [{"kind": "X1", "pattern": 3}]}, {"profile": ["balanced"]},
        {"sound": "beep"}, {"sound": 3}, {"4111 1111 1111 1111": "keep"}, {"off": ["PERSON"]}, {False: ["PERSON"]},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_policy_is_refused_by_its_field_and_repeated_nowhere(body: Any) -> None:
    with pytest.raises(Invalid) as refused:
        policy_of(body)
    assert refused.value.fields["field"]
    assert "4111" not in refused.value.message

"""A release's policy: defaults are good, what cannot be meant is refused by name, its version is its content."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.policy import LARGEST_SHARD, CorpusPolicy
from domain.errors import Invalid


@given(
    k=st.integers(2, 1000),
    rare_k=st.integers(1, 16),
    shares=st.tuples(st.integers(0, 50), st.integers(0, 50)),
    scope=st.sampled_from(["call", "release"]),
)
def test_a_policy_is_read_back_as_it_was_stored(k: int, rare_k: int, shares: tuple[int, int], scope: str) -> None:
    validation, test = (share / 100 for share in shares)
    splits = {"train": 1 - validation - test, "validation": validation, "test": test}
    policy = CorpusPolicy.from_document({"k": k, "rare_k": rare_k, "splits": splits, "surrogates": scope})
    again = CorpusPolicy.from_document(policy.to_document())
    assert again == policy
    assert again.digest == policy.digest


def test_every_value_is_part_of_the_version() -> None:
    changed = [{"k": 6}, {"l": 3}, {"rare_k": 4}, {"surrogates": "release"}, {"canaries": 3}, {"drill_confidence": 0.9}]
    digests = {CorpusPolicy.from_document(one).digest for one in [{}, *changed]}
    assert len(digests) == len(changed) + 1


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"k": 1}, "k"),
        ({"k": True}, "k"),
        ({"k": 5.0}, "k"),
        ({"l": 0}, "l"),
        ({"rare_k": 0}, "rare_k"),
        ({"rare_k": 17}, "rare_k"),
        ({"max_shard_bytes": LARGEST_SHARD + 1}, "max_shard_bytes"),
        ({"drill_confidence": 1}, "drill_confidence"),
        ({"drill_confidence": "sure"}, "drill_confidence"),
        ({"splits": {"train": 0.9, "validation": 0.05, "test": 0.1}}, "splits"),
        ({"splits": {"train": 1.0}}, "splits"),
        ({"splits": [0.9, 0.05, 0.05]}, "splits"),
        ({"surrogates": "never"}, "surrogates"),
        ({"anonymous": True}, "anonymous"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(told: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        CorpusPolicy.from_document(told)
    assert refused.value.fields["field"] == field
    assert "takes" in refused.value.message or "it has" in refused.value.message


def test_a_shard_may_have_256_mebibytes_and_no_byte_more() -> None:
    assert CorpusPolicy.from_document({"max_shard_bytes": 256 * 1024 * 1024}).max_shard_bytes == LARGEST_SHARD

"""Nobody is in two splits: workspaces that have a person in common stay together, whatever the shares say."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from corpus.policy import Splits
from corpus.splits import Together, split_of
from domain.corpus import Split

WORKSPACES = [f"ws_{number}" for number in range(8)]
PEOPLE = [bytes([number]) * 8 for number in range(12)]
WHO = st.dictionaries(st.sampled_from(WORKSPACES), st.frozensets(st.sampled_from(PEOPLE), max_size=4), min_size=1)


def keyed(value: bytes) -> bytes:
    return hashlib.sha256(b"a key" + value).digest()


def joined(who: dict[str, frozenset[bytes]]) -> Together:
    together = Together(who)
    together.people((workspace, sorted(people)) for workspace, people in who.items())
    return together


@given(who=WHO, sizes=st.lists(st.integers(1, 50), min_size=8, max_size=8))
def test_no_person_and_no_workspace_is_in_two_splits(who: dict[str, frozenset[bytes]], sizes: list[int]) -> None:
    items = dict(zip(who, sizes, strict=False))
    splits = split_of(joined(who), items, Splits(), keyed)
    assert set(splits) == set(who), "every workspace with items is somewhere"
    for person in PEOPLE:
        assert len({splits[one] for one, people in who.items() if person in people}) <= 1


@given(who=WHO)
def test_the_order_of_the_units_changes_nothing(who: dict[str, frozenset[bytes]]) -> None:
    items = dict.fromkeys(who, 3)
    other = Together(reversed(list(who)))
    for workspace, people in reversed(list(who.items())):
        other.people([(workspace, sorted(people))])
    other.people([(workspace, sorted(people)) for workspace, people in who.items()])
    assert split_of(joined(who), items, Splits(), keyed) == split_of(other, items, Splits(), keyed)


def test_the_largest_group_trains_and_with_three_groups_no_split_is_empty() -> None:
    who = {one: frozenset[bytes]() for one in WORKSPACES[:5]}
    items = {"ws_0": 500, "ws_1": 5, "ws_2": 4, "ws_3": 30, "ws_4": 30}
    splits = split_of(joined(who), items, Splits(), keyed)
    assert splits["ws_0"] is Split.TRAIN
    assert set(splits.values()) == set(Split)
    assert {splits["ws_1"], splits["ws_2"]} == {Split.VALIDATION, Split.TEST}


def test_one_group_is_all_training() -> None:
    who = {one: frozenset({PEOPLE[0]}) for one in WORKSPACES}
    assert set(split_of(joined(who), dict.fromkeys(who, 9), Splits(), keyed).values()) == {Split.TRAIN}


def test_a_split_without_a_share_gets_nothing() -> None:
    who = {one: frozenset[bytes]() for one in WORKSPACES}
    splits = split_of(joined(who), dict.fromkeys(who, 10), Splits(1.0, 0.0, 0.0), keyed)
    assert set(splits.values()) == {Split.TRAIN}


def test_shares_are_met_as_near_as_whole_workspaces_allow() -> None:
    who = {f"ws_{number:03d}": frozenset[bytes]() for number in range(200)}
    splits = split_of(joined(who), dict.fromkeys(who, 10), Splits(0.8, 0.1, 0.1), keyed)
    counts = [list(splits.values()).count(split) for split in Split]
    assert counts == [160, 20, 20]

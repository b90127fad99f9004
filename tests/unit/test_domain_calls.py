"""Calls, ids, jobs and holds: what is one call, what is an id, how long to wait, what is held."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calls import STAGES, CallIdentity, Stage, is_same_call, next_stage
from domain.ids import is_id, new_id
from domain.jobs import backoff, lease_end, may_retry

MORNING = datetime(2026, 11, 20, 10, tzinfo=UTC)
NOON = MORNING.replace(hour=12)
IDENTITIES = st.builds(
    CallIdentity,
    content_hash=st.sampled_from(["aa", "bb"]),
    origin_id=st.sampled_from([None, "1", "2"]),
    setup_time=st.sampled_from([None, MORNING, NOON]),
)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (CallIdentity("aa", None, None), CallIdentity("aa", None, None), True),
        (CallIdentity("aa", None, None), CallIdentity("bb", None, None), False),
        (CallIdentity("aa", "1", MORNING), CallIdentity("aa", "1", MORNING), True),
        (CallIdentity("aa", "1", None), CallIdentity("aa", None, MORNING), True),
        (CallIdentity("aa", "1", None), CallIdentity("aa", "2", None), False),
        (CallIdentity("aa", None, MORNING), CallIdentity("aa", None, NOON), False),
        (CallIdentity("aa", "1", MORNING), CallIdentity("bb", "1", MORNING), False),
    ],
)
def test_the_same_bytes_are_one_call_unless_something_tells_them_apart(
    one: CallIdentity, other: CallIdentity, same: bool
) -> None:
    assert is_same_call(one, other) is same


@given(IDENTITIES, IDENTITIES)
def test_being_the_same_call_goes_both_ways_and_each_call_is_itself(one: CallIdentity, other: CallIdentity) -> None:
    assert is_same_call(one, other) == is_same_call(other, one)
    assert is_same_call(one, one)


def test_the_stages_follow_each_other_to_the_end() -> None:
    assert [next_stage(stage) for stage in STAGES] == [*STAGES[1:], None]
    assert STAGES == (Stage.TRANSCRIBE, Stage.REDACT_TEXT, Stage.REDACT_AUDIO)


def test_ids_are_recognised_by_kind_and_never_repeat() -> None:
    ids = {new_id("call") for _ in range(1000)}
    assert len(ids) == 1000
    assert all(is_id("call", one) and not is_id("job", one) for one in ids)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "call_",
        "call_" + "a" * 25,
        "call_" + "a" * 27,
        "call_" + "A" * 26,
        "call_" + "1" * 26,
        "call_" + "a" * 26 + "\n",
        "CALL_" + "a" * 26,
    ],
)
def test_what_is_not_quite_an_id_is_none(text: str) -> None:
    assert not is_id("call", text)


def test_waits_double_from_the_base_to_the_cap() -> None:
    assert [backoff(n, base_s=2.0, cap_s=20.0).total_seconds() for n in range(1, 7)] == [2, 4, 8, 16, 20, 20]


@given(st.integers(1, 10**9), st.integers(1, 60), st.integers(60, 3600))
def test_no_wait_is_shorter_than_the_one_before_or_longer_than_the_cap(attempt: int, base_s: int, cap_s: int) -> None:
    waits = [backoff(n, base_s=base_s, cap_s=cap_s).total_seconds() for n in (1, attempt, attempt + 1)]
    assert all(before <= after for before, after in pairwise(waits))
    assert waits[-1] <= cap_s
    assert waits[0] == base_s


def test_the_last_try_is_the_last() -> None:
    assert [may_retry(attempts, 3) for attempts in range(5)] == [True, True, True, False, False]
    assert lease_end(MORNING, 60.0) == MORNING + timedelta(minutes=1)

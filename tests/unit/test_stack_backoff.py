"""How long a part that died waits before it is started again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cli.stack.backoff import Backoff


def test_waits_double_until_the_cap() -> None:
    backoff = Backoff(first_s=0.25, cap_s=15.0)
    assert [backoff.delay_s(n) for n in range(1, 9)] == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0]


@given(st.integers(min_value=1, max_value=10**9))
def test_no_number_of_failures_waits_longer_than_the_cap_or_less_than_the_one_before(failures: int) -> None:
    backoff = Backoff()
    assert backoff.first_s <= backoff.delay_s(failures) <= backoff.delay_s(failures + 1) <= backoff.cap_s


def test_a_part_that_stayed_up_long_enough_begins_again_at_the_first_wait() -> None:
    backoff = Backoff(stable_s=30.0)
    assert backoff.failures_after(7, uptime_s=29.9) == 8
    assert backoff.failures_after(7, uptime_s=30.0) == 1

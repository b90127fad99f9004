"""A waiver counts from its approval until its end, not after it was revoked, and from no other office."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.waivers import APPROVING, Office, WaivableRule, Waiver

START = datetime(2026, 11, 22, 8, tzinfo=UTC)
END = START + timedelta(days=30)
TICK = timedelta(microseconds=1)
WAIVER = Waiver(
    *("waive_1", "ws_1", WaivableRule.RETENTION_OVER_PROFILE, "recording", "P3Y", "case 4711", "key_1"),
    *(Office.CEO, START, END),
)


def test_it_counts_from_its_first_instant_and_at_its_end_no_longer() -> None:
    assert [WAIVER.counts(at) for at in (START - TICK, START, END - TICK, END)] == [False, True, True, False]


def test_it_does_not_count_once_it_is_revoked() -> None:
    revoked = replace(WAIVER, revoked_at=START + timedelta(days=1))
    assert revoked.counts(START + timedelta(days=1) - TICK)
    assert not revoked.counts(START + timedelta(days=1))


@pytest.mark.parametrize("office", Office)
def test_only_a_ceo_or_cto_approves(office: Office) -> None:
    assert replace(WAIVER, office=office).counts(START) is (office in {Office.CEO, Office.CTO})
    assert (office in APPROVING) is (office is not Office.DPO)


def test_it_covers_its_artifact_and_one_without_an_artifact_covers_each() -> None:
    assert [WAIVER.covers(one) for one in ("recording", "transcript", None)] == [True, False, True]
    assert replace(WAIVER, artifact=None).covers("transcript")


@given(st.sampled_from(Office), st.sampled_from([None, "transcript"]), st.sampled_from([None, START]))
def test_a_waiver_is_read_as_it_was_stored(office: Office, artifact: str | None, revoked_at: datetime | None) -> None:
    waiver = replace(WAIVER, office=office, artifact=artifact, revoked_at=revoked_at)
    assert Waiver.from_document(waiver.to_document()) == waiver

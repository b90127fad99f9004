"""The split clock over random calls in every format: totals are equal before and after, and no identifier survives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import bson
import pytest
from cdr_rows import policy_of, stored, subscriber
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.cdr_reads import DIMENSIONS, CdrReader
from ingest.cdrs import CdrStore
from ingest.formats.record import Cost, Direction, Disposition, RecordingRef, Row
from ingest.formats.registry import NAMES, load_format
from workers.ageing import Ageing

if TYPE_CHECKING:
    from conftest import MakeTenant, Tenant

ARRIVED = datetime(2025, 11, 2, tzinfo=UTC)
GROUPS = 3
SPAN = timedelta(days=20)
PLANTED = ("wilhelmina", "447700900", "device-77", "SIP/wil", "rec-77")


def rows_of(format_name: str) -> st.SearchStrategy[list[list[Row]]]:
    """Calls of a format, each of some legs, with something personal in every field that can hold it."""
    seconds = st.integers(0, 3_000).map(float)
    leg = st.builds(
        dict,
        talk=seconds,
        ring=st.integers(0, 50).map(float),
        cost=st.decimals(0, 99, places=3),
        direction=st.sampled_from(list(Direction)),
        disposition=st.sampled_from(list(Disposition)),
        number=st.integers(0, 9),
        offset=st.integers(0, int(SPAN.total_seconds())),
    )
    legs = st.lists(leg, min_size=1, max_size=3)
    return st.lists(legs, min_size=1, max_size=GROUPS).map(
        lambda calls: [
            [_row(format_name, call, number, told) for number, told in enumerate(told_of)]
            for call, told_of in enumerate(calls)
        ]
    )


def _row(format_name: str, call: int, number: int, told: dict[str, Any]) -> Row:
    setup = datetime(2025, 10, 2, tzinfo=UTC) + timedelta(seconds=told["offset"])
    answer = setup + timedelta(seconds=told["ring"])
    return Row(
        source=format_name,
        group=f"group-{call}",
        key=f"{call}-{number}",
        raw_line=call * 10 + number + 1,
        origin_id=f"device-77-{call}",
        leg_id=f"SIP/wil-{number}",
        at=setup,
        direction=told["direction"],
        caller=subscriber(f"+44770090012{told['number']}"),
        callee=subscriber(f"+44770090013{told['number']}"),
        setup_time=setup,
        answer_time=answer,
        end_time=answer + timedelta(seconds=told["talk"]),
        duration_s=told["ring"] + told["talk"],
        talk_s=told["talk"],
        disposition=told["disposition"],
        recording=RecordingRef(name="rec-77.wav", url="https://example.com/wilhelmina.wav"),
        cost=Cost(str(told["cost"]), "INR"),
        extra={"clid_name": "wilhelmina", "device": "device-77"},
        facts={"last_app": "Dial", "dialled": "+447700900123", "skill": "wilhelmina"},
    )


async def totals(tenant: Tenant, *, now: datetime) -> list[list[dict[str, Any]]]:
    """Count, duration and charge by each dimension."""
    reader = CdrReader(tenant.resources, tenant.workspace_id)
    return [await reader.totals(now=now, between=(None, None), by=(name,)) for name in DIMENSIONS]


async def _check(tenant: Tenant, groups: list[list[Row]]) -> None:
    ageing, workspace_id = Ageing(tenant.resources), tenant.workspace_id
    await CdrStore(tenant.resources, workspace_id).land("pbx", groups, await policy_of(tenant), now=ARRIVED)
    before, documents = await totals(tenant, now=ARRIVED), await stored(tenant)
    assert sum(line["calls"] for line in before[0]) == len(groups)
    due = max(one["identifiers"]["retain_until"] for one in documents)
    earliest = min(one["identifiers"]["retain_until"] for one in documents)
    assert "cdrs.identifiers" not in await ageing.of_workspace(workspace_id, now=earliest - timedelta(seconds=1))
    assert (await ageing.of_workspace(workspace_id, now=due))["cdrs.identifiers"] == len(groups)
    after = await stored(tenant)
    raw = b"".join(bson.encode(one) for one in after).lower()
    assert [secret for secret in PLANTED if secret.lower().encode() in raw] == []
    assert await totals(tenant, now=due) == before
    if all(len(group) == 1 for group in groups) and load_format(groups[0][0].source).join is None:
        charges = sum(Decimal(line["charge"]) for line in before[0] if line["charge"] is not None)
        assert charges == sum(Decimal(row.cost.amount) for (row,) in groups if row.cost is not None), "to the paisa"
    last = max(one["retain_until"] for one in after)
    await ageing.of_workspace(workspace_id, now=last - timedelta(seconds=1))
    assert len(await stored(tenant)) >= 1, "the second before"
    await ageing.of_workspace(workspace_id, now=last)
    assert await stored(tenant) == []


@pytest.mark.parametrize("format_name", NAMES)
async def test_totals_are_equal_after_the_numbers_have_left_whatever_the_calls(
    make_tenant: MakeTenant, format_name: str
) -> None:
    import asyncio  # noqa: PLC0415 - Hypothesis calls plain functions

    loop = asyncio.get_running_loop()

    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
    @given(rows_of(format_name))
    def check(groups: list[list[Row]]) -> None:
        async def run() -> None:
            await _check(await make_tenant(), groups)

        asyncio.run_coroutine_threadsafe(run(), loop).result(timeout=60)

    await asyncio.to_thread(check)

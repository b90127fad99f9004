"""Stored calls follow the windows of their workspace, as if born under them; what is over stays over."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from windows import Windows, old_call

from domain.call_parts import parts_of
from ingest.calls import CallStore
from redaction.store import RedactionStore
from workers.runner import utc_now

if TYPE_CHECKING:
    from conftest import Tenant


@pytest.fixture
async def windows(tenant: Tenant) -> Windows:
    return await Windows.of(tenant)


async def test_stored_calls_follow_a_shorter_and_a_longer_window_as_if_born_under_it(windows: Windows) -> None:
    call_id = await old_call(windows, 3)
    for recording, transcript in (("P20D", "P60D"), ("P90D", "P40D"), ("PT2000H", "P12M")):
        await windows.set(windows={"recording": recording, "transcript": transcript})
        twin = await old_call(windows, 3)
        await windows.redate()
        old, new = await windows.call(call_id), await windows.call(twin)
        for part in ("recording", "transcript"):
            apart = abs(parts_of(old)[part]["until"] - parts_of(new)[part]["until"])
            assert apart < timedelta(minutes=5), (recording, transcript, part)
        assert old["policy_version"] == new["policy_version"] == await windows.version()
        stored = await windows.case.resources.database.whole("recordings").find_one({"call_id": call_id})
        assert stored is not None
        assert stored["retain_until"] == parts_of(old)["recording"]["until"]


async def test_redating_killed_anywhere_and_run_again_ends_the_same(windows: Windows, monkeypatch: Any) -> None:
    calls = [await old_call(windows, 3) for _ in range(3)]
    await windows.set(windows={"recording": "P50D", "transcript": "P60D"})

    class Killed(Exception):
        pass

    async def dies(*_: Any, **__: Any) -> None:
        raise Killed

    for owner in (CallStore, RedactionStore):
        with monkeypatch.context() as patched:
            patched.setattr(owner, "redate", dies)
            with pytest.raises(Killed):
                await windows.redate()
    await windows.redate()
    first = [await windows.call(call_id) for call_id in calls]
    await windows.redate(settle=True)
    assert [await windows.call(call_id) for call_id in calls] == first
    told = (await windows.first.get(windows.path)).json()
    assert told["applied_at"] is not None
    assert told["settled_at"] is not None


async def test_a_call_written_under_the_version_before_is_found_by_the_second_look(windows: Windows) -> None:
    call_id = await old_call(windows, 3)
    late = await windows.call(call_id)
    await windows.set(windows={"recording": "P20D", "transcript": "P20D"})
    await windows.redate()
    calls = windows.case.resources.database.whole("calls")
    await calls.delete({"_id": call_id})
    await calls.insert(late)
    assert (await windows.call(call_id))["policy_version"] == 1
    await windows.redate()
    assert (await windows.call(call_id))["policy_version"] == 1, "too early to say that nothing is on its way"
    await windows.redate(settle=True)
    assert (await windows.call(call_id))["policy_version"] == 2


async def test_what_is_due_is_not_brought_back_by_a_longer_window(windows: Windows) -> None:
    call_id = await old_call(windows, 3)
    await windows.age(call_id, retain_until=utc_now())
    await windows.set(windows={"recording": "P90D", "transcript": "P90D"})
    await windows.redate()
    assert (await windows.case.client.get(f"/v1/calls/{call_id}")).status_code == 410
    other = await old_call(windows, 3)
    await windows.age(other, **{"artifacts.recording.until": utc_now()})
    await windows.set(windows={"recording": "P91D", "transcript": "P91D"})
    await windows.redate()
    assert (await windows.read(other, "recording")).status_code == 410
    assert (await windows.read(other, "transcript")).status_code == 200


async def test_whatever_is_set_in_whatever_order_nothing_is_read_at_or_after_its_instant(windows: Windows) -> None:
    """Windows at random, with and without re-dating and sweeps in between; what was over once stays over."""
    draw = random.Random(6)  # noqa: S311 - a test's dice
    ages = {await old_call(windows, days): days for days in (2, 9, 16)}
    over: set[tuple[str, str]] = set()
    for _ in range(10):
        days = {part: draw.choice((1, 5, 8, 12, 20, 30)) for part in ("recording", "transcript")}
        await windows.set(windows={part: f"P{number}D" for part, number in days.items()})
        for work in draw.sample([windows.redate, windows.sweep], draw.randint(0, 2)):
            await work()
        for call_id, age in ages.items():
            over |= {(call_id, part) for part, number in days.items() if age > number}
            for part in days:
                status = (await windows.read(call_id, part)).status_code
                assert status == (410 if (call_id, part) in over else 200), (days, age, part)

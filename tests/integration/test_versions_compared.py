"""What a new hearing finds decides over the old: text that lets personal data through is not served on."""

from __future__ import annotations

import pytest
from conftest import Tenant
from hearings import QUICK, Studio, heard

from domain.calls import Stage
from workers.outcome import StageRefused

MISSED = heard("my pin is for won for won thank you")
FOUND = heard("my pin is 4111 1111 4111 1111 thank you")
AGAIN = heard("well my is 4111 1111 4111 1111 thank you")


@pytest.fixture
async def studio(tenant: Tenant) -> Studio:
    return await Studio.of(tenant)


@pytest.mark.settings(**QUICK)
async def test_a_version_that_lets_a_number_through_is_closed_as_soon_as_that_is_known(studio: Studio) -> None:
    call_id = await studio.ready(MISSED, FOUND)
    await studio.again(call_id, most=1)
    assert await studio.text(call_id) == "my pin is for won for won thank you"
    await studio.work(call_id, most=1)
    call = await studio.call(call_id)
    assert (call["state"], call["version"], call["rehearing"]) == ("processing", 2, None)
    for version in ({}, {"version": 1}):
        assert await studio.text(call_id, **version) == "409 not-ready"
        assert await studio.sound(call_id, **version) == "409 not-ready"
    await studio.work(call_id)
    assert "[NUMBER_SEQUENCE]" in await studio.text(call_id)
    assert await studio.sound(call_id) == "fLaC version 2"
    assert await studio.text(call_id, version=1) == "409 blocked"
    assert await studio.sound(call_id, version=1) == "409 blocked"
    assert await studio.states(call_id) == ["closed", "served"]
    spoken = {"version": 1, "clear": True, "reason": "complaint 7"}
    assert "for won" in await studio.text(call_id, **spoken), "the copy as spoken stays for those who may read it"


@pytest.mark.settings(**QUICK)
async def test_when_that_run_is_blocked_the_closed_version_is_not_served_again(studio: Studio) -> None:
    async def refuse(call: object) -> None:
        if studio.seen[-1]["version"] == 2:
            raise StageRefused("sound_not_silenced", blocked=True)

    call_id = await studio.ready(MISSED, FOUND, FOUND)
    studio.before[Stage.REDACT_AUDIO] = refuse
    await studio.again(call_id)
    assert (await studio.call(call_id))["state"] == "blocked"
    for version in ({}, {"version": 1}, {"version": 2}):
        assert (await studio.text(call_id, **version)).startswith("409")
    await studio.again(call_id)
    assert "[NUMBER_SEQUENCE]" in await studio.text(call_id)
    assert await studio.states(call_id) == ["closed", "unfinished", "served"]


@pytest.mark.settings(**QUICK)
async def test_a_run_that_is_blocked_by_its_second_look_closes_what_it_found_wanting_too(studio: Studio) -> None:
    unsure = heard("my pin is 4111 1111 4111 1111 call five five five one two one two now")
    call_id = await studio.ready(MISSED, unsure)
    await studio.again(call_id)
    call = await studio.call(call_id)
    assert (call["state"], call["version"], call["rehearing"]) == ("blocked", 2, None)
    assert call["stages"][1]["reason"] == "residual_personal_data"
    assert await studio.text(call_id) == "409 blocked"
    assert await studio.sound(call_id, version=1) == "409 blocked"
    assert await studio.states(call_id) == ["closed", "unfinished"]


@pytest.mark.settings(**QUICK)
async def test_an_older_version_is_closed_too_when_the_served_one_is_as_good_as_the_new(studio: Studio) -> None:
    call_id = await studio.ready(heard("my pin is _ _ _ _ thank you"), MISSED, FOUND, AGAIN)
    for _ in range(3):
        await studio.again(call_id)
    assert await studio.states(call_id) == ["closed", "closed", "earlier", "served"]
    assert await studio.text(call_id, version=3) == "my pin is [NUMBER_SEQUENCE] " * 1 + "[NUMBER_SEQUENCE] " * 3 + (
        "thank you"
    )


@pytest.mark.settings(**QUICK)
async def test_a_new_version_that_shows_what_the_old_one_hides_goes_to_review(studio: Studio) -> None:
    call_id = await studio.ready(FOUND, MISSED)
    assert (await studio.call(call_id))["review"]["needed"] is False
    await studio.again(call_id)
    call = await studio.call(call_id)
    assert (call["state"], call["version"]) == ("ready", 2)
    assert (call["review"]["needed"], call["review"]["reasons"]) == (True, ["found_less"])
    assert await studio.states(call_id) == ["earlier", "served"]

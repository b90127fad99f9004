"""What people say stops new work and new reading, and lets it go on; a minor's calls are closed and erased."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import MakeTenant, Tenant
from eligible import ANNA, BEN, CARA, Trainable, trainable, utc_now

from domain.processing import Decision, Reason, Verdict
from domain.records import Purpose
from governance.guard import Guard

GO = Decision(Verdict.GO, Reason.ALLOWED)


async def asked(shop: Trainable, call_id: str, purpose: Purpose = Purpose.TRANSCRIPTION) -> Decision:
    tenant: Tenant = shop.tenant
    call = await tenant.resources.database.scoped("calls", tenant.workspace_id).find_one({"_id": call_id})
    assert call is not None
    return await Guard(tenant.resources).ask(call, purpose=purpose, now=utc_now())


@pytest.fixture
async def shop(make_tenant: MakeTenant) -> Trainable:
    return await trainable(make_tenant)


async def test_a_withdrawal_stops_new_work_of_that_purpose_and_a_later_grant_lets_it_go_on(shop: Trainable) -> None:
    call_id = await shop.call(ANNA, BEN, ready=False)
    await shop.choose(ANNA, "granted", purpose="transcription")
    assert await asked(shop, call_id) == GO
    await shop.choose(ANNA, "withdrawn", purpose="transcription")
    assert await asked(shop, call_id) == Decision(Verdict.WAIT, Reason.CONSENT_WITHDRAWN)
    assert await asked(shop, call_id, Purpose.REDACTION) == GO
    await shop.choose(ANNA, "granted", purpose="transcription", text_version="v2")
    assert await asked(shop, call_id) == GO


async def test_a_withdrawal_has_no_other_effect_on_the_account(shop: Trainable) -> None:
    call_id = await shop.call(ANNA, BEN, ready=False)
    await shop.choose(ANNA)
    await shop.choose(ANNA, "withdrawn")
    for purpose in (Purpose.TRANSCRIPTION, Purpose.REDACTION, Purpose.SERVE_CUSTOMER):
        assert await asked(shop, call_id, purpose) == GO
    assert (await shop.phone.get(f"/v1/calls/{call_id}")).status_code == 200


async def test_transcription_that_needs_consent_goes_on_when_every_party_granted_it(make_tenant: MakeTenant) -> None:
    shop = await trainable(make_tenant, consent_required=True)
    call_id = await shop.call(ANNA, BEN, ready=False)
    waiting = Decision(Verdict.WAIT, Reason.CONSENT_UNKNOWN)
    await shop.choose(ANNA, purpose="transcription")
    assert await asked(shop, call_id) == waiting
    await shop.choose(BEN, purpose="transcription")
    assert await asked(shop, call_id) == GO
    unknown = await shop.call("anonymous", BEN, ready=False)
    assert await asked(shop, unknown) == waiting


async def test_an_objection_stops_the_use_it_names_and_no_other(shop: Trainable) -> None:
    call_id = await shop.call(ANNA, BEN, ready=False)
    body = {"person": {"number": BEN}, "purpose": "transcription"}
    await shop.officer.post("/v1/people/objections", json=body)
    assert await asked(shop, call_id) == Decision(Verdict.WAIT, Reason.OBJECTION)
    assert await asked(shop, call_id, Purpose.SERVE_CUSTOMER) == GO


async def test_a_minors_calls_are_closed_until_a_parent_consents(shop: Trainable) -> None:
    call_id = await shop.call(ANNA, BEN)
    note: dict[str, Any] = {"person": {"number": ANNA}, "age": 17}
    assert (await shop.officer.post("/v1/people/minors", json=note)).json()["changed"] is True
    closed = Decision(Verdict.WAIT, Reason.MINOR)
    assert await asked(shop, call_id) == closed
    assert await asked(shop, call_id, Purpose.SERVE_CUSTOMER) == closed
    later = await shop.call(CARA, ANNA, ready=False)
    assert await asked(shop, later) == closed
    with_parent = {**note, "parental_consent": True}
    assert (await shop.officer.post("/v1/people/minors", json=with_parent)).json()["changed"] is True
    assert (await shop.officer.post("/v1/people/minors", json=with_parent)).json()["changed"] is False
    assert await asked(shop, call_id) == GO
    assert (await shop.officer.get("/v1/people/minors")).json() == {"people": 1}


async def test_a_call_told_to_be_a_minors_is_closed_though_nobody_knows_who_it_is(shop: Trainable) -> None:
    parties = [{"number": BEN}, {"minor": True}]
    call_id = await shop.call(ANNA, BEN, parties=parties, ready=False)
    assert await asked(shop, call_id) == Decision(Verdict.WAIT, Reason.MINOR)


@pytest.mark.parametrize(("profile", "age", "status"), [("ruu", 17, 200), ("ruu", 18, 422), ("rukuse", 16, 422)])
async def test_the_profile_says_who_is_a_minor(make_tenant: MakeTenant, profile: str, age: int, status: int) -> None:
    shop = await trainable(make_tenant, profile=profile)
    answer = await shop.officer.post("/v1/people/minors", json={"person": {"number": ANNA}, "age": age})
    assert answer.status_code == status


async def test_a_minors_calls_are_erased_when_asked_and_a_hold_keeps_one(shop: Trainable) -> None:
    one, two, other = [await shop.call(*people) for people in ((ANNA, BEN), (CARA, ANNA), (BEN, CARA))]
    ask = {"person": {"number": ANNA}}
    assert (await shop.officer.post("/v1/people/minors/erase", json=ask)).status_code == 404
    await shop.officer.post("/v1/people/minors", json={**ask, "parental_consent": True})
    assert (await shop.officer.post("/v1/people/minors/erase", json=ask)).status_code == 409
    await shop.officer.post("/v1/people/minors", json=ask)
    await shop.officer.post("/v1/holds", json={"matter": "2026-9", "call_id": two})
    done = (await shop.officer.post("/v1/people/minors/erase", json=ask)).json()
    assert done == {"erasing": 1, "held": 1, "more": False}
    states = {call_id: (await shop.phone.get(f"/v1/calls/{call_id}")).status_code for call_id in (one, two, other)}
    assert states == {one: 410, two: 200, other: 200}


async def test_who_is_in_a_call_can_be_said_later_and_is_shown_without_a_number(shop: Trainable) -> None:
    call_id = await shop.call(ready=False)
    shown = (await shop.phone.get(f"/v1/calls/{call_id}/parties")).json()
    assert shown == {"parties": [], "emergency": False, "said_at": None}
    parties = [{"number": "0091 98765 43210", "jurisdiction": "in-mh"}, {"email": "B@example.com", "minor": True}]
    answer = await shop.phone.put(f"/v1/calls/{call_id}/parties", json={"parties": parties})
    told = answer.json()
    assert [one["jurisdiction"] for one in told["parties"]] == ["IN-MH", None]
    assert [len(one["person"]) for one in told["parties"]] == [1, 1]
    assert "98765" not in answer.text
    assert (await shop.phone.get(f"/v1/calls/{call_id}/parties")).json() == told
    wrong = await shop.phone.put(f"/v1/calls/{call_id}/parties", json={"parties": [{"jurisdiction": "XX"}]})
    assert wrong.status_code == 422


async def test_who_was_known_stays_known_when_somebody_else_is_named(shop: Trainable) -> None:
    for number in (BEN, CARA):
        await shop.choose(number)
    call_id = await shop.call(ANNA, BEN)
    parties = [{"number": CARA}, {"number": BEN}]
    await shop.phone.put(f"/v1/calls/{call_id}/parties", json={"parties": parties})
    assert await shop.why(call_id) == "party_not_granted"

"""Who may be in the corpus: each thing that keeps a call out does, however the number is written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from conftest import MakeTenant
from eligible import ANNA, BEN, CARA, STAMP, Trainable, trainable, utc_now

from domain.scopes import Scope
from domain.training import TrainingReason
from governance.workspaces import DEFAULT_INSTRUCTION
from redaction.port import FinderStamp


@pytest.fixture
async def shop(make_tenant: MakeTenant) -> Trainable:
    return await trainable(make_tenant)


@pytest.fixture
async def agreed(shop: Trainable) -> Trainable:
    """Anna and Ben granted training; Cara was not asked."""
    await shop.choose(ANNA)
    await shop.choose("+44 (20) 7946-0018")
    return shop


async def test_a_call_of_people_who_all_granted_it_is_in(agreed: Trainable) -> None:
    (found,) = await agreed.judged(await agreed.call(ANNA, BEN))
    assert (found.reason, found.stays, found.basis) == (TrainingReason.ALLOWED, TrainingReason.ALLOWED, "consent")
    assert found.lawful_until is not None
    assert len(found.people) == 2
    assert found.version == 1


async def test_one_party_who_was_not_asked_keeps_it_out(agreed: Trainable) -> None:
    assert await agreed.why(await agreed.call(ANNA, CARA)) == "party_not_granted"


@pytest.mark.parametrize("caller", [None, "anonymous", "*100"])
async def test_a_call_of_somebody_unknown_is_out(agreed: Trainable, caller: str | None) -> None:
    assert await agreed.why(await agreed.call(caller, BEN)) == "party_unknown"


async def test_a_call_of_which_nobody_is_known_is_out(agreed: Trainable) -> None:
    assert await agreed.why(await agreed.call()) == "party_unknown"


async def test_a_call_that_was_registered_before_parties_were_kept_is_known_by_its_log(agreed: Trainable) -> None:
    call_id = await agreed.call(ANNA, BEN)
    calls = agreed.tenant.resources.database.scoped("calls", agreed.tenant.workspace_id)
    await calls.update({"_id": call_id}, {"$unset": {"parties": "", "emergency": "", "people": ""}})
    assert await agreed.why(call_id) == "allowed"
    logs = agreed.tenant.resources.database.scoped("call_logs", agreed.tenant.workspace_id)
    await logs.update({"calls": call_id}, {"$unset": {"identifiers": ""}})
    assert await agreed.why(call_id) == "party_unknown"


async def test_an_emergency_call_is_out_and_said_to_be_one(agreed: Trainable) -> None:
    assert await agreed.why(await agreed.call(ANNA, "112")) == "emergency_call"
    parties = [{"number": ANNA}, {"number": BEN}]
    assert await agreed.why(await agreed.call(ANNA, "911", parties=parties)) == "emergency_call"


async def test_a_national_emergency_number_is_one_in_its_country(agreed: Trainable) -> None:
    log = {"setup_time": utc_now().isoformat(), "caller": CARA, "callee": "108", "region": "IN"}
    body = {"recording": {"media_type": "audio/wav", "size": 10}, "call_log": log}
    answer = await agreed.phone.post("/v1/calls", json=body, headers={"Idempotency-Key": "one-oh-eight"})
    call_id = answer.json()["call"]["id"]
    await agreed.make_ready(call_id)
    assert await agreed.why(call_id) == "emergency_call"


async def test_a_minor_is_out_whatever_a_parent_granted(agreed: Trainable) -> None:
    call_id = await agreed.call(ANNA, BEN)
    note = {"person": {"number": "+1 (415) 555-0132"}, "age": 12, "parental_consent": True}
    assert (await agreed.officer.post("/v1/people/minors", json=note)).status_code == 200
    assert await agreed.why(call_id) == "minor"
    lifted = await agreed.officer.post("/v1/people/minors/lift", json={"person": {"number": ANNA}})
    assert lifted.json()["minor"] is False
    assert await agreed.why(call_id) == "allowed"


async def test_a_call_in_which_a_minor_is_named_is_out(agreed: Trainable) -> None:
    parties = [{"number": ANNA}, {"number": BEN, "minor": True}]
    assert await agreed.why(await agreed.call(ANNA, BEN, parties=parties)) == "minor"


async def test_an_opt_out_wins_over_a_consent(agreed: Trainable) -> None:
    call_id = await agreed.call(ANNA, BEN)
    await agreed.officer.post("/v1/training/opt-outs", json={"number": "0014155550132", "region": "GB"})
    assert await agreed.why(call_id) == "person_opted_out"


@pytest.mark.parametrize("state", ["withdrawn", "refused"])
async def test_a_consent_taken_back_is_out_at_once(agreed: Trainable, state: str) -> None:
    call_id = await agreed.call(ANNA, BEN)
    await agreed.choose(BEN, state)
    (found,) = await agreed.judged(call_id)
    assert (found.reason, found.stays) == (TrainingReason.CONSENT_WITHDRAWN, TrainingReason.CONSENT_WITHDRAWN)
    assert (found.basis, found.lawful_until) == ("", None)


async def test_a_national_number_takes_away_and_does_not_grant(shop: Trainable) -> None:
    """`98765 43210` in a record of a source without a region may be somebody of another country."""
    parties = [{"number": "9876543210"}, {"number": BEN}]
    call_id = await shop.call(CARA, BEN, parties=parties)
    await shop.choose(BEN)
    await shop.choose(CARA)
    assert await shop.why(call_id) == "party_not_granted"
    await shop.choose(CARA, "withdrawn")
    assert await shop.why(call_id) == "consent_withdrawn"


async def test_an_objection_is_out_while_it_is_open_and_when_it_is_upheld(agreed: Trainable) -> None:
    call_id = await agreed.call(ANNA, BEN)
    body = {"person": {"number": ANNA}, "purpose": "train_ai_system"}
    noted = (await agreed.officer.post("/v1/people/objections", json=body)).json()
    assert await agreed.why(call_id) == "objection"
    decision = {"decision": "rejected", "reason": "grounds that override"}
    path = f"/v1/people/objections/{noted['id']}/decision"
    assert (await agreed.officer.post(path, json=decision)).json()["state"] == "rejected"
    assert await agreed.why(call_id) == "allowed"
    again = (await agreed.officer.post("/v1/people/objections", json=body)).json()
    upheld = {"decision": "upheld", "reason": "nothing overrides it"}
    await agreed.officer.post(f"/v1/people/objections/{again['id']}/decision", json=upheld)
    assert await agreed.why(call_id) == "objection"


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("/v1/holds", {"matter": "2026-1"}, "held"),
        ("/v1/holds", {"matter": "2026-1", "person": {"number": ANNA}}, "held"),
        ("/v1/restrictions", {"reason": "accuracy is contested", "person": {"number": ANNA}}, "restricted"),
    ],
)
async def test_holds_and_restrictions_keep_out(agreed: Trainable, path: str, body: dict[str, Any], reason: str) -> None:
    call_id = await agreed.call(ANNA, BEN)
    assert (await agreed.officer.post(path, json=body)).status_code in {200, 201}
    assert await agreed.why(call_id) == reason


async def test_a_workspace_that_does_not_want_it_is_out(agreed: Trainable) -> None:
    call_id = await agreed.call(ANNA, BEN)
    assert (await agreed.set_training(training=False)).status_code == 200
    assert await agreed.why(call_id) == "workspace_opted_out"


async def test_a_customer_who_did_not_instruct_it_is_out(make_tenant: MakeTenant) -> None:
    shop = await trainable(make_tenant, instruction=DEFAULT_INSTRUCTION)
    await shop.choose(ANNA)
    await shop.choose(BEN)
    assert await shop.why(await shop.call(ANNA, BEN)) == "not_instructed"


async def test_a_redaction_of_older_rules_or_none_is_not_good_enough(agreed: Trainable) -> None:
    old, none, odd = [await agreed.call(ANNA, BEN, ready=False) for _ in range(3)]
    await agreed.make_ready(old, FinderStamp("double", "none", str(int(STAMP.version) - 1)))
    await agreed.make_ready(odd, FinderStamp("double", "none", "newest"))
    calls = agreed.tenant.resources.database.scoped("calls", agreed.tenant.workspace_id)
    await calls.update({"_id": none}, {"$set": {"state": "ready", "ready_versions": [1]}})
    found = await agreed.judged(old, none, odd)
    assert [one.reason.value for one in found] == ["redaction_too_old", "redaction_not_checked", "redaction_too_old"]


async def test_a_version_that_was_closed_is_out_and_takes_its_items_back(agreed: Trainable) -> None:
    call_id = await agreed.call(ANNA, BEN)
    calls = agreed.tenant.resources.database.scoped("calls", agreed.tenant.workspace_id)
    await calls.update({"_id": call_id}, {"$set": {"closed_versions": {"1": "rejected"}}})
    assert (await agreed.judged(call_id))[0].stays is TrainingReason.REDACTION_NOT_CHECKED


async def test_a_consent_ends_at_the_end_of_its_period_and_so_does_what_is_made_of_it(agreed: Trainable) -> None:
    call_id, until = await agreed.call(ANNA, BEN), utc_now().replace(microsecond=0) + timedelta(days=3)
    await agreed.choose(ANNA, until=until.isoformat(), text_version="train-2")
    (before,) = await agreed.judged(call_id)
    assert (before.reason, before.lawful_until) == (TrainingReason.ALLOWED, until)
    (just,) = await agreed.judged(call_id, now=until - timedelta(milliseconds=1))
    assert just.reason is TrainingReason.ALLOWED
    (over,) = await agreed.judged(call_id, now=until)
    assert over.reason is TrainingReason.CONSENT_EXPIRED


async def test_what_came_after_the_snapshot_is_not_there_for_it_and_what_bars_is(agreed: Trainable) -> None:
    call_id = await agreed.call(ANNA, CARA)
    at = utc_now()
    late = await agreed.call(ANNA, BEN)
    await agreed.choose(CARA)
    granted_late, came_late = await agreed.judged(call_id, late, at=at)
    assert granted_late.reason is TrainingReason.PARTY_NOT_GRANTED
    assert (came_late.reason, came_late.stays) == (TrainingReason.AFTER_SNAPSHOT, TrainingReason.ALLOWED)
    assert await agreed.why(call_id) == "allowed"
    at = utc_now()
    await agreed.choose(CARA, "withdrawn")
    (barred,) = await agreed.judged(call_id, at=at)
    assert barred.reason is TrainingReason.CONSENT_WITHDRAWN


async def test_a_stated_ground_needs_a_known_place_of_every_party_in_which_it_is_valid(shop: Trainable) -> None:
    assert (await shop.set_training(training_basis={"US": "legitimate_interest"})).status_code == 200
    both = [{"number": ANNA, "jurisdiction": "US-CA"}, {"number": BEN, "jurisdiction": "US"}]
    one = [{"number": ANNA, "jurisdiction": "US-CA"}, {"number": BEN}]
    mixed = [{"number": ANNA, "jurisdiction": "US"}, {"number": CARA, "jurisdiction": "IN"}]
    ids = [await shop.call(ANNA, BEN, parties=both), await shop.call(ANNA, BEN, parties=one)]
    ids.append(await shop.call(ANNA, CARA, parties=mixed))
    found = await shop.judged(*ids)
    assert [one.basis for one in found] == ["legitimate_interest", "", ""]
    assert [one.reason.value for one in found] == ["allowed", "party_not_granted", "party_not_granted"]
    assert found[2].jurisdictions == ("IN", "US")
    refused = await shop.set_training(training_basis={"IN": "legitimate_interest"})
    assert refused.status_code == 422
    assert "IN: legitimate_interest is no ground for training there" in refused.text


async def test_candidates_are_counted_with_the_same_rule(agreed: Trainable) -> None:
    await agreed.call(ANNA, BEN)
    await agreed.call(ANNA, CARA)
    await agreed.call(ANNA, BEN, ready=False)
    team = await agreed.tenant.client(Scope.CORPUS_READ)
    counted = (await team.get("/v1/corpus/candidates")).json()
    assert counted == {"allowed": 1, "party_not_granted": 1, "not_ready": 1}


async def test_another_workspaces_consent_grants_nothing(agreed: Trainable, make_tenant: MakeTenant) -> None:
    other = await trainable(make_tenant)
    assert await other.why(await other.call(ANNA, BEN)) == "party_not_granted"

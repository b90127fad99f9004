"""Of two versions of one entry the same one stays, whatever the order, the batches, or how often they come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.policy import Policy
from governance.profiles import build_policy, load_profile
from ingest.log_batches import Device, EntryIn
from ingest.log_documents import device_token, differences, numbers_of, supersedes
from ingest.log_entries import LogEntry, read_entry
from ingest.log_layout import DeviceLog
from ingest.log_names import EntryNames, Named
from ingest.log_pages import unfolded
from ingest.traffic import TrafficSealer, month_of
from storage.blind_index import BlindIndexer
from storage.mongo import Document
from storage.sealing import ValueSealer

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
POLICY: Policy = build_policy(load_profile("strict"))
INDEXER = BlindIndexer(b"k" * 32)
PHONE = Device("phone-1", "Asia/Kolkata", "IN")
CLEAR_OF_CHANCE = ("created_at", "updated_at")


def ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def sealer(now: datetime, *, month: datetime = NOW) -> TrafficSealer:
    return TrafficSealer("ws_test", POLICY, INDEXER, {month_of(month): ValueSealer(b"m" * 32)}, now)


def entry(device: Device = PHONE, *, now: datetime = NOW, **changes: Any) -> LogEntry:
    sent = {"number": "098765 43210", "date": ms(NOW) - 60_000, "duration_s": 42, "type": 1, "sim_slot": 0} | changes
    return read_entry(EntryIn(**sent), device, now=now)


def document(device: Device = PHONE, *, now: datetime = NOW, **changes: Any) -> Document:
    log = DeviceLog(sealer(now), device, [named(entry(device, now=now, **changes), device)])
    (page,) = log.pages({})
    return next(unfolded(page))


def named(found: LogEntry, device: Device = PHONE) -> Named:
    names = EntryNames(INDEXER, device)
    (row,) = names.named([found], names.marks([found]))
    return row


def deliver(store: dict[str, Document], sent: list[tuple[Device, dict[str, Any]]]) -> None:
    """The model of `CallLogStore.land`: what is new is stored, what is greater takes the place of what is there."""
    for device, changes in sent:
        fresh = document(device, **changes)
        stored = store.setdefault(fresh["_id"], fresh)
        if stored is not fresh and supersedes(fresh, stored):
            for name, value in differences(stored, fresh, now=NOW).items():
                part, _, inner = name.partition(".")
                if inner:
                    stored[part] = {**stored[part], inner: value}
                else:
                    stored[part] = value


def seen(store: dict[str, Document]) -> dict[str, Any]:
    """What of a state counts: all but when it came and the ciphertext, which is random; its content is opened."""
    found = {}
    for name, one in store.items():
        sealed = one["identifiers"]["sealed"]
        plain = ValueSealer(b"m" * 32).unseal(sealed, place=f"call_logs/{name}/identifiers")
        rest = {key: value for key, value in one.items() if key not in CLEAR_OF_CHANCE}
        found[name] = rest | {"identifiers": {**one["identifiers"], "sealed": plain}}
    return found


deliveries = st.lists(
    st.tuples(
        st.builds(
            Device,
            device_id=st.sampled_from(["phone-1", "phone-2"]),
            zone=st.sampled_from(["Asia/Kolkata", "Europe/London"]),
            region=st.sampled_from([None, "IN", "GB"]),
        ),
        st.fixed_dictionaries(
            {
                "number": st.sampled_from(["098765 43210", "+442079460018", "112", None, "-1"]),
                "date": st.integers(ms(NOW) - 3, ms(NOW)),
                "duration_s": st.sampled_from([None, 0, 5, 5.5, 42]),
                "type": st.sampled_from([1, 2, 3]),
                "presentation": st.sampled_from([1, 2]),
                "sim_slot": st.sampled_from([None, 0, 1]),
            }
        ),
    ),
    max_size=12,
)


@given(sent=deliveries, data=st.data())
def test_late_repeated_and_reversed_deliveries_end_in_one_state(sent: list[Any], data: st.DataObject) -> None:
    once: dict[str, Document] = {}
    deliver(once, sent)
    again: dict[str, Document] = {}
    order = data.draw(st.permutations(sent + data.draw(st.lists(st.sampled_from(sent), max_size=6)) if sent else []))
    deliver(again, order)
    assert seen(again) == seen(once)
    deliver(again, sent)
    assert seen(again) == seen(once)


@given(sent=deliveries)
def test_of_two_versions_one_is_greater_unless_they_are_equal(sent: list[Any]) -> None:
    made = [document(device, **changes) for device, changes in sent]
    for one in made:
        for other in made:
            if one["_id"] == other["_id"]:
                same = seen({one["_id"]: one}) == seen({other["_id"]: other})
                assert (supersedes(one, other), supersedes(other, one)).count(True) == (0 if same else 1)


def test_device_time_number_type_and_sim_tell_entries_apart_and_nothing_else_does() -> None:
    one = document()["_id"]
    others = [
        document(Device("phone-2", "Asia/Kolkata", "IN"))["_id"],
        document(date=ms(NOW) - 60_001)["_id"],
        document(number="098765 43211")["_id"],
        document(type=2)["_id"],
        document(sim_slot=1)["_id"],
        document(sim_slot=None)["_id"],
    ]
    assert len({one, *others}) == 7
    same = [
        document(Device("phone-1", "Europe/London", None))["_id"],
        document(duration_s=43)["_id"],
        document(presentation=2)["_id"],
        document(entry_id="row-9")["_id"],
        document(normalized_number="+919876543210")["_id"],
    ]
    assert {one, *same} == {one}


def test_fields_of_the_key_cannot_run_into_each_other() -> None:
    assert document(number="1", sim_slot=None)["_id"] != document(number="", sim_slot=1)["_id"]


def test_a_call_that_was_still_running_is_replaced_by_the_whole_one() -> None:
    running, done = document(duration_s=0), document(duration_s=180)
    assert (supersedes(done, running), supersedes(running, done)) == (True, False)


def test_nothing_that_identifies_stands_in_clear() -> None:
    plain = repr({name: value for name, value in document().items() if name != "identifiers"})
    sealed = document()["identifiers"]
    for told in ("98765", "43210", "phone-1", "+91"):
        assert told not in plain
        assert told.encode() not in sealed["sealed"]
        assert told not in repr(sealed["index"]) + sealed["device"]


def test_a_withheld_call_has_no_index_and_keeps_its_device() -> None:
    found = document(number=None)
    assert found["identifiers"]["index"] == []
    assert found["identifiers"]["device"] == device_token(INDEXER, "phone-1")


def test_identifiers_leave_twelve_months_after_the_month_and_totals_stay() -> None:
    """Asia/Kolkata: the first instant of December 2027 ends what was kept of November 2026."""
    boundary = datetime(2027, 11, 30, 18, 30, tzinfo=UTC)
    before = document(now=boundary - timedelta(milliseconds=1))
    after = document(now=boundary)
    assert "identifiers" in before
    assert "identifiers" not in after
    assert after["duration_s"] == 42.0


def test_a_log_expires_ten_years_after_its_year() -> None:
    found = entry()
    end = datetime(2036, 12, 31, 18, 30, tzinfo=UTC)
    row = named(found)
    before, after = (DeviceLog(sealer(now), PHONE, [row]) for now in (end - timedelta(milliseconds=1), end))
    assert (before.expired, after.expired) == ([], [row.raw])
    assert (len(before.pages({})), after.pages({})) == (1, [])


def test_identifiers_that_left_do_not_come_back_with_a_greater_version() -> None:
    stored = {name: value for name, value in document(duration_s=0).items() if name != "identifiers"}
    fresh = document(duration_s=10)
    assert supersedes(fresh, stored)
    assert not [name for name in differences(stored, fresh, now=NOW) if name.startswith("identifiers")]


def test_a_version_that_differs_only_in_who_it_was_does_not_replace_one_that_no_longer_knows() -> None:
    stored = {name: value for name, value in document().items() if name != "identifiers"}
    assert not supersedes(document(), stored)


def test_tags_are_those_of_the_day_in_the_zone_of_the_rule() -> None:
    """18:29:59.999 and 18:30 UTC are two days, here two years, in Asia/Kolkata."""
    end = datetime(2026, 12, 31, 18, 30, tzinfo=UTC)
    before, after = (document(now=end, date=at)["retain_until"] for at in (ms(end) - 1, ms(end)))
    assert (before.year, after.year) == (2036, 2037)


def test_the_clear_copy_names_the_other_side_by_the_direction() -> None:
    held = {"device_id": "phone-1", "number": "098765 43210", "e164": "+919876543210"}
    assert numbers_of({"source": "device", "direction": "inbound"}, held)["caller"] == "+919876543210"
    assert numbers_of({"source": "device", "direction": "outbound"}, held)["callee"] == "+919876543210"
    assert numbers_of({"source": "device", "direction": "outbound"}, held)["caller"] is None
    inline = {"caller": "+442079460018", "callee": None}
    assert numbers_of({"source": "call", "direction": "inbound"}, inline) == inline

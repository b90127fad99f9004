"""An entry of a phone's log: each value is meant, or the entry is refused with a reason; nothing is guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from ingest.formats.errors import REASONS, RowError
from ingest.formats.record import Disposition, PartyKind, Presentation
from ingest.log_batches import EXAMPLE, BatchIn, Device, EntryIn, checked_device_id, device_of, skew_s
from ingest.log_entries import LONGEST_S, LogEntry, LogType, read_entry, told_id
from ingest.log_outcomes import LogOutcome, OutcomeCounts

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PHONE = Device("phone-1", "Asia/Kolkata", "IN")


def ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def entry(**changes: Any) -> EntryIn:
    return EntryIn(
        **{"number": "098765 43210", "date": ms(NOW) - 60_000, "duration_s": 42, "type": 1, "sim_slot": 0} | changes
    )


def read(device: Device = PHONE, **changes: Any) -> LogEntry:
    return read_entry(entry(**changes), device, now=NOW)


def refused(**changes: Any) -> str:
    with pytest.raises(RowError) as error:
        read(**changes)
    assert error.value.reason in REASONS
    return error.value.reason


def test_an_entry_is_read_as_android_writes_it() -> None:
    found = read()
    assert found.setup_time == NOW - timedelta(minutes=1)
    assert (found.type, found.direction, found.disposition) == (LogType.INCOMING, "inbound", Disposition.ANSWERED)
    assert (found.other.raw, found.other.e164, found.other.subject) == (
        "098765 43210",
        "+919876543210",
        "+919876543210",
    )


@pytest.mark.parametrize(("number", "name"), list(enumerate(LogType, start=1)))
def test_a_type_is_the_same_by_number_and_by_name(number: int, name: LogType) -> None:
    assert read(type=number) == read(type=name.value)
    assert read(type=number).type is name


@pytest.mark.parametrize(
    ("kind", "lasted", "ending"),
    [
        (2, 0, "no_answer"),
        (2, 3, "answered"),
        (2, None, None),
        (3, 0, "missed"),
        (4, 20, "voicemail"),
        (5, 0, "rejected"),
        (6, 0, "blocked"),
        (7, 60, "answered"),
    ],
)
def test_how_a_call_ended_follows_from_its_type_and_duration(kind: int, lasted: float | None, ending: str) -> None:
    assert read(type=kind, duration_s=lasted).disposition == ending


def test_the_same_instant_may_be_said_in_milliseconds_or_with_a_zone() -> None:
    assert read(date=None, setup_time="2026-11-20T17:29:00+05:30") == read()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"date": None}, "time"),
        ({"setup_time": "2026-11-20T11:00:00Z"}, "time"),
        ({"date": None, "setup_time": "2026-11-20T11:00:00"}, "time"),
        ({"date": None, "setup_time": "yesterday"}, "time"),
        ({"date": None, "setup_time": "0001-01-01T00:00:00+14:00"}, "time"),
        ({"date": 0}, "time"),
        ({"date": -1}, "time"),
        ({"date": 1795174200}, "time"),
        ({"date": 1795174200000.0}, "number_as_float"),
        ({"date": 2**53 + 1}, "future"),
        ({"date": 10**30}, "future"),
        ({"duration_s": -1}, "negative_duration"),
        ({"duration_s": -0.001}, "negative_duration"),
        ({"duration_s": LONGEST_S + 0.001}, "field"),
        ({"duration_s": float("nan")}, "field"),
        ({"type": 0}, "field"),
        ({"type": 8}, "field"),
        ({"type": "Incoming call"}, "field"),
        ({"presentation": 6}, "field"),
        ({"presentation": "hidden"}, "field"),
        ({"sim_slot": -1}, "field"),
        ({"sim_slot": 16}, "field"),
        ({"sim_slot": 10**30}, "field"),
        ({"entry_id": ""}, "field"),
        ({"entry_id": "x" * 65}, "field"),
        ({"entry_id": "call with Ravi"}, "field"),
        ({"country_iso": "XX"}, "field"),
        ({"number": "call him back at noon"}, "field"),
        ({"number": "x" * 21}, "field"),
        ({"number": "0" * 65}, "field"),
        ({"number": "0" * 10_000}, "field"),
        ({"number": "098765\n43210"}, "field"),
    ],
    ids=repr,
)
def test_a_value_that_cannot_be_meant_refuses_its_entry(changes: dict[str, Any], reason: str) -> None:
    assert refused(**changes) == reason


@pytest.mark.parametrize(
    "changes",
    [
        {"duration_s": LONGEST_S},
        {"duration_s": 0},
        {"sim_slot": 15},
        {"sim_slot": None},
        {"entry_id": "x" * 64},
        {"number": "x" * 20},
        {"number": "1" * 64},
        {"presentation": 5},
        {"country_iso": "in"},
    ],
    ids=repr,
)
def test_a_value_on_the_near_side_of_its_limit_lands(changes: dict[str, Any]) -> None:
    read(**changes)


def test_a_clock_may_run_ahead_by_one_day_and_no_more() -> None:
    day = ms(NOW + timedelta(days=1))
    assert read(date=day).setup_time == NOW + timedelta(days=1)
    assert refused(date=day + 1) == "future"


@pytest.mark.parametrize("number", [None, "", "  ", "-1", "-2", "-3", "anonymous", "Private number", "(unknown)"])
def test_a_withheld_number_is_nobody_and_is_not_kept(number: str | None) -> None:
    found = read(number=number)
    assert (found.other.kind, found.other.raw, found.other.subject) == (PartyKind.WITHHELD, "", None)
    assert found.number == ""


@pytest.mark.parametrize("presentation", [2, 3, 4, 5, "restricted", "unknown", "payphone"])
def test_a_number_that_was_not_to_be_shown_is_not_kept_where_the_phone_has_it(presentation: int | str) -> None:
    found = read(presentation=presentation)
    assert (found.other.kind, found.other.raw, found.other.e164) == (PartyKind.WITHHELD, "", None)
    assert found.other.presentation is not Presentation.ALLOWED


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("112", "emergency"),
        ("100", "emergency"),
        ("*123#", "service"),
        ("#31#09876543210", "service"),
        ("121", "service"),
        ("56070", "service"),
        ("VM-BANK", "service"),
    ],
)
def test_service_and_emergency_codes_are_no_subject(number: str, kind: str) -> None:
    found = read(number=number)
    assert (found.other.kind, found.other.subject) == (kind, None)
    assert read(number=number, normalized_number="+919876543210").other.subject is None


@pytest.mark.parametrize(
    "number", ["+91 98765-43210", "09876543210", "919876543210", "०९८७६५४३२१०", "\u202a+919876543210\u202c"]
)
def test_one_number_is_one_subject_however_it_was_dialled(number: str) -> None:
    assert read(number=number).other.subject == "+919876543210"


def test_without_a_region_a_national_number_stays_as_it_is() -> None:
    nowhere = Device("phone-1", "Asia/Kolkata", None)
    assert read(nowhere).other.e164 is None
    assert read(nowhere).other.subject == "098765 43210"
    assert read(nowhere, country_iso="IN").other.e164 == "+919876543210"
    assert read(nowhere, normalized_number="+919876543210").other.e164 == "+919876543210"
    assert read(nowhere, normalized_number="9876543210").other.e164 is None
    assert read(nowhere, country_iso="").other.e164 is None


def test_the_country_of_the_entry_wins_over_that_of_the_batch() -> None:
    assert read(number="020 7946 0018", country_iso="GB").other.e164 == "+442079460018"


def test_an_odd_id_of_the_app_is_not_told_back() -> None:
    assert told_id(entry(entry_id="row-17")) == "row-17"
    assert told_id(entry(entry_id="call with Ravi")) is None


@given(
    number=st.none() | st.text(max_size=80),
    date=st.none() | st.integers() | st.floats(),
    setup=st.none() | st.text(max_size=30),
    lasted=st.none() | st.integers() | st.floats(),
    kind=st.integers() | st.text(max_size=10),
    sim=st.none() | st.integers(),
    country=st.none() | st.text(max_size=3),
)
def test_any_entry_is_read_or_refused_with_a_reason(
    number: str | None,
    date: float | None,
    setup: str | None,
    lasted: float | None,
    kind: int | str,
    sim: int | None,
    country: str | None,
) -> None:
    sent = EntryIn(number, kind, lasted, date, setup, 1, sim, None, country, None)
    outcome = landed_or_refused(sent)
    if isinstance(outcome, RowError):
        assert outcome.reason in REASONS
    else:
        assert outcome.setup_time <= NOW + timedelta(days=1)
        assert outcome.duration_s is None or 0 <= outcome.duration_s <= LONGEST_S


def landed_or_refused(sent: EntryIn) -> LogEntry | RowError:
    try:
        return read_entry(sent, PHONE, now=NOW)
    except RowError as error:
        return error


def test_the_example_of_the_documentation_is_a_batch_that_lands() -> None:
    batch = msgspec.convert(EXAMPLE, BatchIn)
    device = device_of(batch)
    assert [read_entry(one, device, now=NOW).other.kind for one in batch.entries] == ["subscriber", "withheld"]
    assert skew_s(batch, now=NOW) == 3600.0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"zone": "Asia/Nowhere"}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
        ({"zone": "+05:30"}, "zone"),
        ({"region": "XX"}, "region"),
        ({"device_id": "490154203237518"}, "device_id"),
        ({"device_id": "98765-43210"}, "device_id"),
        ({"sent_at": "2026-11-20T11:00:00"}, "sent_at"),
        ({"sent_at": "now"}, "sent_at"),
    ],
    ids=repr,
)
def test_a_batch_is_refused_by_the_field_that_is_wrong(changes: dict[str, Any], field: str) -> None:
    batch = msgspec.structs.replace(msgspec.convert(EXAMPLE, BatchIn), **changes)
    with pytest.raises(Invalid) as error:
        (device_of(batch), skew_s(batch, now=NOW))
    assert error.value.fields["field"] == field


def test_a_device_id_needs_a_letter_once_it_is_as_long_as_a_number() -> None:
    assert checked_device_id("123456") == "123456"
    assert checked_device_id("a49015420323751") == "a49015420323751"
    with pytest.raises(Invalid):
        checked_device_id("1234567")


def test_every_outcome_is_counted() -> None:
    assert set(OutcomeCounts.__struct_fields__) == {outcome.value for outcome in LogOutcome}

"""What recorders write into file names: numbers and times are read, contacts' names never taken for a number."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from conftest import SHARED
from hypothesis import given
from hypothesis import strategies as st

from ingest.file_names import NOTHING, number_in, read_name

INDIA = ZoneInfo("Asia/Kolkata")
NAMES = SHARED / "samples" / "telephony" / "recording_filenames" / "names.txt"


@pytest.mark.parametrize(
    ("name", "number", "began"),
    [
        ("Call recording +447700900123_261120_113207.m4a", "+447700900123", "2026-11-20T11:32:07"),
        ("Call recording 07700 900 123_261120_113207.m4a", "07700 900 123", "2026-11-20T11:32:07"),
        ("Call recording _6900_261120_113207.m4a", "6900", "2026-11-20T11:32:07"),
        ("Call recording Mom 2_261120_113207.m4a", None, "2026-11-20T11:32:07"),
        ("Call recording Office 5551234_261120_113207.m4a", None, "2026-11-20T11:32:07"),
        ("Enregistrement 5550132_261120_113207.m4a", None, "2026-11-20T11:32:07"),
        ("Call recording 5550132_261120_113207 (2).m4a", "5550132", "2026-11-20T11:32:07"),
        ("Recordings/Call/Call recording 5550132_261120_113207.m4a", "5550132", "2026-11-20T11:32:07"),
        (r"C:\calls\Call recording 5550132_261120_113207.m4a", "5550132", "2026-11-20T11:32:07"),
        ("Call@Ravi(00447700900123)_20261120113207.mp3", "00447700900123", "2026-11-20T11:32:07"),
        ("Вызов@Ravi 2(+447700900123)_20261120113207.mp3", "+447700900123", "2026-11-20T11:32:07"),
        ("Вызов@112(Экстренный номер)_20261120113207.mp3", None, "2026-11-20T11:32:07"),
        ("0d20261120113207p+447700900123.3gp", "+447700900123", "2026-11-20T11:32:07"),
        ("1d20261120113207pnull.3gp", None, "2026-11-20T11:32:07"),
        ("20261120_113207.088+0530_in_sim1_+447700900123_Ravi Kumar.oga", "+447700900123", "2026-11-20T11:32:07.088"),
        ("20261120_113207.088+0530_out_Ravi 5550132.oga", None, "2026-11-20T11:32:07.088"),
        ("20261120_113207_5550132.m4a", "5550132", "2026-11-20T11:32:07"),
        ("Auto1_CUST_12345_GUID_001_AGENT_AndrewK_DT_2026-11-20T11-32-07.wav", None, "2026-11-20T11:32:07"),
        ("Auto0_AGENT_ChrisL_DT2026-11-20T11-32-07_Mono.wav", None, "2026-11-20T11:32:07"),
    ],
)
def test_a_recorders_name_says_number_and_local_time(name: str, number: str | None, began: str) -> None:
    facts = read_name(name)
    assert facts.number == number
    assert facts.began(INDIA) == datetime.fromisoformat(began).replace(tzinfo=INDIA)


def test_an_offset_in_the_name_wins_and_needs_no_zone() -> None:
    moment = datetime(2026, 11, 20, 6, 2, 7, tzinfo=UTC)
    facts = read_name("20261120_020207-0400_in_5550132.oga")
    assert (facts.began(None), facts.began(INDIA)) == (moment, moment)
    assert read_name("agent_20261120T06:02_UTC.wav").began(None) == moment.replace(second=0)


def test_a_local_time_without_its_zone_says_nothing() -> None:
    assert read_name("Call recording 5550132_261120_113207.m4a").began(None) is None


@pytest.mark.parametrize(
    ("local", "told"),
    [("261025_005959", True), ("261025_013000", False), ("261025_020000", True), ("260329_013000", False)],
)
def test_a_local_time_that_happened_twice_or_never_is_not_guessed(local: str, told: bool) -> None:
    """Clocks in London go back on 25 October 2026 at 2, and forward on 29 March at 1."""
    assert (read_name(f"Call recording 5550132_{local}.m4a").began(ZoneInfo("Europe/London")) is not None) == told


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "voice.m4a",
        "IMG_0001.jpg",
        "5550132.m4a",
        "Call recording 5550132.m4a",
        "a_b_c.wav",
        "x" * 300,
        "٣_٢_١.m4a",
    ],
)
def test_a_name_of_no_known_kind_says_nothing(name: str) -> None:
    assert read_name(name) == NOTHING


def test_an_impossible_time_is_no_time_and_the_number_stays() -> None:
    facts = read_name("Call recording 5550132_261340_113207.m4a")
    assert (facts.number, facts.moment) == ("5550132", None)


@pytest.mark.parametrize(
    "text", ["null", "unknown", "-1", "", "12", "1" * 18, "Mom 2", "555-CALL", "+", "٥٥٥٠١٣٢", "5550132x"]
)
def test_what_only_holds_digits_is_no_number(text: str) -> None:
    assert number_in(text) is None


@pytest.mark.parametrize("text", ["112", "1" * 17, "+44 (0) 7700 900-123", "5550132"])
def test_what_is_dialled_is_a_number(text: str) -> None:
    assert number_in(text) == text.strip()


@given(st.text(max_size=400))
def test_no_name_is_too_odd_to_be_read(name: str) -> None:
    facts = read_name(name)
    assert facts.number is None or not any(character.isalpha() for character in facts.number)
    facts.began(INDIA)


@given(st.datetimes(datetime(2001, 1, 1), datetime(2098, 1, 1)), st.from_regex(r"\+?[1-9][0-9]{6,14}", fullmatch=True))  # noqa: DTZ001 - a phone's local time
def test_what_a_recorder_writes_is_read_back(moment: datetime, number: str) -> None:
    moment = moment.replace(microsecond=0)
    for name in (
        f"Call recording {number}_{moment:%y%m%d}_{moment:%H%M%S}.m4a",
        f"Call@Someone({number})_{moment:%Y%m%d%H%M%S}.mp3",
        f"1d{moment:%Y%m%d%H%M%S}p{number}.3gp",
        f"{moment:%Y%m%d}_{moment:%H%M%S}_in_sim2_{number}.oga",
    ):
        facts = read_name(name)
        assert (facts.number, facts.moment) == (number, moment), name


@pytest.mark.skipif(not NAMES.exists(), reason="the samples are not on this machine")
def test_every_sample_says_when_and_whose_number_it_bears() -> None:
    names = [line for line in NAMES.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    assert len(names) >= 10
    read = {name: read_name(name) for name in names}
    assert all(facts.began(INDIA) is not None for facts in read.values())
    numbered = {name for name, facts in read.items() if facts.number is not None}
    assert numbered == {name for name in names if "null" not in name and "_DT" not in name and "(Э" not in name}

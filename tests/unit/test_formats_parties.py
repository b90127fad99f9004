"""Who is on each side: what is a number, what only looks like one, and what is nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.errors import RowError
from ingest.formats.parties import Compass, dialled, party, whole_number
from ingest.formats.record import Direction, PartyKind, Presentation


@pytest.mark.parametrize(
    ("raw", "region", "kind", "e164"),
    [
        ("+44 20 7946 0123", None, PartyKind.SUBSCRIBER, "+442079460123"),
        ("020 7946 0123", "GB", PartyKind.SUBSCRIBER, "+442079460123"),
        ("00442079460123", "GB", PartyKind.SUBSCRIBER, "+442079460123"),
        ("442079460123", "GB", PartyKind.SUBSCRIBER, "+442079460123"),
        ("0612345678", None, PartyKind.SUBSCRIBER, None),
        ("0034688886392", "ES", PartyKind.SUBSCRIBER, "+34688886392"),
        ("34688886392", "ES", PartyKind.SUBSCRIBER, "+34688886392"),
        ("00034688886392", "ES", PartyKind.SUBSCRIBER, None),
        ("09999999991", "IN", PartyKind.SUBSCRIBER, "+919999999991"),
        ("919080600507", "IN", PartyKind.SUBSCRIBER, "+919080600507"),
        ("112", "IN", PartyKind.EMERGENCY, None),
        ("999", None, PartyKind.EMERGENCY, None),
        ("*72*1234*8584", "US", PartyKind.SERVICE, None),
        ("**9642301", None, PartyKind.SERVICE, None),
        ("s", None, PartyKind.SERVICE, None),
        ("&", None, PartyKind.SERVICE, None),
        ("1", None, PartyKind.SERVICE, None),
        ("6789", "GB", PartyKind.EXTENSION, None),
        ("sip:1001@pbx.example.com", None, PartyKind.ADDRESS, None),
        ("sip:+442079460123@pbx.example.com;user=phone", None, PartyKind.SUBSCRIBER, "+442079460123"),
        ("tel:+442079460123", None, PartyKind.SUBSCRIBER, "+442079460123"),
        ("ann@example.com", None, PartyKind.ADDRESS, None),
        ("anonymous", None, PartyKind.WITHHELD, None),
        ("sip:anonymous@anonymous.invalid", None, PartyKind.WITHHELD, None),
        ("-1", "IN", PartyKind.WITHHELD, None),
        ("", "IN", PartyKind.NONE, None),
        (None, None, PartyKind.NONE, None),
    ],
)
def test_what_stands_on_one_side_is_told_apart(raw: str | None, region: str | None, kind: PartyKind, e164: str) -> None:
    found = party(raw, region)
    assert (found.kind, found.e164) == (kind, e164)


@pytest.mark.parametrize("raw", ["anonymous", "-1", "112", "*31#", "s", ""])
def test_whoever_is_nobody_is_found_by_nothing(raw: str) -> None:
    assert party(raw, "GB").subject is None


def test_a_number_that_is_not_to_be_shown_is_nobodys() -> None:
    found = party("+442079460123", None, Presentation.RESTRICTED)
    assert (found.kind, found.e164, found.subject) == (PartyKind.WITHHELD, None, None)
    assert party("", None, Presentation.UNKNOWN).kind is PartyKind.WITHHELD


@pytest.mark.parametrize("text", ["4.91512E+11", "4,91512E+11", "4.9e11", "4E+11", "442079460123.0"])
def test_a_number_that_a_spreadsheet_made_a_float_of_is_refused(text: str) -> None:
    for read in (lambda: whole_number(text), lambda: dialled(text, "GB")):
        with pytest.raises(RowError) as error:
            read()
        assert error.value.reason == "number_as_float"


@pytest.mark.parametrize("text", ["442079460123", "1001", "1E", "e164", "", "10.5"])
def test_what_is_no_float_of_a_number_passes(text: str) -> None:
    assert whole_number(text) == text


@pytest.mark.parametrize(
    ("own", "caller", "callee", "direction"),
    [
        (None, "1001", "1002", Direction.INTERNAL),
        (None, "1001", "+442079460123", Direction.OUTBOUND),
        (None, "+442079460123", "1001", Direction.INBOUND),
        (None, "anonymous", "1001", Direction.INBOUND),
        (None, "1001", "112", Direction.OUTBOUND),
        (None, "+442079460123", "+442079460124", Direction.UNKNOWN),
        (None, "anonymous", "", Direction.UNKNOWN),
        (r"1\d{3}", "1001", "+442079460123", Direction.OUTBOUND),
        (r"1\d{3}", "+442079460123", "1001", Direction.INBOUND),
        (r"1\d{3}", "1001", "1002", Direction.INTERNAL),
        (r"1\d{3}", "2001", "2002", Direction.UNKNOWN),
        (r"\+4420794601\d\d", "020 7946 0123", "1001", Direction.OUTBOUND),
    ],
)
def test_direction_is_seen_from_the_companys_own_numbers(
    own: str | None, caller: str, callee: str, direction: Direction
) -> None:
    compass = Compass(own)
    for _ in range(2):  # the second time from memory
        assert compass.direction(party(caller, "GB"), party(callee, "GB")) is direction


@given(st.text(max_size=60), st.sampled_from([None, "IN", "US", "GB"]))
def test_any_text_is_some_party_and_keeps_its_raw_form(raw: str, region: str | None) -> None:
    found = party(raw, region)
    assert found.raw == raw.strip()
    assert found.e164 is None or (found.kind is PartyKind.SUBSCRIBER and found.e164.startswith("+"))

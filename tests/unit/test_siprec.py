"""SIPREC metadata: vendors' dialects, transfers, and XML that must not be read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from conftest import SHARED
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats.errors import REASONS, FileRefused
from ingest.formats.joining import joined
from ingest.formats.options import ParseOptions
from ingest.formats.reading import Input
from ingest.formats.record import CallRecord, PartyKind, Rejection, Row
from ingest.formats.siprec import read, recognise

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OPTIONS = ParseOptions(now=NOW, region="US")
BERLIN = ParseOptions(now=NOW, zone=ZoneInfo("Europe/Berlin"))
SAMPLES = SHARED / "samples/telephony/siprec"
MAYA, LEO, NOOR = "sip:+14155550132@example.com", "tel:+442079460018", "2204@example.com"


def session(
    number: int = 1,
    people: tuple[str, ...] = (MAYA, LEO),
    *,
    group: str = "G1",
    start: str = "10:00:00Z",
    more: str = "",
) -> bytes:
    """One session as RFC 7865 writes it, with a group and, as one switch does, its sequence."""
    participants = "".join(
        f'<participant participant_id="p{at}"><nameID aor="{aor}"><name>Name {at}</name></nameID></participant>'
        f'<participantsessionassoc participant_id="p{at}" session_id="S{number}">'
        f"<associate-time>2026-11-20T{start}</associate-time></participantsessionassoc>"
        for at, aor in enumerate(people)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<recording xmlns="urn:ietf:params:xml:ns:recording:1">'
        f'<datamode>complete</datamode><group group_id="{group}"/>'
        f'<session session_id="S{number}"><group-ref>{group}</group-ref>'
        f"<start-time>2026-11-20T{start}</start-time>{more}"
        f"<extensiondata><groupSeq>{number}</groupSeq></extensiondata></session>{participants}"
        f'<stream stream_id="a" session_id="S{number}"/><stream stream_id="b" session_id="S{number}"/></recording>'
    ).encode()


def items(content: bytes, options: ParseOptions = OPTIONS) -> list[Row | Rejection]:
    return list(read(Input(BytesIO(content)), options))


def only(*contents: bytes, options: ParseOptions = OPTIONS) -> CallRecord:
    (call,) = joined(item for content in contents for item in items(content, options))
    assert isinstance(call, CallRecord), call
    return call


def reasons(content: bytes, options: ParseOptions = OPTIONS) -> list[str]:
    return [one.reason for one in items(content, options) if isinstance(one, Rejection)]


def test_a_session_is_a_call_between_its_participants() -> None:
    call = only(session(more="<end-time>2026-11-20T10:01:30Z</end-time>"))
    assert (call.caller.e164, call.callee.e164) == ("+14155550132", "+442079460018")
    assert (call.origin_id, call.duration_s) == ("G1", 90.0)
    assert call.facts == {"caller_by": "order", "group_seq": "1"}
    assert call.recording is not None
    assert (call.recording.origin_id, call.recording.channels) == ("S1", 2)
    assert call.extra["caller_name"] == "Name 0"


def test_transfers_open_new_sessions_of_one_call_with_three_people_and_three_recordings() -> None:
    sessions = [
        session(1, (MAYA, LEO), start="10:00:00Z"),
        session(2, (MAYA, NOOR), start="10:02:00Z"),
        session(3, (LEO, NOOR), start="10:05:00Z"),
    ]
    for order in permutations(sessions):
        call = only(*order)
        people = {leg.caller.raw for leg in call.legs} | {leg.callee.raw for leg in call.legs}
        assert people == {MAYA, LEO, NOOR}
        assert {one.origin_id for one in call.recordings} == {"S1", "S2", "S3"}
        assert call.setup_time == datetime(2026, 11, 20, 10, tzinfo=UTC)
        assert [leg.facts["group_seq"] for leg in call.legs] == ["1", "2", "3"]
    assert only(b"\n".join(sessions)) == only(b"\n".join(sessions))
    assert len(only(b"\n".join(sessions)).legs) == 3


def test_sessions_of_other_groups_are_other_calls() -> None:
    assert len(list(joined(items(session(1) + session(2, group="G2"))))) == 2


def test_the_same_session_sent_again_with_its_end_is_one_leg() -> None:
    ended = session(more="<end-time>2026-11-20T10:01:30Z</end-time>")
    for order in ([session(), ended], [ended, session(), ended]):
        call = only(*order)
        assert (len(call.legs), call.duration_s) == (1, 90.0)


def test_a_conference_has_a_leg_for_each_one_reached() -> None:
    call = only(session(people=(MAYA, LEO, NOOR)))
    assert [leg.callee.raw for leg in call.legs] == [LEO, NOOR]
    assert len(call.recordings) == 1


def test_a_partial_document_brings_the_end_and_no_leg() -> None:
    update = (
        b'<recording xmlns="urn:ietf:params:xml:ns:recording:1"><datamode>partial</datamode>'
        b'<session session_id="S1"><end-time>2026-11-20T10:03:00Z</end-time></session></recording>'
    )
    call = only(session() + b"\n<?xml version='1.0'?>" + update)
    assert (len(call.legs), call.duration_s, call.rows) == (1, 180.0, 2)


@pytest.mark.parametrize(
    ("written", "hour"), [("10:00:00-0400", 14), ("10:00:00+05:30", 4), ("10:00:00.293Z", 10), ("10:00:00Z", 10)]
)
def test_offsets_are_read_with_and_without_colon(written: str, hour: int) -> None:
    setup = only(session(start=written)).setup_time
    assert setup is not None
    assert setup.hour == hour


def test_times_without_zone_need_the_sources_zone_and_are_never_guessed() -> None:
    assert reasons(session(start="10:00:00")) == ["time"]
    assert only(session(start="10:00:00"), options=BERLIN).setup_time == datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_a_session_a_day_ahead_lands_and_a_second_more_does_not() -> None:
    edge = NOW + timedelta(days=1)
    there = session().replace(b"2026-11-20T10:00:00Z", edge.isoformat().encode())
    beyond = session().replace(b"2026-11-20T10:00:00Z", (edge + timedelta(seconds=1)).isoformat().encode())
    assert (reasons(there), reasons(beyond)) == ([], ["future"])


@pytest.mark.parametrize(
    ("aor", "kind", "subject"),
    [
        ("sip:911@192.0.2.1", PartyKind.EMERGENCY, None),
        ("tel:911", PartyKind.EMERGENCY, None),
        ("sip:*72@192.0.2.1", PartyKind.SERVICE, None),
        ("sip:anonymous@anonymous.invalid", PartyKind.WITHHELD, None),
        ("sip:+14155550132@example.com", PartyKind.SUBSCRIBER, "+14155550132"),
        ("sip:maya@example.com", PartyKind.ADDRESS, "sip:maya@example.com"),
    ],
)
def test_only_people_are_subjects(aor: str, kind: PartyKind, subject: str | None) -> None:
    callee = only(session(people=(LEO, aor))).callee
    assert (callee.kind, callee.subject) == (kind, subject)


def test_where_the_vendor_says_who_called_that_counts_and_not_the_order() -> None:
    name = b"<name>Name 1</name></nameID>"
    said = b"<extensiondata><x:callingParty xmlns:x='urn:x'>true</x:callingParty></extensiondata>"
    marked = session(people=(LEO, MAYA)).replace(name, name + said)
    assert said in marked
    call = only(marked)
    assert (call.caller.raw, call.facts["caller_by"]) == (MAYA, "source")


ACME = b"""<?xml version='1.0' encoding='UTF-8'?>
<recording xmlns='urn:ietf:params:xml:ns:recording'><datamode>complete</datamode>
 <session id="AAA=="><associate-time>2026-11-20T16:50:20</associate-time></session>
 <participant id="P1" session="AAA=="><nameID aor="sip:9000@192.0.2.2"><name>9000</name></nameID>
  <associate-time>2026-11-20T16:50:20</associate-time>
  <extensiondata xmlns:v="urn:v"><v:callingParty>false</v:callingParty></extensiondata></participant>
 <participant id="P2" session="AAA=="><nameID aor="sip:1002@192.0.2.3"><name>1002</name></nameID>
  <associate-time>2026-11-20T16:50:21</associate-time>
  <extensiondata xmlns:v="urn:v"><v:callingParty>true</v:callingParty></extensiondata></participant>
 <stream id="Q1" session="AAA=="><label>1</label></stream>
</recording>"""


def test_the_dialect_from_before_the_standard_is_read() -> None:
    assert recognise(ACME) > 0.9
    assert reasons(ACME) == ["time"]
    call = only(ACME, options=BERLIN)
    assert (call.caller.raw, call.callee.raw) == ("sip:1002@192.0.2.3", "sip:9000@192.0.2.2")
    assert (call.origin_id, call.setup_time) == ("AAA==", datetime(2026, 11, 20, 15, 50, 20, tzinfo=UTC))


def multipart(document: bytes, kind: bytes = b"application/rs-metadata+xml") -> bytes:
    return (
        b"--foo\r\nContent-Type: application/sdp\r\n\r\nv=0\r\ns=-\r\n--foo\r\nContent-Type: "
        + kind
        + b"\r\nContent-Disposition: recording-session\r\n\r\n"
        + document
        + b"\r\n--foo--\r\n"
    )


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"Content-Type: multipart/mixed; boundary=foo\r\n\r\n",
        b"INVITE sip:recorder@example.com SIP/2.0\r\nContent-Type: multipart/mixed;boundary=foo\r\n\r\n",
    ],
)
@pytest.mark.parametrize("kind", [b"application/rs-metadata+xml", b"application/rs-metadata"])
def test_the_body_that_carries_it_is_opened(before: bytes, kind: bytes) -> None:
    content = before + multipart(session(), kind)
    assert recognise(content) > 0.5
    assert only(content).origin_id == "G1"


def test_a_body_without_metadata_is_refused() -> None:
    with pytest.raises(FileRefused):
        items(b"--foo\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--foo--\r\n")


@pytest.mark.parametrize(
    "content",
    [
        session()[:-20],
        session().replace(b"</session>", b"</session", 1),
        b"<recording><datamode>complete</datamode></recording>",
        b"<other/>",
        b'<recording><session session_id=""/></recording>',
    ],
)
def test_what_is_no_whole_document_is_refused_as_a_row(content: bytes) -> None:
    assert reasons(content) == ["xml"]


def test_a_session_that_began_nowhere_is_refused() -> None:
    content = session().replace(b"start-time", b"x").replace(b"associate-time", b"x")
    assert reasons(content) == ["time"]


@pytest.mark.parametrize(
    "declared",
    [
        b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE r SYSTEM "http://example.com/evil.dtd">',
    ],
)
def test_entities_and_references_are_refused_and_never_followed(declared: bytes) -> None:
    content = session().replace(b"<recording", declared + b"<recording", 1)
    with pytest.raises(FileRefused) as refused:
        items(content)
    assert refused.value.reason == "xml_entities"


def test_a_malformed_document_does_not_take_the_one_before_it_along() -> None:
    found = items(session() + b"\n" + session(2, group="G2")[:-5])
    assert [type(one) for one in found] == [Row, Rejection]


def test_deep_nesting_is_refused() -> None:
    deep = b"<recording>" + b"<a>" * 1000 + b"</a>" * 1000 + b"</recording>"
    assert reasons(deep) == ["too_deep"]


def test_a_body_nested_without_end_is_refused() -> None:
    nested = b"".join(
        b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (at, at + 1) for at in range(3_000)
    )
    with pytest.raises(FileRefused):
        items(nested)


def test_a_document_with_more_sessions_or_people_than_there_can_be_is_refused() -> None:
    many = b"<recording>" + b'<session session_id="s"><start-time>2026-11-20T10:00:00Z</start-time></session>' * 101
    assert reasons(many + b"</recording>") == ["too_many_rows"]
    crowd = session().replace(b"</recording>", b"<participant/>" * 5_000 + b"</recording>")
    assert reasons(crowd) == ["too_many_rows"]


def test_a_document_of_a_mebibyte_lands_and_one_byte_more_does_not() -> None:
    padding = 1024 * 1024 - len(session())
    assert reasons(session().replace(b"</recording>", b" " * padding + b"</recording>")) == []
    assert reasons(session().replace(b"</recording>", b" " * (padding + 1) + b"</recording>")) == ["line_too_long"]


@settings(deadline=None)
@given(data=st.data())
def test_damaged_documents_end_in_rows_and_rejections_or_a_refusal(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from([session(), ACME, multipart(session())])))
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 6))] = data.draw(st.binary(max_size=4))
    try:
        found = items(bytes(content), BERLIN)
    except FileRefused:
        return
    assert found
    assert all(isinstance(one, Row) or one.reason in REASONS for one in found)


@settings(deadline=None)
@given(content=st.binary(max_size=300))
def test_any_bytes_end_in_an_answer(content: bytes) -> None:
    try:
        assert all(isinstance(one, Row) or one.reason in REASONS for one in items(content))
    except FileRefused:
        return


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not here")
def test_vendors_own_documents() -> None:
    acme = (SAMPLES / "acme_rs_metadata.xml").read_bytes()
    assert reasons(acme) == ["time"]
    call = only(acme, options=BERLIN)
    assert (call.caller.raw, call.facts["caller_by"]) == ("sip:9000@192.168.50.102", "source")
    cisco = only((SAMPLES / "cisco_rs_metadata.xml").read_bytes())
    assert (cisco.callee.kind, cisco.callee.subject) == (PartyKind.EMERGENCY, None)
    assert cisco.recording is not None
    assert cisco.recording.channels == 2
    assert reasons((SAMPLES / "malformed_xml_metadata_400_rs_metadata.xml").read_bytes()) == ["xml"]

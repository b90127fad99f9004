"""A call as a vCon: what the working group's schema asks, roles without numbers, and readable by ourselves."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import jsonschema_rs
import pytest
from conftest import SHARED
from hypothesis import given
from hypothesis import strategies as st

from domain.speech import EngineStamp, Party, Segment, Transcript, Unheard, Word
from ingest.formats.joining import join
from ingest.formats.options import ParseOptions
from ingest.formats.reading import Input
from ingest.formats.record import PartyKind, Row
from ingest.formats.vcon import read, recognise
from ingest.vcon_out import Side, Sound, Told, build, sides_of, uuid8

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SCHEMA = SHARED / "samples/telephony/vcon_ietf/vcon_json_schema.json"
SOUND = b"fLaC and so on"
AGENT, CONTACT = Side(Party.AGENT), Side(Party.CONTACT)


def told(**changes: Any) -> Told:
    words = (Word(0.0, 0.4, "hello", 0.9), Word(0.5, 0.9, "[PERSON]", 0.9, "PERSON"))
    transcript = Transcript(
        "en",
        1.0,
        2.0,
        1,
        (Segment(0, Party.AGENT, 0.0, 0.9, words), Segment(1, Party.UNKNOWN, 1.0, 1.4, words[:1])),
        EngineStamp("scripted", "script", "none"),
        unheard=(Unheard(0, 1.5, 1.9),),
    )
    facts: dict[str, Any] = {
        "vcon_id": uuid8("0" * 32),
        "redacted_from": uuid8("f" * 32),
        "created_at": NOW,
        "started_at": datetime(2026, 11, 20, 10, tzinfo=UTC),
        "duration_s": 62.50049,
        "sides": [AGENT, CONTACT],
        "caller_known": True,
        "sound": Sound("audio/flac", hashlib.sha512(SOUND).digest(), "https://callward.test/v1/calls/call_x/recording"),
        "transcript": transcript,
    }
    return Told(**(facts | changes))


def built(**changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(build(told(**changes)))
    return document


INLINE = Sound("audio/flac", hashlib.sha512(SOUND).digest(), "https://callward.test/", inline=SOUND)


@pytest.mark.skipif(not SCHEMA.exists(), reason="the shared samples are not here")
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {
            "redacted_from": None,
            "sides": [Side(Party.AGENT, "+442079460018"), Side(Party.CONTACT, "sip:a@example.com")],
        },
        {"sides": [Side(), Side()], "caller_known": False, "duration_s": None},
        {"sound": INLINE},
    ],
)
def test_the_document_is_what_the_working_groups_schema_asks(changes: dict[str, Any]) -> None:
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text("utf-8")), validate_formats=True)
    assert [error.message for error in validator.iter_errors(built(**changes))] == []


def test_a_redacted_version_names_the_one_before_and_says_roles_only() -> None:
    document = built()
    assert document["redacted"] == {"uuid": uuid8("f" * 32), "type": "personal data"}
    assert document["parties"] == [{"role": "agent"}, {"role": "customer"}]
    assert document["extensions"] == ["CC"]
    assert "vcon" not in document


def test_sides_that_say_nothing_keep_their_place() -> None:
    document = built(sides=[Side(), Side()], caller_known=False)
    assert document["parties"] == [{}, {}]
    assert document["dialog"][0]["parties"] == [0, 1]
    assert "originator" not in document["dialog"][0]
    assert "extensions" not in document


@pytest.mark.parametrize(
    ("number", "party"),
    [
        ("+442079460018", {"tel": "tel:+442079460018"}),
        ("2204", {"tel": "tel:2204"}),
        ("sip:maya@example.com", {"sip": "sip:maya@example.com"}),
        ("maya@example.com", {"mailto": "maya@example.com"}),
        (None, {}),
    ],
)
def test_a_number_that_may_be_told_stands_where_its_kind_belongs(number: str | None, party: dict[str, str]) -> None:
    assert built(sides=[Side(Party.UNKNOWN, number)])["parties"] == [party]


def test_each_turn_names_its_speaker_where_that_is_known() -> None:
    (analysis,) = built()["analysis"]
    assert (analysis["vendor"], analysis["product"], analysis["type"]) == ("callward", "script", "transcript")
    turns = analysis["body"]["segments"]
    assert [(turn.get("party"), turn["text"]) for turn in turns] == [(0, "hello [PERSON]"), (None, "hello")]
    assert analysis["body"]["unheard"] == [{"channel": 0, "start": 1.5, "end": 1.9}]
    alike = built(sides=[AGENT, AGENT])["analysis"][0]["body"]["segments"]
    assert [turn.get("party") for turn in alike] == [None, None]


def test_sound_stands_elsewhere_or_inside_and_never_both() -> None:
    outside, inside = built()["dialog"][0], built(sound=INLINE)["dialog"][0]
    assert outside["url"].startswith("https://")
    assert "body" not in outside
    assert "url" not in inside
    assert inside["encoding"] == "base64url"
    assert outside["content_hash"] == inside["content_hash"]


@pytest.mark.parametrize("sound", [told().sound, INLINE])
def test_our_own_document_is_read_back_as_the_same_call(sound: Sound) -> None:
    content = build(told(sound=sound, sides=[Side(Party.AGENT, "+442079460018"), Side(Party.CONTACT, "+14155550132")]))
    assert recognise(content) > 0.9
    rows = [row for row in read(Input(BytesIO(content)), ParseOptions(now=NOW)) if isinstance(row, Row)]
    call = join(rows)
    assert call.origin_id == uuid8("f" * 32), "it is the same call as the version that it was redacted from"
    assert (call.caller.e164, call.callee.e164) == ("+442079460018", "+14155550132")
    assert (call.setup_time, call.duration_s) == (told().started_at, 62.5)
    assert call.recording is not None
    assert call.recording.media_type == "audio/flac"


def test_a_redacted_document_read_back_has_nobody_in_it() -> None:
    (row,) = read(Input(BytesIO(build(told()))), ParseOptions(now=NOW))
    assert isinstance(row, Row)
    assert (row.caller.kind, row.callee.kind) == (PartyKind.NONE, PartyKind.NONE)
    assert set(row.extra) == {"vcon_uuid"}


@pytest.mark.parametrize(
    ("direction", "channels", "parties"),
    [
        ("inbound", [], [Party.CONTACT, Party.AGENT]),
        ("outbound", ["contact", "agent"], [Party.AGENT, Party.CONTACT]),
        ("internal", [], [Party.AGENT, Party.AGENT]),
        ("unknown", ["agent", "contact"], [Party.UNKNOWN, Party.UNKNOWN]),
        (None, ["contact", "agent"], [Party.CONTACT, Party.AGENT]),
        (None, ["agent"], [Party.UNKNOWN, Party.UNKNOWN]),
        (None, [], [Party.UNKNOWN, Party.UNKNOWN]),
    ],
)
def test_sides_follow_the_log_and_without_one_the_channels(
    direction: str | None, channels: list[str], parties: list[Party]
) -> None:
    numbers = {"caller": "+14155550132", "callee": "2204"}
    sides = sides_of(direction, numbers, channels)
    assert [side.party for side in sides] == parties
    assert [side.number for side in sides] == ([None, None] if direction is None else ["+14155550132", "2204"])
    assert {side.number for side in sides_of(direction, {}, channels)} == {None}


@given(token=st.binary(min_size=16, max_size=16))
def test_ids_are_version_eight_uuids_that_depend_on_every_other_bit(token: bytes) -> None:
    made = uuid.UUID(uuid8(token.hex()))
    assert (made.version, made.variant) == (8, uuid.RFC_4122)
    flipped = bytes([token[0] ^ 1, *token[1:]])
    assert uuid8(flipped.hex()) != uuid8(token.hex())

"""`callward redact --format transcript`: a document of ours in, the same redacted out, in both of its forms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from talk import talk

from cli.redacting.records import BadRecord
from cli.redacting.transcripts import redacted_document
from domain.redaction_policy import RedactionPolicy
from domain.speech import transcript_from_dict, transcript_to_dict
from governance.redaction_profiles import policy_of, profile_policy
from redaction.doubles import PlainFinder
from redaction.operators import Hider
from storage.blind_index import BlindIndexer
from transcription.render import file_document

CALL = talk("what is your number", "it is 4155550132 or meera@x.io")


def redacted(document: Any, policy: RedactionPolicy | None = None, *, explain: bool = False) -> dict[str, Any]:
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    hider = Hider(BlindIndexer(b"k" * 32).token, "1")
    return redacted_document(raw, PlainFinder(), policy or profile_policy(), hider, explain=explain)


def answer(**changes: Any) -> dict[str, Any]:
    return {"call_id": "call_x", "version": 1, "redacted": False, **transcript_to_dict(CALL), **changes}


def file(**changes: Any) -> dict[str, Any]:
    return {"schema": "callward.transcript/1", "file": "a.wav", **file_document(CALL, parties={}), **changes}


def texts(document: Mapping[str, Any]) -> list[str]:
    return [segment["text"] for segment in document["segments"]]


@pytest.mark.parametrize("document", [answer(), file()], ids=["answer", "file"])
def test_text_words_and_redactions_are_of_one_list(document: dict[str, Any]) -> None:
    told = redacted(document)
    assert texts(told) == ["what is your number", "it is [NUMBER_SEQUENCE] or [EMAIL_ADDRESS]"]
    assert [(one["type"], one["channel"]) for one in told["redactions"]] == [
        ("NUMBER_SEQUENCE", 1),
        ("EMAIL_ADDRESS", 1),
    ]
    assert told["redacted"] is True
    assert "4155550132" not in json.dumps(told)
    assert redacted(told)["segments"] == told["segments"], "redacting twice changes nothing"


def test_fields_that_the_schema_does_not_have_are_left_out() -> None:
    told = redacted(answer(summary="she gave 4155550132", notes={"number": "4155550132"}))
    assert "4155550132" not in json.dumps(told)


def test_what_a_policy_keeps_is_flagged_and_stays() -> None:
    told = redacted(answer(), policy_of({"operators": {"EMAIL_ADDRESS": "keep"}}), explain=True)
    assert texts(told)[1] == "it is [NUMBER_SEQUENCE] or meera@x.io"
    assert [one["type"] for one in told["flagged"]] == ["EMAIL_ADDRESS"]
    assert {"reason", "context", "operator", "score", "recognizer"} <= set(told["redactions"][0])


def test_half_a_surrogate_pair_stops_nothing() -> None:
    broken = json.dumps(answer()).replace('"what"', '"\\ud83d"').encode()
    told = redacted(broken, policy_of({"patterns": [{"kind": "BADGE", "pattern": "number"}]}))
    assert texts(told)[0] == "\ufffd is your [BADGE]"


def test_an_answer_that_is_redacted_reads_back_as_a_transcript() -> None:
    assert transcript_from_dict(redacted(answer())).text.splitlines()[0] == "what is your number"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"\xff", "not_utf8"), (b"{", "not_json"), ([], "not_a_transcript"), ({}, "not_a_transcript"),
        (answer(segments=[{"text": "4155550132"}]), "not_a_transcript"), (answer(segments=4), "not_a_transcript"),
        (answer(channels=None, segments=None), "not_a_transcript"), (answer(language="de"), "language_unsupported"),
        ({**answer(), "engine": None}, "not_a_transcript"),
    ],
)  # fmt: skip
def test_what_is_no_transcript_is_refused_and_nothing_of_it_told(document: Any, reason: str) -> None:
    with pytest.raises(BadRecord) as refused:
        redacted(document)
    assert refused.value.reason == reason
    assert "4155550132" not in refused.value.message

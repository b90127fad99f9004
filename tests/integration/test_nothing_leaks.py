"""Nothing that was taken out of a call is readable anywhere else: in no answer, no stored document, no log line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import Tenant
from hearings import QUICK, Studio, heard

from storage.catalog import BY_NAME

CANARIES = ("4155550199", "canary@example.com", "Wilhelmina")
SAID = f"hello {CANARIES[2]} my number is {CANARIES[0]} and write to {CANARIES[1]} thanks"
LOG = {
    "setup_time": "2026-11-20T10:00:00Z",
    "direction": "inbound",
    "caller": "+14155550199",
    "contact_name": CANARIES[2],
    "contact_email": CANARIES[1],
}
FILE_NAME = "Call recording Wilhelmina_+14155550199.m4a"


@pytest.fixture
async def studio(tenant: Tenant) -> Studio:
    return await Studio.of(tenant)


async def everything_served(studio: Studio, call_id: str) -> dict[str, str]:
    """Every answer about a call that needs no reason and no clear scope."""
    call = f"/v1/calls/{call_id}"
    asked: dict[str, Any] = {
        "call": call,
        "calls": "/v1/calls",
        "redactions": f"{call}/redactions",
        "vcon": f"{call}/vcon",
    }
    asked |= {f"transcript {form}": f"{call}/transcript?format={form}" for form in ("json", "vtt", "srt", "text")}
    asked |= {"versions": f"{call}/transcriptions", "matches": "/v1/matches", "audit": "/v1/audit"}
    asked |= {"logs": "/v1/call-logs", "cdrs": "/v1/cdrs", "candidates": "/v1/corpus/candidates"}
    asked |= {"letters": "/v1/dead-letters", "imports": "/v1/imports"}
    told = {}
    for name, address in asked.items():
        answer = await studio.client.get(address)
        assert answer.status_code == 200, (name, answer.text)
        told[name] = f"{answer.headers}{answer.text}"
    search = await studio.client.post("/v1/calls/search", json={"number": "+14155550199", "region": "US"})
    assert [one["id"] for one in search.json()["calls"]] == [call_id], "found by keyed hash"
    return told | {"search": search.text}


@pytest.mark.settings(**QUICK)
async def test_no_answer_no_document_and_no_log_line_holds_what_was_hidden(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = {"media_type": "audio/mp4", "size": 132, "file_name": FILE_NAME}
    call_id = await studio.ready(heard(SAID), call_log=LOG, recording={**recording, "media_type": "audio/flac"})
    told = await everything_served(studio, call_id)
    for canary in CANARIES:
        assert [name for name, text in told.items() if canary.lower() in text.lower()] == []
    database = studio.tenant.resources.database
    for name in BY_NAME:
        stored = str(await database.whole(name).find({})).lower()
        assert [canary for canary in CANARIES if canary.lower() in stored] == [], name
    logged = "".join(capsys.readouterr())
    assert "http:request:done" in logged
    assert [canary for canary in CANARIES if canary in logged] == []


@pytest.mark.settings(**QUICK)
async def test_the_same_list_takes_the_words_out_of_every_representation(studio: Studio) -> None:
    call_id = await studio.ready(heard(SAID), call_log=LOG)
    told = await everything_served(studio, call_id)
    found = json.loads(told["redactions"].partition("})")[2])["found"]
    for name in ("transcript json", "transcript vtt", "transcript srt", "transcript text", "vcon"):
        for kind, count in found.items():
            assert told[name].count(f"[{kind}]") >= count, name

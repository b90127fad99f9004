"""Entries are laid out in pages and taken apart again: nothing is lost, mixed up or told twice."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import id_from_bytes
from domain.records import TAG_FIELDS
from governance.profiles import build_policy, load_profile
from ingest.log_batches import Device, EntryIn
from ingest.log_documents import differences
from ingest.log_entries import read_entry
from ingest.log_layout import DeviceLog
from ingest.log_names import EntryNames
from ingest.log_pages import SPAN, changed_at, emptied, entry_of, less, page_of, place_of, pointed_at, unfolded
from ingest.traffic import TrafficSealer, month_of
from storage.blind_index import BlindIndexer
from storage.mongo import Document
from storage.sealing import ValueSealer

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
INDEXER = BlindIndexer(b"k" * 32)
PHONE = Device("phone-1", "Asia/Kolkata", "IN")
MONTHS = ("2026-11", "2026-10", "2026-09")
KEYS = {month: ValueSealer(month.encode() * 4 + b"keys") for month in MONTHS}
SENT = st.fixed_dictionaries(
    {
        "number": st.sampled_from(["098765 43210", "+442079460018", "112", None]),
        "date": st.integers(0, 70 * 86_400_000).map(lambda ago: round(NOW.timestamp() * 1000) - ago),
        "duration_s": st.sampled_from([None, 0, 42]),
        "type": st.sampled_from([1, 2, 3]),
        "sim_slot": st.sampled_from([None, 1]),
    }
)


def laid_out(sent: list[dict[str, Any]], keys: dict[str, ValueSealer] = KEYS) -> tuple[list[Document], dict[str, Any]]:
    """Return the pages, and by its id what was sent of each entry."""
    policy = build_policy(load_profile("strict"))
    names, read = EntryNames(INDEXER, PHONE), [read_entry(EntryIn(**one), PHONE, now=NOW) for one in sent]
    rows = {row.raw: row for row in reversed(names.named(read, names.marks(read)))}
    log = DeviceLog(TrafficSealer("ws_test", policy, INDEXER, keys, NOW), PHONE, rows.values())
    pages: list[Document] = []
    while found := log.pages({page["home"]: page["number"] + 1 for page in pages}):
        pages += found
        log.settle({raw for page in found for raw in page["ids"]})
    assert log.is_settled
    return pages, {row.log_id: row.entry for row in rows.values()}


def opened(document: Document) -> bytes:
    held = document["identifiers"]
    return KEYS[held["month"]].unseal(held["sealed"], place=f"call_logs/{document['_id']}/identifiers")


@given(sent=st.lists(SENT, min_size=1, max_size=12))
def test_every_entry_stands_on_one_page_with_its_own_identifiers_and_clocks(sent: list[dict[str, Any]]) -> None:
    pages, entries = laid_out(sent)
    found = {document["_id"]: document for page in pages for document in unfolded(page)}
    assert found.keys() == entries.keys()
    assert sum(len(page["ids"]) for page in pages) == len(entries)
    for log_id, entry in entries.items():
        document = found[log_id]
        assert (document["setup_time"], document["duration_s"]) == (entry.setup_time, entry.duration_s)
        assert document["identifiers"]["month"] == month_of(entry.setup_time)
        subject = entry.other.subject
        assert document["identifiers"]["index"] == ([INDEXER.token(subject)] if subject else [])
        if subject:
            assert entry.other.raw.encode() in opened(document)
    for page in pages:
        moments = [document["setup_time"] for document in unfolded(page)]
        assert (min(moments), max(moments)) == (page["first_at"], page["last_at"])
        assert page["last_at"] - page["first_at"] < SPAN


@given(sent=st.lists(SENT, min_size=1, max_size=8), data=st.data())
def test_an_entry_that_leaves_takes_its_own_and_the_others_stay(
    sent: list[dict[str, Any]], data: st.DataObject
) -> None:
    (page, *_), _ = laid_out(sent)
    before = {document["_id"]: document for document in unfolded(page)}
    gone = data.draw(st.sets(st.sampled_from(sorted(before))))
    fields = less(page, gone)
    assert (not fields["ids"]) == (gone == before.keys())
    left = applied(page, {"$set": fields} if fields["ids"] else emptied(page))
    assert {one["_id"]: one for one in unfolded(left)} == {
        log_id: one for log_id, one in before.items() if log_id not in gone
    }
    if fields["ids"]:
        assert left["first_at"] == min(entry["setup_time"] for entry in left["entries"])
    else:
        assert left.keys() - TAG_FIELDS == BARE


BARE = {"_id", "home", "number", "revision", "source", "ids", "entries", "thinned"}


def applied(page: Document, change: Document) -> Document:
    """What MongoDB makes of a page by `$set` and `$unset` of paths."""
    found = copy.deepcopy(page)
    for operator in ("$set", "$unset"):
        for path, value in change.get(operator, {}).items():
            *way, last = path.split(".")
            place: Any = found
            for step in way:
                place = place[int(step)] if isinstance(place, list) else place[step]
            if operator == "$unset":
                place.pop(last, None)
            elif isinstance(place, list):
                place[int(last)] = value
            else:
                place[last] = value
    return found


@given(sent=st.lists(SENT, min_size=1, max_size=8), data=st.data())
def test_a_greater_version_changes_its_own_entry_only(sent: list[dict[str, Any]], data: st.DataObject) -> None:
    (page, *_), _ = laid_out(sent)
    at = data.draw(st.integers(0, len(page["ids"]) - 1))
    stored = list(unfolded(page))
    greater = {
        **stored[at],
        "duration_s": 90,
        "identifiers": {**stored[at]["identifiers"], "sealed": b"new", "index": []},
    }
    changed = applied(page, {"$set": changed_at(page, at, differences(stored[at], greater, now=NOW))})
    assert list(unfolded(changed)) == [
        one if place != at else greater | {"updated_at": NOW} for place, one in enumerate(stored)
    ]


@given(sent=st.lists(SENT, min_size=2, max_size=8))
def test_calls_of_a_page_are_those_of_its_entries(sent: list[dict[str, Any]]) -> None:
    (page, *_), _ = laid_out(sent)
    for at in range(len(page["ids"])):
        page = applied(page, pointed_at(page, at, f"call_{at}"))
        assert sorted(page["calls"]) == sorted(one["call_id"] for one in unfolded(page) if one["call_id"])
    assert less(page, [next(unfolded(page))["_id"]])["calls"] == [f"call_{at}" for at in range(1, len(page["ids"]))]
    for at in range(len(page["ids"])):
        page = applied(page, pointed_at(page, at, None))
    assert "calls" not in page
    assert [one["call_id"] for one in unfolded(page)] == [None] * len(page["ids"])


@pytest.mark.parametrize("tokens", [[], ["ab" * 16], ["ab" * 16, "cd" * 16]])
@pytest.mark.parametrize("call_id", [None, "call_1"])
def test_a_log_that_came_with_its_recording_is_a_page_of_one(tokens: list[str], call_id: str | None) -> None:
    kept = {"month": "2026-11", "retain_until": NOW, "sealed": b"s", "index": tokens}
    document: Document = {
        "_id": id_from_bytes("log", b"0" * 16),
        "call_id": call_id,
        "workspace_id": "ws_test",
        "source": "call",
        "setup_time": NOW,
        "answer_time": NOW + timedelta(seconds=4),
        "duration_s": None,
        "identifiers": kept,
        "created_at": NOW,
    }
    page = page_of(document)
    assert list(unfolded(page)) == [document]
    assert entry_of(page, document["_id"]) == document
    assert place_of(page, id_from_bytes("log", b"1" * 16)) is None
    del document["identifiers"]
    assert list(unfolded(page_of(document))) == [document]


def test_identifiers_of_a_month_without_a_key_are_not_kept_and_the_totals_are() -> None:
    pages, entries = laid_out(
        [{"number": "112", "date": round(NOW.timestamp() * 1000), "duration_s": 1, "type": 1}], {}
    )
    assert len(entries) == 1
    assert "identifiers" not in pages[0]
    assert "identifiers" not in next(unfolded(pages[0]))

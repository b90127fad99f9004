"""A chain shows what was changed, left out, put in, cut off or written anew; whatever it is, and wherever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.chains import AUDIT_FIELDS, Flaw, Head, Verdict, Walk, entry_hash, linked, read_head

AT = datetime(2026, 11, 22, 12, 0, 0, 123000, tzinfo=UTC)
KEY = bytes(32)
Entry = dict[str, Any]


def chain(count: int, name: str = "ws_1") -> list[Entry]:
    made: list[Entry] = []
    for number in range(count):
        body = {"event": f"e:{number}", "actor": "key_1", "at": AT, "call_id": None, "detail": {"n": number}}
        made.append(linked(name, made[-1] if made else None, body, AUDIT_FIELDS))
    return made


def checked(entries: list[Entry], kept: Head | None = None, name: str = "ws_1") -> Verdict:
    walk = Walk(name, AUDIT_FIELDS, kept=kept)
    for entry in entries:
        if not walk.take(entry):
            break
    return walk.end()


def head_of(entries: list[Entry]) -> Head:
    return Head("ws_1", len(entries), entries[-1]["hash"] if entries else "", AT)


def test_a_whole_chain_holds_an_empty_one_too() -> None:
    whole = chain(3)
    assert checked(whole, head_of(whole)) == Verdict(3, whole[-1]["hash"])
    assert checked(whole, head_of([])) == checked(whole, head_of(whole[:1])) == checked(whole)
    assert checked([], head_of([])) == Verdict(0, "")


CHANGES: dict[str, Callable[[Entry], Entry]] = {
    "event": lambda entry: {**entry, "event": "other"},
    "actor": lambda entry: {**entry, "actor": "key_2"},
    "instant": lambda entry: {**entry, "at": AT + timedelta(milliseconds=1)},
    "call": lambda entry: {**entry, "call_id": "call_1"},
    "detail": lambda entry: {**entry, "detail": {"n": "1"}},
    "hash": lambda entry: {**entry, "hash": "0" * 64},
    "link": lambda entry: {**entry, "previous_hash": "0" * 64},
    "a field is gone": lambda entry: {name: value for name, value in entry.items() if name != "actor"},
    "a value that no chain has": lambda entry: {**entry, "detail": {"n": b"x"}},
}


@given(st.integers(1, 8), st.data())
def test_one_changed_entry_is_found_where_it_is(count: int, data: st.DataObject) -> None:
    entries = chain(count)
    at = data.draw(st.integers(0, count - 1))
    entries[at] = CHANGES[data.draw(st.sampled_from(sorted(CHANGES)))](entries[at])
    assert checked(entries) == Verdict(at, entries[at - 1]["hash"] if at else "", Flaw.CHANGED, at + 1)


@given(st.integers(2, 8), st.data())
def test_an_entry_that_is_missing_or_there_twice_is_found(count: int, data: st.DataObject) -> None:
    whole = chain(count)
    at = data.draw(st.integers(0, count - 2))
    gone = checked(whole[:at] + whole[at + 1 :])
    assert (gone.flaw, gone.at) == (Flaw.MISSING, at + 1)
    twice = checked(whole[: at + 1] + whole[at:])
    assert (twice.flaw, twice.at) == (Flaw.MISSING, at + 2)


@given(st.integers(1, 8), st.data())
def test_a_cut_tail_shows_beside_a_kept_head_and_only_so(count: int, data: st.DataObject) -> None:
    whole = chain(count)
    left = data.draw(st.integers(0, count - 1))
    assert checked(whole[:left]).flaw is None
    cut = checked(whole[:left], head_of(whole))
    assert (cut.flaw, cut.at) == (Flaw.CUT, left + 1)


@given(st.integers(1, 6), st.data())
def test_a_chain_that_was_written_anew_shows_beside_a_kept_head(count: int, data: st.DataObject) -> None:
    whole = chain(count)
    kept = data.draw(st.integers(1, count))
    first = data.draw(st.integers(0, kept - 1))
    anew = whole[:first]
    for entry in whole[first:]:
        body = {name: entry[name] for name in ("event", "at", "call_id", "detail")} | {"actor": "key_9"}
        anew.append(linked("ws_1", anew[-1] if anew else None, body, AUDIT_FIELDS))
    assert checked(anew).flaw is None, "the chain alone cannot show it"
    found = checked(anew, head_of(whole[:kept]))
    assert (found.flaw, found.at) == (Flaw.REWRITTEN, kept)


def test_an_entry_of_another_chain_does_not_fit() -> None:
    assert checked(chain(1, "ws_2")).flaw is Flaw.CHANGED


def test_a_head_of_another_chain_is_no_head_of_this_one() -> None:
    with pytest.raises(ValueError, match="another chain"):
        Walk("ws_2", AUDIT_FIELDS, kept=head_of(chain(1)))


def test_an_instant_counts_the_same_in_every_zone_and_to_the_millisecond() -> None:
    (entry,) = chain(1)
    elsewhere = {**entry, "at": AT.astimezone(timezone(timedelta(hours=5, minutes=30)))}
    finer = {**entry, "at": AT + timedelta(microseconds=999)}
    assert {entry_hash("ws_1", one, AUDIT_FIELDS) for one in (entry, elsewhere, finer)} == {entry["hash"]}


@given(st.integers(0, 10**9), st.sampled_from([None, KEY]))
def test_a_head_is_read_as_it_was_written(sequence: int, key: bytes | None) -> None:
    head = Head("ws_1", sequence, "ab" * 32 if sequence else "", AT)
    assert read_head(head.line("audit", key) + "\n", "audit", key) == head
    assert read_head(head.line("audit", KEY), "audit") == head, "without the key the tag is not looked at"


@pytest.mark.parametrize(
    "line",
    ["", "callward-audit ws_1", "callward-receipts ws_1 1 " + "0" * 64 + " 2026-11-22T12:00:00+00:00 -", "x" * 500],
)
def test_what_is_no_head_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="not a head"):
        read_head(line, "audit")


@pytest.mark.parametrize(("old", "new"), [(" 3 ", " 4 "), ("ws_1", "ws_2"), ("ab", "ba"), ("2026", "2025")])
def test_a_head_that_was_changed_is_not_signed(old: str, new: str) -> None:
    line = Head("ws_1", 3, "ab" * 32, AT).line("audit", KEY)
    with pytest.raises(ValueError, match="not signed"):
        read_head(line.replace(old, new, 1), "audit", KEY)


def test_a_head_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        read_head(f"callward-audit ws_1 1 {'ab' * 32} 2026-11-22T12:00:00 -", "audit")

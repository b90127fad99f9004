"""Whoever keeps personal data of a call can erase it: no collection and no object prefix is forgotten."""

from __future__ import annotations

import ast
import re
from typing import Any, cast

from sources import modules

from storage.catalog import BY_NAME
from workers.erasure import custodians

ELSEWHERE = {
    "calls": "workers.erasure deletes the call's own document last: an erasure that was cut short is found again",
    "inbox": "a dropped file's sealed name goes when the file is taken in, or after thirty days: workers.ageing",
    "cdrs": "traffic data has clocks of its own: workers.ageing drops identifiers and deletes what is due",
    "quarantine": "refused rows and files have a clock of their own: workers.ageing deletes what is due",
    "call_logs": "as cdrs: workers.ageing, by ingest.log_ageing",
}
ELSEWHERE_IN_THE_STORE = {
    "s3:inbox/": "others' files as they came: ingest.inbox_intake deletes each when it is taken in or set aside",
    "s3:q/": "files set aside, sealed: workers.ageing deletes what is due, by ingest.quarantine",
}
CUSTODIANS = custodians(cast("Any", None))
COVERED = [place for custodian in CUSTODIANS for place in custodian.covers]
_KEEPS_NOTHING = re.compile(r"^(api|cli|transcription\.engines|redaction\.engines)(\.|$)")
_PREFIX = re.compile(r"^[a-z_]{1,20}/$")


def _object_prefixes() -> set[str]:
    """Every prefix of an object key that the rooms write: f-strings that begin with `x/` and go on with an id."""
    found: set[str] = set()
    for module in (module for module in modules() if not _KEEPS_NOTHING.match(module.name)):
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.JoinedStr) or not isinstance(node.values[0], ast.Constant):
                continue
            first = str(node.values[0].value)
            if _PREFIX.match(first):
                found.add(first)
    return found - {f"{name}/" for name in BY_NAME}  # those are places that sealed values are bound to


def test_every_collection_with_personal_data_has_someone_who_erases_it() -> None:
    personal = {spec.name for spec in BY_NAME.values() if spec.personal}
    assert personal - set(COVERED) - set(ELSEWHERE) == set(), "register a custodian in workers.erasure.custodians"


def test_every_object_prefix_has_someone_who_erases_it() -> None:
    prefixes = {f"s3:{prefix}" for prefix in _object_prefixes()}
    assert prefixes, "if this fails, the search no longer sees how object keys are made"
    prefixes |= {"s3:inbox/"}  # hidden from the search: a collection has the same name
    assert prefixes == {place for place in COVERED if place.startswith("s3:")} | set(ELSEWHERE_IN_THE_STORE)


def test_custodians_answer_for_places_that_exist_and_each_place_for_one() -> None:
    collections = [place for place in COVERED if not place.startswith("s3:")]
    assert set(collections) <= set(BY_NAME)
    assert len(set(COVERED)) == len(COVERED)
    assert set(ELSEWHERE).isdisjoint(COVERED)
    assert set(ELSEWHERE) <= {spec.name for spec in BY_NAME.values() if spec.personal}
    names = [custodian.name for custodian in CUSTODIANS]
    assert len(set(names)) == len(names), "a receipt counts by the custodian's name"


def test_each_custodian_belongs_to_the_room_that_writes_what_it_erases() -> None:
    for custodian in CUSTODIANS:
        room = type(custodian).__module__.split(".")[0]
        for place in custodian.covers:
            if not place.startswith("s3:"):
                assert BY_NAME[place].writer.split(".")[0] == room, place

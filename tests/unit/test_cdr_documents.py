"""A call's document is put together from shared parts: it says what its rows say, each field once."""

from __future__ import annotations

import gc
import weakref
from datetime import UTC, datetime, timedelta
from typing import Any

import bson
import msgspec
from bson.codec_options import CodecOptions
from hypothesis import given
from hypothesis import strategies as st

from domain.policy import Policy
from domain.records import TAG_FIELDS
from governance.profiles import build_policy, load_profile
from ingest.cdr_batch import CdrBatch, Landed, content
from ingest.cdr_document import content_of, last_of_days
from ingest.cdr_sealing import place_of
from ingest.formats.parties import party
from ingest.formats.record import Cost, Direction, Disposition, RecordingRef, Row
from ingest.traffic import TrafficSealer, month_of
from storage.blind_index import BlindIndexer
from storage.mongo import Document
from storage.sealing import ValueSealer, unseal

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
POLICY: Policy = build_policy(load_profile("strict"))
INDEXER = BlindIndexer(b"k" * 32)
KEY = b"m" * 32
TEXTS = st.sampled_from(["", "+442079460018", "+14155550132", "201", "anonymous", "112", "a@example.com", "*97"])
MOMENTS = st.datetimes(datetime(2025, 6, 1), datetime(2026, 11, 20)).map(  # noqa: DTZ001 - made aware here
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)
)
ROWS = st.builds(
    Row,
    source=st.sampled_from(["asterisk_csv", "a_switch"]),
    group=st.just("g1"),
    key=st.sampled_from(["k1", "k2", "k3"]),
    raw_line=st.integers(1, 9),
    direction=st.sampled_from(Direction),
    caller=TEXTS.map(lambda text: party(text, None)),
    callee=TEXTS.map(lambda text: party(text, None)),
    setup_time=st.none() | MOMENTS,
    answer_time=st.none() | MOMENTS,
    end_time=st.none() | MOMENTS,
    duration_s=st.none() | st.floats(0, 1e5),
    talk_s=st.none() | st.floats(0, 1e5),
    disposition=st.none() | st.sampled_from(Disposition),
    recording=st.none() | st.just(RecordingRef(name="x.wav")),
    cost=st.none() | st.sampled_from([Cost("0.10", "EUR"), Cost("NaN")]),
    extra=st.dictionaries(st.sampled_from(["channel", "name"]), st.text(max_size=5), max_size=2),
    facts=st.dictionaries(st.sampled_from(["status", "cause", "word"]), st.text("ab12", max_size=6), max_size=3),
)


class Once(dict[str, Any]):
    """A document in which no field may stand twice."""

    def __setitem__(self, name: str, value: Any) -> None:
        assert name not in self, f"the field {name} stands twice"
        super().__setitem__(name, value)


ONCE: CodecOptions[Any] = CodecOptions(document_class=Once, tz_aware=True)


def sealer(*months: datetime, now: datetime = NOW) -> TrafficSealer:
    return TrafficSealer("ws_test", POLICY, INDEXER, {month_of(one): ValueSealer(KEY) for one in months}, now)


def opened(document: Document) -> Document:
    """The document with its identifiers open, as plain values: sealing the same twice gives different bytes."""
    plain: Document = bson.decode(bson.encode(document), ONCE)
    if "identifiers" in plain:
        sealed = plain["identifiers"].pop("sealed")
        held = msgspec.json.decode(unseal(KEY, bytes(sealed), place=place_of(plain["_id"])))
        plain["identifiers"].update(held=held)
    return plain


@given(rows=st.lists(ROWS, min_size=1, max_size=4))
def test_a_new_calls_document_is_what_its_rows_make_of_a_call_that_is_there(rows: list[Row]) -> None:
    rows = [msgspec.structs.replace(row, source=rows[0].source) for row in rows]
    months = [moment for row in rows for moment in (row.setup_time, row.answer_time, row.end_time) if moment]
    batch = CdrBatch("default", [rows], sealer(NOW, *months))
    (cdr_id,) = batch.rows
    landed = Landed()
    ids, documents = batch.documents([cdr_id], landed)
    assert ids == [cdr_id]
    assert documents[0].workspace_id == "ws_test"
    told = batch.told[cdr_id]
    joined = content(cdr_id, list(told.values()), batch.sealer, received_at=NOW)
    rest = {"source": "default", "format": rows[0].source, "rows": sorted(told), "revision": 1, "created_at": NOW}
    assert opened(bson.decode(bytes(documents[0].raw.raw), ONCE)) == opened({"_id": cdr_id, **joined, **rest})


def test_the_parts_carry_all_tags_and_the_identifiers_their_own() -> None:
    row = Row("a_switch", "g", "k", 1, caller=party("+442079460018", None), setup_time=NOW - timedelta(days=3))
    batch = CdrBatch("default", [[row]], sealer(NOW))
    _, (document,) = batch.documents(batch.rows, Landed())
    plain = bson.decode(bytes(document.raw.raw), ONCE)
    assert [name for name in TAG_FIELDS if name not in plain] == []
    assert [name for name in TAG_FIELDS if name not in plain["identifiers"]] == []
    assert plain["category"] == "traffic_data"
    assert plain["identifiers"]["category"] == "traffic_identifiers"
    assert plain["identifiers"]["index"] == [INDEXER.token("+442079460018")]
    assert b"2079460018" not in bytes(document.raw.raw)


def test_identifiers_without_a_key_are_not_stored_and_what_is_over_is_not_stored_at_all() -> None:
    old, older = NOW - timedelta(days=800), NOW - timedelta(days=12 * 366)
    rows = [Row("a_switch", f"g{at:%Y}", "k", 1, caller=party("201", None), setup_time=at) for at in (old, older)]
    batch, landed = CdrBatch("default", [[row] for row in rows], sealer(NOW)), Landed()
    ids, (document,) = batch.documents(batch.rows, landed)
    assert "identifiers" not in bson.decode(bytes(document.raw.raw))
    assert landed.expired == [cdr_id for cdr_id in batch.rows if cdr_id not in ids]
    assert landed.rows == {"expired": 1, "duplicates": 0}


@given(anchors=st.lists(MOMENTS, min_size=1, max_size=30))
def test_the_last_of_each_day_names_the_same_months_and_the_same_last_instant_of_each(anchors: list[datetime]) -> None:
    def latest(moments: list[datetime]) -> dict[str, datetime]:
        return {month_of(moment): moment for moment in sorted(moments)}

    assert latest(last_of_days(anchors)) == latest(anchors)


def test_the_mark_of_a_row_is_that_of_its_content_wherever_it_stood() -> None:
    row = Row("a_switch", "g", "k", 1, setup_time=NOW)
    batch = CdrBatch("default", [[row], [msgspec.structs.replace(row, raw_line=2)]], sealer(NOW))
    ((mark,),) = (list(told) for told in batch.told.values())
    assert mark == INDEXER.mark(b"k") + INDEXER.mark(content_of(row))


def test_a_batch_goes_with_its_last_reference_and_does_not_wait_for_the_collector() -> None:
    """A batch that waits holds megabytes; a file of two million rows makes two thousand of them."""
    rows = [Row("a_switch", f"g{number}", "k", 1, setup_time=NOW - timedelta(hours=number)) for number in range(40)]
    batch: CdrBatch | None = CdrBatch("default", [[row] for row in rows], sealer(NOW))
    assert batch is not None
    batch.documents(batch.rows, Landed())
    gone = weakref.ref(batch)
    gc.disable()
    try:
        batch = None
        assert gone() is None
    finally:
        gc.enable()

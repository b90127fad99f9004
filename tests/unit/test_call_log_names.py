"""An id tells the workspace where its entry lies, and nobody else anything."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from domain.ids import bytes_of_id, id_from_bytes
from ingest.log_batches import Device, EntryIn
from ingest.log_entries import LogEntry, read_entry
from ingest.log_names import DAY_MS, EntryNames, Named, as_before, home_of
from storage.blind_index import BlindIndexer
from storage.paired_ids import PairedIds

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
INDEXER, OTHER = BlindIndexer(b"k" * 32), BlindIndexer(b"o" * 32)
PHONE = Device("phone-1", "Asia/Kolkata", "IN")
LAST = round(NOW.timestamp() * 1000)


def entry(at_ms: int, number: str = "112") -> LogEntry:
    return read_entry(EntryIn(number=number, date=at_ms, duration_s=1, type=1), PHONE, now=NOW)


def named(entries: list[LogEntry], indexer: BlindIndexer = INDEXER, device: Device = PHONE) -> list[Named]:
    names = EntryNames(indexer, device)
    return names.named(entries, names.marks(entries))


@given(times=st.lists(st.integers(LAST - 5 * DAY_MS, LAST), min_size=1, max_size=30, unique=True))
def test_entries_of_one_device_and_day_have_one_home_that_their_ids_tell(times: list[int]) -> None:
    rows = named([entry(at) for at in times])
    assert len({row.raw for row in rows}) == len(times)
    assert len({row.home for row in rows}) == len({at // DAY_MS for at in times})
    for row in rows:
        assert bytes_of_id(row.log_id) == row.raw
        assert home_of(INDEXER, row.log_id) == row.home
        assert home_of(OTHER, row.log_id) != row.home


def test_the_same_entry_has_the_same_id_in_any_batch() -> None:
    one, other = entry(LAST), entry(LAST - 1)
    assert named([one, other])[0] == named([one])[0]
    assert named([one], OTHER)[0].raw != named([one])[0].raw


def test_ids_of_one_home_have_nothing_in_common() -> None:
    raws = [row.raw for row in named([entry(LAST - at) for at in range(500)])]
    assert len({raw[:4] for raw in raws}) > 490
    assert len({raw[-4:] for raw in raws}) > 490


def test_another_device_has_another_home_for_the_same_day() -> None:
    (mine,), (theirs,) = named([entry(LAST)]), named([entry(LAST)], device=Device("phone-2", "Asia/Kolkata", "IN"))
    assert mine.home != theirs.home
    assert mine.mark != theirs.mark


def test_a_name_of_before_is_the_mark() -> None:
    (row,) = named([entry(LAST)])
    before = as_before(row.entry, row.mark)
    assert (before.raw, before.log_id, before.home) == (row.mark, row.former_id, b"")
    assert row.former_id == id_from_bytes("log", row.mark)


@given(
    pairs=st.lists(st.binary(min_size=16, max_size=16), min_size=1, max_size=20, unique=True),
    key=st.binary(min_size=32, max_size=32),
)
def test_joined_halves_come_apart_again(pairs: list[bytes], key: bytes) -> None:
    joined = PairedIds(key).joined(pairs)
    assert len(set(joined)) == len(pairs)
    assert [PairedIds(key).place(one) for one in joined] == [pair[:8] for pair in pairs]

"""Taking in a batch of a phone's call log: each entry lands once, or is refused with a reason.

Everything is one write; recordings that wait for their log are told to look again. Killed anywhere, the batch is sent
again and ends in the same state: ids come from the entries themselves, and of two versions of an entry the same one
stays in any order (`ingest.log_documents`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from domain.ids import id_from_bytes
from domain.policy import Policy
from ingest.call_logs import CallLogStore
from ingest.formats.errors import REASONS, RowError
from ingest.log_batches import BatchIn, Device, EntryIn, device_of, skew_s
from ingest.log_documents import DeviceLog, Named, naming, rank_of
from ingest.log_entries import read_entry, told_id
from ingest.log_outcomes import BatchResult, EntryResult, LogOutcome, counted
from ingest.pokes import Pokes
from ingest.tombstones import TombstoneStore
from ingest.traffic import TrafficSealer
from storage.blind_index import BlindIndexer
from storage.resources import Resources

_STORED = frozenset({LogOutcome.CREATED, LogOutcome.DUPLICATE, LogOutcome.UPDATED})


class _Row(Named, frozen=True, gc=False):
    """An entry of the batch on its way: what was sent, what it means, under which id, what became of it."""

    index: int
    sent: EntryIn


class LogIntake:
    """Takes in the batches of a workspace's phones, under its policy."""

    def __init__(self, resources: Resources, workspace_id: str, policy: Policy, pokes: Pokes) -> None:
        self._resources = resources
        self._workspace_id = workspace_id
        self._policy = policy
        self._pokes = pokes

    async def take_in(self, batch: BatchIn, *, now: datetime) -> BatchResult:
        """Store what of the batch can be stored and say what became of each entry.

        Raises:
            Invalid: zone, region, device id or `sent_at` cannot be accepted; nothing is stored.
        """
        device, skew = device_of(batch), skew_s(batch, now=now)
        indexer = await self._resources.keyring.blind_indexer(self._workspace_id)
        named = naming(indexer, device)
        rows: list[_Row] = []
        results: list[EntryResult] = []
        for index, sent in enumerate(batch.entries):
            try:
                entry = read_entry(sent, device, now=now)
            except RowError as error:
                results.append(_rejected(index, sent, error))
            else:
                raw = named(entry)
                rows.append(_Row(entry, raw, id_from_bytes("log", raw), index, sent))
        chosen = _greatest(rows, indexer, device)
        outcomes = await self._land(device, chosen, now)
        results.extend([_result(row, outcomes[row.raw], best=chosen[row.raw] is row) for row in rows])
        results.sort(key=_index)
        stored = [row.entry.setup_time for row in rows if outcomes[row.raw] in _STORED]
        oldest, newest = min(stored, default=None), max(stored, default=None)
        if oldest is not None and newest is not None:  # duplicates too: their first delivery may not have come so far
            await self._pokes.note(self._resources, self._workspace_id, (oldest, newest))
        return BatchResult(results, counted(results), skew, oldest, newest)

    async def _land(self, device: Device, chosen: Mapping[bytes, _Row], now: datetime) -> dict[bytes, LogOutcome]:
        if not chosen:
            return {}
        sealer = await self._sealer([row.entry.setup_time for row in chosen.values()], now)
        erased: frozenset[str] = frozenset()
        if sealer.rows_were_erased:
            ids = [row.log_id for row in chosen.values()]
            erased = await TombstoneStore(self._resources, self._workspace_id).erased_rows(ids)
        if erased:
            await self._resources.audit.append(
                self._workspace_id,
                "call_log:redelivery:refused",
                actor="ingest",
                now=now,
                detail={"entries": len(erased)},
            )
        log = DeviceLog(sealer, device)
        outcomes: dict[bytes, LogOutcome] = {}
        for raw, row in chosen.items():
            if row.log_id in erased:
                outcomes[raw] = LogOutcome.ERASED
            elif not log.add(row):
                outcomes[raw] = LogOutcome.EXPIRED
        return outcomes | await CallLogStore(self._resources, self._workspace_id).land(log.pages(), now=now)

    async def _sealer(self, anchors: Sequence[datetime], now: datetime) -> TrafficSealer:
        latest = {anchor.date(): anchor for anchor in sorted(anchors)}  # the last of each day says all
        return await TrafficSealer.open(self._resources, self._workspace_id, self._policy, latest.values(), now=now)


def _greatest(rows: Iterable[_Row], indexer: BlindIndexer, device: Device) -> dict[bytes, _Row]:
    """Return of the rows that are one entry the one of the greatest version; the first of equals."""
    chosen: dict[bytes, _Row] = {}
    for row in rows:
        other = chosen.setdefault(row.raw, row)
        if other is not row and rank_of(indexer, device, other.entry) < rank_of(indexer, device, row.entry):
            chosen[row.raw] = row
    return chosen


def _index(result: EntryResult) -> int:
    return result.index


def _rejected(index: int, sent: EntryIn, error: RowError) -> EntryResult:
    return EntryResult(index, LogOutcome.REJECTED, told_id(sent), reason=error.reason, message=error.message)


def _result(row: _Row, outcome: LogOutcome, *, best: bool) -> EntryResult:
    if outcome is LogOutcome.EXPIRED:
        reason = "retention_over"
        return EntryResult(row.index, outcome, row.sent.entry_id, reason=reason, message=REASONS[reason])
    if outcome is LogOutcome.ERASED:
        return EntryResult(row.index, outcome, row.sent.entry_id)
    status = outcome if best else LogOutcome.DUPLICATE
    return EntryResult(row.index, status, row.sent.entry_id, row.log_id)

"""Taking in a batch of a phone's call log: each entry lands once, or is refused with a reason.

Everything is one write; recordings that wait for their log are told to look again. Killed anywhere, the batch is sent
again and ends in the same state: ids come from the entries themselves, and of two versions of an entry the same one
stays in any order (`ingest.log_documents`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from domain.policy import Policy
from ingest.call_logs import CallLogStore
from ingest.formats.errors import REASONS, RowError
from ingest.log_batches import BatchIn, Device, EntryIn, device_of, skew_s
from ingest.log_documents import rank_of
from ingest.log_entries import LogEntry, read_entry, told_id
from ingest.log_layout import DeviceLog
from ingest.log_names import EntryNames, Named, as_before
from ingest.log_outcomes import BatchResult, EntryResult, LogOutcome, counted
from ingest.pokes import Pokes
from ingest.traffic import QUARTER_MS, TrafficSealer
from storage.blind_index import BlindIndexer
from storage.recent import Recent
from storage.resources import Resources

_STORED = (LogOutcome.CREATED, LogOutcome.DUPLICATE, LogOutcome.UPDATED)


class LogIntake:
    """Takes in the batches of a workspace's phones, under its policy.

    Args:
        resources: the stores.
        workspace_id: whose phones.
        policy: of the workspace.
        pokes: tells recordings that logs have come.
        recent: what the process read within the last second; without it everything is read anew.
    """

    def __init__(
        self, resources: Resources, workspace_id: str, policy: Policy, pokes: Pokes, recent: Recent | None = None
    ) -> None:
        self._resources = resources
        self._workspace_id = workspace_id
        self._policy = policy
        self._pokes = pokes
        self._recent = Recent() if recent is None else recent
        self._logs = CallLogStore(resources, workspace_id)

    async def take_in(self, batch: BatchIn, *, now: datetime) -> BatchResult:
        """Store what of the batch can be stored and say what became of each entry.

        Raises:
            Invalid: zone, region, device id or `sent_at` cannot be accepted; nothing is stored.
        """
        device, skew = device_of(batch), skew_s(batch, now=now)
        read, results = _read(batch, device, now)
        indexer = await self._resources.keyring.blind_indexer(self._workspace_id)
        rows = await self._named(EntryNames(indexer, device), [entry for _, _, entry in read])
        chosen = _greatest(rows, indexer, device)
        outcomes = await self._land(device, chosen, now)
        results += [
            _result(index, sent, row, outcomes[row.raw], best=chosen[row.raw] is row)
            for (index, sent, _), row in zip(read, rows, strict=True)
        ]
        if len(results) > len(read):
            results.sort(key=_index)
        stored = [row.entry.setup_time for row in chosen.values() if outcomes[row.raw] in _STORED]
        oldest, newest = min(stored, default=None), max(stored, default=None)
        if oldest is not None and newest is not None:  # duplicates too: their first delivery may not have come so far
            await self._pokes.note(self._resources, self._workspace_id, (oldest, newest))
        return BatchResult(results, counted(results), skew, oldest, newest)

    async def _named(self, names: EntryNames, entries: Sequence[LogEntry]) -> list[Named]:
        """Return the entries under their ids; those that an earlier version stored keep theirs."""
        marks = names.marks(entries)
        rows = names.named(entries, marks)
        if await self._has_older():
            older = await self._logs.older(marks)
            rows = [as_before(row.entry, row.mark) if row.mark in older else row for row in rows]
        return rows

    async def _has_older(self) -> bool:
        return await self._recent.of(("older logs", self._workspace_id), self._logs.has_older)

    async def _land(self, device: Device, chosen: Mapping[bytes, Named], now: datetime) -> dict[bytes, LogOutcome]:
        if not chosen:
            return {}
        # What an earlier version stored leaves no trace on a page when it is erased: whether rows were is asked anew.
        recent = None if await self._has_older() else self._recent
        anchors = {row.entry.at_ms // QUARTER_MS: row.entry.setup_time for row in chosen.values()}.values()
        sealer = await TrafficSealer.open(
            self._resources, self._workspace_id, self._policy, anchors, now=now, recent=recent
        )
        outcomes = await self._logs.land(DeviceLog(sealer, device, chosen.values()), now=now)
        erased = sum(outcome is LogOutcome.ERASED for outcome in outcomes.values())
        if erased:
            await self._resources.audit.append(
                self._workspace_id,
                "call_log:redelivery:refused",
                actor="ingest",
                now=now,
                detail={"entries": erased},
            )
        return outcomes


def _read(
    batch: BatchIn, device: Device, now: datetime
) -> tuple[list[tuple[int, EntryIn, LogEntry]], list[EntryResult]]:
    """Return what the entries mean, each with its place in the batch and as it was sent; and those that are refused."""
    read: list[tuple[int, EntryIn, LogEntry]] = []
    refused: list[EntryResult] = []
    for index, sent in enumerate(batch.entries):
        try:
            read.append((index, sent, read_entry(sent, device, now=now)))
        except RowError as error:
            told = told_id(sent)
            refused.append(EntryResult(index, LogOutcome.REJECTED, told, reason=error.reason, message=error.message))
    return read, refused


def _greatest(rows: Iterable[Named], indexer: BlindIndexer, device: Device) -> dict[bytes, Named]:
    """Return of the rows that are one entry the one of the greatest version; the first of equals."""
    chosen: dict[bytes, Named] = {}
    for row in rows:
        other = chosen.setdefault(row.raw, row)
        if other is not row and rank_of(indexer, device, other.entry) < rank_of(indexer, device, row.entry):
            chosen[row.raw] = row
    return chosen


def _index(result: EntryResult) -> int:
    return result.index


def _result(index: int, sent: EntryIn, row: Named, outcome: LogOutcome, *, best: bool) -> EntryResult:
    if outcome is LogOutcome.EXPIRED:
        reason = "retention_over"
        return EntryResult(index, outcome, sent.entry_id, reason=reason, message=REASONS[reason])
    if outcome is LogOutcome.ERASED:
        return EntryResult(index, outcome, sent.entry_id)
    status = outcome if best else LogOutcome.DUPLICATE
    return EntryResult(index, status, sent.entry_id, row.log_id)

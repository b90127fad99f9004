"""Taking a callback in: checked, read, confirmed where nothing is signed, stored once, its recording ordered.

Done twice it changes nothing, so a provider that hears no answer may send it again.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from domain.errors import Gone, IdempotencyInProgress, NotFound, Unavailable
from domain.policy import Policy
from ingest.call_logs import CallLogEntry
from ingest.cdrs import CdrStore
from ingest.documents import NewCall
from ingest.fetch_errors import FetchFailed, FetchRefused
from ingest.fetch_orders import FetchOrder
from ingest.fetching import Fetcher, Patience
from ingest.formats.checks import check
from ingest.formats.errors import RowError
from ingest.formats.options import ParseOptions
from ingest.formats.record import Row
from ingest.pokes import tell_of_calls
from ingest.providers.errors import CallbackRefused, CallbackUnreadable
from ingest.providers.events import without_address
from ingest.providers.payload import MOST_EVENTS, Fields, events_of, read_json
from ingest.providers.registry import Answer, Provider, ReadBack, load_provider
from ingest.providers.request import CallbackRequest, Credentials
from ingest.registration import RETENTION_OVER, Registered, Registration
from ingest.sources import Source, SourceStore
from ingest.tombstones import Erased
from storage.resources import Resources

ANY_SOUND: Final = "application/octet-stream"
_READ_BACK_BYTES: Final = 1024 * 1024
_READ_BACK_PATIENCE: Final = Patience(connect_s=3.0, read_s=5.0, total_s=8.0)
"""Exotel waits fifteen seconds for an answer."""
_MOST_READ_BACK: Final = 10
_TRIES: Final = 6
_PAUSE_S: Final = 0.5

MakeFetcher = Callable[[Sequence[str], int, Patience | None], Fetcher]


def public_fetcher(hosts: Sequence[str], limit: int, patience: Patience | None = None) -> Fetcher:
    """Return a fetcher that reaches the public internet only."""
    return Fetcher(hosts, limit=limit, patience=patience)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a callback: counts, and what its provider expects to hear."""

    rows: int
    ignored: int
    recordings: int
    answer: Answer


class Reception:
    """Takes callbacks in for one source, under its workspace's policy."""

    def __init__(
        self, resources: Resources, source: Source, policy: Policy, *, make_fetcher: MakeFetcher = public_fetcher
    ) -> None:
        self._resources = resources
        self._source = source
        self._policy = policy
        self._make_fetcher = make_fetcher
        self._provider = load_provider(source.config.provider or "")

    async def take(self, request: CallbackRequest, *, now: datetime) -> Taken:
        """Take one callback in.

        Raises:
            NotFound: the provider sends no such method.
            CallbackRefused: nobody vouches for it, or the provider does not know the call.
            CallbackUnreadable, ZoneNeeded: it says something that cannot be read; nothing of it was stored.
            Unavailable: the provider's API was to be asked and does not answer; it may be sent again.
        """
        provider = self._provider
        if request.method not in provider.methods:
            raise NotFound("there is nothing at this address")
        secrets = await SourceStore(self._resources, self._source.workspace_id).secrets(self._source)
        credentials = Credentials(self._source.config.settings, secrets)
        provider.check(request, credentials, now)
        sent = events_of(request.header("content-type"), request.body, request.query)
        events = [event for one in sent for event in provider.unwrap(one)]
        if len(events) > MOST_EVENTS:
            raise CallbackUnreadable("the callback holds too many events")
        options = self._source.options(now=now)
        found = [_rows(provider, event, options) for event in events]
        rows = [row for some in found for row in some]
        rows = await self._vouched(rows, credentials, options)
        await self._land(rows, now)
        ordered = await self._order_recordings(rows, now)
        return Taken(len(rows), sum(not some for some in found), ordered, provider.answer(sent[0]))

    async def _vouched(self, rows: list[Row], credentials: Credentials, options: ParseOptions) -> list[Row]:
        """Return the rows with the fact of who vouches for them; read back where that is configured."""
        read_back = self._provider.read_back
        if read_back is None or credentials.settings.get("read_back") != "yes":
            return [_with_fact(row, self._provider.vouched) for row in rows]
        calls = list(dict.fromkeys(row.group for row in rows))
        if len(calls) > _MOST_READ_BACK:
            raise CallbackUnreadable("the callback names more calls than can be read back")
        confirmed: list[Row] = []
        for call in calls:
            told = _rows(self._provider, await self._ask(read_back, call, credentials), options)
            if any(row.group != call for row in told):
                raise CallbackRefused("the provider answered with another call")
            confirmed += [_with_fact(row, "read_back") for row in told]
        return confirmed

    async def _ask(self, read_back: ReadBack, call: str, credentials: Credentials) -> Fields:
        """Return the event that the provider's own answer makes: what was sent counts for nothing."""
        fetcher = self._make_fetcher(self._source.config.fetch_hosts, _READ_BACK_BYTES, _READ_BACK_PATIENCE)
        headers = self._provider.fetch_headers(credentials)
        try:
            async with fetcher.get(read_back.address(call, credentials), headers, json=True) as fetched:
                body = b"".join([piece async for piece in fetched.pieces])
        except FetchRefused as refusal:
            raise CallbackRefused("the call could not be read back", reason=refusal.reason) from None
        except FetchFailed as failure:
            if failure.reason == "not_there":
                raise CallbackRefused("the provider does not know the call") from None
            raise Unavailable("the provider's API does not answer") from None
        value = read_json(body)
        fields = read_back.fields(value) if isinstance(value, dict) else None
        if fields is None:
            raise CallbackRefused("the provider does not know the call")
        return fields

    async def _land(self, rows: Iterable[Row], now: datetime) -> None:
        groups: dict[str, list[Row]] = {}
        for row in rows:
            groups.setdefault(row.group, []).append(without_address(row))
        if groups:
            store = CdrStore(self._resources, self._source.workspace_id)
            await store.land(self._source.name, list(groups.values()), self._policy, now=now)
            await tell_of_calls(self._resources, self._source.workspace_id, groups.values(), now=now)

    async def _order_recordings(self, rows: Iterable[Row], now: datetime) -> int:
        """Register a call for each recording that is there and may be fetched; what was erased stays so."""
        ordered = 0
        for row in rows if self._source.config.fetch_hosts else ():
            if row.recording is None or not row.recording.url or row.recording.status != "completed":
                continue
            ordered += await self._order(row, row.recording.url, now)
        return ordered

    async def _order(self, row: Row, address: str, now: datetime) -> bool:
        registration = Registration(self._resources, self._source.workspace_id, self._policy)
        recording_id = row.recording.origin_id if row.recording else None
        new = NewCall(
            media_type=ANY_SOUND,
            size=None,
            source=self._source.name,
            origin_id=recording_id,
            call_log=_log_of(row),
            fetch=FetchOrder(address),
        )
        known_by = hashlib.sha256(f"{self._source.source_id}\0{recording_id}".encode()).hexdigest()
        try:
            done = await _patiently(lambda: registration.register(new, key=f"fetch:{known_by}", body_hash="", now=now))
        except Erased:
            return False
        except Gone as error:
            if error.fields.get("reason") == RETENTION_OVER:
                return False
            # a key that is missing, say: told as done, the recording would be lost without a word
            raise Unavailable("the recording cannot be registered now") from None
        if not done.created and new.fetch is not None:
            recordings = registration.recordings
            await recordings.order_again(await recordings.of_call(done.call["_id"]), new.fetch, now=now)
        return True


async def _patiently(register: Callable[[], Awaitable[Registered]]) -> Registered:
    """Wait for another delivery of the same recording that is being registered now. Raises Unavailable."""
    for _ in range(_TRIES):
        try:
            return await register()
        except IdempotencyInProgress:
            await asyncio.sleep(_PAUSE_S)
    raise Unavailable("another delivery of the same recording is under way")


def _rows(provider: Provider, event: Fields, options: ParseOptions) -> list[Row]:
    try:
        return [check(row, options) for row in provider.rows(event, options, 1)]
    except RowError as error:
        raise CallbackUnreadable(error.message, reason=error.reason) from None


def _with_fact(row: Row, vouched: str) -> Row:
    return msgspec.structs.replace(row, facts={**row.facts, "verified": vouched})


def _log_of(row: Row) -> CallLogEntry | None:
    """Return what the event says of the recorded call, None when it says no time: retention then begins today."""
    recording = row.recording
    began = (recording.start_time if recording else None) or row.setup_time or row.answer_time
    if began is None:
        return None
    return CallLogEntry(
        setup_time=began,
        duration_s=recording.duration_s if recording else None,
        direction=row.direction.value,
        caller=row.caller,
        callee=row.callee,
    )

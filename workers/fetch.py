"""The chore `fetch`: a recording that a provider told of, streamed from its host into the call's sealed object.

Safe to run twice: once the recording has come there is nothing to do, and bytes of a broken run are dropped.
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from domain.calls import CallState
from domain.jobs import Job
from governance.workspaces import WorkspaceStore
from ingest.fetch_orders import held_to
from ingest.fetching import host_of
from ingest.providers.receiving import MakeFetcher, public_fetcher
from ingest.providers.registry import authorization, load_provider
from ingest.providers.request import Credentials
from ingest.registration import Registration
from ingest.sources import SourceStore
from storage.resources import Resources
from workers.runner import utc_now

log = structlog.get_logger()


async def fetch_recording(resources: Resources, job: Job, *, make_fetcher: MakeFetcher = public_fetcher) -> None:
    """Fetch a call's recording, unless it has come already.

    Raises:
        FetchRefused, NotAudio, UnsupportedMedia, EmptyRecording: for good; the dead letter has the code.
        FetchFailed: for now.
    """
    workspace = (await WorkspaceStore(resources).get(job.workspace_id)).taking_in()
    registration = Registration(resources, job.workspace_id, workspace.policy)
    call = await registration.calls.get(job.call_id, now=utc_now())
    if call["state"] != CallState.AWAITING_UPLOAD.value:
        return
    sources = SourceStore(resources, job.workspace_id)
    source = await sources.get(call["source"])
    credentials = Credentials(source.config.settings, await sources.secrets(source))
    order = await registration.recordings.order(await registration.recordings.of_call(job.call_id))
    headers: Mapping[str, str] = {}
    if source.config.provider is not None:  # the recordings of a vCon lie open, under an address that is the secret
        headers = authorization(load_provider(source.config.provider), credentials, host_of(order.address))
    fetcher = make_fetcher(source.config.fetch_hosts, resources.settings.max_recording_bytes, None)
    async with fetcher.get(order.address, headers) as fetched:
        pieces = held_to(fetched.pieces, order.hashes)
        await registration.receive_stream(job.call_id, pieces, sha256=None, now=utc_now())
    log.info("call:recording:fetched", call_id=job.call_id)

"""Which broker queue a job goes to: a call that wants another speech model than the default goes to its workers."""

from __future__ import annotations

from domain.calls import Stage
from domain.errors import NotFound
from domain.jobs import Job, Queue, speech_queue
from ingest.call_runs import run_of
from ingest.calls import CallStore
from storage.resources import Resources
from workers.hearing import speech_settings, wanted_model


async def queue_of(resources: Resources, job: Job) -> str:
    """Return the queue by the workspace's wishes as they are now.

    A model that is not configured any more leads to the default queue, where the worker refuses the call with a reason.
    """
    models = resources.settings.speech_models
    if job.task == Stage.REDACT_AUDIO.value:  # one written by an earlier version names another queue
        return Queue.SPEECH.value
    if not models or job.task != Stage.TRANSCRIBE.value:
        return job.queue.value
    call = await CallStore(resources, job.workspace_id).raw(job.call_id)
    run = None if call is None else run_of(call, job.version)
    if run is None:
        return job.queue.value
    try:
        wanted = wanted_model(run, await speech_settings(resources, run))
    except NotFound:
        return job.queue.value
    return speech_queue(wanted) if wanted in models else job.queue.value

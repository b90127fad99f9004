"""How a call is to be heard: its model, its language, the words that may be said in it; and whether that was kept."""

from __future__ import annotations

from collections.abc import Collection

from domain.jobs import DEFAULT_MODEL
from domain.listening import SpeechSettings, usable_hot_words
from domain.speech import Transcript
from governance.workspaces import WorkspaceStore
from ingest.recordings import RecordingStore
from storage.mongo import Document
from storage.resources import Resources
from transcription.port import Listening
from workers.outcome import StageRefused, WrongWorker


async def speech_settings(resources: Resources, call: Document) -> SpeechSettings:
    """Return the wishes of the call's workspace, as they are now."""
    return (await WorkspaceStore(resources).get(call["workspace_id"])).speech


def wanted_model(call: Document, wishes: SpeechSettings) -> str:
    """Return the name of the model that a call's run is to be heard with."""
    asked: str | None = call.get("speech_model")
    return asked or wishes.model or DEFAULT_MODEL


def check_model(wanted: str, *, ours: str, configured: Collection[str]) -> None:
    """Pass when this worker runs the wanted model; another is never taken silently in its place.

    Raises:
        StageRefused: the operator has no model of this name any more.
        WrongWorker: other workers run it.
    """
    if wanted not in {DEFAULT_MODEL, *configured}:
        raise StageRefused("speech_model_unknown")
    if wanted != ours:
        raise WrongWorker


async def listening(resources: Resources, call: Document, wishes: SpeechSettings) -> Listening:
    """Return what is known of a call before it is heard: its own language and names first, then the workspace's."""
    recordings = RecordingStore(resources, call["workspace_id"])
    hints = await recordings.hints(await recordings.of_call(call["_id"]))
    words = dict.fromkeys((*usable_hot_words(hints["names"]), *wishes.hot_words))
    return Listening(call["language"] or wishes.language, tuple(words))


def check_language(transcript: Transcript, wishes: SpeechSettings) -> None:
    """Pass a transcript in a language that the workspace allows, or without speech. Raises StageRefused, blocked."""
    allowed = wishes.allowed_languages
    if allowed and transcript.segments and transcript.language not in allowed:
        raise StageRefused("language_not_allowed", blocked=True)

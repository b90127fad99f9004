"""The order of the work on a call: transcribe, redact the text, redact the sound. The rooms meet here and only here."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from domain.calls import Stage
from domain.errors import Invalid
from domain.inventory import places
from domain.review import ReviewState, quality_of, review_reasons
from domain.sound import SoundState
from domain.spans import hidden
from domain.speech import Party
from domain.versions import Hearing
from ingest.recordings import RecordingStore
from redaction.applying import redact_by_policy
from redaction.errors import RedactionError, UnsupportedLanguageError
from redaction.port import KnownParty
from redaction.store import RedactionStore
from storage.mongo import Document
from storage.resources import Resources
from transcription.decode_guard import decode_guarded, hear_guarded
from transcription.errors import DecodingStopped, LanguageUnsupported, RecordingError
from transcription.store import TranscriptKind, TranscriptStore
from transcription.transcribe import transcribe_recording
from workers.audio_file import in_memory_file
from workers.comparing import compared, earlier_hearings
from workers.engines import Engines
from workers.hearing import check_language, check_model, listening, speech_settings, wanted_model
from workers.outcome import Outcome, StageRefused
from workers.redacting import hider_of, redaction_policy, replacement_of
from workers.runner import StageHandler, utc_now
from workers.sounding import write_redacted

Result = TypeVar("Result")
_READ_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The stages' handlers. Heavy work runs in the executor, so that the loop can renew the lease meanwhile."""

    resources: Resources
    engines: Engines
    executor: Executor

    def handlers(self) -> Mapping[Stage, StageHandler]:
        """Return the handler of each stage."""
        return {
            Stage.TRANSCRIBE: self.transcribe,
            Stage.REDACT_TEXT: self.redact_text,
            Stage.REDACT_AUDIO: self.redact_audio,
        }

    async def _run(self, work: Callable[..., Result], *arguments: Any, **named: Any) -> Result:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.executor, functools.partial(work, *arguments, **named))

    async def _decoded(self, call: Document, decoder: Callable[..., Result]) -> Result:
        """Return what the decoder makes of the recording. Raises StageRefused with its reason when it is none."""
        recordings = RecordingStore(self.resources, call["workspace_id"])
        recording = await recordings.of_call(call["_id"])
        async with in_memory_file(recordings.read_original(recording)) as path:
            try:
                return await self._run(decoder, path, max_duration_s=self.resources.settings.max_recording_s)
            except DecodingStopped:
                raise
            except RecordingError as error:
                raise StageRefused(error.reason) from None

    async def transcribe(self, call: Document) -> Outcome:
        """Turn the recording into words with times, channels apart, with the model that is wanted and no other."""
        wishes = await speech_settings(self.resources, call)
        configured = self.resources.settings.speech_models
        check_model(wanted_model(call, wishes), ours=self.engines.speech_name, configured=configured)
        recording = await self._decoded(call, hear_guarded)
        parties = {at: Party(name) for at, name in enumerate(call["channels"])}
        engine = await self._run(lambda: self.engines.speech)
        known = await listening(self.resources, call, wishes)
        try:
            transcript = await self._run(transcribe_recording, recording, engine, parties=parties, listening=known)
        except LanguageUnsupported:
            raise StageRefused("language_unsupported", blocked=True) from None
        check_language(transcript, wishes)
        store = TranscriptStore(self.resources, call["workspace_id"])
        sealed = await store.seal(call, TranscriptKind.CLEAR, transcript, now=utc_now())

        async def effect(tx: Any) -> None:
            await store.save(sealed, tx=tx)

        return Outcome(
            effect,
            {
                "duration_s": round(recording.facts.duration_s, 3),
                "channel_count": transcript.channels,
                "spoken_language": transcript.language,
                "truncated": recording.facts.truncated,
                "quality": quality_of(transcript),
            },
        )

    async def redact_text(self, call: Document) -> Outcome:
        """Find personal data, replace it, and look again: what a second look still sees blocks the call."""
        transcripts = TranscriptStore(self.resources, call["workspace_id"])
        transcript = await transcripts.load(call["_id"], TranscriptKind.CLEAR, version=call["version"])
        known, policy = await self._known(call), await redaction_policy(self.resources, call)
        finder, hider = await self._run(lambda: self.engines.finder), await hider_of(self.resources, call)
        try:
            done = await self._run(redact_by_policy, transcript, finder, policy, hider, known=known)
        except UnsupportedLanguageError:
            raise StageRefused("language_unsupported", blocked=True) from None
        except (RedactionError, Invalid):
            raise StageRefused("redaction_refused", blocked=True) from None
        earlier = await earlier_hearings(self.resources, call)
        new = Hearing(transcript, done.readable, hidden(done.spans))
        beside = await self._run(compared, new, earlier)
        if done.residual:
            raise StageRefused("residual_personal_data", blocked=True, closes=beside.leaking)
        sealed = await transcripts.seal(call, TranscriptKind.REDACTED, done.readable, now=utc_now())
        redactions = RedactionStore(self.resources, call["workspace_id"])
        where = places(transcript, done.spans)

        async def effect(tx: Any) -> None:
            stamp = finder.stamp
            await redactions.save_spans(call, done.spans, stamp, places=where, policy=policy, now=utc_now(), tx=tx)
            await transcripts.save(sealed, tx=tx)

        below = (await speech_settings(self.resources, call)).review_below
        reasons = review_reasons(transcript, review_below=below, found_less=beside.found_less)
        state = ReviewState.NEEDED if reasons else ReviewState.NOT_NEEDED
        review = {"state": state.value, "reasons": [one.value for one in reasons], "decided_at": None}
        return Outcome(effect, {"review": review}, closes=beside.leaking)

    async def _known(self, call: Document) -> KnownParty:
        recordings = RecordingStore(self.resources, call["workspace_id"])
        hints = await recordings.hints(await recordings.of_call(call["_id"]))
        return KnownParty(numbers=tuple(hints["numbers"]), names=tuple(hints["names"]), emails=tuple(hints["emails"]))

    async def redact_audio(self, call: Document) -> Outcome:
        """Silence in the sound what the same span list hides in the text, and hear it again before it may leave."""
        redactions = RedactionStore(self.resources, call["workspace_id"])
        transcripts, version = TranscriptStore(self.resources, call["workspace_id"]), call["version"]
        transcript = await transcripts.load(call["_id"], TranscriptKind.CLEAR, version=version)
        spans = await redactions.all_spans(call["_id"], version=version)
        redaction = await redactions.of_call(call["_id"], version=version)
        replacement = await replacement_of(self.resources, call, redaction)
        recording = await self._decoded(call, decode_guarded)
        engine = await self._run(lambda: self.engines.speech)

        async def effect(tx: Any, audio: Document | None = None, state: SoundState = SoundState.BLOCKED) -> None:
            await redactions.save_audio(call["_id"], audio, version=version, state=state, tx=tx)

        async with in_memory_file(_nothing()) as path:
            try:
                form = await self._run(write_redacted, path, recording, transcript, spans, engine, replacement)
            except StageRefused as refusal:
                refusal.effect = effect
                raise
            audio = await redactions.put_audio(call["_id"], _read(path), media_type=form.media_type)
        return Outcome(functools.partial(effect, audio=audio, state=SoundState.VERIFIED))


async def _nothing() -> AsyncIterator[bytes]:
    yield b""


async def _read(path: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while piece := await asyncio.to_thread(file.read, _READ_BYTES):
            yield piece

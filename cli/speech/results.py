"""What is written of one recording: `NAME.json`, `NAME.vtt`, others that were asked for, and the redacted sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from cli.speech.folder import SCHEMA, OutFolder, Place
from cli.speech.hearing import Heard
from cli.speech.refusals import Refused, as_text
from domain.redaction_policy import RedactionPolicy
from domain.speech import Party
from governance.redaction_profiles import profile_policy
from redaction.encoding import form_of
from redaction.errors import SilenceError
from redaction.sound import check_written
from transcription.render import FORMATS, file_document, json_text, redactions_of

LOSSLESS: Final = frozenset({"wav", "w64", "flac", "aiff", "au", "caf"})
"""Containers whose redacted sound is WAV; that of the others is Opus, as small as they were."""
PRINTED: Final = tuple(FORMATS)
"""The names of the formats."""
SUFFIXES: Final = {"vtt": ".vtt", "srt": ".srt", "text": ".txt"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for on the command line, as far as it changes results."""

    model: str
    language: str | None
    redact: bool
    parties: Mapping[int, Party]
    formats: tuple[str, ...] = ("vtt",)
    policy: RedactionPolicy = field(default_factory=profile_policy)
    """What is hidden and how, where redaction was asked for."""

    def also(self, format_: str) -> Asked:
        """Return the same with one more format written."""
        return replace(self, formats=(*self.formats, format_))

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The suffixes of the formats to be written."""
        return tuple(SUFFIXES[name] for name in self.formats)

    def document(self, engine: Mapping[str, Any], finder: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return what two runs must have in common for the second to leave a finished file alone."""
        return {
            "engine": dict(engine),
            "redactor": dict(finder) if finder else None,
            "asked": {
                "language": self.language,
                "redact": self.redact,
                "policy": self.policy.digest if self.redact else None,
                "parties": [party.value for _, party in sorted(self.parties.items())],
            },
        }


@dataclass(frozen=True, slots=True)
class Source:
    """A file, its content's hash and its size in bytes."""

    path: Path
    sha256: str
    size: int


def document_of(heard: Heard, source: Source, asked: Asked, common: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `NAME.json` holds (docs/transcript.schema.json); with redaction, no word that was taken out."""
    told = file_document(heard.readable, parties=asked.parties)
    facts = heard.facts
    return {
        "schema": SCHEMA,
        "file": as_text(Path(source.path.name)),
        **{key: told.pop(key) for key in ("duration_s", "language", "language_probability", "engine", "channels")},
        **told,
        "redacted": asked.redact,
        "redactions": redactions_of(heard.clear, heard.spans),
        "source": {
            "sha256": source.sha256,
            "size": source.size,
            "container": facts.container,
            "codec": facts.codec,
            "channels": facts.source_channels,
            "partial": facts.truncated,
        },
        **{key: value for key, value in common.items() if key != "engine"},
    }


def write_results(
    heard: Heard, document: Mapping[str, Any], formats: tuple[str, ...], folder: OutFolder, place: Place
) -> None:
    """Write everything of one recording; all of it is there at once, or nothing. Raises Refused or CannotGoOn."""
    with folder.workshop() as workshop:
        made: dict[str, Path] = {}
        for name in formats:
            made[SUFFIXES[name]] = workshop / name
            with folder.writing():
                made[SUFFIXES[name]].write_text(FORMATS[name][1](heard.readable), "utf-8")
        if heard.redacted is not None:
            suffix, path = _write_sound(heard, workshop, folder)
            made[suffix] = path
        whole = workshop / "document"
        with folder.writing():
            whole.write_text(json_text({**document, "beside": list(made)}), "utf-8")
        folder.publish(place, {**made, ".json": whole})


def shown(heard: Heard, document: Mapping[str, Any], format_: str) -> str:
    """Return what is printed when no folder was named."""
    return json_text(document) if format_ == "json" else FORMATS[format_][1](heard.readable)


def _write_sound(heard: Heard, workshop: Path, folder: OutFolder) -> tuple[str, Path]:
    lossless = heard.facts.container in LOSSLESS
    form = form_of("wav" if lossless else "ogg")
    sound, path = heard.sound(), workshop / "sound"
    try:
        with folder.writing(), path.open("wb") as file:
            form.encode(sound, file)
        with path.open("rb") as file:
            check_written(file, sound, lossless=lossless)
    except SilenceError as error:
        raise Refused("sound_not_silenced", f"The sound cannot be redacted: {error.message}.") from None
    return (".redacted.wav" if lossless else ".redacted.opus"), path

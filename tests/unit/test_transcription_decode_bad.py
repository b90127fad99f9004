"""Bad recordings end as done, partial or refused with a reason; nothing else is opened, whatever the file says."""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.bad_files import BAD_FILES, PLAYLISTS, BadFile, still_flac, still_opus
from bench.sounds import encoded, tone
from transcription import containers
from transcription.audio import hear
from transcription.decode_guard import hear_guarded
from transcription.errors import NotAudio, RecordingError
from transcription.recording import CallSound

_SLOW = {"20 hours of silence in Opus", "two hours of silence", "20 hours of silence in FLAC"}
_WATCHED: list[str] = []
_watching = False


def _audit(event: str, _arguments: object) -> None:
    if _watching and event.partition(".")[0] in {"socket", "subprocess"} | {"open"}:
        _WATCHED.append(event)


sys.addaudithook(_audit)


@contextmanager
def watched() -> Iterator[list[str]]:
    """Note each file and socket that Python opens meanwhile."""
    global _watching  # noqa: PLW0603 - an audit hook cannot be taken off again
    _WATCHED.clear()
    _watching = True
    try:
        yield _WATCHED
    finally:
        _watching = False


def open_files() -> set[str]:
    return {one.name for one in Path("/proc/self/fd").iterdir()}


def outcome(content: bytes, max_duration_s: float, decoder: Callable[..., CallSound] = hear) -> str:
    try:
        facts = decoder(io.BytesIO(content), max_duration_s=max_duration_s).facts
    except RecordingError as refusal:
        return refusal.reason
    return "partial" if facts.truncated else "done"


@pytest.mark.parametrize("bad", [one for one in BAD_FILES if one.name not in _SLOW], ids=lambda one: one.name)
def test_a_bad_file_ends_as_it_should(bad: BadFile) -> None:
    assert outcome(bad.make(), bad.max_duration_s) in bad.ends


@pytest.mark.parametrize("make", [still_flac, still_opus])
def test_hours_of_silence_in_few_bytes_are_too_long_by_what_was_decoded(make: Callable[[float], bytes]) -> None:
    content = make(0.6)
    assert len(content) < 600_000
    assert outcome(content, 1_800.0) == "too_long"
    assert outcome(content, 2_200.0) == "done"


@pytest.mark.parametrize("bad", BAD_FILES[:12], ids=lambda one: one.name)
def test_the_child_gives_the_same_answer(bad: BadFile) -> None:
    assert outcome(bad.make(), bad.max_duration_s, hear_guarded) in bad.ends


@pytest.mark.parametrize("bad", [one for one in BAD_FILES if "pointing" in one.name or one.name in PLAYLISTS])
def test_a_file_that_points_elsewhere_opens_nothing(bad: BadFile, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(containers, "_refuse", lambda *given: asked.append(given))
    content = bad.make()
    outcome(content, 60.0)  # loads what is loaded once
    before = open_files()
    with watched() as opened:
        outcome(content, 60.0)
    assert opened == []
    assert open_files() == before
    assert asked == []


@pytest.mark.parametrize(
    "name", ["it's.wav", 'a "b".wav', "two\nlines.wav", "\u202egnp.wav", "-rf.wav", "--help", "no extension", "x.mp3"]
)
def test_a_name_changes_nothing(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(encoded([tone(1)], 8_000, "wav", "pcm_mulaw"))
    assert hear_guarded(path, max_duration_s=60.0).facts.duration_s == pytest.approx(1.0)


def test_a_refusal_says_nothing_of_the_name(tmp_path: Path) -> None:
    path = tmp_path / "Maria +34688886392.wav"
    path.write_bytes(b"no sound")
    with pytest.raises(NotAudio) as refusal:
        hear_guarded(path, max_duration_s=60.0)
    assert "Maria" not in str(refusal.value)


def test_an_index_that_is_missing_is_named() -> None:
    content = encoded([tone(2, 16_000)], 16_000, "ipod", "aac")
    with pytest.raises(NotAudio, match="index is missing"):
        hear(io.BytesIO(content[: len(content) // 2]), max_duration_s=60.0)

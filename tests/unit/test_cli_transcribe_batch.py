"""Many files at once: each ends by itself, nothing of a refused one is written, finished ones are left alone."""

from __future__ import annotations

import json
import threading
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cli.speech.batch import Batch, common_of
from cli.speech.folder import OutFolder
from cli.speech.hearing import Heard, Hearing
from cli.speech.refusals import CannotGoOn, Refused
from cli.speech.results import Asked
from cli.speech.watching import Tell, share_of
from domain.redaction_policy import RedactionPolicy
from domain.speech import Party, Segment, Tones, Transcript, Word
from governance.redaction_profiles import policy_of, profile_policy
from redaction.doubles import PlainFinder
from redaction.port import SpanFinder
from transcription.doubles import ScriptedEngine
from transcription.port import KNOWING_NOTHING, ChannelAudio, Listening, Spoken

SAID = Segment(
    0,
    Party.UNKNOWN,
    0.5,
    3.0,
    (Word(0.5, 0.8, "Call", 0.9), Word(1.0, 1.8, "415-555-0132", 0.8), Word(2.0, 3.0, "please.", 0.9)),
)


def recording(path: Path, seconds: float = 4.0, seed: int = 1) -> Path:
    """Write a WAV file of noise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8_000)
        out.writeframes(np.random.default_rng(seed).normal(0, 5_000, int(seconds * 8_000)).astype("<i2").tobytes())
    return path


@dataclass
class Seen:
    """A watcher that remembers."""

    ended_as: dict[str, str] = field(default_factory=dict)
    shares: list[float] = field(default_factory=list)

    def started(self, path: Path) -> Tell:  # noqa: ARG002
        return self.shares.append

    def ended(self, path: Path, outcome: str) -> None:
        assert path.name not in self.ended_as
        self.ended_as[path.name] = outcome


@dataclass(frozen=True)
class WithTones(ScriptedEngine):
    """Hears keys too, and what it is asked."""

    def transcribe(self, channels: Sequence[ChannelAudio], *, listening: Listening = KNOWING_NOTHING) -> Spoken:
        return replace(super().transcribe(channels, listening=listening), tones=(Tones(0, 3.2, 3.6),))


class SeesSomething(PlainFinder):
    """A second look that is never content."""

    def residual(self, redacted: Transcript) -> Sequence[str]:  # noqa: ARG002
        return ["CREDIT_CARD"]


def run(
    out: Path,
    *files: Path,
    finder: SpanFinder | None = None,
    again: bool = False,
    jobs: int = 2,
    hearing: Callable[[Hearing], Hearing] = lambda one: one,
    policy: RedactionPolicy | None = None,
    **engine: Any,
) -> tuple[Batch, Seen]:
    chosen = policy or profile_policy()
    asked = Asked("scripted", None, finder is not None, {}, ("vtt",), chosen)
    heard_by = hearing(Hearing(WithTones(segments=(SAID,), **engine), finder, policy=chosen))
    seen = Seen()
    with OutFolder(out) as folder:
        batch = Batch(heard_by, asked, folder, seen, common_of(heard_by, asked, heard_by.load()), again)
        batch.run(files, jobs=jobs)
    return batch, seen


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def test_bad_files_fail_by_name_and_the_others_are_done(tmp_path: Path) -> None:
    good = recording(tmp_path / "good.wav")
    (tmp_path / "text.wav").write_text("no recording at all")
    (tmp_path / "zero.wav").write_bytes(b"")
    files = [tmp_path / "nothing.wav", tmp_path / "text.wav", good, tmp_path / "zero.wav"]
    batch, seen = run(tmp_path / "out", *files)
    assert (batch.tally.done, batch.tally.refused) == (1, 3)
    lines = [json.loads(line) for line in (tmp_path / "out" / "errors.jsonl").read_text().splitlines()]
    assert {(Path(one["file"]).name, one["reason"]) for one in lines} == {
        ("nothing.wav", "not_found"),
        ("text.wav", "not_audio"),
        ("zero.wav", "empty"),
    }
    assert all(one["message"].endswith(".") for one in lines)
    assert names(tmp_path / "out") == ["errors.jsonl", "good.json", "good.vtt"]
    assert seen.ended_as["good.wav"].startswith("done (0:04, en) → good.json")
    assert seen.shares
    assert all(0 <= share <= 1 for share in seen.shares)


def test_one_span_list_takes_the_item_out_of_words_subtitles_and_sound(tmp_path: Path) -> None:
    source = recording(tmp_path / "x.wav")
    run(tmp_path / "out", source, finder=PlainFinder())
    assert names(tmp_path / "out") == ["x.json", "x.redacted.wav", "x.vtt"]
    told = read(tmp_path / "out" / "x.json")
    assert told["redacted"] is True
    assert told["redactions"] == [{"type": "NUMBER_SEQUENCE", "channel": 0, "start": 1.0, "end": 1.8}]
    assert told["segments"][0]["text"] == "Call [NUMBER_SEQUENCE] please."
    for file in ("x.json", "x.vtt"):
        assert "0132" not in (tmp_path / "out" / file).read_text("utf-8")
    with wave.open(str(tmp_path / "out" / "x.redacted.wav")) as sound, wave.open(str(source)) as before:
        assert sound.getnframes() == before.getnframes()
        after = np.frombuffer(sound.readframes(32_000), "<i2")
        assert np.abs(after[8_000:14_400]).max() < 2_000, "the number"
        assert np.abs(after[25_600:28_800]).max() < 2_000, "the keys"
        assert np.array_equal(after[:4_000], np.frombuffer(before.readframes(4_000), "<i2"))


def test_a_policy_of_ones_own_says_how_words_and_sound_are_hidden(tmp_path: Path) -> None:
    source, out = recording(tmp_path / "x.wav"), tmp_path / "out"
    run(out, source, finder=PlainFinder())
    own = policy_of({"operators": {"NUMBER_SEQUENCE": "mask"}, "sound": "silence"})
    _, seen = run(out, source, finder=PlainFinder(), policy=own)
    assert seen.ended_as["x.wav"].startswith("done ("), "what another policy made is not left as it is"
    said = read(out / "x.json")["segments"][0]["text"]
    assert "0132" not in said
    assert "NUMBER_SEQUENCE" not in said
    with wave.open(str(out / "x.redacted.wav")) as sound:
        after = np.frombuffer(sound.readframes(32_000), "<i2")
    assert not after[8_000:14_400].any(), "silence, not a tone"


@pytest.mark.parametrize(
    ("finder", "engine", "reason"),
    [
        (SeesSomething(), {}, "residual_personal_data"),
        (PlainFinder(), {"language": "de"}, "language_unsupported"),
    ],
)
def test_what_cannot_be_redacted_leaves_nothing_but_the_reason(
    tmp_path: Path, finder: SpanFinder, engine: dict[str, Any], reason: str
) -> None:
    batch, _ = run(tmp_path / "out", recording(tmp_path / "x.wav"), finder=finder, **engine)
    assert batch.tally.refused == 1
    assert names(tmp_path / "out") == ["errors.jsonl"]
    (line,) = (tmp_path / "out" / "errors.jsonl").read_text().splitlines()
    assert json.loads(line)["reason"] == reason
    assert "0132" not in line


def test_sound_that_cannot_be_silenced_leaves_nothing_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def another(path: Path, **_: object) -> Any:
        return type("Recording", (), {"channels": (np.zeros(9, np.int16),) * 2, "sample_rate": 8_000})()

    monkeypatch.setattr("cli.speech.hearing.decode_guarded", another)
    run(tmp_path / "out", recording(tmp_path / "x.wav"), finder=PlainFinder())
    assert names(tmp_path / "out") == ["errors.jsonl"]
    assert "sound_not_silenced" in (tmp_path / "out" / "errors.jsonl").read_text()


def test_another_language_is_transcribed_when_nothing_is_to_be_redacted(tmp_path: Path) -> None:
    run(tmp_path / "out", recording(tmp_path / "x.wav"), language="de")
    assert read(tmp_path / "out" / "x.json")["language"] == "de"


def test_words_as_spoken_of_an_earlier_run_do_not_outlive_a_refused_redaction(tmp_path: Path) -> None:
    source = recording(tmp_path / "x.wav")
    run(tmp_path / "out", source)
    assert "0132" in (tmp_path / "out" / "x.vtt").read_text()
    run(tmp_path / "out", source, finder=SeesSomething())
    assert names(tmp_path / "out") == ["errors.jsonl"]


def test_what_is_finished_is_left_alone_until_it_is_asked_for_otherwise(tmp_path: Path) -> None:
    source, out = recording(tmp_path / "x.wav"), tmp_path / "out"

    def outcome(**how: Any) -> str:
        _, seen = run(out, source, **how)
        return seen.ended_as["x.wav"].split(" (")[0]

    assert [outcome(), outcome(), outcome(again=True)] == ["done", "done before", "done"]
    assert [outcome(finder=PlainFinder()), outcome(finder=PlainFinder())] == ["done", "done before"]
    (out / "x.vtt").unlink()
    assert outcome(finder=PlainFinder()) == "done", "a file beside it is missing"
    assert outcome(finder=PlainFinder(), language_probability=0.5) == "done before"
    assert outcome() == "done", "not redacted this time"
    assert names(out) == ["x.json", "x.vtt"], "and no sound of the redacted run stays beside"


def test_recordings_of_one_name_are_all_done_and_copies_once(tmp_path: Path) -> None:
    one = recording(tmp_path / "a" / "x.wav")
    two = recording(tmp_path / "b" / "x.wav", seed=2)
    copy = tmp_path / "c" / "x.wav"
    copy.parent.mkdir()
    copy.write_bytes(one.read_bytes())
    out = tmp_path / "out"
    with OutFolder(out) as folder:
        hearing, asked = Hearing(WithTones(segments=(SAID,))), Asked("scripted", None, redact=False, parties={})
        tally = Batch(hearing, asked, folder, _Ignoring(), common_of(hearing, asked, hearing.load()))
        tally.run([one, two, copy], jobs=3)
    assert (tally.tally.done, tally.tally.before, tally.tally.refused) == (2, 1, 0)
    hashes = {read(path)["source"]["sha256"] for path in out.glob("*.json")}
    assert len(hashes) == 2


class _Ignoring:
    def started(self, path: Path) -> Tell:  # noqa: ARG002
        return lambda _share: None

    def ended(self, path: Path, outcome: str) -> None:
        pass


class _Hearing(Hearing):
    """Counts how many files are heard at once; the second fails as nobody foresaw."""

    together: int = 0
    most: int = 0
    gate = threading.Barrier(2, timeout=20)

    def hear(self, path: Path, tell: Tell) -> Heard:  # noqa: ARG002
        if path.stem in {"0", "1"}:
            self.gate.wait()
        if path.stem == "1":
            raise RuntimeError("what was said: 415-555-0132")
        raise Refused("empty", f"{path.stem}.")


def test_files_are_worked_on_together_and_an_unforeseen_error_is_one_files_own(tmp_path: Path) -> None:
    files = [recording(tmp_path / f"{at}.wav", 0.01, seed=at) for at in range(5)]
    batch, seen = run(tmp_path / "out", *files, hearing=lambda one: _Hearing(one.engine), jobs=2)
    assert batch.tally.refused == 5
    assert "RuntimeError" in seen.ended_as["1.wav"]
    assert "0132" not in json.dumps(seen.ended_as) + (tmp_path / "out" / "errors.jsonl").read_text()


class _FullDisk(Hearing):
    def hear(self, path: Path, tell: Tell) -> Heard:  # noqa: ARG002
        raise CannotGoOn("The output folder cannot be written: No space left on device.")


def test_a_full_disk_ends_the_whole_run(tmp_path: Path) -> None:
    files = [recording(tmp_path / f"{at}.wav", 0.01, seed=at) for at in range(5)]
    with pytest.raises(CannotGoOn):
        run(tmp_path / "out", *files, hearing=lambda one: _FullDisk(one.engine))


def test_a_bar_only_goes_forward_and_is_never_full_before_the_end() -> None:
    shares = [share_of(passes / 10) for passes in range(80)]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1] < 1.0) == (0.0, True)

"""The folder of results: no name takes another recording's, no file is half there, nothing is left behind."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.speech.finding import hash_of, recordings_of
from cli.speech.folder import SCHEMA, OutFolder
from cli.speech.refusals import CannotGoOn, Refused, printable

ONE, TWO, THREE = ("1" * 64, "2" * 64, "3" * 64)
WAV = b"RIFF\x24\0\0\0WAVEfmt "


def document(sha256: str, **more: Any) -> dict[str, Any]:
    return {"schema": SCHEMA, "source": {"sha256": sha256}, **more}


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def put(folder: OutFolder, stem: str, sha256: str, *suffixes: str) -> str:
    """Publish a result with something beside it; return its name."""
    place = folder.claim(stem, sha256)
    with folder.workshop() as workshop:
        made = {}
        for suffix in suffixes:
            made[suffix] = workshop / suffix.strip(".")
            made[suffix].write_text(sha256)
        made[".json"] = workshop / "json"
        made[".json"].write_text(json.dumps(document(sha256, beside=list(suffixes))))
        folder.publish(place, made)
    return place.name


def test_two_recordings_of_one_name_get_two_names_in_the_order_given(tmp_path: Path) -> None:
    with OutFolder(tmp_path) as folder:
        assert put(folder, "x", ONE) == "x"
        assert put(folder, "X", TWO) == "X-222222222222", "file systems that ignore case exist"
        with pytest.raises(Refused) as refused:
            folder.claim("x", ONE)
        assert refused.value.reason == "same_recording"


def test_a_later_run_finds_each_recordings_own_results_again(tmp_path: Path) -> None:
    with OutFolder(tmp_path) as folder:
        put(folder, "x", ONE)
        put(folder, "x", TWO)
    with OutFolder(tmp_path) as folder:
        found = [folder.claim("x", sha256) for sha256 in (TWO, ONE, THREE)]
    assert [place.name for place in found] == ["x-222222222222", "x", "x-333333333333"]
    assert [place.earlier is not None for place in found] == [True, True, False]


@pytest.mark.parametrize("content", ["{}", "[]", "no json", '{"schema": "other"}', "[" * 100_000])
def test_somebody_elses_json_is_never_overwritten(tmp_path: Path, content: str) -> None:
    (tmp_path / "x.json").write_text(content)
    with OutFolder(tmp_path) as folder:
        assert put(folder, "x", ONE) == "x-111111111111"
    assert (tmp_path / "x.json").read_text() == content


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=255))
def test_any_name_of_a_file_gives_a_result_that_can_be_written(stem: str) -> None:
    if len(os.fsencode(stem)) > 255 or stem in {".", ".."}:
        return
    with tempfile.TemporaryDirectory() as made, OutFolder(Path(made)) as folder:
        name = put(folder, stem, ONE, ".redacted.opus")
        assert (Path(made) / f"{name}.redacted.opus").is_file()
        assert len(os.fsencode(f"{name}.redacted.opus")) <= 255


def test_a_finished_folder_holds_results_and_nothing_else(tmp_path: Path) -> None:
    with OutFolder(tmp_path / "new" / "deep") as folder:
        put(folder, "x", ONE, ".vtt", ".redacted.wav")
    assert names(tmp_path / "new" / "deep") == ["x.json", "x.redacted.wav", "x.vtt"]
    read = json.loads((tmp_path / "new" / "deep" / "x.json").read_bytes())
    assert read["beside"] == [".vtt", ".redacted.wav"]


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path) -> None:
    dead = OutFolder(tmp_path)
    dead.__enter__()
    with dead.workshop() as workshop:
        (workshop / "half").write_text("words")
        os.close(dead._lock)  # what the system does for a killed process
        with OutFolder(tmp_path):
            assert not workshop.exists()
    assert names(tmp_path) == []


def test_a_thread_that_outlives_the_run_puts_nothing_into_place(tmp_path: Path) -> None:
    with OutFolder(tmp_path) as folder:
        place = folder.claim("x", ONE)
    with pytest.raises(CannotGoOn):
        folder.publish(place, {})


def test_two_runs_never_write_to_one_folder_at_once(tmp_path: Path) -> None:
    with OutFolder(tmp_path), pytest.raises(CannotGoOn, match="Another run"), OutFolder(tmp_path):
        pass


def test_results_of_an_earlier_run_go_before_the_new_ones_come(tmp_path: Path) -> None:
    with OutFolder(tmp_path) as folder:
        put(folder, "x", ONE, ".vtt", ".srt")
    with OutFolder(tmp_path) as folder:
        put(folder, "x", ONE, ".vtt")
    assert names(tmp_path) == ["x.json", "x.vtt"], "no subtitle of another run stays"


def test_a_document_never_makes_us_delete_what_is_not_beside_it(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "kept").write_text("mine")
    earlier = document(ONE, beside=["/../../kept", ".vtt", 7])
    (tmp_path / "out" / "x.json").write_text(json.dumps(earlier))
    with OutFolder(tmp_path / "out") as folder:
        folder.remove_earlier(folder.claim("x", ONE))
    assert (tmp_path / "kept").exists()
    assert names(tmp_path / "out") == []


def test_a_full_disk_ends_the_run_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> Path:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with OutFolder(tmp_path) as folder:
        monkeypatch.setattr(Path, "replace", full)
        with pytest.raises(CannotGoOn, match="No space left on device"):
            put(folder, "x", ONE, ".vtt")
        monkeypatch.undo()
        with pytest.raises(CannotGoOn, match="No space left on device"), folder.writing():
            full()
    assert names(tmp_path) == []


def test_a_place_that_cannot_be_a_folder_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/nothing")):
        with pytest.raises(CannotGoOn, match="cannot be written"), OutFolder(path):
            pass


def test_failures_of_the_last_run_are_not_those_of_this_one(tmp_path: Path) -> None:
    with OutFolder(tmp_path) as folder:
        folder.note_failure(Path('a "b"\n.wav'), Refused("empty", "The recording is empty."))
        folder.note_failure(Path(os.fsdecode(b"\xff.wav")), Refused("empty", "The recording is empty."))
    lines = [json.loads(line) for line in (tmp_path / "errors.jsonl").read_text("utf-8").splitlines()]
    assert lines[0] == {"file": 'a "b"\n.wav', "reason": "empty", "message": "The recording is empty."}
    assert lines[1]["file"] == "\\xff.wav"
    with OutFolder(tmp_path):
        pass
    assert names(tmp_path) == []


def test_a_folder_means_its_recordings_and_neither_hidden_files_nor_results(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for name in ("b.bin", "a/c.wav", ".hidden.wav", "out/x.wav", "x.redacted.wav", "x.redacted.opus"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(WAV)
    (tmp_path / "notes.txt").write_text("no recording")
    (tmp_path / "empty.wav").write_bytes(b"")
    found = recordings_of([tmp_path, tmp_path / "a" / "c.wav"], out=out)
    assert [str(one.relative_to(tmp_path)) for one in found] == ["a/c.wav", "b.bin", "empty.wav"]


def test_a_folder_without_a_recording_is_refused_by_its_name(tmp_path: Path) -> None:
    assert recordings_of([tmp_path], out=None) == [tmp_path]
    with pytest.raises(Refused, match="no recording"):
        hash_of(tmp_path)


def test_what_is_no_file_is_refused_before_anything_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "loop.wav").symlink_to(tmp_path / "loop.wav")
    reasons = []
    for name in ("pipe.wav", "nothing.wav", "loop.wav", "n" * 300, "nul\0.wav"):
        with pytest.raises(Refused) as refused:
            hash_of(tmp_path / name)
        reasons.append(refused.value.reason)
    assert reasons == ["not_a_file", "not_found", "unreadable", "unreadable", "unreadable"]


def test_a_name_cannot_move_the_cursor_of_a_terminal() -> None:
    shown = printable(Path("a\n\x1b[2J\u202egnp.wav"))
    assert shown == "a\\n\\x1b[2J\\u202egnp.wav"
    assert printable(Path("Gespräch मुंबई.wav")) == "Gespräch मुंबई.wav"

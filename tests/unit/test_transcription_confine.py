"""What the child has taken from itself, and what lies on the disk: tried in a process of its own."""

import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.decode_guard import hear_guarded
from transcription.scratch import FileSound, Scratch, SealedSink, new_key

ROOT = Path(__file__).parents[2]
CALL = ROOT / "samples" / "card_payment.wav"
FILTERED = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in {"x86_64", "aarch64"}, reason="no filter for this machine"
)
ACTS = {
    "a file": "open('/etc/hostname')",
    "a new file": "open('callward-left-behind', 'w')",
    "a socket": "socket.socket()",
    "a program": "os.execv('/bin/true', ['true'])",
    "a child": "os.fork()",
    "a deletion": "os.unlink('/nonexistent')",
    "a signal": "os.kill(os.getppid(), 0)",
}


def alone(code: str) -> str:
    program = f"import os, socket\nfrom transcription import confine\n{code}"
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True).stdout


@FILTERED
@pytest.mark.parametrize("act", ACTS)
def test_after_the_filter_nothing_can_be_reached(act: str) -> None:
    tried = f"try:\n    {ACTS[act]}\nexcept PermissionError: print('refused')\n"
    assert alone(f"assert confine.shut_in()\n{tried}") == "refused\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_a_child_ends_with_its_parent() -> None:
    child = (
        "import os, time; from transcription import confine; confine.end_with_parent(os.getppid());"
        "print(os.getpid(), flush=True); time.sleep(60)"
    )
    parent = (
        f"import os, subprocess, sys; c = subprocess.Popen([sys.executable, '-c', {child!r}], stdout=subprocess.PIPE);"
        "os.write(1, c.stdout.readline()); os._exit(0)"
    )
    shown = subprocess.run([sys.executable, "-c", parent], cwd=ROOT, capture_output=True, text=True, check=True)
    pid = int(shown.stdout)
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split()[2]:
            return
        time.sleep(0.05)
    pytest.fail("the child outlived its parent")


def test_what_lies_on_the_disk_cannot_be_read(tmp_path: Path) -> None:
    heard = hear_guarded(CALL, max_duration_s=600.0, scratch=tmp_path)
    sound = heard.sounds[0]
    assert isinstance(sound, FileSound)
    raw = os.pread(sound.scratch.file.fileno(), 1_000_000, 0)
    clear = sound.scratch.read(0, 250_000)
    assert len(raw) == len(clear)
    counts = np.bincount(np.frombuffer(raw, np.uint8), minlength=256)
    assert counts.max() < 1.1 * counts.mean()  # a call's own bytes are far from even
    assert np.bincount(np.frombuffer(clear, np.uint8), minlength=256).max() > 2 * counts.mean()
    assert list(tmp_path.iterdir()) == []


@given(st.lists(st.tuples(st.integers(-50, 1_100), st.integers(-50, 1_100)), max_size=20), st.integers(1, 2))
def test_any_piece_is_what_the_whole_has_there(pieces: list[tuple[int, int]], channels: int) -> None:
    key, samples = new_key(), np.arange(1_000 * channels, dtype=np.int16).reshape(-1, channels) * np.int16(7)
    with tempfile.TemporaryFile() as file:
        sink = SealedSink(file, key)
        for at in range(0, 1_000, 77):
            sink.write(samples[at : at + 77].tobytes())
        file.flush()
        sound = FileSound(Scratch(file, key, channels, 1_000), channels - 1, 2.0)
        assert len(sound) == 1_000
        for start, stop in pieces:
            expected = samples[max(0, start) : max(0, stop), channels - 1] * 2.0 / 32_768
            assert np.allclose(sound.read(start, stop), expected)


def test_a_scratch_file_is_closed_with_its_last_sound() -> None:
    heard = hear_guarded(CALL, max_duration_s=600.0)
    sound = heard.sounds[0]
    assert isinstance(sound, FileSound)
    number = sound.scratch.file.fileno()
    del heard, sound
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(number)

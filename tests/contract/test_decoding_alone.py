"""The decoding child calls nobody: a listener that a file names is never called."""

import io
import socket

import pytest

from transcription.decode_guard import hear_guarded
from transcription.errors import NotAudio


def test_an_address_in_a_file_is_never_called() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/a".encode()
        for content in (b"#EXTM3U\n#EXTINF:1,\n" + address + b"\n", b"ffconcat version 1.0\nfile '" + address + b"'\n"):
            with pytest.raises(NotAudio):
                hear_guarded(io.BytesIO(content), max_duration_s=60.0)
        with pytest.raises(TimeoutError):
            server.accept()

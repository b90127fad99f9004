"""Decoded sound on a disk that nobody else can read: an unlinked file, enciphered with a key that only lives in memory.

AES-256 in counter mode may be read from any place, and one key writes one file once, so no counter is used twice. It
hides what is said from whoever gets at the disk; it does not prove that nobody changed it.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from typing import IO, BinaryIO

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from transcription.audio import levelled
from transcription.errors import RecordingError
from transcription.sound import Samples

KEY_BYTES = 32
_CIPHER_BLOCK = 16
_SAMPLE_BYTES = 2


def new_key() -> bytes:
    """Return a key for one file."""
    return secrets.token_bytes(KEY_BYTES)


def _stream(key: bytes, block: int) -> CipherContext:
    return Cipher(AES(key), CTR(block.to_bytes(_CIPHER_BLOCK, "big"))).encryptor()


class SealedSink:
    """Writes bytes enciphered, from the file's beginning on."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        self._file, self._cipher = file, _stream(key, 0)

    def write(self, content: bytes) -> int:
        """Write all of it."""
        return self._file.write(self._cipher.update(content))


@dataclass(frozen=True, slots=True)
class Scratch:
    """A sealed file of interleaved int16 samples with `channels` channels; closed when the last sound is dropped."""

    file: IO[bytes]
    key: bytes = field(repr=False)
    channels: int
    samples: int

    def __del__(self) -> None:
        self.file.close()

    def read(self, start: int, stop: int) -> bytes:
        """Return the clear bytes of samples [start, stop) of all channels. Safe from several threads at once."""
        width = self.channels * _SAMPLE_BYTES
        first, end = start * width, stop * width
        block, lead = divmod(first, _CIPHER_BLOCK)
        sealed = os.pread(self.file.fileno(), end - first + lead, first - lead)
        if len(sealed) != end - first + lead:
            raise RecordingError
        return _stream(self.key, block).update(sealed)[lead:]


@dataclass(frozen=True, slots=True)
class FileSound:
    """One channel of a scratch file at SAMPLE_RATE, with its gain."""

    scratch: Scratch
    channel: int
    gain: float

    def __len__(self) -> int:
        """Return how many samples there are."""
        return self.scratch.samples

    def read(self, start: int, stop: int) -> Samples:
        """Return a copy of samples [start, stop), cut to what is there; the channel's gain is applied."""
        first, end = max(0, start), min(len(self), stop)
        if end <= first:
            return np.zeros(0, np.float32)
        samples = np.frombuffer(self.scratch.read(first, end), np.int16).reshape(-1, self.scratch.channels)
        return levelled(samples[:, self.channel], self.gain)

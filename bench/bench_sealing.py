"""Sealing and opening objects: our chunks beside one plain AES-GCM call, and a range beside the whole."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.sealing import CHUNK_BYTES, SEALED_CHUNK_BYTES, ObjectSealer, SealingWriter

SIZE = 64 * 1024 * 1024
PIECE = 1024 * 1024
ROUNDS = 5


def best(work: Callable[[], object]) -> float:
    """Return the shortest of several runs, in seconds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def main() -> None:
    """Print throughputs and ratios."""
    content = os.urandom(SIZE)
    plain = AESGCM(os.urandom(32))
    sealer = ObjectSealer(os.urandom(32), "obj_bench")

    def seal_ours() -> bytes:
        writer = SealingWriter(sealer)
        out = bytearray()
        for at in range(0, SIZE, PIECE):
            out += writer.feed(content[at : at + PIECE])
        return bytes(out + writer.finish())

    sealed = seal_ours()
    chunks = SIZE // CHUNK_BYTES

    def open_ours() -> None:
        for number in range(chunks):
            piece = sealed[number * SEALED_CHUNK_BYTES : (number + 1) * SEALED_CHUNK_BYTES]
            sealer.open_chunk(number, piece, last=number == chunks - 1)

    whole = plain.encrypt(b"\0" * 12, content, None)
    rows = {
        "seal": (best(seal_ours), best(lambda: plain.encrypt(b"\0" * 12, content, None))),
        "open": (best(open_ours), best(lambda: plain.decrypt(b"\0" * 12, whole, None))),
        "open 64 KiB in the middle": (
            best(lambda: sealer.open_chunk(9, sealed[9 * SEALED_CHUNK_BYTES : 10 * SEALED_CHUNK_BYTES], last=False)),
            best(lambda: plain.decrypt(b"\0" * 12, whole, None)),
        ),
    }
    print(f"{SIZE >> 20} MiB, best of {ROUNDS}")
    for name, (ours, peer) in rows.items():
        print(
            f"{name:<28} ours {ours * 1000:9.2f} ms   one AES-GCM call {peer * 1000:9.2f} ms   ratio {ours / peer:8.4f}"
        )


if __name__ == "__main__":
    main()

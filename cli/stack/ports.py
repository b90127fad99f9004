"""Ports of a stack: one block per stack, free when taken, all on loopback.

SeaweedFS opens port P + 10000 (gRPC) beside each port P it is given, so a block of P lies in 11000..20979 and its twins
in 21000..30979: the two never meet, and both stay below the range (32768 and up on Linux) from which the kernel hands
out ports to outgoing connections. A block is claimed with a lock file, so that stacks started in the same second do not
choose the same one.
"""

from __future__ import annotations

import fcntl
import os
import random
import socket
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from cli.stack.errors import StackError
from cli.stack.files import PRIVATE_FILE, private_folder

LOOPBACK = "127.0.0.1"
GRPC_OFFSET = 10_000
FIRST_PORT = 11_000
BLOCK = 20
BLOCKS = 499
NAMES = ("mongo", "broker", "api", "s3", "s3_master", "s3_volume", "s3_filer", "s3_admin")
"""Each part's port, in the order in which it lies in the block. The s3 ones have a gRPC twin."""
_TRIES = 60


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of one stack, by name; `block` is where they were taken from."""

    block: int
    by_name: Mapping[str, int]

    def __getitem__(self, name: str) -> int:
        """The port of that name."""
        return self.by_name[name]

    def listening(self) -> list[int]:
        """Every port the stack opens, the gRPC twins included."""
        twins = [port + GRPC_OFFSET for name, port in self.by_name.items() if name.startswith("s3")]
        return sorted([*self.by_name.values(), *twins])


def ports_of(block: int, overrides: Mapping[str, int] | None = None) -> Ports:
    """The ports of a block, with the caller's own choices put in place.

    Raises:
        StackError: for a name that is no port of ours, or an S3 port without room for its gRPC twin.
    """
    chosen = {name: FIRST_PORT + block * BLOCK + index for index, name in enumerate(NAMES)}
    for name, port in (overrides or {}).items():
        if name not in chosen:
            raise StackError(f"there is no port named {name!r}; the names are {', '.join(NAMES)}")
        top = 65535 - (GRPC_OFFSET if name.startswith("s3") else 0)
        if not 1 <= port <= top:
            raise StackError(f"the {name} port must lie between 1 and {top}, not {port}")
        chosen[name] = port
    return Ports(block, MappingProxyType(chosen))


def is_free(port: int) -> bool:
    """Whether something could listen on this loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def busy(ports: Iterable[int]) -> list[int]:
    """Those of the ports that something listens on already."""
    return [port for port in ports if not is_free(port)]


class BlockClaim:
    """A block of ports held by this process until `release`, or until the process ends."""

    def __init__(self, ports: Ports, fd: int) -> None:
        self.ports = ports
        self._fd = fd

    def release(self) -> None:
        """Let another stack have the block. Safe to call twice."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def claim_ports(preferred_block: int | None = None, overrides: Mapping[str, int] | None = None) -> BlockClaim:
    """Claim the preferred block if it is free, else any free one.

    Raises:
        StackError: when a port the caller chose is busy, or no block is free.
    """
    taken = busy((overrides or {}).values())
    if taken:
        raise StackError(
            f"port {taken[0]} on {LOOPBACK} is in use by another program; choose another, or stop that one"
        )
    first = [] if preferred_block is None else [preferred_block]
    for block in [*first, *random.sample(range(BLOCKS), _TRIES)]:
        claim = _try_block(block, overrides)
        if claim is not None:
            return claim
    raise StackError(f"found no free block of {BLOCK} ports between {FIRST_PORT} and {FIRST_PORT + BLOCKS * BLOCK}")


def _try_block(block: int, overrides: Mapping[str, int] | None) -> BlockClaim | None:
    ports = ports_of(block, overrides)
    folder = private_folder(Path(tempfile.gettempdir()) / f"callward-ports-{os.getuid()}")
    fd = os.open(folder / str(block), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        return None
    if busy(ports.listening()):
        os.close(fd)
        return None
    return BlockClaim(ports, fd)

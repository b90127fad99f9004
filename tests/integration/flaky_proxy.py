"""A bad network in front of a server: connections that are cut after some bytes, refused, or answered by nobody."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class FlakyProxy:
    """Forwards TCP to a port on this machine and cuts connections as its dice say; the same seed, the same network."""

    target: int
    seed: int
    cut_chance: float = 0.5
    cut_after: tuple[int, int] = (0, 3_000_000)
    cuts: int = 0
    port: int = 0
    _dice: random.Random = field(init=False)
    _listener: socket.socket = field(init=False)
    _open: list[socket.socket] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Listen."""
        self._dice = random.Random(self.seed)  # noqa: S311 - a network for tests
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Stop listening and cut what is open."""
        self._listener.close()
        for one in self._open:
            with contextlib.suppress(OSError):
                one.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            budget = self._dice.randint(*self.cut_after) if self._dice.random() < self.cut_chance else None
            threading.Thread(target=self._carry, args=(client, budget), daemon=True).start()

    def _carry(self, client: socket.socket, budget: int | None) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            client.close()
            return
        self._open += [client, server]
        back = threading.Thread(target=self._pump, args=(server, client, None), daemon=True)
        back.start()
        self._pump(client, server, budget)

    def _pump(self, source: socket.socket, sink: socket.socket, budget: int | None) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65_536):
                if budget is not None:
                    budget -= len(piece)
                    if budget <= 0:
                        self.cuts += 1
                        break
                sink.sendall(piece)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@contextlib.contextmanager
def flaky(target: int, *, seed: int, **dice: float) -> Iterator[FlakyProxy]:
    """Run a proxy until the block ends."""
    proxy = FlakyProxy(target, seed, **dice)  # type: ignore[arg-type] # chances are floats
    try:
        yield proxy
    finally:
        proxy.close()

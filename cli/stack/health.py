"""Questions put to a part to see whether it serves: each answers None, or a sentence about what is still missing."""

from __future__ import annotations

import http.client
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cli.stack.logs import read_since
from cli.stack.ports import LOOPBACK

TIMEOUT_S = 2.0
_HTTP_OK = range(200, 300)


@dataclass(frozen=True, slots=True)
class Started:
    """What is known of a part that was started: enough to ask how it is."""

    pid: int
    uptime_s: float
    log: Path
    log_offset: int


Question = Callable[[Started], str | None]


def answers_tcp(port: int) -> Question:
    """Whether the port takes connections."""

    def ask(_: Started) -> str | None:
        try:
            socket.create_connection((LOOPBACK, port), timeout=TIMEOUT_S).close()
        except OSError as error:
            return f"port {port} takes no connection ({error.strerror or error})"
        return None

    return ask


def answers_http(port: int, path: str) -> Question:
    """Whether a GET of the path is answered with a 2xx."""

    def ask(_: Started) -> str | None:
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=TIMEOUT_S)
        try:
            connection.request("GET", path)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            return f"http://{LOOPBACK}:{port}{path} does not answer ({type(error).__name__})"
        finally:
            connection.close()
        return None if status in _HTTP_OK else f"http://{LOOPBACK}:{port}{path} answers {status}"

    return ask


def answers_redis(port: int, password: str) -> Question:
    """Whether Redis lets us in and answers PING (it says LOADING while it reads its log)."""

    def ask(_: Started) -> str | None:
        words = f"AUTH {password}\r\nPING\r\nQUIT\r\n".encode()
        try:
            with socket.create_connection((LOOPBACK, port), timeout=TIMEOUT_S) as connection:
                connection.sendall(words)
                with connection.makefile("rb") as answers:
                    lines = [answers.readline().strip() for _ in range(2)]
        except OSError as error:
            return f"redis on port {port} does not answer ({error.strerror or error})"
        return None if lines == [b"+OK", b"+PONG"] else f"redis says {lines[-1].decode(errors='replace')[:80]!r}"

    return ask


def has_logged(pattern: str) -> Question:
    """Whether the part wrote a line matching the pattern since it was started."""
    wanted = re.compile(pattern)

    def ask(started: Started) -> str | None:
        found = wanted.search(read_since(started.log, started.log_offset))
        return None if found else f"its log does not say {pattern!r} yet"

    return ask


def stays_up(seconds: float) -> Question:
    """Whether the part has run for so long."""

    def ask(started: Started) -> str | None:
        return None if started.uptime_s >= seconds else f"up for {started.uptime_s:.1f} s of {seconds:.1f} s"

    return ask

"""The broker: a redis-server of our own, append-only, behind a password. It is a wake-up, never the source of truth."""

from __future__ import annotations

from cli.stack.binaries import REDIS, find
from cli.stack.files import write_private
from cli.stack.health import answers_redis
from cli.stack.layout import Layout
from cli.stack.parts import Part, bare_environment
from cli.stack.ports import LOOPBACK

NAME = "broker"

_CONFIGURATION = """\
bind {host}
port {port}
protected-mode yes
requirepass {password}
daemonize no
dir {folder}
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
databases 16
loglevel notice
"""


def broker_url(port: int, password: str) -> str:
    """The broker's address as Celery takes it."""
    return f"redis://:{password}@{LOOPBACK}:{port}/0"


def broker_part(layout: Layout, port: int, password: str) -> Part:
    """The redis-server of this data folder. The password stands in a private file, not on the command line."""
    folder = layout.folder("broker")
    configuration = folder / "redis.conf"
    text = _CONFIGURATION.format(host=LOOPBACK, port=port, password=password, folder=_quoted(str(folder)))
    write_private(configuration, text, durable=False)
    return Part(
        name=NAME,
        argv=(str(find(REDIS).path), str(configuration)),
        env=bare_environment(folder),
        cwd=folder,
        log=layout.log(NAME),
        question=answers_redis(port, password),
        hint=f"If its append-only file is damaged, stop the stack and move {folder / 'appendonly.aof'} aside: "
        "messages are sent again from MongoDB.",
    )


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

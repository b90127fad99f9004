"""Files of invented calls as Asterisk writes them."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

START = datetime(2026, 11, 20, 9, 0, 0)  # noqa: DTZ001 - local, as in the file


def asterisk_line(number: int, *, start: datetime | None = None, unique: str | None = None) -> str:
    """One row of cdr_csv with uniqueid."""
    begun = start or START + timedelta(seconds=7 * number)
    answered, ended = begun + timedelta(seconds=4), begun + timedelta(seconds=34)
    caller, callee = f"+447700900{number % 1000:03}", f"+1415555{100 + number % 100:04}"
    fields = (
        "acme",
        caller,
        callee,
        "from-trunk",
        f'""Ravi Kumar"" <{caller}>',
        f"PJSIP/ravi-{number:08x}",
        f"PJSIP/trunk-{number:08x}",
        "Dial",
        f"PJSIP/{callee}@trunk",
        f"{begun:%Y-%m-%d %H:%M:%S}",
        f"{answered:%Y-%m-%d %H:%M:%S}",
        f"{ended:%Y-%m-%d %H:%M:%S}",
    )
    quoted = ",".join(f'"{field}"' for field in fields)
    return f'{quoted},34,30,"ANSWERED","DOCUMENTATION","{unique or f"{1_795_000_000 + 7 * number}.{number}"}",""\n'


def asterisk_file(count: int, *, first: int = 0) -> bytes:
    """That many calls."""
    return "".join(asterisk_line(number) for number in range(first, first + count)).encode()


def shuffled(content: bytes, seed: int = 1) -> bytes:
    """The same lines in another order."""
    lines = content.splitlines(keepends=True)
    random.Random(seed).shuffle(lines)  # noqa: S311 - an order, not a secret
    return b"".join(lines)

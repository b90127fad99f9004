"""Reading small files in tests: text in, rows and rejections out, with every line of the file accounted for."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ingest.formats.joining import joined
from ingest.formats.options import ParseOptions
from ingest.formats.reading import Input
from ingest.formats.record import CallRecord, Rejection, Row
from ingest.formats.registry import load_format

ROOT = Path(__file__).resolve().parent.parent
TELEPHONY = ROOT.parent / "shared" / "samples" / "telephony"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BERLIN = ParseOptions(zone=ZoneInfo("Europe/Berlin"), region="GB", now=NOW)
IN_UTC = replace(BERLIN, zone=ZoneInfo("UTC"))
NO_ZONE = replace(BERLIN, zone=None)


def sample(name: str) -> bytes:
    """Return a real sample, or skip the test where the developer set is not there."""
    path = TELEPHONY / name
    if not path.exists():
        pytest.skip("the shared samples are not here")
    return path.read_bytes()


def read_bytes(name: str, content: bytes, options: ParseOptions = BERLIN) -> tuple[list[Row], list[Rejection]]:
    """Return the rows and the rejections of a file."""
    items = list(load_format(name).read(Input(io.BytesIO(content), options.limits), options))
    return (
        [item for item in items if isinstance(item, Row)],
        [item for item in items if isinstance(item, Rejection)],
    )


def read_text(name: str, text: str, options: ParseOptions = BERLIN) -> tuple[list[Row], list[Rejection]]:
    """Return the rows and the rejections of a text file."""
    return read_bytes(name, text.encode(), options)


def one_row(name: str, text: str, options: ParseOptions = BERLIN) -> Row:
    """Return the one row of a file without rejections."""
    rows, rejections = read_text(name, text, options)
    assert rejections == []
    assert len(rows) == 1
    return rows[0]


def reasons(rejections: Sequence[Rejection]) -> list[tuple[int, str]]:
    """Return where rows were refused and why."""
    return [(one.raw_line, one.reason) for one in rejections]


def calls_of(name: str, content: bytes, options: ParseOptions = BERLIN) -> list[CallRecord]:
    """Return the calls of a file without rejections."""
    items = list(joined(load_format(name).read(Input(io.BytesIO(content)), options)))
    calls = [item for item in items if isinstance(item, CallRecord)]
    assert len(calls) == len(items)
    return calls

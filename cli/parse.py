"""`callward parse`: any call log, CDR, callback, SIPREC or vCon file as normalised JSON lines, without a server."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
import yaml

from domain.errors import CallwardError
from ingest.formats.errors import FileRefused
from ingest.formats.joining import join, joined
from ingest.formats.mapping import mapping_from
from ingest.formats.options import ParseOptions
from ingest.formats.reading import Input
from ingest.formats.record import CallRecord, Rejection, to_json
from ingest.formats.registry import NAMES, Format, detect, load_format

ALL_LANDED: Final = 0
NO_FORMAT: Final = 2
SOME_REJECTED: Final = 3
_STDIN: Final = "-"
_HELD_IN_MEMORY: Final = 16 * 1024 * 1024


def _zone(name: str | None) -> str | None:
    """Refuse an unknown zone before the file is touched."""
    if name is not None:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise typer.BadParameter("unknown zone; write one of the IANA database such as Asia/Kolkata") from None
    return name


def _format(name: str) -> str:
    if name not in ("auto", *NAMES):
        raise typer.BadParameter(f"no such format; there are: auto, {', '.join(NAMES)}")
    return name


def _region(name: str | None) -> str | None:
    if name is not None and not (len(name) == 2 and name.isascii() and name.isalpha()):  # noqa: PLR2004 - ISO 3166
        raise typer.BadParameter("write the region as two letters such as IN")
    return name.upper() if name else None


def read_mapping(path: Path | None) -> dict[str, Any] | None:
    """Return a mapping file (YAML or JSON) as data. Raises typer.BadParameter with what is wrong in it."""
    if path is None:
        return None
    try:
        document = yaml.safe_load(path.read_text("utf-8"))
        mapping_from(document)
    except (yaml.YAMLError, UnicodeDecodeError):
        raise typer.BadParameter("the mapping file is neither YAML nor JSON") from None
    except (CallwardError, ValueError) as error:
        raise typer.BadParameter(str(error)) from None
    found: dict[str, Any] = document
    return found


def parse(
    file: Annotated[Path, typer.Argument(help="The file, plain, gzip or zstd; - reads the standard input.")],
    format_: Annotated[
        str, typer.Option("--format", help=f"auto, or one of: {', '.join(NAMES)}.", callback=_format)
    ] = "auto",
    zone: Annotated[
        str | None, typer.Option(help="Zone of local times in the file, such as Asia/Kolkata.", callback=_zone)
    ] = None,
    region: Annotated[
        str | None, typer.Option(help="Country of national numbers, such as IN.", callback=_region)
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Columns of a generic CSV file (YAML or JSON).")
    ] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of text files.")] = "utf-8",
    own_numbers: Annotated[
        str | None, typer.Option(help="Regular expression of the company's own numbers; tells inbound from outbound.")
    ] = None,
    currency: Annotated[str | None, typer.Option(help="ISO 4217 currency of charges that name none.")] = None,
) -> None:
    """Print one normalised call a line (JSON); refused rows go to the standard error, as JSON lines too.

    Exit status: 0 when all rows landed, 3 when some were refused, 2 when the file is none of the formats.
    """
    options = ParseOptions(
        zone=ZoneInfo(zone) if zone else None,
        region=region,
        encoding=encoding,
        mapping=read_mapping(mapping),
        currency=currency,
        own_numbers=own_numbers,
        now=datetime.now(UTC),
    )
    with _opened(file) as raw:
        raise typer.Exit(_parse(raw, format_, options))


def _opened(file: Path) -> AbstractContextManager[BinaryIO]:
    if str(file) == _STDIN:
        return nullcontext(sys.stdin.buffer)
    if not file.is_file():
        raise typer.BadParameter("there is no such file")
    return file.open("rb")


def _parse(raw: BinaryIO, name: str, options: ParseOptions) -> int:
    printed = Printed()
    try:
        source = Input(raw, options.limits)
        format_ = detect(source.head, options) if name == "auto" else load_format(name)
        printed.all(_calls(format_, source, options), hold=format_.totals)
    except FileRefused as refusal:
        printed.refused(refusal.reason, refusal.message)
        return SOME_REJECTED if printed.calls or refusal.reason == "control_totals" else NO_FORMAT
    except CallwardError as error:
        known = error.fields.get("candidates") or error.fields.get("known")
        printed.refused(error.code, f"{error.message}{f' ({known})' if known else ''}")
        return NO_FORMAT
    return SOME_REJECTED if printed.rejected else ALL_LANDED


def _calls(format_: Format, source: Input, options: ParseOptions) -> Iterator[CallRecord | Rejection]:
    rows = format_.read(source, options)
    if format_.joins:
        return joined(rows)
    return (item if isinstance(item, Rejection) else join([item]) for item in rows)


class Printed:
    """Calls to the standard output, refusals to the standard error; counts both."""

    def __init__(self) -> None:
        self.calls = 0
        self.rejected = 0

    def all(self, items: Iterator[CallRecord | Rejection], *, hold: bool) -> None:
        """Print everything; with `hold` no call before the last row was read without a refusal of the whole file."""
        if not hold:
            self._each(items, sys.stdout.buffer)
            return
        with tempfile.SpooledTemporaryFile(max_size=_HELD_IN_MEMORY) as held:
            held_calls = self._counted_apart(items, held)
            held.seek(0)
            shutil.copyfileobj(held, sys.stdout.buffer)
            self.calls = held_calls
            sys.stdout.buffer.flush()

    def _counted_apart(self, items: Iterator[CallRecord | Rejection], held: Any) -> int:
        try:
            self._each(items, held)
        finally:
            calls, self.calls = self.calls, 0
        return calls

    def _each(self, items: Iterator[CallRecord | Rejection], out: Any) -> None:
        for item in items:
            if isinstance(item, Rejection):
                self.rejected += item.rows
                sys.stderr.buffer.write(to_json(item) + b"\n")
            else:
                self.calls += 1
                out.write(to_json(item) + b"\n")
        out.flush()
        sys.stderr.buffer.flush()

    def refused(self, reason: str, message: str) -> None:
        """Print why the whole file is refused."""
        sys.stdout.buffer.flush()
        line = json.dumps({"raw_line": 0, "reason": reason, "message": message}, ensure_ascii=False)
        sys.stderr.buffer.write(line.encode() + b"\n")
        sys.stderr.buffer.flush()

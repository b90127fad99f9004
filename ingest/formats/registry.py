"""The list of formats. Each is a module of this package with one `FORMAT`; modules are loaded when they are needed."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ingest.formats.errors import UnknownFormat
from ingest.formats.options import ParseOptions
from ingest.formats.record import CallRecord, Rejection, Row

if TYPE_CHECKING:
    from ingest.formats.reading import Input

HEAD_BYTES = 64 * 1024
"""How much of the file a format sees to recognise itself."""


class Reader(Protocol):
    """Reads a whole input, row by row."""

    def __call__(self, source: Input, options: ParseOptions) -> Iterator[Row | Rejection]:
        """Yield rows and rejections in the file's order; every row of the file is in exactly one of them.

        Raises:
            FileRefused: nothing of the file may land (control totals, entities in XML, a bomb).
            UnknownFormat: the file is not of this format.
            ZoneNeeded: local times, and `options.zone` is None.
        """
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Attributes:
        name: as `--format` and `?format=` take it.
        title: for people.
        read: the reader.
        recognise: given the first 64 KiB (decompressed), how sure it is from 0.0 (not mine) to 1.0 (only mine).
        joins: several rows of a file may be one call.
        needs_zone: times in the data are local (always, sometimes says the module's own check).
        totals: the file carries control totals: nothing lands before the last row has been read.
        join: makes the call of its rows where the rows are events rather than legs; must be a pure function of the
            *set* of rows (order-free, duplicates harmless: start from `joining.winners`). None: `joining.join_legs`.
    """

    name: str
    title: str
    read: Reader
    recognise: Callable[[bytes], float]
    joins: bool = False
    needs_zone: bool = False
    totals: bool = False
    join: Callable[[Sequence[Row]], CallRecord] | None = None


NAMES: tuple[str, ...] = (
    "asterisk_csv",
    "asterisk_cel",
    "freeswitch_json",
    "freeswitch_xml",
    "freeswitch_csv",
    "sip_acc",
    "cgrates_csv",
    "cgrates_json",
    "broadworks_xml",
    "fixed_width",
    "cucm",
    "csv_mapping",
    "android_xml",
    "bcr",
    "vcon",
    "siprec",
    "provider_events",
)
"""Every format, by name; the module of each has the same name."""

SURE_ENOUGH = 0.5


def load_format(name: str) -> Format:
    """Return a format by name. Raises UnknownFormat."""
    if name not in NAMES:
        raise UnknownFormat("there is no format of this name", known=", ".join(NAMES))
    found: Format = importlib.import_module(f"ingest.formats.{name}").FORMAT
    return found


def detect(head: bytes, options: ParseOptions) -> Format:
    """Return the format that recognises itself best; generic CSV when none does and the source has a mapping.

    Raises:
        UnknownFormat: none does, or two do equally.
    """
    sure = sorted(((found.recognise(head), found.name, found) for found in map(load_format, NAMES)), reverse=True)
    best, second = sure[0], sure[1]
    if best[0] < SURE_ENOUGH:
        if options.mapping is not None:
            return load_format("csv_mapping")
        raise UnknownFormat("the file is none of the formats", known=", ".join(NAMES))
    if best[0] == second[0]:
        raise UnknownFormat("the file may be one of two formats; name it", candidates=f"{best[1]}, {second[1]}")
    return best[2]

"""FreeSWITCH mod_xml_cdr: one `<cdr>` document per leg, its values percent-encoded by default.

Files put one after the other, or into one element, are read too. Read with `ingest.formats.freeswitch_leg`, which says
how legs meet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from ingest.formats.building import built
from ingest.formats.errors import RowError
from ingest.formats.freeswitch_leg import decoded, leg_row
from ingest.formats.options import ParseOptions
from ingest.formats.reading import Input
from ingest.formats.record import Rejection, Row
from ingest.formats.registry import Format
from ingest.formats.xml_in import Node
from ingest.formats.xml_records import records

_NAME: Final = "freeswitch_xml"
_CDR: Final = re.compile(rb"<cdr[\s>]")


def read(source: Input, options: ParseOptions) -> Iterator[Row | Rejection]:
    """Yield a row for each `<cdr>`."""
    for one in records(source, {"cdr"}):
        if isinstance(one, Rejection):
            yield one
        else:
            yield built(partial(_row, one, options), options, line=one.line, raw=one.raw)


def _row(node: Node, options: ParseOptions) -> Row:
    variables = node.first("variables")
    if variables is None:
        raise RowError("xml", "the element has no variables; it is no record of mod_xml_cdr")
    return leg_row(_NAME, _decoded(variables), _flows(node), node.line, options)


def _decoded(node: Node | None) -> dict[str, str]:
    return {} if node is None else decoded(node.texts())


def _flows(node: Node) -> list[tuple[Mapping[str, str], Mapping[str, str]]]:
    """Return (caller profile, times) of each step through the dial plan, the latest first."""
    return [(_decoded(step.first("caller_profile")), _decoded(step.first("times"))) for step in node.every("callflow")]


def recognise(head: bytes) -> float:
    """Say how sure it is that this is mod_xml_cdr."""
    if not _CDR.search(head) or b"<variables>" not in head:
        return 0.0
    return 1.0 if b"<channel_data>" in head or b"core-uuid=" in head else 0.8


FORMAT: Final = Format(name=_NAME, title="FreeSWITCH, mod_xml_cdr", read=read, recognise=recognise, joins=True)

"""Options that the commands on recordings share, checked before any work is done."""

from __future__ import annotations

import os
from typing import Annotated, Final

import typer

from cli.speech.results import PRINTED
from domain.speech import Party

MOST_JOBS: Final = 8
_LETTERS: Final = (2, 3)


def _known_format(name: str | None) -> str | None:
    if name is not None and name not in PRINTED:
        raise typer.BadParameter(f"no such format; there are: {', '.join(PRINTED)}")
    return name


def _language(code: str | None) -> str | None:
    if code is not None and not (len(code) in _LETTERS and code.isascii() and code.isalpha()):
        raise typer.BadParameter("write the language as its ISO 639 code, such as en or hi")
    return code.lower() if code else None


def _known_parties(named: str) -> str:
    known = [party.value for party in Party]
    if named and any(one.strip() not in known for one in named.split(",")):
        raise typer.BadParameter(f"write one of {', '.join(known)} for each channel, such as agent,contact")
    return named


Model = Annotated[str, typer.Option(metavar="NAME|PATH", help="Speech model: tiny.en, base, or a folder.")]
Language = Annotated[
    str | None, typer.Option(metavar="xx", help="Language spoken, such as en; heard if not given.", callback=_language)
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format", help="json, vtt, srt or text (what is printed; with --out: also written).", callback=_known_format
    ),
]
Jobs = Annotated[int | None, typer.Option(min=1, help="Files at once; one per processor if not given.")]
Parties = Annotated[
    str, typer.Option(metavar="P,P", help="Who speaks on each channel, such as agent,contact.", callback=_known_parties)
]


def parties_of(named: str) -> dict[int, Party]:
    """Return channel → party of `agent,contact`."""
    return {at: Party(one.strip()) for at, one in enumerate(named.split(","))} if named else {}


def default_jobs(files: int) -> int:
    """Return how many files to work on at once: one per processor, no more than there are."""
    return max(1, min(files, len(os.sched_getaffinity(0)), MOST_JOBS))

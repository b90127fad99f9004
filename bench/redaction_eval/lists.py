"""Lists and phrases, each in two halves: what a figure is tuned on is not what it is published for."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

FOLDER = Path(__file__).resolve().parent
HALVES = ("tune", "unseen")
WHOLE = frozenset({"month", "weekday", "relation", "upi"})
"""Lists that are too short, or too well known, to be halved."""
T = TypeVar("T")
Block = tuple[tuple[int, str], ...]
"""Lines of talk that belong together: (channel, text)."""


def halved(entries: Sequence[T], half: str) -> tuple[T, ...]:
    """Return every other entry: those at even places to tune on, those at odd places unseen."""
    return tuple(entries[HALVES.index(half) :: 2]) if len(entries) > 1 else tuple(entries)


def _sections(path: Path, opening: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            continue
        if line.startswith(opening):
            current = found.setdefault(line.strip("[]# "), [])
        else:
            current.append(line)
    return found


@functools.cache
def names(origin: str, part: str, half: str) -> tuple[str, ...]:
    """Return given names or surnames ("given", "surname") of an origin."""
    return halved(" ".join(_sections(FOLDER / "lists" / "names.txt", "[")[f"{origin} {part}"]).split(), half)


@functools.cache
def entries(name: str, half: str) -> tuple[str, ...]:
    """Return a list of things or places, such as "company" or "GB street"."""
    for file in ("things.txt", "places.txt"):
        section = _sections(FOLDER / "lists" / file, "[").get(name)
        if section is not None:
            found = [one.strip() for one in " ".join(section).split(";")]
            return tuple(found) if name in WHOLE else halved(found, half)
    raise KeyError(name)


@functools.cache
def domains() -> dict[str, tuple[str, ...]]:
    """Return the kinds that come up in each business, and those that come up "everywhere"."""
    sections = _sections(FOLDER / "lists" / "domains.txt", "[")
    return {name: tuple(" ".join(lines).split()) for name, lines in sections.items()}


@functools.cache
def phrases(kind: str, sign: str, half: str) -> tuple[str, ...]:
    """Return the phrases of a kind under a sign (`?` asked, `=` answered, `!` told, `>` stated…); empty where none."""
    return halved([line[2:] for line in _phrases()[kind] if line.startswith(f"{sign} ")], half)


@functools.cache
def _phrases() -> dict[str, list[str]]:
    files = ("common.txt", "people.txt", "money.txt", "papers.txt")
    return {kind: lines for file in files for kind, lines in _sections(FOLDER / "phrases" / file, "## ").items()}


def kinds_of_phrases() -> tuple[str, ...]:
    """Return the kinds that have phrases; GENERIC are those that fit most."""
    return tuple(_phrases())


@functools.cache
def blocks(section: str, half: str) -> tuple[Block, ...]:
    """Return the blocks of talk of a section: a domain, "any", "opening", "hello" or "closing"."""
    found: list[list[tuple[int, str]]] = [[]]
    for line in _sections(FOLDER / "phrases" / "talk.txt", "## ")[section]:
        if line:
            found[-1].append(("AC".index(line[0]), line[3:]))
        elif found[-1]:
            found.append([])
    return halved([tuple(block) for block in found if block], half)

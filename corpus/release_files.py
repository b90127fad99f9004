"""Files of a release as its document tells of them: which are served, which wait to be written anew, which are gone.

A name stands for one content for ever: `train-00000.parquet` is the file of the first revision, and what is left of it
after somebody's rows were taken out at revision 7 is `train-00000-r7.parquet`. So whoever asks for an old name learns
that it is gone, never gets other bytes under it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from storage.mongo import Document

_NAME: Final = re.compile(r"(?P<stem>[a-z]{1,20}-\d{5,9})(?:-r(?P<revision>[1-9]\d{0,9}))?\.parquet", re.ASCII)


class FileState(StrEnum):
    """Whether a file is served."""

    CURRENT = "current"
    STALE = "stale"
    """It has rows of items that left: served to nobody, and written anew."""
    REMOVED = "removed"
    """All its items left."""


def first_name(name: str) -> str | None:
    """Return the name that a shard had at first; None for what is no shard's name."""
    match = _NAME.fullmatch(name)
    return None if match is None else f"{match['stem']}.parquet"


def name_at(name: str, revision: int) -> str:
    """Return the name of a shard that is written anew and in force from this revision on."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError("not a shard's name")
    return f"{match['stem']}-r{revision}.parquet"


def descended(files: Iterable[Document], name: str) -> Document | None:
    """Return what became of the shard that has, or had, this name; None when there never was one in this release."""
    first = first_name(name)
    return next((one for one in files if first is not None and first_name(one["name"]) == first), None)


def unsettled(release: Document) -> list[Document]:
    """Return the files that are still to be written anew, and those of which an old object is still to be erased."""
    return [one for one in release["files"] if one["state"] == FileState.STALE or one.get("erasing")]

"""Which profile a command means: one that ships, by name, or a file like one."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from governance.profile_lines import BadFile
from governance.profiles import Profile, parse_profile, profile, profile_names

FILE_OF_ALL = "-"


def chosen(name: str) -> Profile:
    """Return a profile by name or from a file. Exit 1 with every fault and its line, 2 when there is no such thing."""
    if name in profile_names():
        return profile(name)
    if name != FILE_OF_ALL and not Path(name).is_file():
        there = ", ".join(profile_names())
        raise typer.BadParameter(f"no profile and no file of this name; profiles there are: {there}")
    try:
        return parse_profile(text_of(name))
    except BadFile as bad:
        for fault in bad.faults:
            typer.echo(f"{name}:{fault.line}: {fault.sentence}", err=True)
        raise typer.Exit(1) from None


def text_of(name: str) -> str:
    """Return the text of a file, or of the standard input. Exits with 2 when it cannot be read."""
    try:
        raw = sys.stdin.buffer.read() if name == FILE_OF_ALL else Path(name).read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise typer.BadParameter(f"the file cannot be read: {error.strerror}", param_hint="FILE") from None
    except UnicodeDecodeError:
        raise typer.BadParameter("the file is not UTF-8 text", param_hint="FILE") from None

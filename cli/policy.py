"""`callward policy`: the profiles that ship, what they say, and until when a record may be kept under one."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Final

import typer

from cli.retention.choosing import FILE_OF_ALL, chosen, text_of
from cli.retention.deciding import answer_all
from cli.retention.differing import differences
from cli.retention.documents import control_document, profile_document
from cli.retention.notice import notice
from cli.retention.simulating import horizon, simulate_all
from governance.profile_lines import BadFile
from governance.profiles import parse_profile, profile, profile_names

app = typer.Typer(no_args_is_help=True, help="Policy profiles: what they say, and until when records may be kept.")
SOME_REFUSED: Final = 3

AsJson = Annotated[bool, typer.Option("--json", help="JSON, for scripts.")]
Name = Annotated[str, typer.Argument(help="A profile's name, or a file.")]
ProfileName = Annotated[str, typer.Option("--profile", help="A profile's name, or a file.")]
Records = Annotated[Path, typer.Option("--record", metavar="FILE|-", help="JSON lines; - is the standard input.")]
Now = Annotated[
    str | None, typer.Option(help="The clock, with its zone: 2026-11-22T12:00:00Z. This moment if not given.")
]


@app.command("list")
def list_profiles(*, as_json: AsJson = False) -> None:
    """Name the profiles that ship."""
    for name in profile_names():
        found = profile(name)
        dated = None if found.revised is None else found.revised.isoformat()
        told = {"name": name, "title": found.title, "version": found.policy.version, "revised": dated}
        typer.echo(json.dumps(told) if as_json else name)


@app.command("show")
def show(name: Name, *, as_json: AsJson = False) -> None:
    """Show what a profile says, as a notice that a person can read."""
    found = chosen(name)
    if as_json:
        told = profile_document(found) | {"controls": [control_document(control) for control in found.controls]}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for line in notice(found):
        typer.echo(line)


@app.command("check")
def check(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="A policy in YAML or JSON.")], *, as_json: AsJson = False
) -> None:
    """Check a policy: each mistake with its line and what to do. Exit status: 0 good, 1 faults, 2 no such file."""
    try:
        found = parse_profile(text_of(file))
    except BadFile as bad:
        for fault in bad.faults:
            told = json.dumps({"line": fault.line, "message": fault.sentence}, ensure_ascii=False)
            typer.echo(told if as_json else f"{file}:{fault.line}: {fault.sentence}", err=not as_json)
        raise typer.Exit(1) from None
    if not as_json:
        typer.echo(f"{file}: {found.policy.policy_id}, version {found.policy.version}, can be saved")


@app.command("diff")
def diff(first: Name, second: Name, *, as_json: AsJson = False) -> None:
    """Compare two profiles field by field. Exit status 0, also when they differ."""
    for found in differences(chosen(first), chosen(second)):
        told = {"field": found.field, "first": found.first, "second": found.second}
        typer.echo(json.dumps(told, ensure_ascii=False) if as_json else str(found))


@app.command("due")
def due(profile_name: ProfileName, record: Records, now: Now = None) -> None:
    """Say until when each record may be kept, and why: JSON lines in, JSON lines out, offline.

    A line that cannot be decided is answered with {"id", "error", "message", "line"} in its place.
    Exit status: 0 all answered, 3 some refused, 1 a bad policy, 2 asked wrongly.
    """
    policy, clock = chosen(profile_name).policy, _clock(now)
    with _opened(record) as source, _piped():
        lines, refused = answer_all(source, sys.stdout.buffer, policy, clock)
    _end(lines, refused)


@app.command("simulate")
def simulate(
    profile_name: ProfileName,
    record: Records,
    until: Annotated[str, typer.Option(help="A day (to its end, in the profile's zone) or an instant with its zone.")],
    now: Now = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Say what would be gone by a day, up to ten years ahead. Exit status as of `due`."""
    policy, clock = chosen(profile_name).policy, _clock(now)
    try:
        over = horizon(clock, _day_or_instant(until), policy.zone)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--until") from None

    def tell(told: dict[str, Any]) -> None:
        if as_json or "error" in told:
            typer.echo(json.dumps(told, ensure_ascii=False), err=not as_json)

    with _opened(record) as source, _piped():
        found = simulate_all(source, policy, over, tell)
        summary = found.summary()
        if as_json:
            typer.echo(json.dumps({"summary": summary | {"until": over.until.isoformat()}}))
        else:
            _told_in_words(summary, until)
    _end(found.lines, found.refused)


def _told_in_words(summary: dict[str, Any], until: str) -> None:
    typer.echo(f"By {until}, of {summary['records']} records:")
    for one in summary["due"]:
        typer.echo(f"  {one['records']:>9,} {one['category']}: {one['action'].replace('_', ' ')}")
    said = {"held": "held, and kept", "due_later": "due later", "no_end_named": "without an end", "refused": "refused"}
    for name, words in said.items():
        typer.echo(f"  {summary[name]:>9,} {words}")


def _clock(now: str | None) -> datetime:
    if now is None:
        return datetime.now(UTC)
    try:
        clock = datetime.fromisoformat(now)
    except ValueError:
        clock = None
    if clock is None or clock.tzinfo is None:
        raise typer.BadParameter("write an instant with its zone: 2026-11-22T12:00:00Z", param_hint="--now")
    return clock


def _day_or_instant(text: str) -> date | datetime:
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant needs its zone: 2030-01-01T00:00:00+05:30; or write a day, 2030-01-01")
    return instant


@contextmanager
def _opened(record: Path) -> Iterator[BinaryIO]:
    if str(record) == FILE_OF_ALL:
        yield sys.stdin.buffer
        return
    try:
        source = record.open("rb")
    except OSError as error:
        raise typer.BadParameter(f"the file cannot be read: {error.strerror}", param_hint="--record") from None
    with source:
        yield source


@contextmanager
def _piped() -> Iterator[None]:
    """End quietly when whoever reads has seen enough."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(141) from None


def _end(lines: int, refused: int) -> None:
    if refused:
        typer.echo(f'{refused} of {lines} records could not be decided: see the lines with "error"', err=True)
        raise typer.Exit(SOME_REFUSED)

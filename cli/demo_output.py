"""What the demo shows and leaves behind: redacted transcripts, what was found, the records' tags, timings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.client import ApiClient

SUFFIXES: Final = {"audio/wav": ".wav", "audio/mp4": ".m4a", "audio/ogg": ".opus"}
"""Media type of redacted sound → the end of its file's name."""


def write_results(customer: ApiClient, call_id: str, file: str, output: Path) -> dict[str, Any]:
    """Fetch transcript and sound as the customer does and write them beside each other; return the transcript."""
    output.mkdir(parents=True, exist_ok=True)
    stem = output / Path(file).stem
    transcript: dict[str, Any] = customer.get(f"/v1/calls/{call_id}/transcript")
    subtitles = customer.request("GET", f"/v1/calls/{call_id}/transcript", headers={"Accept": "text/vtt"}).text
    sound = customer.request("GET", f"/v1/calls/{call_id}/recording")
    stem.with_suffix(".json").write_text(json.dumps(transcript, indent=2, ensure_ascii=False) + "\n", "utf-8")
    stem.with_suffix(".vtt").write_text(subtitles, "utf-8")
    kind = SUFFIXES.get(sound.headers["content-type"], ".flac")
    stem.with_suffix(f".redacted{kind}").write_bytes(sound.content)
    return transcript


def show_transcript(console: Console, title: str, transcript: dict[str, Any]) -> None:
    """Print turns with time and speaker; placeholders stand out."""
    console.rule(f"{title} · {transcript['duration_s']:.0f} s · {transcript['engine']['model_id']}", align="left")
    for segment in transcript["segments"]:
        minutes, seconds = divmod(segment["start"], 60)
        words = " ".join(
            f"[bold magenta]{escape(word['text'])}[/bold magenta]" if word.get("entity_type") else escape(word["text"])
            for word in segment["words"]
        )
        console.print(
            f"[dim]{int(minutes):02d}:{seconds:04.1f}[/dim] [cyan]{segment['party']:<7}[/cyan] {words}", highlight=False
        )


def show_records(console: Console, details: dict[str, dict[str, Any]]) -> None:
    """Print what was found (kinds and counts) and the role, purposes and retention of each record."""
    found = _table("Found and removed (counts, never values)", "call", "what")
    records = _table("Records", "call", "record", "role", "retain until")
    rules: dict[str, str] = {}
    for file, detail in details.items():
        kinds = [f"{kind} {count}" for kind, count in (detail["found"] or {}).items()]
        found.add_row(file, ", ".join(kinds) or "nothing")
        for name, tags in detail["records"].items():
            records.add_row(file, name, tags["role"], tags["retain_until"][:16].replace("T", " ") + " UTC")
            rules[name] = f"{', '.join(tags['purposes'])}; basis {tags['legal_basis']}; region {tags['region']}"
    console.print(found)
    console.print(records)
    for name, rule in rules.items():
        console.print(f"[dim]{name}: {rule}[/dim]", highlight=False)


def show_timings(console: Console, calls: dict[str, tuple[dict[str, Any], float | None]]) -> None:
    """Print how long each stage took and the call as a whole, beside the length of its sound, in seconds."""
    table = _table("Timings in seconds", "call", "sound", "transcribe", "redact text", "audio", "ready after")
    for file, (detail, ready_after_s) in calls.items():
        took = [f"{stage['took_s']:.1f}" if stage["took_s"] is not None else "-" for stage in detail["stages"]]
        ready = "-" if ready_after_s is None else f"{ready_after_s:.1f}"
        table.add_row(file, f"{detail['duration_s'] or 0:.1f}", *took, ready)
    console.print(table)


def _table(title: str, *columns: str) -> Table:
    return Table(*columns, title=f"\n{title}", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)

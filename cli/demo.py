"""`callward demo`: sample calls in, redacted results out, through the parts that production uses."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.live import Live
from rich.table import Table

from cli.apps import KEPT_SECRETS, app_specs
from cli.client import ApiClient, ApiError
from cli.demo_output import show_records, show_timings, show_transcript, write_results
from cli.roles import make_workspace
from cli.stack.embedded import EmbeddedStack
from cli.stack.errors import StackError
from cli.stack.signals import graceful_signals
from cli.uploading import upload

SAMPLES: Final = Path(__file__).resolve().parent.parent / "samples"
MEDIA_TYPES: Final = {".wav": "audio/wav", ".m4a": "audio/mp4", ".ogg": "audio/ogg"}
OVER: Final = frozenset({"ready", "failed", "blocked", "waiting"})
PATIENCE_S: Final = 900.0


@dataclass(slots=True)
class DemoCall:
    """A sample on its way."""

    sample: dict[str, Any]
    call_id: str
    sent_at: float
    detail: dict[str, Any]
    ready_after_s: float | None = None


def run_demo(data_dir: Path, output: Path, console: Console) -> int:
    """Run the demo; return 0 when every call became ready.

    Raises:
        StackError, ApiError: with what to do.
    """
    samples = load_samples(SAMPLES)
    began = time.monotonic()
    console.print("starting MongoDB, S3 store, broker, API and workers …")
    with graceful_signals(), EmbeddedStack(data_dir, apps=app_specs(), kept_secrets=KEPT_SECRETS) as stack:
        console.print(f"up after {time.monotonic() - began:.1f} s at {stack.api_url}", highlight=False)
        workspace = make_workspace(
            stack.api_url, stack.env["CALLWARD_BOOTSTRAP_KEY"], f"Demo {datetime.now(UTC):%Y-%m-%d %H:%M}"
        )
        with (
            ApiClient(stack.api_url, workspace.keys["mobile app"]) as phone,
            ApiClient(stack.api_url, workspace.keys["customer"]) as customer,
        ):
            calls = [send(phone, sample) for sample in samples]
            follow(customer, calls, console)
            console.print()
            for call in calls:
                if call.detail["state"] == "ready":
                    show_transcript(
                        console, call.sample["file"], write_results(customer, call.call_id, call.sample["file"], output)
                    )
            show_records(console, {call.sample["file"]: call.detail for call in calls})
            show_timings(console, {call.sample["file"]: (call.detail, call.ready_after_s) for call in calls})
        console.print(f"results in {output}/   total {time.monotonic() - began:.1f} s", highlight=False)
    unready = [call for call in calls if call.detail["state"] != "ready"]
    for call in unready:
        console.print(
            f"[red]{call.sample['file']}: {call.detail['state']}[/red]; logs are in {data_dir}/logs, "
            f"`callward doctor --data {data_dir}` says more"
        )
    return 1 if unready else 0


def load_samples(folder: Path) -> list[dict[str, Any]]:
    """Return the samples' scripts. Raises StackError when they are not there."""
    found = [json.loads(file.read_text("utf-8")) for file in sorted(folder.glob("*.json"))]
    if not found:
        raise StackError(f"no sample calls in {folder}: the demo runs from a checkout of the project")
    return found


def send(phone: ApiClient, sample: dict[str, Any]) -> DemoCall:
    """Upload one sample with its call-log entry, as the mobile app does. The call is said to have begun an hour ago."""
    setup = datetime.now(UTC) - timedelta(hours=1)
    channels = [party for _, party in sorted(sample["channels"].items())]
    registration = {
        "recording": {"media_type": MEDIA_TYPES[Path(sample["file"]).suffix]},
        "source": "demo",
        "consent": "granted",
        "channels": [party if party in {"agent", "contact"} else "unknown" for party in channels],
        "call_log": {
            "setup_time": setup.isoformat(),
            "direction": sample["direction"],
            "disposition": "answered",
            "caller": sample["caller"],
            "callee": sample["callee"],
            "agent_name": sample["agent_name"],
            "contact_name": sample["contact_name"],
        },
    }
    sent_at = time.monotonic()
    call_id = upload(phone, SAMPLES / sample["file"], registration)
    return DemoCall(sample, call_id, sent_at, phone.get(f"/v1/calls/{call_id}"))


def follow(customer: ApiClient, calls: list[DemoCall], console: Console) -> None:
    """Show each call's stages until all are over. Raises ApiError after a quarter of an hour."""
    until = time.monotonic() + PATIENCE_S
    with Live(progress(calls), console=console, refresh_per_second=8) as live:
        while any(call.ready_after_s is None for call in calls):
            for call in calls:
                if call.ready_after_s is None:
                    call.detail = customer.get(f"/v1/calls/{call.call_id}")
                    if call.detail["state"] in OVER:
                        call.ready_after_s = time.monotonic() - call.sent_at
            live.update(progress(calls))
            if time.monotonic() > until:
                raise ApiError("the calls are not through after 15 minutes; `callward doctor` shows which part hangs")
            time.sleep(0.25)


_MARKS: Final = {
    "pending": "[dim]·[/dim]",
    "running": "[yellow]running[/yellow]",
    "done": "[green]done[/green]",
    "waiting": "[yellow]waiting[/yellow]",
    "failed": "[red]failed[/red]",
    "blocked": "[red]blocked[/red]",
}


def progress(calls: list[DemoCall]) -> Table:
    """Return the table of calls and stages."""
    table = Table(
        "call", "state", "transcribe", "redact text", "redact audio", title="On their way", title_justify="left"
    )
    for call in calls:
        stages = [
            _MARKS[stage["state"]] + (f" {stage['reason']}" if stage["reason"] else "")
            for stage in call.detail["stages"]
        ]
        table.add_row(call.sample["file"], call.detail["state"], *stages)
    return table

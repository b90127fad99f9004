"""`callward up`: the whole stack on one machine, kept running until Ctrl-C."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from cli.apps import KEPT_SECRETS, app_specs
from cli.roles import ROLES, FirstWorkspace, first_workspace
from cli.stack.embedded import EmbeddedStack
from cli.stack.signals import graceful_signals


def run_up(data_dir: Path, console: Console) -> None:
    """Start everything, print where it is and the keys, and stay until Ctrl-C.

    Raises:
        StackError: a part does not start; the message names it and the command that shows why.
    """
    console.print(f"starting in {data_dir} …")
    with (
        graceful_signals(),
        EmbeddedStack(
            data_dir,
            apps=app_specs(),
            kept_secrets=KEPT_SECRETS,
            on_event=lambda event: console.print(
                f"  [dim]{event.part} {event.kind} {event.detail}[/dim]", highlight=False
            ),
        ) as stack,
    ):
        platform_key = stack.env["CALLWARD_BOOTSTRAP_KEY"]
        workspace = first_workspace(stack.api_url, platform_key, stack.data_dir / "keys" / "roles.json")
        _tell(console, stack.api_url, platform_key, workspace)
        stack.run_forever()
        console.print("stopping …")


def _tell(console: Console, url: str, platform_key: str, workspace: FirstWorkspace) -> None:
    console.print(f"\n[bold]Callward is up[/bold]   API {url}   docs {url}/docs\n")
    keys = [("platform admin", platform_key, "workspace:admin, on the platform")]
    keys += [(role, key, ", ".join(ROLES[role])) for role, key in workspace.keys.items()]
    for role, key, scopes in keys:
        # One unbroken line each: a key that a narrow terminal wraps or cuts cannot be copied.
        console.print(f"{role:<16} {key}  [dim]{scopes}[/dim]", soft_wrap=True, highlight=False)
    console.print(f"\nworkspace {workspace.workspace_id}. Ctrl-C stops everything; data stay.", highlight=False)

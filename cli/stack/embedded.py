"""The embedded stack as one object: open it, use its variables, close it."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

from cli.stack.apps import AppSpec, app_part
from cli.stack.errors import StackError
from cli.stack.files import private_folder, write_private
from cli.stack.layout import Layout, StackState, open_state
from cli.stack.lock import DataLock
from cli.stack.managed import PartStatus
from cli.stack.objects import NAME as S3
from cli.stack.objects import reclaim
from cli.stack.ports import Ports, claim_ports
from cli.stack.services import build_services
from cli.stack.supervisor import OnEvent, Supervisor, ignore_event


class EmbeddedStack:
    """MongoDB, an S3 store and a broker in one folder, with Callward's processes on top if asked for.

    A service whose address stands in the environment (CALLWARD_MONGO_URL, CALLWARD_S3_ENDPOINT, CALLWARD_BROKER_URL) is
    used instead of being started. Opening blocks until everything is healthy; closing, until no process is left.

    Args:
        data_dir: The folder; made if it is not there. One stack at a time.
        apps: Callward's own processes, started after the services.
        ports: The caller's choice of port by name (`ports.NAMES`); the rest is found and kept.
        with_apps: False leaves `apps` out.
        env: Variables for the apps, and for `stack.env`, beside the stack's own.
        kept_secrets: Variable name → how to make its value; made at the first start and kept from then on.
        on_event: Told of each start, death and end, on the supervisor's thread: be brief.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        apps: Sequence[AppSpec] = (),
        ports: Mapping[str, int] | None = None,
        with_apps: bool = True,
        env: Mapping[str, str] | None = None,
        kept_secrets: Mapping[str, Callable[[], str]] | None = None,
        on_event: OnEvent = ignore_event,
    ) -> None:
        self._layout = Layout(data_dir.expanduser().resolve())
        self._apps = tuple(apps) if with_apps else ()
        self._port_choices = dict(ports or {})
        self._extra_env = dict(env or {})
        self._kept_secrets = dict(kept_secrets or {})
        self._on_event = on_event
        self._cleanup = contextlib.ExitStack()
        self._supervisor: Supervisor | None = None
        self._ports: Ports | None = None
        self._env: dict[str, str] = {}

    def __enter__(self) -> Self:
        """Start everything.

        Raises:
            StackLockedError: when another stack holds the folder.
            BinaryMissingError: when a program of a service is not on this machine.
            PartFailedError: when a part does not come up; nothing is left running.
        """
        private_folder(self._layout.root)
        with contextlib.ExitStack() as cleanup:
            cleanup.enter_context(DataLock(self._layout.root))
            state = open_state(self._layout)
            claim = claim_ports(state.block, self._port_choices)
            cleanup.callback(claim.release)
            self._ports = claim.ports
            if state.block != claim.ports.block:
                state.block = claim.ports.block
                state.save()
            supervisor = self._describe(state, claim.ports)
            cleanup.callback(self._layout.status_file.unlink, missing_ok=True)
            cleanup.callback(supervisor.stop)
            self._supervisor = supervisor
            supervisor.start()
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop everything, apps first. Ctrl-C while this waits kills what is left."""
        self._cleanup.close()

    @property
    def env(self) -> dict[str, str]:
        """The CALLWARD_* variables that lead to this stack. Holds secrets."""
        return dict(self._env)

    @property
    def ports(self) -> Ports:
        """The ports in use."""
        if self._ports is None:
            raise StackError("the stack is not running")
        return self._ports

    @property
    def data_dir(self) -> Path:
        """The stack's folder, absolute."""
        return self._layout.root

    @property
    def api_url(self) -> str:
        """Where the API answers, if it is among the apps."""
        return self._env["CALLWARD_PUBLIC_URL"]

    def pid(self, name: str) -> int:
        """The process id of a part.

        Raises:
            StackError: when it does not run at this moment.
        """
        pid = self._running().managed(name).status().pid
        if pid is None:
            raise StackError(f"{name} does not run at this moment")
        return pid

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Signal a part, as an accident would; after SIGKILL, wait until the process is gone (at most 5 s)."""
        process = self._running().managed(name).process
        if process is None:
            raise StackError(f"{name} does not run at this moment")
        process.send(number)
        if number is signal.SIGKILL:
            process.wait(5.0)

    def restart(self, name: str, timeout_s: float = 60.0) -> None:
        """Stop a part cleanly, start it again and wait until it is healthy."""
        supervisor = self._running()
        supervisor.restart(name)
        supervisor.wait_healthy(name, timeout_s)

    def wait_healthy(self, name: str, timeout_s: float = 60.0) -> None:
        """Wait until a part serves again after it died.

        Raises:
            StackError: when it does not within `timeout_s` seconds.
        """
        self._running().wait_healthy(name, timeout_s)

    def status(self) -> list[PartStatus]:
        """How each part is."""
        return self._running().statuses()

    def reclaim(self) -> None:
        """Give the bytes of deleted objects back to the disk now, rather than at the next sweep of the store."""
        self._running().managed(S3)
        reclaim(self._layout, self.ports, garbage_share=0.0001)

    def run_forever(self) -> None:
        """Keep everything running until Ctrl-C (or SIGTERM within `graceful_signals`), then return."""
        supervisor = self._running()
        with contextlib.suppress(KeyboardInterrupt):
            while supervisor.running:
                supervisor.wait(0.5)

    def _running(self) -> Supervisor:
        if self._supervisor is None:
            raise StackError("the stack is not running")
        return self._supervisor

    def _describe(self, state: StackState, ports: Ports) -> Supervisor:
        services = build_services(self._layout, state, ports)
        kept = {name: state.secret(name, make) for name, make in self._kept_secrets.items()}
        self._env = {**services.env, **self._extra_env, **kept}
        apps = [app_part(spec, self._layout, ports, self._env) for spec in self._apps]
        return Supervisor([*services.parts, *apps], on_event=self._on_event, on_change=self._save_status)

    def _save_status(self, statuses: Sequence[PartStatus]) -> None:
        document = {"python": sys.version.split()[0], "parts": [asdict(status) for status in statuses]}
        write_private(self._layout.status_file, json.dumps(document), durable=False)

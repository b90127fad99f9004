"""Callward's own processes as parts of the stack, described as data so that the list is easy to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cli.stack.health import Question, answers_http, has_logged, stays_up
from cli.stack.layout import Layout
from cli.stack.parts import Part, full_environment
from cli.stack.ports import Ports

INFRASTRUCTURE = ("mongo", "s3", "broker")


@dataclass(frozen=True, slots=True)
class AppSpec:
    """One process of ours. It takes its configuration from CALLWARD_* variables.

    It counts as healthy when `http_path` answers 2xx on the port named `http_port`; or else when its log matches
    `ready_log`; or else when it stayed up for `settle_s` seconds.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    http_path: str | None = None
    http_port: str = "api"
    ready_log: str | None = None
    settle_s: float = 1.0
    needs: Sequence[str] = INFRASTRUCTURE
    start_timeout_s: float = 60.0
    stop_grace_s: float = 20.0
    cwd: Path | None = None
    """Where it runs; None means the caller's folder."""


def app_part(spec: AppSpec, layout: Layout, ports: Ports, env: Mapping[str, str]) -> Part:
    """The process as a part, with the stack's variables and its own on top of the caller's environment."""
    return Part(
        name=spec.name,
        argv=tuple(spec.argv),
        env=full_environment({**env, "PYTHONUNBUFFERED": "1", **spec.env}),
        cwd=spec.cwd or Path.cwd(),
        log=layout.log(spec.name),
        question=_question(spec, ports),
        needs=tuple(spec.needs),
        start_timeout_s=spec.start_timeout_s,
        stop_grace_s=spec.stop_grace_s,
    )


def _question(spec: AppSpec, ports: Ports) -> Question:
    if spec.http_path is not None:
        return answers_http(ports[spec.http_port], spec.http_path)
    if spec.ready_log is not None:
        return has_logged(spec.ready_log)
    return stays_up(spec.settle_s)

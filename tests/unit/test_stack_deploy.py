"""The container files, as far as they can be checked without an engine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "deploy" / "compose.yaml"


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    return found


def test_compose_names_every_part(services: dict[str, dict[str, Any]]) -> None:
    assert set(services) == {"mongo", "s3", "s3-settings", "broker", "api", "speech", "language", "ingest", "relay"}


def test_compose_publishes_nothing_beyond_loopback(services: dict[str, dict[str, Any]]) -> None:
    published = {port for service in services.values() for port in service.get("ports", [])}
    assert published == {"127.0.0.1:8333:8333", "127.0.0.1:8640:8640"}


def test_compose_gives_no_secret_a_default() -> None:
    text = COMPOSE.read_text(encoding="utf-8")
    used = re.findall(r"(?<!\$)\$\{(\w+)([^}]*)\}", text)
    assert used
    assert [name for name, rest in used if not rest.startswith(":?")] == []


def test_compose_sets_only_variables_that_the_settings_know(services: dict[str, dict[str, Any]]) -> None:
    from storage.settings import Settings  # noqa: PLC0415 - only this test looks at the other room

    known = {f"CALLWARD_{name}".upper() for name in Settings.model_fields}
    for name in ("api", "speech", "language", "ingest", "relay"):
        assert set(services[name]["environment"]) <= known


def test_our_processes_wait_for_their_services_and_run_without_privileges(
    services: dict[str, dict[str, Any]],
) -> None:
    for name in ("api", "speech", "language", "ingest", "relay"):
        assert set(services[name]["depends_on"]) == {"mongo", "s3-settings", "broker"}
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["read_only"] is True


@pytest.mark.parametrize("role", ["api", "worker"])
def test_images_install_by_hash_copy_only_rooms_and_run_as_nobody_in_particular(role: str) -> None:
    text = (ROOT / "deploy" / f"Dockerfile.{role}").read_text(encoding="utf-8")
    assert "--require-hashes" in text
    assert re.search(r"^USER 10001$", text, re.MULTILINE)
    copied = re.findall(r"^COPY (\w+) \w+$", text, re.MULTILINE)
    assert copied
    assert [room for room in copied if not (ROOT / room / "__init__.py").exists()] == []

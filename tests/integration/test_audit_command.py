"""`callward audit` against a running API: head, check, export, and the check of the export on another machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from api_process import ApiProcess, api_process
from typer.testing import CliRunner

from cli.main import app
from cli.stack.embedded import EmbeddedStack


@pytest.fixture(scope="module")
def api(stack: EmbeddedStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiProcess]:
    with api_process(stack.env, tmp_path_factory.mktemp("audit")) as running:
        yield running


def officers_key(api: ApiProcess, *scopes: str) -> str:
    with api.client(api.platform_key) as platform:
        path = f"/v1/workspaces/{api.workspace.workspace_id}/keys"
        answer = platform.post(path, json={"name": "officer", "scopes": list(scopes)})
    return str(answer.json()["key"])


def run(api: ApiProcess, key: str, *arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["audit", *arguments], env={"CALLWARD_PUBLIC_URL": api.url, "CALLWARD_API_KEY": key})
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


def test_an_officer_keeps_heads_and_checks_here_and_elsewhere(api: ApiProcess, tmp_path: Path) -> None:
    key = officers_key(api, "privacy:manage")
    heads, chain = tmp_path / "heads.txt", tmp_path / "chain.jsonl"
    first = run(api, key, "head")
    another = officers_key(api, "calls:read")  # one more event
    second = run(api, key, "head")
    assert (first[0], second[0], first[1] != second[1], bool(another)) == (0, 0, True, True)
    heads.write_text(first[1] + second[1], "utf-8")
    status, told, beside = run(api, key, "verify", "--head", str(heads))
    assert (status, "the chain holds" in told, beside) == (0, True, "")
    assert "a cut tail does not show" in run(api, key, "verify")[2]
    assert run(api, key, "export", "--out", str(chain))[0] == 0
    status, told, _ = run(api, "", "verify", str(chain), "--head", str(heads))
    assert (status, "the chain holds" in told) == (0, True)
    lines = chain.read_text("utf-8").splitlines(keepends=True)
    chain.write_text("".join(lines[:-1]), "utf-8")
    status, told, _ = run(api, "", "verify", str(chain), "--head", str(heads))
    assert (status, "was cut before the kept head" in told) == (3, True)


def test_what_cannot_be_checked_says_why(api: ApiProcess) -> None:
    status, _, told = run(api, officers_key(api, "calls:read"), "verify")
    assert (status, "scopes do not reach this" in told) == (1, True)
    status, _, told = run(api, officers_key(api, "privacy:manage"), "verify", "--head", "callward-audit nonsense")
    assert (status, "not a head" in told) == (1, True), told

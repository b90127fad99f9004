"""The README's commands work as they stand there, and the other pages keep up with the code.

The shell blocks run, in order, against a real API process. No worker runs here: reading gives first the problem that
says so, then what a double of the stages wrote, and no receipt comes. Demo and end-to-end tests go the whole way.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest
from api_process import ROOT, ApiProcess, api_process, make_ready

import redaction.errors as redaction_errors
from api.problems import PROBLEMS
from cli.stack.embedded import EmbeddedStack
from domain.calls import CallState, Stage
from domain.processing import Reason
from domain.records import Category
from domain.review import ReviewReason
from storage.catalog import BY_NAME
from storage.settings import Settings
from transcription.errors import BY_REASON, DecodingStopped

README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```bash\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def api(stack: EmbeddedStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiProcess]:
    with api_process(stack.env, tmp_path_factory.mktemp("api")) as running:
        yield running


@pytest.fixture(scope="module")
def checkout(api: ApiProcess, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that looks like a checkout beside a running `make up`."""
    folder = tmp_path_factory.mktemp("checkout")
    keys = folder / ".callward" / "up" / "keys"
    keys.mkdir(parents=True)
    (keys / "roles.json").write_text(json.dumps({"keys": api.workspace.keys}), "utf-8")
    (folder / "samples").symlink_to(ROOT / "samples")
    return folder


class Shell:
    """Runs blocks one after another as one terminal would: variables and functions stay."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._before = "set -eu -o pipefail\n"

    def run(self, block: str) -> subprocess.CompletedProcess[str]:
        """Run a block after all before it, whose commands are not repeated but their settings are."""
        return subprocess.run(
            ["bash", "-c", self._before + block + "\ndeclare -p CALL > .settings 2>/dev/null || true\n"],
            cwd=self._folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def keep(self, block: str) -> None:
        """Let what a block defines stand for the blocks behind it."""
        self._before += block + "\n[ -s .settings ] && . ./.settings\n"


def walk(api: ApiProcess, checkout: Path) -> tuple[Shell, list[str]]:
    """Return a terminal in which address, keys and helpers are set, and the blocks that follow."""
    shell = Shell(checkout)
    address, helpers, *rest = BLOCKS
    assert address.startswith("API=http://127.0.0.1:")
    shell.keep(f"API={api.url}")
    shell.keep(helpers)
    (checkout / ".settings").write_text(":\n", "utf-8")
    return shell, rest


def test_the_shell_blocks_run_as_pasted(api: ApiProcess, checkout: Path, stack_settings: object) -> None:
    shell, blocks = walk(api, checkout)
    register, upload, complete, follow, read, erase, receipt = blocks

    done = shell.run(register)
    call_id = done.stdout.strip()
    assert re.fullmatch(r"call_[a-z2-7]{26}", call_id), done.stdout + done.stderr
    done = shell.run(upload)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
    assert not (checkout / "upload.curl").exists(), "the file with the upload's key stays behind"
    done = shell.run(complete)
    assert json.loads(done.stdout)["state"] == "received", done.stdout + done.stderr
    done = shell.run(follow)
    assert done.returncode == 0, done.stderr
    state, listed = done.stdout.split("\n", 1)
    assert (state, json.loads(listed)["calls"][0]["id"]) == ("received", call_id)

    done = shell.run(read.splitlines()[1])
    assert done.returncode != 0
    assert json.loads(done.stdout)["type"] == "/problems/not-ready"
    assert callable(stack_settings)
    settings = stack_settings()
    assert isinstance(settings, Settings)
    make_ready(settings, api.workspace.workspace_id, call_id)
    done = shell.run(read)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WEBVTT" in done.stdout
    assert "[EMAIL_ADDRESS]" in done.stdout
    assert (checkout / "beginning.wav").read_bytes() == (checkout / "redacted.wav").read_bytes()[:1024]

    done = shell.run(erase)
    assert json.loads(done.stdout) == {"id": call_id, "state": "erasing"}
    done = shell.run(receipt)
    assert done.returncode != 0
    assert "the call is not erased" in done.stdout


def test_every_command_for_make_is_a_target() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy" / "runbooks").glob("*.md")]:
        asked = set(re.findall(r"(?:^|`)make ([a-z]+)(?=[`\s#])", page.read_text("utf-8"), flags=re.MULTILINE))
        assert asked <= targets, page


@pytest.mark.parametrize(
    "page",
    [
        page.relative_to(ROOT)
        for folder, pattern in (("", "*.md"), ("docs", "**/*.md"), ("deploy/runbooks", "*.md"), ("samples", "*.md"))
        for page in sorted((ROOT / folder).glob(pattern))
    ],
    ids=str,
)
def test_every_link_between_our_pages_leads_somewhere(page: Path) -> None:
    text = (ROOT / page).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target:
            assert ((ROOT / page).parent / target).exists(), f"{page}: {target}"


def rows(page: str) -> dict[str, str]:
    """Return the tables of a page: the code at the beginning of each row, and the whole row."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    return {found[1]: found[0] for found in re.finditer(r"^\| `([^`]+)`.*$", text, flags=re.MULTILINE)}


def complete(told: set[str], known: set[str], page: str) -> None:
    assert known - told == set(), f"docs/{page} does not tell of these; add a row for each"
    assert told - known == set(), f"docs/{page} tells of what the code does not have"


def test_docs_settings_lists_every_setting_with_its_default() -> None:
    told = rows("settings.md")
    complete(set(told), {f"CALLWARD_{name.upper()}" for name in Settings.model_fields}, "settings.md")
    for name, field in Settings.model_fields.items():
        if not field.is_required() and field.default is not None:
            assert f"`{field.default}`" in told[f"CALLWARD_{name.upper()}"], name


def test_docs_problems_lists_every_code_as_the_api_tells_it() -> None:
    told = rows("problems.md")
    complete(set(told), set(PROBLEMS), "problems.md")
    for code, problem in PROBLEMS.items():
        for part in (str(problem.status), problem.title, problem.what_to_do):
            assert f"| {part.replace('|', '&#124;')} |" in told[code], code


def test_docs_data_map_lists_every_collection_with_its_writer() -> None:
    told = rows("data-map.md")
    complete({name for name in told if re.fullmatch("[a-z_]+", name)}, set(BY_NAME) | set(Category), "data-map.md")
    for spec in BY_NAME.values():
        assert f"`{spec.writer}`" in told[spec.name], spec.name
        assert ("*tagged*" in told[spec.name]) == spec.tagged, spec.name
    assert {"u/{call}/{upload}", "c/{call}/{object}"} <= set(told)


def test_docs_stages_explains_every_state_and_every_reason_that_the_code_can_give() -> None:
    sources = "".join(file.read_text("utf-8") for file in sorted((ROOT / "workers").glob("*.py")))
    refused = set(re.findall(r"StageRefused\(\s*\"([a-z_-]+)\"", sources))
    assert len(refused) >= 5
    words = set(re.findall(r"reason=\"([a-z_-]+)\"|else \"([a-z_]+)\",\s+count_attempt", sources))
    given = {word for pair in words for word in pair if word} | {"internal", "held", "unavailable", "not-found"}
    decoding = set(BY_REASON) - {DecodingStopped.reason}
    redaction = {error.code for error in vars(redaction_errors).values() if _is_redaction_error(error)}
    told = set(rows("stages.md"))
    known = refused | given | decoding | redaction | set(Reason) | set(ReviewReason) | set(CallState) | set(Stage)
    complete(told, {str(one) for one in known}, "stages.md")


def _is_redaction_error(found: object) -> TypeGuard[type[redaction_errors.RedactionError]]:
    return isinstance(found, type) and issubclass(found, redaction_errors.RedactionError)


def test_docs_decisions_lists_every_decision() -> None:
    text = (ROOT / "docs" / "decisions.md").read_text("utf-8")
    for file in (ROOT / "docs" / "adr").glob("*.md"):
        number = int(file.name[:4])
        assert f"| [{number}](adr/{file.name}) |" in text
        assert file.read_text("utf-8").startswith(f"# {number}. ")


def test_the_changelog_repeats_every_fragment_under_its_kind() -> None:
    unreleased = (ROOT / "CHANGELOG.md").read_text("utf-8").split("## Unreleased", 1)[1].split("\n## ")[0]
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^### |\Z)", unreleased, flags=re.MULTILINE | re.DOTALL))
    fragments = list((ROOT / "docs" / "changelog").iterdir())
    assert fragments
    for file in fragments:
        issue, kind, suffix = file.name.split(".")
        assert (kind in {"added", "changed", "fixed", "removed", "security"}, suffix) == (True, "md"), file.name
        for entry in re.split(r"^- ", file.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            said = " ".join(entry.split())
            assert f"{said} (#{issue})" in " ".join(sections[kind.capitalize()].split()), file.name

"""The rooms: imports run downwards, each library is seen by one room, and there is no list of exceptions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sources import ROOMS, ROOT, pyproject


def test_the_import_contracts_hold() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_contract_has_an_exception() -> None:
    for contract in pyproject()["tool"]["importlinter"]["contracts"]:
        exceptions = {name for name in contract if name.startswith(("ignore", "unmatched"))}
        assert exceptions == set(), f"{contract['name']}: change the design, not the contract"


def test_every_room_is_under_the_contracts() -> None:
    settings = pyproject()["tool"]["importlinter"]
    assert set(settings["root_packages"]) == set(ROOMS) - {"profiles"}, "profiles holds data only"
    (layers,) = [contract["layers"] for contract in settings["contracts"] if contract["type"] == "layers"]
    assert {room.strip() for line in layers for room in line.split("|")} == set(ROOMS) - {"profiles"}
    assert [path.name for path in (ROOT / "profiles").rglob("*.py")] == ["__init__.py"]

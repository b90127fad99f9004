"""Flat packages are safe behind three guards: never uploaded, exactly the named ones, and no name that clashes."""

from __future__ import annotations

import re
import sys
from importlib import metadata

import pytest
from sources import ROOMS, ROOT, pyproject

NOT_SHIPPED = {"bench", "tests", "samples"}
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
_REQUIREMENT = re.compile(r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;\\]+)")


def test_the_distribution_can_never_be_uploaded() -> None:
    assert "Private :: Do Not Upload" in pyproject()["project"]["classifiers"], "PyPI refuses what carries it"


def test_the_wheel_holds_exactly_the_rooms() -> None:
    packages = pyproject()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert sorted(packages) == sorted(set(packages))
    top_level = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert set(packages) == top_level - NOT_SHIPPED == set(ROOMS)


def test_no_room_has_the_name_of_a_module_of_the_standard_library() -> None:
    assert not set(ROOMS) & set(sys.stdlib_module_names)


def test_no_room_has_the_name_of_something_installed() -> None:
    installed = metadata.packages_distributions()
    clashes = {room: installed[room] for room in ROOMS if set(installed.get(room, ())) - {"callward"}}
    assert clashes == {}, "two distributions would write the same folder"


def test_the_rooms_that_are_imported_are_ours() -> None:
    for room in ROOMS:
        module = __import__(room)
        assert module.__file__ is not None
        assert module.__file__.startswith(str(ROOT / room)), f"{room} comes from somewhere else"


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_requirement_is_pinned_and_hashed_and_names_no_index(lock: object) -> None:
    text = lock.read_text("utf-8")  # type: ignore[attr-defined]
    for word in ("://", "--index-url", "--extra-index-url", "--find-links", "--trusted-host", "\n-i ", "\n-f ", " @ "):
        assert word not in text, f"{word!r}: where packages come from is the installer's setting, not ours"
    entries = [
        entry
        for entry in re.sub(r"\\\n\s*", " ", text).splitlines()
        if entry.strip() and not entry.lstrip().startswith("#")
    ]
    assert entries
    for entry in entries:
        assert _REQUIREMENT.match(entry), f"not pinned: {entry[:80]}"
        assert re.search(r"--hash=sha256:[0-9a-f]{64}(\s|$)", entry), f"no hash: {entry[:80]}"


def test_the_lock_files_hold_everything_that_the_project_asks_for() -> None:
    project = pyproject()["project"]
    locked = {
        lock.name: {
            match["name"].lower().replace("_", "-")
            for line in lock.read_text().splitlines()
            if (match := _REQUIREMENT.match(line))
        }
        for lock in LOCKS
    }
    extras = [one for group in project["optional-dependencies"].values() for one in group]
    for name, asked in (("app.txt", project["dependencies"]), ("dev.txt", [*project["dependencies"], *extras])):
        wanted = {re.split(r"[\[<>=;! ]", one, maxsplit=1)[0].lower().replace("_", "-") for one in asked}
        assert wanted - locked[name] == set(), f"run `make lock`: {name} lacks them"

"""Every promise of the five reference profiles is a named control, and what a control says of itself is true."""

from __future__ import annotations

import ast
import importlib
import re
from functools import lru_cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from domain.controls import Control, ControlKind
from governance.profile_lines import BadFile
from governance.profiles import load_profile, parse_profile, profile, profile_names
from storage.catalog import BY_NAME

ROOT = Path(__file__).parents[2]
PROMISES_PAGE = ROOT.parent / "shared/reference/promises.md"
PROMISED = {"runo": ("RN", 31), "ruu": ("RU", 28), "runlet": ("RL", 16), "rumo": ("RM", 13), "rukuse": ("RK", 25)}
"""For each notice the mark of its promises and how many there are."""
CONTROLS = [(name, control) for name in PROMISED for control in profile(name).controls]
NAMES = [f"{name} {control.control_id}" for name, control in CONTROLS]


def promised(name: str) -> list[str]:
    mark, count = PROMISED[name]
    return [f"{mark}{number}" for number in range(1, count + 1)]


@lru_cache(maxsize=256)
def names_in(path: str) -> frozenset[str]:
    """Return the names of the tests in a file, `Class::name` for those of a class."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )


@pytest.mark.parametrize("name", PROMISED)
def test_every_promise_of_a_notice_is_a_control_of_its_profile(name: str) -> None:
    assert [control.control_id for control in profile(name).controls] == promised(name)


@pytest.mark.skipif(not PROMISES_PAGE.exists(), reason="the page of promises lies beside the repository")
def test_the_promises_here_are_those_of_the_page() -> None:
    page = PROMISES_PAGE.read_text("utf-8").split("### Conflicts")[0]
    named = re.findall(r"\b(R[NULMK]\d+) [A-Z]", page)
    assert sorted(named) == sorted(one for name in PROMISED for one in promised(name))


@pytest.mark.parametrize(("name", "control"), CONTROLS, ids=NAMES)
def test_a_control_names_a_test_and_a_module_that_exist(name: str, control: Control) -> None:
    if control.test is not None:
        path, _, test = control.test.partition("::")
        assert test in names_in(path), f"{name} {control.control_id}: {path} has no {test}"
    if control.kind is ControlKind.ENFORCED:
        assert control.test is not None
        assert control.open is None
    if control.by.startswith("collection "):
        assert control.by.removeprefix("collection ") in BY_NAME
    elif control.kind is not ControlKind.ORGANISATIONAL:
        importlib.import_module(control.by)


@pytest.mark.parametrize(("name", "control"), CONTROLS, ids=NAMES)
def test_a_control_says_something_in_a_sentence(name: str, control: Control) -> None:
    assert control.text[0].isupper(), name
    assert control.text.endswith(".")
    assert control.open is None or not control.open.endswith(".")


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_has_a_version_and_a_date(name: str) -> None:
    found = profile(name)
    assert found.policy.version >= 1
    assert found.revised is not None
    assert found.policy.policy_id == name


@pytest.mark.parametrize("name", profile_names())
def test_every_rule_of_every_profile_names_its_source(name: str) -> None:
    policy = profile(name).policy
    assert all(rule.source for _, _, rule in policy.rules())
    assert all(limit.source for limit in (*policy.floors, *policy.ceilings))


def test_what_the_notices_disagree_on_is_a_setting() -> None:
    told = {name: profile(name).policy.settings for name in PROMISED}
    assert {name: one.minors_age for name, one in told.items() if one.minors_age != 18} == {"rukuse": 16}
    assert (told["runo"].breach_report_hours, told["runlet"].breach_authority_hours) == (12, 72)
    assert (told["runlet"].erasure_days, told["rumo"].erasure_days) == (30, None)
    assert told["runlet"].marketing_opt_out_business_days == 2
    assert (told["ruu"].provider_sharing, told["runlet"].provider_sharing) == (True, False)
    assert (told["runo"].policy_change_notice, told["rumo"].policy_change_notice) == (True, False)


@pytest.mark.parametrize("name", PROMISED)
def test_the_page_of_profiles_counts_the_controls_rightly(name: str) -> None:
    kinds = [control.kind for control in profile(name).controls]
    row = f"| `{name}` | {' | '.join(str(kinds.count(kind)) for kind in ControlKind)} |"
    assert row in (ROOT / "docs/profiles.md").read_text("utf-8"), f"docs/profiles.md should say: {row}"


def test_a_workspaces_policy_carries_no_controls() -> None:
    assert "controls" not in load_profile("runo")


def test_a_profiles_controls_are_shown_with_what_is_open() -> None:
    shown = CliRunner().invoke(app, ["policy", "show", "runo"]).stdout
    assert all(f"  {one} [" in shown for one in promised("runo"))
    assert "Still open:" in shown


STRICT = (ROOT / "profiles/strict.yaml").read_text("utf-8")
ONE = '  - {id: X1, text: "It holds.", kind: evidenced, by: collection calls}\n'


@pytest.mark.parametrize(
    ("controls", "sentence"),
    [
        ("  - {id: X1, text: a, kind: enforced, by: domain.due}\n", "names the test"),
        ('  - {id: X1, text: a, kind: enforced, by: x, test: "a::b", open: much}\n', "still open is not enforced"),
        ("  - {id: X1, text: a, kind: perhaps, by: x}\n", "unknown control kind 'perhaps'"),
        ("  - {id: X1, kind: evidenced, by: x}\n", "lacks the field 'text'"),
        (ONE + ONE, "X1 is there already"),
        ("  - X1\n", "does not have the shape"),
    ],
)
def test_a_control_that_says_too_little_is_told_with_its_line(controls: str, sentence: str) -> None:
    with pytest.raises(BadFile, match=sentence) as bad:
        parse_profile(f"{STRICT}controls:\n{controls}")
    first = len(STRICT.splitlines()) + 2
    assert bad.value.faults[0].line in {first, first + 1}


def test_one_control_alone_is_read() -> None:
    (control,) = parse_profile(f"{STRICT}controls:\n{ONE}").controls
    assert (control.control_id, control.kind, control.test) == ("X1", ControlKind.EVIDENCED, None)

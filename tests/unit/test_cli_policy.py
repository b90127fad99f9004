"""`callward policy`: profiles listed, shown, checked with lines, and compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from domain.records import Category
from governance.profiles import profile_names

PROFILES = ("rukuse", "rumo", "runlet", "runo", "ruu", "strict")
SHIPPED = Path(__file__).parents[2] / "profiles"


def policy(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(app, ["policy", *arguments], input=text)


def test_six_profiles_ship() -> None:
    assert tuple(profile_names()) == PROFILES
    assert policy("list").stdout.split() == list(PROFILES)


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_reads_as_a_notice(name: str) -> None:
    shown = policy("show", name)
    assert shown.exit_code == 0
    assert f"({name}, version" in shown.stdout.splitlines()[0]
    assert all(f"[{category.value}]" in shown.stdout for category in Category)
    told = json.loads(policy("show", name, "--json").stdout)
    assert set(told["categories"]) == set(Category)
    assert told["settings"]["minors_age"] == (16 if name == "rukuse" else 18)


@pytest.mark.parametrize("name", PROFILES)
def test_what_ships_passes_its_own_check(name: str) -> None:
    assert policy("check", str(SHIPPED / f"{name}.yaml")).exit_code == 0


def changed(old: str, new: str) -> str:
    text = (SHIPPED / "strict.yaml").read_text("utf-8")
    assert old in text
    return text.replace(old, new, 1)


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("add: P30D", "add: 30 days", "not an ISO 8601 duration"),
        ("zone: Asia/Kolkata", "zone: Asia/Calcuttah", "unknown zone"),
        ("yields: ceiling", "# yields: nothing said", "Say which yields"),
        ("purposes: [product_analytics]", "purposes: [advertising]", "unknown purpose 'advertising'"),
        ("  prospect:", "  gossip:", "unknown category 'gossip'"),
        ("minors_age: 18", "minors_age: grown up", "must be a whole number"),
        ("[standard_clauses]", "[privacy_shield]", "void since 2020-07-16"),
        ("add: P3Y", "add: P3Y, longest: P2Y", "longer than its own longest"),
        ("region: ap-south-1", "region: ap-south-1\nregion: eu-west-1", "stands here a second time"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    text = changed(old, new)
    file = tmp_path / "policy.yaml"
    file.write_text(text, "utf-8")
    result = policy("check", str(file))
    assert result.exit_code == 1
    told = next(line for line in result.stderr.splitlines() if sentence in line)
    number = int(told.removeprefix(f"{file}:").split(":")[0])
    where = "- jurisdiction: IN" if sentence.startswith("Say") else new.splitlines()[-1]
    if not sentence.startswith("longer"):
        assert number == line_of(text, where)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [1", "not YAML"),
        ("a: &x 1\nb: *x", "an alias"),
        ("", "does not have the shape"),
        ("- 1", "does not have the shape"),
        ("a: 2024-99-99", "a value in it has no meaning"),
        ("[" * 20_000, "not YAML"),
        ("id: x", "lacks the field 'zone'"),
        ("a: \x00", "not YAML"),
        ("? [a, b]\n: 1", "not YAML"),
    ],
)
def test_what_is_no_policy_is_refused_without_a_traceback(text: str, sentence: str) -> None:
    result = policy("check", "-", text=text)
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


def test_several_faults_are_told_at_once_as_json_too() -> None:
    text = changed("add: P30D", "add: 30 days").replace("minors_age: 18", "minors_age: x")
    told = [json.loads(line) for line in policy("check", "-", "--json", text=text).stdout.splitlines()]
    assert [one["line"] for one in told] == sorted(one["line"] for one in told)
    assert len(told) == 2


def test_two_profiles_are_compared_field_by_field() -> None:
    told = {
        one["field"]: (one["first"], one["second"])
        for one in map(json.loads, policy("diff", "rukuse", "runo", "--json").stdout.splitlines())
    }
    assert told["settings.minors_age"] == (16, 18)
    assert told["policy_id"] == ("rukuse", "runo")
    assert not any(field.startswith("categories.traffic_data.retentions.everybody.add") for field in told)
    assert policy("diff", "strict", "strict").stdout == ""


def test_the_same_length_said_in_other_words_is_no_difference(tmp_path: Path) -> None:
    file = tmp_path / "same.yaml"
    file.write_text(changed("add: P12M", "add: P1Y"), "utf-8")
    assert policy("diff", "strict", str(file)).stdout == ""


def test_a_file_can_stand_for_a_profile_and_its_faults_have_lines(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(changed("id: strict", "id: mine"), "utf-8")
    assert "(mine, version" in policy("show", str(file)).stdout
    file.write_text(changed("add: P30D", "add: soon"), "utf-8")
    assert policy("show", str(file)).exit_code == 1
    assert policy("show", "nobody").exit_code == 2

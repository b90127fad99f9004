"""Logs: constant events with ids and counts; never words, numbers, names, or an error's own message."""

from __future__ import annotations

import ast
import re

import pytest
from sources import Module, calls_of, modules

LEVELS = ("debug", "info", "warning", "error", "critical", "exception")
EVENT = re.compile(r"^[a-z_]+(:[a-z_]+){1,3}$")
PERSONAL = {
    "text", "texts", "word", "words", "segment", "transcript", "number", "numbers", "caller", "callee", "name", "names",
    "file_name", "filename", "path", "email", "emails", "hints", "reason_text", "body", "content", "query", "url",
    "key", "token", "secret", "message", "detail", "exc_info", "error", "exception", "origin_id", "content_hash",
}  # fmt: skip
CALLS = [
    (module, call)
    for module in modules()
    for call, on in calls_of(module.tree, *LEVELS)
    if ast.unparse(on.value) in {"log", "logger", "logging", "self._log", "self.log"}
    or "getLogger" in ast.unparse(on.value)
]
IDS = [f"{module.at(call)}" for module, call in CALLS]


def test_the_search_sees_the_log_lines() -> None:
    """If this fails, the rules below look at nothing: the logger has another name now."""
    assert len(CALLS) >= 15


@pytest.mark.parametrize(("module", "call"), CALLS, ids=IDS)
def test_an_event_is_one_constant_phrase(module: Module, call: ast.Call) -> None:
    assert len(call.args) == 1, f"{module.at(call)}: pass facts by name"
    event = call.args[0]
    assert isinstance(event, ast.Constant), f"{module.at(call)}: an event is constant; what varies goes beside it"
    assert EVENT.match(str(event.value)), f"{module.at(call)}: write subject:object:verb"


@pytest.mark.parametrize(("module", "call"), CALLS, ids=IDS)
def test_beside_an_event_stand_ids_counts_and_constant_words(module: Module, call: ast.Call) -> None:
    for keyword in call.keywords:
        if keyword.arg is None:
            assert "where(error)" in ast.unparse(keyword.value), (
                f"{module.at(call)}: only domain.logs.where may be spread"
            )
            continue
        assert keyword.arg not in PERSONAL, f"{module.at(call)}: {keyword.arg} may hold what a person said or is"
        for inner in ast.walk(keyword.value):
            told = isinstance(inner, ast.JoinedStr) or (
                isinstance(inner, ast.Call) and ast.unparse(inner.func) in {"str", "repr", "format"}
            )
            assert not told, (
                f"{module.at(call)}: {keyword.arg} is made into text; an error's text may quote what was said"
            )


def test_no_level_adds_an_errors_own_text() -> None:
    assert [
        module.at(call)
        for module, call in CALLS
        if isinstance(call.func, ast.Attribute) and call.func.attr == "exception"
    ] == []


def test_only_the_command_line_prints() -> None:
    prints = [
        module.at(node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"print", "pprint", "traceback.print_exc", "sys.stdout.write"}
    ]
    assert [place for place in prints if not place.startswith("cli/")] == []

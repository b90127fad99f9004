"""The shape of the house: small files, and one way for words to leave it."""

from __future__ import annotations

import ast
from collections import Counter

from sources import ROOT, Module, calls_of, enclosing, modules

LONGEST = 250
LONGER: dict[str, str] = {
    "api/answers.py": "one class per answer, flat: reading it is looking something up",
    "api/routers/calls.py": "one resource; its routes are declarations",
}
"""Files of more than 250 lines, each with what would be lost by making two of it."""


def test_a_file_of_more_than_250_lines_says_why_it_is_not_two() -> None:
    lengths = {
        str(module.path.relative_to(ROOT)): len(module.path.read_text("utf-8").splitlines()) for module in modules()
    }
    too_long = {name: length for name, length in lengths.items() if length > LONGEST}
    assert set(too_long) - set(LONGER) == set(), "which two things is it?"
    assert set(LONGER) - set(too_long) == set(), "short enough now: strike it from the list"


def _importers(name: str) -> set[str]:
    return {
        module.name
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom | ast.Import) and name in ast.unparse(node)
    }


def test_words_are_written_out_in_three_places_only() -> None:
    assert _importers("transcription.render") == {
        "api.routers.content",
        "cli.speech.results",
        "cli.redacting.transcripts",
    }
    writers = _importers("transcript_to_dict")
    assert writers == {"api.routers.content", "transcription.render", "transcription.store"}


def test_the_api_opens_the_clear_copy_only_after_the_audit_event_is_stored() -> None:
    """In `api`, what is as spoken is reached in a function that asked `clear_copy` before, and only if it said yes."""
    reached: list[str] = []
    for module in (module for module in modules() if module.name.startswith("api")):
        for node in _clear_reads(module):
            function = enclosing(node, ast.AsyncFunctionDef, ast.FunctionDef)
            assert function is not None
            asked = [
                call
                for call in ast.walk(function)
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "clear_copy"
            ]
            assert asked, f"{module.at(node)}: ask api.reading.clear_copy first"
            assert asked[0].lineno <= node.lineno, f"{module.at(node)}: ask before reading"
            assert _depends_on_the_answer(node), f"{module.at(node)}: read it only if the answer was yes"
            reached.append(module.name)
    assert Counter(reached) == {
        "api.routers.call_logs": 1,
        "api.routers.calls": 1,
        "api.routers.cdrs": 1,
        "api.routers.content": 2,
        "api.routers.imports": 2,
        "api.routers.vcons": 3,
    }


def _clear_reads(module: Module) -> list[ast.AST]:
    """Where the clear transcript is named, the original recording read, or the clear numbers asked for."""
    named = [
        node
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "TranscriptKind.CLEAR"
    ]
    reads = calls_of(module.tree, "read_original", "numbers", "hints", "raw_row", "read_file")
    return [*named, *(call for call, _ in reads)]


def _depends_on_the_answer(node: ast.AST) -> bool:
    choice = enclosing(node, ast.If, ast.IfExp)
    while choice is not None:
        assert isinstance(choice, ast.If | ast.IfExp)
        condition = ast.unparse(choice.test)
        in_body = any(
            node in ast.walk(part) for part in (choice.body if isinstance(choice.body, list) else [choice.body])
        )
        if in_body and ("clear_copy(" in condition or condition == "as_spoken"):
            return True
        choice = enclosing(choice, ast.If, ast.IfExp)
    return False


def test_times_are_aware_and_the_domain_has_no_clock() -> None:
    naive = [
        module.at(call)
        for module in modules()
        for call, on in calls_of(module.tree, "utcnow")
        if "datetime" in ast.unparse(on)
    ]
    assert naive == []
    clocks = [
        module.at(call)
        for module in modules()
        if module.name.startswith("domain")
        for call, on in calls_of(module.tree, "now", "today", "time", "monotonic")
        if ast.unparse(on.value) in {"datetime", "date", "time"}
    ]
    assert clocks == [], "the domain is told the time"

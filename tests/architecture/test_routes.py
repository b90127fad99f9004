"""Every route says who may use it, and every problem says what to do."""

from __future__ import annotations

import ast
import importlib
from typing import Any

import pytest
from sources import modules

from api.app import create_app, scoped_routes
from api.problems import MEDIA_TYPE, PROBLEMS
from domain.errors import CallwardError
from domain.scopes import Scope
from storage.settings import Settings

PUBLIC = {
    "/openapi.json": "the description itself",
    "/docs": "its pages",
    "/docs/oauth2-redirect": "its pages",
    "/redoc": "its pages",
    "/health/live": "for load balancers",
    "/health/ready": "for load balancers",
    "/problems/{code}": "where the `type` of a problem leads",
    "/privacy/officer": "who answers for privacy is published (promise RN11)",
}
SIGNED = {
    "/v1/callbacks/{provider}/{hook}": "its provider signs, or its address is the secret",
}
"""Routes that ask for no key of ours: something else vouches for each request."""
INSIDE = {
    "erased": "whoever delivers it again is told that it is done: 200 with an outcome",
    "duplicate": "stores turn it into a decision of their own",
    "lost-lease": "between workers",
    "overfull": "the rows of such a call are refused and counted",
    "not-erased": "the erasing job is tried again",
    "busy": "another relay is at the workspace; the next round of the sweep goes on",
    **dict.fromkeys(("fetch-refused", "fetch-failed"), "the ingest worker makes it the code of a dead letter"),
    "unknown-chore": "the job is tried again, by a newer worker it may be",
    **dict.fromkeys(
        ("model-missing", "redaction-failed", "silence-failed", "unsupported-language", "unsupported-operator"),
        "redaction runs in workers: the runner makes it the reason of a stage",
    ),
}
"""Codes that never reach an HTTP client."""
APP = create_app(Settings(mongo_url="mongodb://nowhere/", broker_url="redis://nowhere"))  # type: ignore[arg-type]
DOCUMENT: dict[str, Any] = APP.openapi()
ROUTES = scoped_routes(APP)
OPERATIONS = [
    (method, path, operation) for path, methods in DOCUMENT["paths"].items() for method, operation in methods.items()
]


@pytest.mark.parametrize(("path", "method", "scopes"), ROUTES, ids=str)
def test_every_route_states_a_scope_or_is_known_to_be_public(path: str, method: str, scopes: tuple[str, ...]) -> None:
    assert bool(scopes) != (path in {**PUBLIC, **SIGNED}), (
        f"{method} {path}: ask for a caller of api.auth, or add it to PUBLIC with a reason"
    )
    assert set(scopes) <= {scope.value for scope in Scope}


def test_every_public_route_exists() -> None:
    assert {*PUBLIC, *SIGNED} <= {path for path, _, _ in ROUTES}
    assert not [path for path in PUBLIC if path.startswith("/v1/")]


def test_the_description_shows_every_route_of_the_api() -> None:
    shown = {(path, method.upper()) for method, path, _ in OPERATIONS}
    assert {(path, method) for path, method, _ in ROUTES if path.startswith("/v1/")} <= shown
    assert len(shown) > 20


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=[f"{m} {p}" for m, p, _ in OPERATIONS])
def test_every_operation_says_what_it_is_for_whom_and_how_it_fails(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    assert operation["summary"]
    assert operation["description"].strip()
    failures = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
    for status, answer in failures.items():
        assert set(answer["content"]) == {MEDIA_TYPE}, (
            f"{method} {path}: {status} is told as something else than a problem"
        )
        assert answer["description"]
    if path in {**PUBLIC, **SIGNED}:
        assert "x-callward-scopes" not in operation
        assert path in PUBLIC or {"403", "404", "422", "503"} <= set(failures)
        return
    assert operation["x-callward-scopes"]
    assert {"401", "403", "422", "503"} <= set(failures)
    assert "{" not in path or failures.keys() & {"404"}, f"{method} {path}: what is asked for by id may not be there"


def _error_classes() -> list[type[CallwardError]]:
    for module in modules():
        names = {
            ast.unparse(base) for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef) for base in node.bases
        }
        if names & {"CallwardError", *(cls.__name__ for cls in _subclasses(CallwardError))}:
            importlib.import_module(module.name)
    return [cls for cls in _subclasses(CallwardError) if not cls.__module__.startswith("test")]


def _subclasses(cls: type[CallwardError]) -> list[type[CallwardError]]:
    return [one for child in cls.__subclasses__() for one in (child, *_subclasses(child))]


def test_every_refusal_has_a_code_of_its_own_that_the_api_can_explain() -> None:
    classes = _error_classes()
    codes = [cls.code for cls in classes]
    assert len(set(codes)) == len(codes)
    assert len(codes) > 20
    unexplained = {cls.code: cls.__module__ for cls in classes if cls.code not in PROBLEMS and cls.code not in INSIDE}
    assert unexplained == {}, "add it to api.problems.PROBLEMS, or to INSIDE with a reason"
    assert set(INSIDE) <= set(codes) - set(PROBLEMS)


def test_every_problem_tells_its_reader_what_to_do() -> None:
    for code, problem in PROBLEMS.items():
        assert code == code.lower().replace("_", "-")
        assert 400 <= problem.status < 600, code
        assert problem.title, code
        assert problem.what_to_do.endswith((".", ")")), code

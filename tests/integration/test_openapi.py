"""The API does what its OpenAPI document says, the document says it all, and the pages that show it work offline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from api_process import ApiProcess, MakeSettings, api_process, make_ready, receive, register, wav
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from api.answers import TranscriptOut
from api.app import create_app, scoped_routes
from api.problems import MEDIA_TYPE, PROBLEMS
from cli.stack.embedded import EmbeddedStack
from domain.scopes import Scope
from storage.settings import Settings

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    missing_required_header,
    unsupported_method,
]
UNOPENED = Settings(
    mongo_url=SecretStr("mongodb://nowhere/"), broker_url=SecretStr("redis://nowhere/0"), root_key_file=Path("nowhere")
)
APP = create_app(UNOPENED)
DOCUMENT: dict[str, Any] = APP.openapi()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
METHODS = {"get", "post", "put", "delete"}
OPERATIONS = [(path, method, what) for path, one in DOCUMENT["paths"].items() for method, what in one.items()]
IDS = [f"{method.upper()} {path}" for path, method, _ in OPERATIONS]


@dataclass(frozen=True, slots=True)
class Served:
    """A running API, a key for everything, calls in three states to play with, and a ready one that is left alone."""

    api: ApiProcess
    key: str
    calls: tuple[str, ...]
    ready: str

    def key_for(self, path: str, method: str) -> str:
        """Only the platform's key makes workspaces."""
        return self.api.platform_key if (path, method) == ("/v1/workspaces", "POST") else self.key


@pytest.fixture(scope="module")
def served(
    stack: EmbeddedStack, stack_settings: MakeSettings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    with api_process(stack.env, tmp_path_factory.mktemp("api")) as api:
        workspace_id = api.workspace.workspace_id
        with api.client(api.platform_key) as platform:
            body = {
                "name": "everything",
                "scopes": [scope.value for scope in Scope if scope is not Scope.CORPUS_MANAGE],
            }
            key = platform.post(f"/v1/workspaces/{workspace_id}/keys", json=body).json()["key"]
        with api.client(key) as client:
            calls = (register(client, wav(seed=1)), receive(client, seed=2), receive(client, seed=3))
            ready = receive(client, seed=4)
        for call_id in (calls[2], ready):
            make_ready(stack_settings(), workspace_id, call_id)
        yield Served(api, key, calls, ready)


def cases(path: str, method: str, what: dict[str, Any]) -> st.SearchStrategy[schemathesis.Case[Any]]:
    """Return requests that fit the document and, where there is anything to get wrong, requests that do not."""
    operation = SCHEMA[path][method]
    good = operation.as_strategy(GenerationMode.POSITIVE)
    if not (what.get("parameters") or what.get("requestBody")):
        return good
    return st.one_of(good, operation.as_strategy(GenerationMode.NEGATIVE))


# Not `SCHEMA.parametrize()`: its items all have one name, and of items with one name pytest-xdist runs a single one.
@pytest.mark.parametrize(("path", "method", "what"), OPERATIONS, ids=IDS)
def test_every_operation_answers_as_the_document_says(
    served: Served, path: str, method: str, what: dict[str, Any]
) -> None:
    @settings(
        max_examples=15,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases(path, method, what))
    def answers(case: schemathesis.Case[Any]) -> None:
        if case.path_parameters and "call_id" in case.path_parameters and method != "delete":
            # Most made-up ids become ids of calls that are there, so that more than 404 is seen.
            at = len(str(case.path_parameters["call_id"])) % (len(served.calls) + 1)
            if at < len(served.calls):
                case.path_parameters["call_id"] = served.calls[at]
        if case.path_parameters and "workspace_id" in case.path_parameters:
            case.path_parameters["workspace_id"] = served.api.workspace.workspace_id
        key = served.key_for(path, method.upper())
        response = case.call(base_url=served.api.url, headers={"Authorization": f"Bearer {key}"}, timeout=30)
        # Without a body, what is wrong is mostly a query parameter that nobody knows; those are passed over.
        case.validate_response(response, checks=[*CHECKS, negative_data_rejection] if case.operation.body else CHECKS)
        if response.status_code >= 400:
            assert response.headers["content-type"] == [MEDIA_TYPE]

    answers()


def test_no_request_of_these_tests_went_wrong_on_our_side(served: Served) -> None:
    assert "http:request:failed" not in served.api.log()


@pytest.mark.parametrize(("path", "method", "what"), OPERATIONS, ids=IDS)
def test_every_operation_is_explained_with_scope_errors_and_examples(
    path: str, method: str, what: dict[str, Any]
) -> None:
    assert method in METHODS
    assert what["summary"]
    assert what["description"]
    with_key = path.startswith("/v1/") and not path.startswith("/v1/callbacks/")  # their providers sign
    assert bool(what.get("x-callward-scopes")) == with_key
    assert bool(what.get("security")) == with_key
    if with_key:
        assert all(f"`{scope}`" in what["description"] for scope in what["x-callward-scopes"])
        assert {"401", "403", "422", "503"} <= set(what["responses"])
    for status, response in what["responses"].items():
        assert response["description"], status
        if int(status) >= 400:
            (content,) = response["content"].items()
            assert content[0] == MEDIA_TYPE
            assert content[1]["schema"] == {"$ref": "#/components/schemas/ProblemOut"}
            for code, example in content[1]["examples"].items():
                assert example["value"]["type"] == f"/problems/{code}"
                assert example["value"]["status"] == int(status)
    if "requestBody" in what:
        assert "413" in what["responses"], "a body can be too large: name `too-large` among the route's errors"


def test_every_request_body_has_an_example() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    for name, schema in schemas.items():
        if name.endswith("In"):
            told = [field for field in schema["properties"].values() if "examples" in field or "enum" in str(field)]
            assert told or "$ref" in str(schema), f"{name} shows no example"


def test_the_scopes_in_the_document_are_those_that_the_routes_ask_for() -> None:
    asked = {(path, method.lower()): scopes for path, method, scopes in scoped_routes(APP) if path in DOCUMENT["paths"]}
    told = {(path, method): tuple(what.get("x-callward-scopes", ())) for path, method, what in OPERATIONS}
    assert asked == told
    assert len(told) > 20


@pytest.mark.parametrize("page", ["/docs", "/redoc"])
def test_the_pages_that_show_the_document_work_without_the_internet(served: Served, page: str) -> None:
    with served.api.client(None) as client:
        html = client.get(page)
        assert html.status_code == 200
        foreign = [url for url in re.findall(r"(?:https?:)?//[^\s\"'<>]+", html.text) if not url.startswith("//#")]
        assert foreign == []
        assets = re.findall(r"""(?:src|href)=["']([^"']+\.(?:js|css|png|ico|svg))["']""", html.text)
        assert assets
        for asset in assets:
            assert asset.startswith("/"), asset
            found = client.get(asset)
            assert found.status_code == 200, asset
            assert len(found.content) > 100, asset
        assert client.get("/openapi.json").json()["openapi"].startswith("3.1")


def test_a_transcript_has_the_shape_that_the_document_promises(served: Served) -> None:
    with served.api.client(served.key) as client:
        body = client.get(f"/v1/calls/{served.ready}/transcript").json()
        told = TranscriptOut.model_validate(body)
        shown = told.model_dump(mode="json", exclude_none=True)
        assert shown == body
        assert [word.entity_type for word in told.segments[1].words] == [None, None, "EMAIL_ADDRESS", None]
        assert "ravi" not in str(body)


def test_a_range_of_the_sound_is_those_bytes(served: Served) -> None:
    address = f"/v1/calls/{served.ready}/recording"
    with served.api.client(served.key) as client:
        whole = client.get(address).content
        part = client.get(address, headers={"Range": "bytes=70000-70099"})
        assert (part.status_code, part.content) == (206, whole[70000:70100])
        assert part.headers["content-range"] == f"bytes 70000-70099/{len(whole)}"
        beyond = client.get(address, headers={"Range": f"bytes={len(whole)}-"})
        assert (beyond.status_code, beyond.json()["type"]) == (416, "/problems/range-not-satisfiable")


def test_each_problem_explains_itself_at_its_type(served: Served) -> None:
    with served.api.client(None) as client:
        for code, problem in PROBLEMS.items():
            told = client.get(f"/problems/{code}").json()
            assert told == {
                "code": code,
                "status": problem.status,
                "title": problem.title,
                "what_to_do": problem.what_to_do,
            }
        assert client.get("/problems/none").status_code == httpx.codes.NOT_FOUND

"""What people and programs do to an API that they should not: it says no, in the same words, and repeats nothing."""

from __future__ import annotations

import json
import logging
import re
import socket
import subprocess
import sys
import time
import urllib.parse
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from api_process import ROOT, ApiProcess, api_process, receive, wav
from support import wait_for

from api.app import create_app, scoped_routes
from api.problems import MEDIA_TYPE
from cli.stack.embedded import EmbeddedStack
from domain.scopes import Scope
from storage.settings import Settings, load_settings

SECRETS = {
    "CALLWARD_MONGO_URL": "mongodb://u:hidden-mongo@h/",
    "CALLWARD_BROKER_URL": "redis://:hidden-broker@h/0",
    "CALLWARD_S3_ACCESS_KEY": "hidden-access",
    "CALLWARD_S3_SECRET_KEY": "hidden-secret",
    "CALLWARD_BOOTSTRAP_KEY": "hidden-bootstrap",
    "CALLWARD_ROOT_KEY_FILE": "root.key",
}
SETTINGS = Settings.model_validate({name.removeprefix("CALLWARD_").lower(): value for name, value in SECRETS.items()})
APP = create_app(SETTINGS)
ROUTES = [
    (path, method, scopes)
    for path, method, scopes in scoped_routes(APP)
    if path.startswith("/v1/") and not path.startswith("/v1/callbacks/")  # signed, not keyed: test_callbacks.py
]
CHOSEN = "/v1/sources/{name}"
"""The one address whose last part its user chooses: what cannot be a name is refused as one when it is written."""
NO_ID = "call_aaaaaaaaaaaaaaaaaaaaaaaaaa"
PERSONAL = ("+14155550132", "Ravi Narayanan", "ravi.narayanan@example.com")
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def api(stack: EmbeddedStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiProcess]:
    with api_process(stack.env, tmp_path_factory.mktemp("api")) as running:
        yield running


def make_key(api: ApiProcess, *scopes: Scope, **fields: Any) -> dict[str, Any]:
    with api.client(api.platform_key) as platform:
        body = {"name": "test", "scopes": [scope.value for scope in scopes], **fields}
        made = platform.post(f"/v1/workspaces/{api.workspace.workspace_id}/keys", json=body)
        assert made.status_code == httpx.codes.CREATED, made.text
        key: dict[str, Any] = made.json()
        return key


@pytest.fixture(scope="module")
def everything(api: ApiProcess) -> str:
    """A key with every scope that a workspace's key can have."""
    return str(make_key(api, *(scope for scope in Scope if scope is not Scope.CORPUS_MANAGE))["key"])


@pytest.fixture(scope="module")
def single_keys(api: ApiProcess) -> dict[Scope, str]:
    """A key for each scope alone; the one that no workspace's key can have is the platform's."""
    keys = {scope: make_key(api, scope)["key"] for scope in Scope if scope is not Scope.CORPUS_MANAGE}
    with api.client(api.platform_key) as platform:
        made = platform.post("/v1/platform/keys", json={"name": "ML", "scopes": [Scope.CORPUS_MANAGE.value]})
        assert made.status_code == httpx.codes.CREATED, made.text
    return {**keys, Scope.CORPUS_MANAGE: made.json()["key"]}


def filled(path: str, value: str = NO_ID) -> str:
    return re.sub(r"\{[a-z_]+\}", value, path)


def refused(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.headers["content-type"]) == (status, MEDIA_TYPE), answer.text
    assert answer.json()["type"] == f"/problems/{code}", answer.text
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


def raw(api: ApiProcess, request: bytes) -> bytes:
    """Send bytes as they are, for what no client library would send; return all that comes back."""
    address = urllib.parse.urlsplit(api.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as line:
        line.sendall(request)
        line.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := line.recv(65536):
            answer += piece
    return answer


# --- keys -----------------------------------------------------------------------------------------------------------


def altered(key: str) -> str:
    return key[:-1] + ("A" if key[-1] != "A" else "B")


def test_every_key_that_is_none_is_refused_in_the_same_words(api: ApiProcess) -> None:
    good = make_key(api, Scope.CALLS_READ)["key"]
    wrong = [
        "nope", "cw_", altered(good), "cw_" + "a" * 26 + good[29:], good + "x", good.upper(), good[3:],
        "cw_é" + good[4:], good + "%0a", "null", "undefined", "{'$gt': ''}", "a" * 4000,
    ]  # fmt: skip
    told = set()
    for key in wrong:
        with api.client(None) as client:
            answer = client.get("/v1/calls", headers={b"Authorization": f"Bearer {key}".encode()})
        refused(answer, 401, "unauthenticated")
        assert answer.headers["www-authenticate"] == "Bearer"
        told.add(json.dumps({name: value for name, value in answer.json().items() if name != "request_id"}))
    assert len(told) == 1


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic dXNlcjpwYXNz", "Token {key}", "{key}", "bearer:{key}"])
def test_a_header_that_carries_no_key_is_refused(api: ApiProcess, everything: str, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header.format(key=everything)}
    with api.client(None) as client:
        answer = client.get("/v1/calls", headers=headers)
    refused(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_revoked_key_is_refused_at_once_and_says_so_only_to_who_has_its_secret(api: ApiProcess) -> None:
    key = make_key(api, Scope.CALLS_READ)
    with api.client(key["key"]) as client, api.role("admin") as admin:
        assert client.get("/v1/calls").status_code == httpx.codes.OK
        address = f"/v1/workspaces/{api.workspace.workspace_id}/keys/{key['id']}"
        assert [admin.delete(address).status_code for _ in range(2)] == [204, 204]
        answer = client.get("/v1/calls")
        refused(answer, 401, "unauthenticated")
        assert answer.json()["detail"] == "the API key is revoked"
        guessed = client.get("/v1/calls", headers={"Authorization": f"Bearer {altered(key['key'])}"})
        assert guessed.json()["detail"] == "the API key is not valid"


def test_an_expired_key_is_refused_and_a_key_that_would_be_expired_is_not_made(api: ApiProcess) -> None:
    expires_at = datetime.now(UTC) + timedelta(seconds=1.5)
    key = make_key(api, Scope.CALLS_READ, expires_at=expires_at.isoformat())["key"]
    with api.client(key) as client, api.role("admin") as admin:
        assert client.get("/v1/calls").status_code == httpx.codes.OK
        time.sleep(max(0.0, (expires_at - datetime.now(UTC)).total_seconds()) + 0.05)
        answer = client.get("/v1/calls")
        refused(answer, 401, "unauthenticated")
        assert answer.json()["detail"] == "the API key is expired"
        body = {"name": "late", "scopes": ["calls:read"], "expires_at": expires_at.isoformat()}
        refused(admin.post(f"/v1/workspaces/{api.workspace.workspace_id}/keys", json=body), 422, "invalid")


def platforms_own(path: str) -> bool:
    """Say whether a route is for the platform's keys: a workspace's key has the scope and is refused all the same."""
    releases = path.startswith("/v1/corpus/") and path != "/v1/corpus/candidates"
    return path in {"/v1/workspaces", "/v1/metrics"} or path.startswith("/v1/platform/") or releases


@pytest.mark.parametrize(("path", "method", "scopes"), ROUTES, ids=[f"{method} {path}" for path, method, _ in ROUTES])
def test_each_scope_alone_reaches_only_its_routes(
    api: ApiProcess, single_keys: dict[Scope, str], path: str, method: str, scopes: tuple[str, ...]
) -> None:
    assert scopes, "a route without a scope"
    with api.client(None) as client:
        refused(client.request(method, filled(path)), 401, "unauthenticated")
        for scope, key in single_keys.items():
            answer = client.request(method, filled(path), json={}, headers={"Authorization": f"Bearer {key}"})
            if scope.value in scopes:
                assert answer.status_code not in {401, 403} or platforms_own(path) or "transcripts" in scope, scope
            else:
                refused(answer, 403, "forbidden")
                assert answer.json()["needs"] == " or ".join(scopes)


def test_the_table_of_routes_is_not_empty_and_covers_every_scope_but_the_one_to_come() -> None:
    used = {scope for _, _, scopes in ROUTES for scope in scopes}
    assert len(ROUTES) >= 20
    assert {scope.value for scope in Scope} - used <= {"corpus:read"}


@pytest.mark.parametrize(("path", "method"), [("", "GET"), ("/search", "POST"), (f"/{NO_ID}/transcript", "GET")])
def test_the_platforms_key_reaches_no_calls(api: ApiProcess, path: str, method: str) -> None:
    with api.client(api.platform_key) as platform:
        refused(platform.request(method, f"/v1/calls{path}", json={"number": "112"}), 403, "forbidden")


def test_a_workspaces_key_makes_no_workspace_and_sees_no_other(api: ApiProcess, everything: str) -> None:
    with api.client(api.platform_key) as platform, api.client(everything) as client:
        other = platform.post("/v1/workspaces", json={"name": "Other"}).json()["id"]
        refused(client.post("/v1/workspaces", json={"name": "Mine"}), 403, "forbidden")
        refused(client.get(f"/v1/workspaces/{other}"), 404, "not-found")
        refused(client.get(f"/v1/workspaces/{other}/keys"), 404, "not-found")
        body = {"name": "x", "scopes": ["calls:read"]}
        refused(client.post(f"/v1/workspaces/{other}/keys", json=body), 404, "not-found")
        refused(client.delete(f"/v1/workspaces/{other}/keys/{NO_ID}"), 404, "not-found")


# --- bodies, ids and headers that nobody sends by mistake -------------------------------------------------------------


def post_call(client: httpx.Client, content: bytes, **headers: str) -> httpx.Response:
    own = {"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex, **headers}
    return client.post("/v1/calls", content=content, headers=own)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "invalid"),
        (b"null", 422, "invalid"),
        (b"[]", 422, "invalid"),
        (b"{", 400, "malformed"),
        (b"[" * 100_000, 400, "malformed"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, 400, "malformed"),
        (b'{"recording":{"media_type":"\xff\xfe","size":5}}', 400, "malformed"),
        ('{"recording":{"media_type":"audio/wav","size":5}}'.encode("utf-16"), 422, "unexpected"),
        (b'{"recording":{"media_type":"audio/wav","size":5},"source":"\\ud800"}', 422, "invalid"),
        (b'{"recording":{"media_type":"audio/wav","size":5},"\\ud800":1}', 422, "invalid"),
        (b'{"recording":{"media_type":"audio/wav","size":5},"source":"a\\u0000b"}', 422, "invalid"),
        (b'{"recording":{"media_type":"audio/wav","size":NaN}}', 422, "invalid"),
        (b'{"recording":{"media_type":"audio/wav","size":1e400}}', 422, "invalid"),
        (b'{"recording":{"media_type":"audio/wav","size":' + b"9" * 5000 + b"}}", 400, "malformed"),
        (b'{"recording":{"media_type":"audio/wav","size":99999999999999999999}}', 413, "too-large"),
        (b'{"recording":{"media_type":"audio/wav","size":5},"__proto__":{}}', 422, "invalid"),
    ],
)
def test_a_body_that_cannot_be_meant_gets_a_problem(
    api: ApiProcess, everything: str, content: bytes, status: int, code: str
) -> None:
    with api.client(everything) as client:
        answer = post_call(client, content)
    if code == "unexpected":  # UTF-16 is read as such: the same call in another encoding
        assert answer.status_code in {201, 400}, answer.text
        return
    refused(answer, status, code)


def test_json_under_another_content_type_is_refused_with_advice(api: ApiProcess, everything: str) -> None:
    with api.client(everything) as client:
        answer = post_call(
            client, b'{"recording":{"media_type":"audio/wav","size":5}}', **{"Content-Type": "text/plain"}
        )
    refused(answer, 422, "invalid")
    assert "Content-Type: application/json" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
def test_a_body_over_one_mebibyte_is_too_large(api: ApiProcess, everything: str, *, chunked: bool) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(17):
            yield b" " * (MIB // 16)

    headers = {"Content-Type": "application/json", "Idempotency-Key": "large"}
    with api.client(everything) as client:
        answer = client.post("/v1/calls", content=pieces() if chunked else b" " * (MIB + 1), headers=headers)
    refused(answer, 413, "too-large")
    assert answer.json()["limit_bytes"] == MIB


def test_a_body_of_just_one_mebibyte_is_read(api: ApiProcess, everything: str) -> None:
    body = b'{"number": "112"}'
    with api.client(everything) as client:
        answer = client.post(
            "/v1/calls/search", content=body + b" " * (MIB - len(body)), headers={"Content-Type": "application/json"}
        )
    assert answer.status_code == httpx.codes.OK


@pytest.mark.parametrize("length", [b"-1", b"1e3", b"9" * 5000, b"+5", b"0x10"])
def test_a_content_length_that_is_no_length_is_refused(api: ApiProcess, length: bytes) -> None:
    answer = raw(
        api, b"POST /v1/calls HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: " + length + b"\r\n\r\n"
    )
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 413")), answer[:200]


ODD_IDS = [
    "%00", "call_%00", "%0a", f"{NO_ID}%0a", "%2e%2e", "%ff%fe", "%F0%9F%A6%8A", "$ne", "%7B%22$gt%22:%22%22%7D",
    "a" * 3000, "'%20OR%201=1", "%0d%0aX-Injected:%201", ";", "-1",
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD_IDS)
def test_an_id_that_is_none_does_not_exist(api: ApiProcess, everything: str, odd: str) -> None:
    with api.client(everything) as client:
        for path, method, _ in ROUTES:
            if "{" not in path:
                continue
            body = {"consent": "granted", "sha256": "0" * 64, "name": "x", "scopes": ["calls:read"], "model": None}
            body |= {"version": 1, "decision": "accepted", "reason": "none", "profile": "balanced"}
            body |= {"based_on": 1, "training": False}
            body |= {"rule": "retention_over_profile", "ends_at": "2099-01-01T00:00:00Z"}
            body |= {"step": "board_told", "event": "identity_verified", "parties": [{"number": PERSONAL[0]}]}
            asked = {
                "/consent": ("consent",),
                "/complete": ("sha256",),
                "/keys": ("name", "scopes"),
                "/speech": ("model",),
                "/redaction": ("profile",) if method == "PUT" else (),
                "/transcriptions": ("reason",) if method == "POST" else (),
                "/review": ("version", "decision", "reason"),
                "/retention": ("reason", "based_on") if method == "PUT" else (),
                "/preview": ("training",),
                "/end": ("reason",) if method == "POST" else (),
                "/reopen": ("reason",),
                "/waivers": ("rule", "ends_at", "reason") if method == "POST" else (),
                "/steps": ("step",),
                "/events": ("event",),
                "/decision": ("decision", "reason"),
                "/parties": ("parties",) if method == "PUT" else (),
            }
            names = asked.get("/" + path.rsplit("/", 1)[-1], ())
            kept = {name: body[name] for name in names}
            if path == "/v1/matches/{call_id}":
                kept = {"log_id": None}
            if path.endswith("/{objection_id}/decision"):
                kept = {"decision": "upheld", "reason": "the ground is stated"}
            if path.endswith("/{proposal_id}"):
                kept = {"decision": "approved"}
            answer = client.request(method, filled(path, odd), json=kept or None)
            refused_as = {httpx.codes.NOT_FOUND}
            if path.startswith(CHOSEN):
                refused_as.add(httpx.codes.UNPROCESSABLE_ENTITY)
            if platforms_own(path):  # refused whatever the id is; what should be a number is looked at before the key
                refused_as = {httpx.codes.FORBIDDEN, httpx.codes.UNPROCESSABLE_ENTITY}
            assert answer.status_code in refused_as, (method, path, answer.text)
            assert answer.headers["content-type"] == MEDIA_TYPE
            assert "x-injected" not in answer.headers


def test_an_address_that_is_not_there_says_so_and_nobody_is_sent_elsewhere(api: ApiProcess, everything: str) -> None:
    with api.client(everything) as client:
        for path in ("/", "/v1", "/v1/calls/", "/v1//calls", "/v2/calls", "/v1/calls/../../etc/passwd", "/.env"):
            answer = client.get(path)
            refused(answer, 404, "no-such-address")
            assert "location" not in answer.headers


@pytest.mark.parametrize(
    "given",
    [b"short", b"a" * 65, b"abcdefgh<script>", b"abcdefgh ijklmnop", b"abcdefgh%0d%0aSet-Cookie: x=1", b"\xff" * 10],
)
def test_a_request_id_that_is_not_plain_is_replaced(api: ApiProcess, given: bytes) -> None:
    answer = raw(
        api, b"GET /health/live HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-Request-Id: " + given + b"\r\n\r\n"
    )
    head = answer.split(b"\r\n\r\n")[0].lower()
    assert head.startswith(b"http/1.1 200")
    assert re.search(rb"x-request-id: req_[a-z2-7]{26}(\r\n|$)", head)
    assert given.lower() not in head
    assert b"set-cookie" not in head


def test_a_plain_request_id_comes_back_and_stands_in_the_log(api: ApiProcess) -> None:
    with api.client(None) as client:
        assert (
            client.get("/health/live", headers={"X-Request-Id": "app-7f3a9c21"}).headers["x-request-id"]
            == "app-7f3a9c21"
        )
    wait_for("the request is logged", lambda: '"request_id": "app-7f3a9c21"' in api.log(), timeout_s=10)


@pytest.mark.parametrize("given", [b"abcdefgh\x00", b"abcdefgh\r\n folded: x", b"abcdefgh\nSet-Cookie: x=1"])
def test_header_bytes_that_no_header_may_hold_never_come_back(api: ApiProcess, given: bytes) -> None:
    answer = raw(
        api, b"GET /health/live HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-Request-Id: " + given + b"\r\n\r\n"
    )
    assert b"set-cookie" not in answer.lower()
    assert b"folded" not in answer


OPERATORS: list[Any] = [{"$gt": ""}, {"$ne": None}, {"$regex": ".*"}, ["a"], {"$where": "sleep(1000)"}]


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda one: json.dumps(one)[:12])
def test_a_database_operator_in_place_of_a_string_is_refused(api: ApiProcess, everything: str, operator: Any) -> None:
    recording = {"media_type": "audio/wav", "size": 5}
    keys = f"/v1/workspaces/{api.workspace.workspace_id}/keys"
    bodies: list[tuple[str, str, Any]] = [
        ("POST", "/v1/calls/search", {"number": operator}),
        ("POST", "/v1/calls", {"recording": recording, "origin_id": operator}),
        ("POST", "/v1/calls", {"recording": recording, "source": operator}),
        ("POST", "/v1/calls", {"recording": {"media_type": operator, "size": 5}}),
        ("POST", "/v1/holds", {"matter": "m", "call_id": operator}),
        ("POST", "/v1/holds", {"matter": operator}),
        ("POST", keys, {"name": operator, "scopes": ["calls:read"]}),
        ("POST", keys, {"name": "x", "scopes": operator}),
        ("PUT", f"/v1/calls/{NO_ID}/consent", {"consent": operator}),
        ("PUT", keys.replace("/keys", "/speech"), {"hot_words": [operator]}),
        ("PUT", keys.replace("/keys", "/speech"), {"model": operator}),
        ("POST", f"/v1/calls/{NO_ID}/transcriptions", {"reason": "none", "language": operator}),
        ("POST", f"/v1/calls/{NO_ID}/review", {"version": 1, "decision": "accepted", "reason": operator}),
        ("POST", f"/v1/calls/{NO_ID}/complete", {"sha256": operator}),
    ]
    with api.client(everything) as client:
        for method, path, body in bodies:
            answer = client.request(method, path, json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
            refused(answer, 422, "invalid")


def test_operators_as_text_or_in_the_query_are_only_text(api: ApiProcess, everything: str) -> None:
    with api.client(everything) as client:
        call_id = receive(client, seed=90)
        assert client.post("/v1/calls/search", json={"number": '{"$gt": ""}'}).json()["calls"] == []
        assert client.get("/v1/audit", params={"call_id": '{"$gt": ""}'}).json()["events"] == []
        assert client.get("/v1/audit", params={"call_id[$gt]": ""}).status_code == httpx.codes.OK
        refused(client.get("/v1/calls", params={"cursor": '{"$gt": ""}'}), 422, "invalid")
        refused(client.get("/v1/calls", params={"state": '{"$gt": ""}'}), 422, "invalid")
        refused(client.get(f"/v1/calls/{call_id[:-1]}$"), 404, "not-found")
        refused(client.post("/v1/holds", json={"matter": "m", "call_id": "$exists"}), 404, "not-found")


# --- what is repeated -------------------------------------------------------------------------------------------------


def test_nothing_personal_that_was_sent_comes_back_in_an_error_or_stands_in_the_log(
    api: ApiProcess, everything: str
) -> None:
    keys = f"/v1/workspaces/{api.workspace.workspace_id}/keys"
    answers = []
    with api.client(everything) as client:
        call_id = receive(client, seed=91)
        for told in PERSONAL:
            quoted = urllib.parse.quote(told, safe="")
            answers += [
                client.request(method, filled(path, quoted), json={}) for path, method, _ in ROUTES if "{" in path
            ]
            recording = {"media_type": "audio/wav", "size": 5}
            for body in (
                {"recording": {"media_type": told, "size": 5}},
                {"recording": {"media_type": f"audio/{told}", "size": 5}},
                {"recording": {"media_type": "audio/wav", "size": told}},
                {"recording": recording, told: told},
                {"recording": recording, "source": told, "language": told, "consent": told, "channels": [told]},
                {"recording": recording, "call_log": {"setup_time": told, "region": told, "direction": told}},
                {
                    "recording": recording,
                    "call_log": {"setup_time": "2026-11-20T10:00:00Z", "contact_email": told * 30},
                },
                {"recording": {**recording, "sha256": told}},
            ):
                answers.append(client.post("/v1/calls", json=body, headers={"Idempotency-Key": uuid.uuid4().hex}))
            answers += [
                client.post("/v1/calls", content=f'{{"{told}'.encode(), headers={"Content-Type": "application/json"}),
                client.post("/v1/calls/search", json={"number": told * 10, "region": told, "limit": told}),
                client.post("/v1/holds", json={"matter": told * 50, "call_id": told}),
                client.post(keys, json={"name": told, "scopes": [told], "expires_at": told}),
                client.get("/v1/calls", params={"cursor": told, "limit": told, "state": told}),
                client.get("/v1/audit", params={"limit": told}),
                client.put(keys.replace("/keys", "/speech"), json={"hot_words": [told * 9], "language": told}),
                client.put(keys.replace("/keys", "/speech"), json={"hot_words": ["12345", told], "model": told}),
                client.post(f"/v1/calls/{call_id}/transcriptions", json={"reason": told, "model": told}),
                client.post(f"/v1/calls/{call_id}/review", json={"version": told, "decision": told}),
                client.get(f"/v1/calls/{call_id}", params={"clear": told, "reason": told}),
                client.get(f"/v1/calls/{call_id}/transcript", params={"format": told}),
                client.get(f"/v1/calls/{call_id}/transcript", headers={"Accept": quoted, "Range": quoted}),
                client.put(f"/v1/calls/{call_id}/recording", headers={"Content-Sha256": quoted}, content=b"x"),
                client.get(f"/problems/{quoted}"),
                client.get(f"/{quoted}", params={"who": told}),
            ]
        clients_own = client.post(
            "/v1/workspaces", json={"name": PERSONAL[1], "content_retention": PERSONAL[0], "profile": PERSONAL[2]}
        )
    with api.client(api.platform_key) as platform:
        wrong = {"name": PERSONAL[1], "content_retention": PERSONAL[0], "profile": PERSONAL[2]}
        answers += [clients_own, platform.post("/v1/workspaces", json=wrong)]
        answers += [platform.post("/v1/workspaces", json={"name": "x", "profile": told}) for told in PERSONAL]
    assert len(answers) > 100
    assert {answer.status_code for answer in answers} <= {400, 401, 403, 404, 406, 409, 413, 415, 422}
    for answer in answers:
        assert answer.headers["content-type"] == MEDIA_TYPE
        for told in (*PERSONAL, "4155550132", "Narayanan", "ravi.narayanan"):
            assert told.lower() not in answer.text.lower(), (answer.request.method, answer.json()["type"])
    log = api.log().lower()
    for told in ("4155550132", "narayanan", "example.com"):
        assert told not in log


def logged_until(api: ApiProcess, last: str) -> str:
    """Return the log once it holds the last request's line, which is written after its answer was sent."""
    until = time.monotonic() + 10
    while last not in (log := api.log()) and time.monotonic() < until:
        time.sleep(0.05)
    return log


def test_query_strings_keys_and_bodies_are_not_logged(api: ApiProcess, everything: str) -> None:
    with api.client(everything) as client:
        client.get("/v1/calls", params={"limit": 7, "marker": "zebra-in-the-query"})
        client.post("/v1/calls/search", json={"number": "zebra-in-the-body"})
        client.get(f"/v1/calls/{NO_ID}", params={"clear": "true", "reason": "zebra-as-reason"})
        client.get("/zebra-in-the-address")
    log = logged_until(api, "unmatched")
    assert "zebra" not in log
    assert everything not in log
    assert everything.split("_", 2)[2] not in log
    assert "?" not in "".join(json.loads(line)["route"] for line in log.splitlines() if '"http:request:done"' in line)
    assert {"/v1/calls", "/v1/calls/search", "unmatched"} <= {
        json.loads(line)["route"] for line in log.splitlines() if '"http:request:done"' in line
    }


async def test_what_nobody_foresaw_is_told_and_logged_without_its_message() -> None:
    app = create_app(SETTINGS)

    @app.get("/falls")
    async def falls() -> None:
        raise RuntimeError("she said that her card is 4111 1111 1111 1111")

    transport = httpx.ASGITransport(app, raise_app_exceptions=True)  # it must not reach the server, which logs messages
    with structlog.testing.capture_logs() as logged:
        async with httpx.AsyncClient(transport=transport, base_url="http://callward.test") as client:
            answer = await client.get("/falls")
    refused(answer, 500, "internal")
    assert "4111" not in answer.text + json.dumps(logged)
    (failed,) = (event for event in logged if event["event"] == "http:request:failed")
    assert failed["error"] == "RuntimeError"
    assert any("test_api_abuse.py" in place for place in failed["at"])


# --- settings and logs ------------------------------------------------------------------------------------------------


def test_no_secret_is_in_the_printed_settings() -> None:
    for shown in (repr(SETTINGS), str(SETTINGS), SETTINGS.model_dump_json(), repr(vars(SETTINGS))):
        assert "hidden" not in shown


def test_no_secret_is_in_the_error_about_wrong_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CALLWARD_API_PORT", "hidden-port")
    monkeypatch.delenv("CALLWARD_BROKER_URL")
    with pytest.raises(ValueError, match="broker_url") as refusal:
        load_settings()
    assert "hidden" not in str(refusal.value)


def test_an_unknown_setting_is_refused_by_name_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLWARD_MONGO_URI", "mongodb://u:hidden@h/")
    with pytest.raises(ValueError, match="CALLWARD_MONGO_URI") as refusal:
        load_settings()
    assert "hidden" not in str(refusal.value)


def test_a_librarys_logged_exception_shows_its_kind_and_not_its_message(tmp_path: Path) -> None:
    script = (
        "import logging\nfrom storage.logs import configure_logs\nconfigure_logs()\n"
        "try:\n    raise ValueError('zebra')\n"
        "except ValueError:\n    logging.getLogger('uvicorn.error').exception('zebra')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert logging.getLevelName(logging.ERROR) in done.stderr
    assert "zebra'" not in done.stderr.replace("raise ValueError('zebra')", "")
    assert "ValueError: zebra" not in done.stderr


def test_a_recording_may_be_larger_than_a_json_body(api: ApiProcess, everything: str) -> None:
    with api.client(everything) as client:
        content = wav(seconds=140, seed=92)
        body = {"recording": {"media_type": "audio/wav", "size": len(content)}}
        call_id = client.post("/v1/calls", json=body, headers={"Idempotency-Key": uuid.uuid4().hex}).json()["call"][
            "id"
        ]
        assert len(content) > MIB
        assert client.put(f"/v1/calls/{call_id}/recording", content=content).status_code == httpx.codes.ACCEPTED

"""Errors to HTTP: RFC 9457 problem documents. The only place that knows which error is which status."""

from __future__ import annotations

import re
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.problem_table import PROBLEMS
from domain.errors import CallwardError
from domain.logs import where
from storage.sealing import CannotOpen

log = structlog.get_logger()
MEDIA_TYPE = "application/problem+json"


_BY_STATUS = {
    400: "malformed",
    401: "unauthenticated",
    403: "forbidden",
    404: "no-such-address",
    405: "method-not-allowed",
    413: "too-large",
    415: "unsupported-media",
    422: "invalid",
    503: "unavailable",
}


def problem_response(
    code: str, detail: str, *, request: Request | None = None, extra: dict[str, Any] | None = None
) -> JSONResponse:
    """Return the problem document for a code. `detail` must hold no personal data."""
    if code not in PROBLEMS:
        code, detail = "internal", "the request could not be answered"
    problem = PROBLEMS[code]
    request_id = getattr(getattr(request, "state", None), "request_id", None)
    headers = {"WWW-Authenticate": "Bearer"} if problem.status == 401 else {}  # noqa: PLR2004 - HTTP's own number
    if problem.status in {409, 503} and code in {"not-ready", "unavailable", "idempotency-in-progress"}:
        headers["Retry-After"] = "2"
    body = {
        "type": f"/problems/{code}",
        "title": problem.title,
        "status": problem.status,
        "detail": detail,
        "what_to_do": problem.what_to_do,
        **({"request_id": request_id} if request_id else {}),
        **(extra or {}),
    }
    return JSONResponse(body, status_code=problem.status, headers=headers, media_type=MEDIA_TYPE)


def install_problems(app: FastAPI) -> None:
    """Make every error of the app a problem document."""

    @app.exception_handler(CallwardError)
    async def refused(request: Request, error: CallwardError) -> JSONResponse:
        extra = {name: value for name, value in error.fields.items() if _may_be_told(name, value)}
        return problem_response(error.code, error.message, request=request, extra=extra)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        # What was sent is left out: it may be somebody's number.
        errors = [{"field": _field(one), "message": _told(one)} for one in error.errors()]
        unreadable = any(one["type"] == "json_invalid" for one in error.errors())
        fields = ", ".join(sorted({one["field"] for one in errors}))
        detail = "the body is not valid JSON" if unreadable else f"cannot be accepted: {fields}"
        return problem_response(
            "malformed" if unreadable else "invalid", detail, request=request, extra={"errors": errors}
        )

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        code = _BY_STATUS.get(error.status_code, "internal" if error.status_code >= 500 else "malformed")  # noqa: PLR2004
        detail: Any = error.detail
        extra = detail if isinstance(detail, dict) else None
        response = problem_response(code, PROBLEMS[code].title, request=request, extra=extra)
        for name, value in (error.headers or {}).items():
            response.headers[name] = value
        return response

    @app.exception_handler(CannotOpen)
    async def closed(request: Request, error: CannotOpen) -> JSONResponse:
        log.error("http:request:cannot_open", **where(error))
        return problem_response("cannot-open", "a stored record does not open with its key", request=request)


_ID = re.compile(r"[a-z]{2,5}_[a-z2-7]{26}(?:/\d{4}-\d{2})?")
_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_MEDIA_TYPE = re.compile(r"[a-z]{1,20}/[a-z0-9.+-]{1,60}")
_LONG_NUMBER = re.compile(r"\d{5}")


def _may_be_told(name: str, value: str | float | list[int] | None) -> bool:
    """Say whether a field of an error goes back to the caller: an id that is none of ours may be somebody's number."""
    if not isinstance(value, str):
        return value is not None
    if name.endswith("_id"):
        return _ID.fullmatch(value) is not None
    return name != "media_type" or (_MEDIA_TYPE.fullmatch(value) is not None and not _LONG_NUMBER.search(value))


def _place(part: str | int) -> str:
    """Return one step of a field's place; a name that looks like none is not repeated: it may be what somebody said."""
    text = str(part)
    told = _FIELD.fullmatch(text) and not _LONG_NUMBER.search(text)
    return text if isinstance(part, int) or told else "(a name that is not repeated here)"


def _field(error: dict[str, Any]) -> str:
    place = error["loc"][:1] if error["type"] == "json_invalid" else error["loc"]
    return ".".join(_place(part) for part in place)


def _told(error: dict[str, Any]) -> str:
    if error["type"] == "json_invalid":
        return f"not valid JSON at character {error['loc'][-1]}"
    if error["type"] == "model_attributes_type" and len(error["loc"]) == 1:
        return "send a JSON object, with Content-Type: application/json"
    if error["type"] == "value_error":
        return str(error["ctx"]["error"]) if "ctx" in error else "not accepted"
    if error["type"] == "extra_forbidden":
        return "this field is not taken; remove it"
    return str(error["msg"])

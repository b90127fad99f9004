"""Around every request: an id, one log line with the route's template (never the address as sent), a size limit."""

from __future__ import annotations

import re
import time

import structlog
from fastapi import HTTPException, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem_response
from domain.ids import new_id
from domain.logs import where

log = structlog.get_logger()
MAX_BODY_BYTES = 1024 * 1024
_SAFE_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_UPLOADS = re.compile(r"/v1/calls/[a-z0-9_]+/recording|/v1/vcons|/v1/cdrs")
_LONGEST_LENGTH = 15


class RequestContext:
    """Gives each request an id, binds it to the logs, answers it in `X-Request-Id`, and logs how it ended.

    What nobody foresaw ends here and goes no further: the server would log its message, which may quote what was sent.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        given = request.headers.get("x-request-id", "")
        request_id = given if _SAFE_ID.fullmatch(given) else new_id("req")
        request.state.request_id = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.monotonic()
        status, begun = 500, False

        async def watched(message: Message) -> None:
            nonlocal status, begun
            if message["type"] == "http.response.start":
                status, begun = message["status"], True
                message["headers"] = [
                    *message.get("headers", []),
                    (b"x-request-id", request_id.encode()),
                    (b"cache-control", b"no-store"),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:  # whatever it is, the client gets a problem or a cut connection  # noqa: BLE001
            log.error("http:request:failed", **where(error))
            if not begun:
                response = problem_response("internal", "the request could not be answered", request=request)
                await response(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", None) or "unmatched"
            took_ms = round((time.monotonic() - started) * 1000, 1)
            log.info("http:request:done", method=scope["method"], route=route, status=status, took_ms=took_ms)


class BodyLimit:
    """Refuses bodies over 1 MiB but where recordings, vCons and CDR files come in; those have limits of their own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http" or _UPLOADS.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        announced = request.headers.get("content-length", "0")
        plain = announced.isascii() and announced.isdigit() and len(announced) <= _LONGEST_LENGTH
        if not plain or int(announced) > MAX_BODY_BYTES:
            response = problem_response(
                "too-large", "the body is larger than allowed", request=request, extra={"limit_bytes": MAX_BODY_BYTES}
            )
            await response(scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > MAX_BODY_BYTES:
                raise HTTPException(413, {"limit_bytes": MAX_BODY_BYTES})
            return message

        await self._app(scope, counted, send)

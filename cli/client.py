"""A small client of the API, for the demo and the commands."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx


class ApiError(RuntimeError):
    """The API refused; the message is what it said and what to do."""


class ApiClient:
    """Talks to one API with one key. Close it at the end, or use it as a context manager."""

    def __init__(self, url: str, key: str) -> None:
        self._http = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=60.0, trust_env=False
        )

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the connections."""
        self._http.close()

    def request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """Send a request. Raises ApiError with the problem's title, detail and what to do."""
        try:
            response = self._http.request(method, path, **arguments)
        except httpx.HTTPError as error:
            raise ApiError(
                f"the API at {self._http.base_url} does not answer ({type(error).__name__}); run `callward doctor`"
            ) from None
        if response.is_success:
            return response
        try:
            problem = response.json()
            told = f"{problem['title']}: {problem['detail']}. {problem['what_to_do']}"
        except (ValueError, KeyError, TypeError):
            told = f"the API answered {response.status_code}"
        raise ApiError(told)

    def get(self, path: str, **arguments: Any) -> Any:
        """Return the JSON answer of a GET."""
        return self.request("GET", path, **arguments).json()

    def post(self, path: str, body: Any = None, **arguments: Any) -> Any:
        """Return the JSON answer of a POST."""
        return self.request("POST", path, json=body, **arguments).json()

    def upload(self, file: Path, registration: dict[str, Any]) -> str:
        """Register a call, PUT its recording to the object store, complete it; return the call's id."""
        content = file.read_bytes()
        body = {**registration, "recording": {**registration["recording"], "size": len(content)}}
        registered = self.post("/v1/calls", body, headers={"Idempotency-Key": uuid.uuid4().hex})
        call_id = str(registered["call"]["id"])
        plan = registered["upload"]
        if plan is not None:
            self._put(plan, content)
            self.post(f"/v1/calls/{call_id}/complete", {"sha256": hashlib.sha256(content).hexdigest()})
        return call_id

    @staticmethod
    def _put(plan: dict[str, Any], content: bytes) -> None:
        links = [(plan["single"], content)] if plan["mode"] == "single" else []
        size = plan["part_bytes"]
        links += [(part, content[(part["number"] - 1) * size : part["number"] * size]) for part in plan["parts"]]
        with httpx.Client(timeout=120.0, trust_env=False) as plain:
            for link, piece in links:
                answer = plain.put(link["url"], content=piece, headers=link["headers"])
                if not answer.is_success:
                    raise ApiError(
                        f"the object store answered {answer.status_code} to an upload; run `callward doctor`"
                    )

"""A small client of the API, for the demo and the commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import IO, Any, Final, Self

import httpx

_PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


class ApiError(RuntimeError):
    """The API refused; the message is what it said and what to do.

    `code` is the problem's code, empty when the answer was none; `passing` says that it may go better next time.
    """

    def __init__(self, message: str, *, code: str = "", passing: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.passing = passing


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
                f"the API at {self._http.base_url} does not answer ({type(error).__name__}); run `callward doctor`",
                passing=True,
            ) from None
        if response.is_success:
            return response
        raise _refusal(response)

    def download(self, path: str, out: IO[bytes], **arguments: Any) -> int:
        """Write the answer of a GET to a file, piece by piece; return how many bytes. Raises ApiError."""
        written = 0
        try:
            with self._http.stream("GET", path, **arguments) as response:
                if not response.is_success:
                    response.read()
                    raise _refusal(response)
                for piece in response.iter_bytes():
                    written += out.write(piece)
        except httpx.HTTPError as error:
            raise ApiError(f"the answer broke off ({type(error).__name__}); try again", passing=True) from None
        return written

    @contextmanager
    def streamed(self, path: str, **arguments: Any) -> Iterator[httpx.Response]:
        """Open the answer of a GET, to be read piece by piece. Raises ApiError, also when it breaks off."""
        try:
            with self._http.stream("GET", path, **arguments) as response:
                if not response.is_success:
                    response.read()
                    raise _refusal(response)
                yield response
        except httpx.HTTPError as error:
            raise ApiError(f"the answer broke off ({type(error).__name__}); try again", passing=True) from None

    def get(self, path: str, **arguments: Any) -> Any:
        """Return the JSON answer of a GET."""
        return self.request("GET", path, **arguments).json()

    def post(self, path: str, body: Any = None, **arguments: Any) -> Any:
        """Return the JSON answer of a POST."""
        return self.request("POST", path, json=body, **arguments).json()


def _refusal(response: httpx.Response) -> ApiError:
    passing = response.status_code in _PASSING
    try:
        problem = response.json()
        code = str(problem["type"]).rsplit("/", 1)[-1]
        told = f"{problem['title']}: {problem['detail']}. {problem['what_to_do']}"
    except (ValueError, KeyError, TypeError):
        return ApiError(f"the API answered {response.status_code}", passing=passing)
    return ApiError(told, code=code, passing=passing or code == "idempotency-in-progress")

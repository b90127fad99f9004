"""Fetching recordings from providers: from hosts on a list, over https, to public addresses, within limits.

What must never happen here: somebody who can send us an address makes us ask our own network (SSRF), follow a redirect
into it, or fill our store. So the host must be on the source's list; its name is resolved once; if any address that it
has is not public, nothing is asked; and the connection goes to the very address that was looked at. No address, name or
credential stands in an error or a log.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import httpx

from domain.media import accepted
from ingest.fetch_errors import FetchFailed, FetchRefused
from ingest.network import Resolve, is_loopback, is_public, on_list, resolve

MOST_REDIRECTS: Final = 3
_TRIED_ADDRESSES: Final = 2
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_NOT_THERE: Final = 404
_NOT_NOW: Final = frozenset({408, 425, 429})
_OK: Final = 200
_BROKEN: Final = 500
_HTTPS_PORT: Final = 443


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a fetch may take, in seconds: connecting, between two pieces, and in all."""

    connect_s: float = 10.0
    read_s: float = 30.0
    total_s: float = 900.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer whose body has not been read yet."""

    media_type: str
    pieces: AsyncIterator[bytes]


class Fetcher:
    """Fetches from the hosts of one source.

    Args:
        hosts: the source's list; an empty one allows nothing.
        limit: most bytes of a body.
        patience: time limits.
        resolver: how a name becomes addresses.
        tls: whom to trust; None is the usual certificate authorities.
        loopback_for_tests: allows http and loopback addresses: for tests with servers of their own, never by a setting.
    """

    def __init__(
        self,
        hosts: Sequence[str],
        *,
        limit: int,
        patience: Patience | None = None,
        resolver: Resolve = resolve,
        loopback_for_tests: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._hosts = tuple(hosts)
        self._limit = limit
        self._patience = patience or Patience()
        self._resolve = resolver
        self._loopback = loopback_for_tests
        self._tls = tls or True

    @asynccontextmanager
    async def get(
        self, address: str, headers: Mapping[str, str] | None = None, *, json: bool = False
    ) -> AsyncIterator[Fetched]:
        """Open a body; what the context does with it counts against the time limit. Headers go to the first host only.

        Args:
            address: where the recording lies, or the provider's API.
            headers: credentials.
            json: what is asked for is no recording but an answer of the API.

        Raises:
            FetchRefused: the address, a redirect, the kind of answer or its size is not allowed.
            FetchFailed: no answer, none in time, or one that says later.
        """
        try:
            async with asyncio.timeout(self._patience.total_s):
                async with self._followed(address, headers or {}) as response:
                    yield Fetched(_media_type(response, json=json), self._bounded(response))
        except TimeoutError:
            raise FetchFailed("time", "the provider took longer than allowed") from None
        except httpx.TimeoutException:
            raise FetchFailed("time", "the provider took longer than allowed") from None
        except httpx.HTTPError:
            raise FetchFailed("connection", "the provider could not be reached, or stopped in the middle") from None

    @asynccontextmanager
    async def _followed(self, address: str, headers: Mapping[str, str]) -> AsyncIterator[httpx.Response]:
        url, sent = self._checked(address), headers
        for _ in range(MOST_REDIRECTS + 1):
            async with self._asked(url, sent) as response:
                if response.status_code not in _REDIRECTS:
                    _check_status(response.status_code)
                    yield response
                    return
                url, sent = self._checked(_target(url, response)), {}
        raise FetchRefused("redirects", "the provider redirects more than three times")

    def _checked(self, address: str) -> httpx.URL:
        try:
            url = httpx.URL(address)
        except (httpx.InvalidURL, ValueError):
            raise FetchRefused("address", "the address cannot be read") from None
        if url.scheme != "https" and not (self._loopback and url.scheme == "http"):
            raise FetchRefused("scheme", "recordings are fetched over https only")
        if url.userinfo:
            raise FetchRefused("userinfo", "an address with a user name or password in it is not asked")
        if url.port not in {None, _HTTPS_PORT} and not self._loopback:
            raise FetchRefused("port", "recordings are fetched from https's own port only")
        if not on_list(_host(url), self._hosts):
            raise FetchRefused("host", "the host is not on the source's fetch_hosts")
        return url

    async def _addresses(self, url: httpx.URL) -> Sequence[str]:
        port = url.port or _HTTPS_PORT
        try:
            async with asyncio.timeout(self._patience.connect_s):
                found = await self._resolve(_host(url), port)
        except (OSError, UnicodeError):
            raise FetchFailed("name", "the provider's host has no address now") from None
        if not found:
            raise FetchFailed("name", "the provider's host has no address now")
        if not all(self._may_ask(one) for one in found):
            raise FetchRefused("network", "the host leads into a network that is not public")
        return found[:_TRIED_ADDRESSES]

    def _may_ask(self, address: str) -> bool:
        if is_public(address):
            return True
        return self._loopback and is_loopback(address)

    @asynccontextmanager
    async def _asked(self, url: httpx.URL, headers: Mapping[str, str]) -> AsyncIterator[httpx.Response]:
        """Ask the very addresses that were looked at, under the host's own name in TLS and HTTP."""
        addresses = await self._addresses(url)
        limits = httpx.Timeout(self._patience.read_s, connect=self._patience.connect_s)
        async with httpx.AsyncClient(timeout=limits, trust_env=False, verify=self._tls) as client:
            response = await _first_answer(client, url, addresses, headers)
            try:
                yield response
            finally:
                await response.aclose()

    async def _bounded(self, response: httpx.Response) -> AsyncIterator[bytes]:
        announced = response.headers.get("content-length", "0")
        if announced.isascii() and announced.isdigit() and int(announced[:18]) > self._limit:
            raise FetchRefused("size", "the recording is larger than allowed")
        taken = 0
        async for piece in response.aiter_raw():
            taken += len(piece)
            if taken > self._limit:
                raise FetchRefused("size", "the recording is larger than allowed")
            yield piece


def host_of(address: str) -> str:
    """Return the host of an address, empty when it cannot be read."""
    try:
        return _host(httpx.URL(address))
    except (httpx.InvalidURL, ValueError):
        return ""


def _host(url: httpx.URL) -> str:
    """Return the host as it goes over the wire: small ASCII letters, names of other scripts in their `xn--` form."""
    return url.raw_host.decode("ascii").lower()


async def _first_answer(
    client: httpx.AsyncClient, url: httpx.URL, addresses: Sequence[str], headers: Mapping[str, str]
) -> httpx.Response:
    for at, address in enumerate(addresses):
        request = client.build_request(
            "GET",
            url.copy_with(host=address),
            headers={**headers, "Host": url.netloc.decode("ascii"), "Accept-Encoding": "identity"},
            extensions={"sni_hostname": _host(url)},
        )
        try:
            return await client.send(request, stream=True)
        except httpx.ConnectError:
            if at + 1 == len(addresses):
                raise
    raise FetchFailed("name", "the provider's host has no address now")


def _target(url: httpx.URL, response: httpx.Response) -> str:
    location = response.headers.get("location", "")
    try:
        return str(url.join(location)) if location else ""
    except (httpx.InvalidURL, ValueError):
        return ""


def _check_status(status: int) -> None:
    if status == _OK:
        return
    if status == _NOT_THERE:
        raise FetchFailed("not_there", "the provider has nothing there yet")
    if status in _NOT_NOW or status >= _BROKEN:
        raise FetchFailed("busy", "the provider cannot answer now")
    raise FetchRefused("status", "the provider refuses to give the recording; check the source's credentials")


def _media_type(response: httpx.Response, *, json: bool) -> str:
    """Return the media type. Raises FetchRefused for one that is no sound, and for a body that is encoded once more."""
    if response.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        raise FetchRefused("encoding", "the recording comes compressed, which was not asked for")
    media_type: str = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if json:
        return media_type
    if media_type in {"binary/octet-stream", "application/binary"}:
        return "application/octet-stream"
    if not accepted(media_type):
        raise FetchRefused("media_type", "what the provider gives is no recording")
    return media_type

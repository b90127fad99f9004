"""A callback as it came in, without any web framework: what signatures are counted over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ingest.providers.errors import CallbackRefused


@dataclass(frozen=True, slots=True)
class CallbackRequest:
    """One callback.

    Attributes:
        method: GET or POST.
        url: the address as the provider was told it: from our own settings, never from the request's Host header.
        query: the query string as sent, without the question mark; part of `url` too.
        headers: (name in small letters, value) in the order they came.
        body: the bytes as sent.
    """

    method: str
    url: str
    query: str
    headers: Sequence[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        """Return a header, empty when it is missing. Raises CallbackRefused when it came twice: which one is meant?"""
        found = [value for given, value in self.headers if given == name.lower()]
        if len(found) > 1:
            raise CallbackRefused("a header that must be there once came twice", header=name)
        return found[0].strip() if found else ""

    @property
    def media_type(self) -> str:
        """The body's media type in small letters, without parameters."""
        return self.header("content-type").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a source's administrator configured: settings are shown, secrets are not."""

    settings: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    def secret(self, name: str) -> str:
        """Return a secret. Raises CallbackRefused when it is not configured: an open door is no door."""
        found = self.secrets.get(name, "")
        if not found:
            raise CallbackRefused("the source has no secret for this check; set it with PUT /v1/sources", secret=name)
        return found

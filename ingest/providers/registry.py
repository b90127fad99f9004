"""The list of providers. Each is a module of this package with one `PROVIDER`; modules are loaded when needed."""

from __future__ import annotations

import base64
import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.errors import NotFound
from ingest.formats.options import ParseOptions
from ingest.formats.record import Row
from ingest.network import on_list
from ingest.providers.payload import Fields
from ingest.providers.request import CallbackRequest, Credentials

NAMES: Final = (
    "twilio",
    "plivo",
    "vonage",
    "telnyx",
    "bandwidth",
    "exotel",
    "knowlarity",
    "ozonetel",
    "smartflo",
    "connect",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider expects to hear, also for duplicates and for events of no interest."""

    media_type: str = "text/plain"
    body: str = "ok"


TWIML: Final = Answer("text/xml", '<?xml version="1.0" encoding="UTF-8"?><Response/>')


@dataclass(frozen=True, slots=True)
class ReadBack:
    """How to ask a provider's API whether a call exists, for providers that sign nothing.

    Attributes:
        address: of the call at the API; its host must be on the source's `fetch_hosts`.
        fields: an event made of the answer alone; None when the provider knows no such call.
    """

    address: Callable[[str, Credentials], str]
    fields: Callable[[Fields], Fields | None]


def one_event(fields: Fields) -> Sequence[Fields]:
    """Return a payload that is one event."""
    return [fields]


def having(*groups: tuple[str, ...]) -> Callable[[Fields], bool]:
    """Return a recogniser: an event with all fields of one of these groups is the provider's."""
    return lambda fields: any(all(name in fields for name in group) for group in groups)


def plain_answer(fields: Fields) -> Answer:
    """Return the answer of a provider that looks at the status only."""
    del fields
    return Answer()


def no_authorization(credentials: Credentials) -> Mapping[str, str]:
    """Return the headers under which a recording is fetched that needs none."""
    del credentials
    return {}


def basic(user: str, password: str) -> Mapping[str, str]:
    """Return the header of HTTP Basic."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider.

    Attributes:
        name: as a source's `provider` says it; the `source` of its rows too.
        title: for people.
        check: refuses a callback that nobody vouches for.
        rows: what one event says; nothing when it is of no interest. Raises RowError, ZoneNeeded.
        is_mine: whether an event has the fields of this provider (see `having`).
        methods: GET too where the provider can be told to send one.
        vouched: the fact `verified` of its rows when the check has passed: `signature`, `secret`, or `no`.
        hosts: the provider's own, which may see the credentials; any other is asked without.
        unwrap: the events inside a payload that is an envelope.
        answer: what the provider expects to hear.
        fetch_headers: under which its recordings are fetched and its API is asked.
        read_back: how a call is confirmed where nothing is signed.
    """

    name: str
    title: str
    check: Callable[[CallbackRequest, Credentials, datetime], None]
    rows: Callable[[Fields, ParseOptions, int], list[Row]]
    is_mine: Callable[[Fields], bool]
    methods: frozenset[str] = frozenset({"POST"})
    vouched: str = "no"
    hosts: tuple[str, ...] = ()
    unwrap: Callable[[Fields], Sequence[Fields]] = one_event
    answer: Callable[[Fields], Answer] = plain_answer
    fetch_headers: Callable[[Credentials], Mapping[str, str]] = no_authorization
    read_back: ReadBack | None = None


def load_provider(name: str) -> Provider:
    """Return a provider by name. Raises NotFound."""
    if name not in NAMES:
        raise NotFound("there is no provider of this name", known=", ".join(NAMES))
    found: Provider = importlib.import_module(f"ingest.providers.{name}").PROVIDER
    return found


def authorization(provider: Provider, credentials: Credentials, host: str) -> Mapping[str, str]:
    """Return the headers under which a host is asked: none unless it is the provider's own, or the set `api_host`."""
    own = (*provider.hosts, credentials.settings.get("api_host", ""))
    return provider.fetch_headers(credentials) if on_list(host, own) else {}


def provider_of(fields: Fields) -> Provider | None:
    """Return whose event this is by its fields; None when it is nobody's, or two providers' alike."""
    found = [provider for provider in map(load_provider, NAMES) if provider.is_mine(fields)]
    return found[0] if len(found) == 1 else None

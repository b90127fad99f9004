"""Sources: what a workspace says of each of its phone systems, carriers and providers.

A source is what a file or callback cannot tell by itself: zone, default region, mapping, secrets, allowed hosts. Its
name is the `source` of what comes in through it. Secrets are sealed under a key of the workspace and never shown.
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets as random
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from domain.errors import Duplicate, Invalid, NotFound, Unavailable
from domain.ids import new_id
from ingest.formats.fixed_layout import layout_from
from ingest.formats.mapping import mapping_from
from ingest.formats.options import ParseOptions
from ingest.formats.registry import NAMES as FORMATS
from ingest.providers.registry import NAMES as PROVIDERS
from storage.mongo import Document
from storage.resources import Resources
from storage.sealing import seal, unseal

NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_REGION: Final = re.compile(r"[A-Z]{2}")
_PLACE: Final = "sources/{}/secrets"
_TRIES: Final = 10


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """What an administrator says of a source; see `ParseOptions` for the fields that reading needs.

    Attributes:
        format: a name of `ingest.formats.registry`, or `auto`.
        provider: of callbacks (`twilio`, `exotel`, …), None when the source sends none.
        fetch_hosts: hosts from which recordings of this source may be fetched; none by default.
        settings: what the provider's adapter needs and is no secret (account id, signature version).
    """

    format: str = "auto"
    zone: str | None = None
    region: str | None = None
    encoding: str = "utf-8"
    mapping: Mapping[str, Any] | None = None
    currency: str | None = None
    own_numbers: str | None = None
    provider: str | None = None
    fetch_hosts: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """A configured source. `hook` is its part of a callback's address: long, random, replaceable."""

    source_id: str
    workspace_id: str
    name: str
    hook: str
    config: SourceConfig
    secret_names: tuple[str, ...]

    def options(self, *, now: datetime) -> ParseOptions:
        """Return how to read this source's files."""
        return options_of(self.config, now=now)


def options_of(config: SourceConfig, *, now: datetime) -> ParseOptions:
    """Return how to read files of a source of this configuration."""
    return ParseOptions(
        zone=ZoneInfo(config.zone) if config.zone else None,
        region=config.region,
        encoding=config.encoding,
        mapping=config.mapping,
        currency=config.currency,
        own_numbers=config.own_numbers,
        certificates=frozenset(config.settings.get("vcon_certificates", "").lower().replace(":", "").split()),
        now=now,
    )


class SourceStore:
    """The one writer of `sources`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._sources = resources.database.scoped("sources", workspace_id)
        self._keyring = resources.keyring
        self._workspace_id = workspace_id

    async def put(
        self, name: str, config: SourceConfig, *, secrets: Mapping[str, str] | None = None, now: datetime
    ) -> Source:
        """Create a source or replace its configuration; `secrets` None keeps those it has. Raises Invalid."""
        _check(name, config)
        for _ in range(_TRIES):
            found = await self._sources.find_one({"name": name}, fields=("_id",))
            source_id = found["_id"] if found else new_id("src")
            change: Document = {"config": _stored(config), "updated_at": now}
            if secrets is not None:
                change |= await self._sealed(source_id, secrets)
            if found is not None:
                await self._sources.update({"_id": source_id}, {"$set": change})
                return await self.get(name)
            fresh = {"_id": source_id, "name": name, "hook": _new_hook(), "created_at": now, **change}
            with contextlib.suppress(Duplicate):  # another request made it just now
                await self._sources.insert(fresh)
                return await self.get(name)
        raise Unavailable("the source was made and deleted by others every time")

    async def _sealed(self, source_id: str, secrets: Mapping[str, str]) -> Document:
        key = await self._keyring.purpose_key(self._workspace_id, "sources")
        sealed = seal(key, json.dumps(dict(secrets)).encode(), place=_PLACE.format(source_id))
        return {"sealed": sealed, "secret_names": sorted(secrets)}

    async def rotate_hook(self, name: str, *, now: datetime) -> Source:
        """Give a source a new callback address; the old one leads nowhere from now on. Raises NotFound."""
        await self._sources.update({"name": name}, {"$set": {"hook": _new_hook(), "updated_at": now}})
        return await self.get(name)

    async def get(self, name: str) -> Source:
        """Return a source by name. Raises NotFound."""
        found = await self._sources.find_one({"name": name})
        if found is None:
            raise NotFound("no such source; an administrator makes one at PUT /v1/sources/{name}")
        return source_from(found)

    async def all(self) -> list[Source]:
        """Return the workspace's sources by name."""
        return [source_from(one) for one in await self._sources.find({}, sort=(("name", 1),))]

    async def delete(self, name: str) -> bool:
        """Forget a source and its secrets; what it sent stays."""
        return await self._sources.delete({"name": name}) == 1

    async def secrets(self, source: Source) -> dict[str, str]:
        """Return a source's secrets in clear, for checking signatures and fetching only."""
        found = await self._sources.find_one({"_id": source.source_id}, fields=("sealed",))
        if found is None or "sealed" not in found:
            return {}
        key = await self._keyring.purpose_key(self._workspace_id, "sources")
        opened: dict[str, str] = json.loads(unseal(key, bytes(found["sealed"]), place=_PLACE.format(source.source_id)))
        return opened


async def source_of_hook(resources: Resources, hook: str) -> Source | None:
    """Return the source whose callbacks come to this address, before its workspace is known."""
    found = await resources.database.whole("sources").find_one({"hook": hook})
    return None if found is None else source_from(found)


def source_from(document: Document) -> Source:
    """Return the source that a stored document holds."""
    config = dict(document["config"])
    config["fetch_hosts"] = tuple(config["fetch_hosts"])
    config["mapping"] = json.loads(config["mapping"]) if config["mapping"] else None
    return Source(
        source_id=document["_id"],
        workspace_id=document["workspace_id"],
        name=document["name"],
        hook=document["hook"],
        config=SourceConfig(**config),
        secret_names=tuple(document.get("secret_names", ())),
    )


def _stored(config: SourceConfig) -> Document:
    """Return a configuration as it is stored; the mapping as text, for its keys may be any."""
    return {**asdict(config), "mapping": None if config.mapping is None else json.dumps(config.mapping)}


def _new_hook() -> str:
    return random.token_urlsafe(24)


def _check_reading(config: SourceConfig) -> None:
    """Refuse formats, providers and mappings that nothing could be read with."""
    if config.format != "auto" and config.format not in FORMATS:
        raise Invalid(f"there is no format of this name; known are auto, {', '.join(FORMATS)}", field="format")
    if config.provider is not None and config.provider not in PROVIDERS:
        raise Invalid(f"there is no provider of this name; known are {', '.join(PROVIDERS)}", field="provider")
    if config.format == "csv_mapping":
        if config.mapping is None:
            raise Invalid("generic CSV needs its columns; docs/formats.md shows a mapping", field="mapping")
        mapping_from(config.mapping)
    if config.format == "fixed_width" and config.mapping is not None:
        layout_from(config.mapping)


def _check(name: str, config: SourceConfig) -> None:
    _check_reading(config)
    if not NAME.fullmatch(name):
        raise Invalid(
            "a source's name has 1 to 64 small letters, digits, - and _, and begins with a letter", field="name"
        )
    if config.zone is not None and config.zone not in available_timezones():
        raise Invalid("unknown zone; write one of the IANA database such as Asia/Kolkata", field="zone")
    if config.region is not None and not _REGION.fullmatch(config.region):
        raise Invalid("write the region as two capital letters such as IN", field="region")
    try:
        "".encode(config.encoding)
    except LookupError:
        raise Invalid("unknown encoding; write utf-8, cp1252 or the like", field="encoding") from None
    if config.own_numbers is not None:
        try:
            re.compile(config.own_numbers)
        except (re.error, OverflowError, RecursionError):
            raise Invalid("not a regular expression", field="own_numbers") from None

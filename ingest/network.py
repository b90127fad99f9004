"""Which hosts and addresses may be asked: a list of names, and the public internet only."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

_EMBEDDING: Final = tuple(
    map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96", "fec0::/10", "2001::/32", "2002::/16"))
)
"""IPv6 ranges in which an IPv4 address hides (NAT64, compatible, Teredo, 6to4), and the old site-local one."""
_RELAY: Final = ipaddress.ip_network("192.88.99.0/24")

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


async def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host by the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Say whether an address belongs to the public internet and to nobody's own network."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if not found.is_global or found.is_multicast or found.is_reserved:
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return found not in _RELAY
    return found.ipv4_mapped is None and not any(found in network for network in _EMBEDDING)


def on_list(host: str, hosts: Sequence[str]) -> bool:
    """Say whether a host is on a list of names: `api.example.com`, or `*.example.com` for those below it."""
    return any(
        host.endswith(entry[1:]) and len(host) > len(entry) - 1 if entry.startswith("*.") else host == entry
        for entry in (one.strip().lower().rstrip(".") for one in hosts)
        if entry.strip("*.")
    )


def is_loopback(address: str) -> bool:
    """Say whether an address is this machine's own."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False

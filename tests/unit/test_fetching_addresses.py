"""Which addresses may be asked: the public internet and the source's own list, however an address is written."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fetch_errors import FetchRefused
from ingest.fetching import Fetcher, host_of
from ingest.network import is_loopback, is_public, on_list

NOT_PUBLIC = """
    0.0.0.0 10.0.0.1 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255
    192.0.0.1 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1
    239.255.255.250 240.0.0.1 255.255.255.255 :: ::1 ::ffff:8.8.8.8 ::ffff:127.0.0.1 ::8.8.8.8
    64:ff9b::808:808 64:ff9b:1::7f00:1 100::1 2001::1 2001:db8::1 2002:7f00:1:: fc00::1 fd12::1 fe80::1
    fe80::1%eth0 fec0::1 ff02::1 localhost 127.1 0x7f.0.0.1 2130706433
"""


@pytest.mark.parametrize(
    "address",
    [
        *NOT_PUBLIC.split(),
        "",
        "8.8.8.8 ",
    ],
)
def test_an_address_that_is_not_the_public_internets_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "2606:4700::1",
        "2a00::1",
    ],
)
def test_an_address_beside_the_private_ranges_is_public(address: str) -> None:
    assert is_public(address)


@given(st.integers(0, 2**32 - 1))
def test_no_ipv4_address_becomes_public_by_being_written_inside_an_ipv6_one(number: int) -> None:
    inner = ipaddress.IPv4Address(number)
    assert not is_public(f"::ffff:{inner}")
    assert not is_public(f"64:ff9b::{inner}")
    assert not is_public(f"::{inner}")
    assert not is_public(f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1")


def test_a_host_is_on_the_list_by_its_whole_name_or_below_a_star() -> None:
    hosts = ("api.twilio.com", "*.Amazonaws.com", " media.example.com. ", "")
    for host in ("api.twilio.com", "s3.amazonaws.com", "a.b.amazonaws.com", "media.example.com"):
        assert on_list(host, hosts), host
    others = """
        twilio.com xapi.twilio.com api.twilio.com.evil.example amazonaws.com evilamazonaws.com
        .amazonaws.com api.twilio.co *.amazonaws.com.evil.example example.com
    """
    for host in ("", *others.split()):
        assert not on_list(host, hosts), host
    assert not on_list("anything.example", ())
    assert not on_list("anything.example", ("*", "*.", ""))


def refusal(address: str) -> str:
    """Return why an address is refused before its host is even looked up."""
    with pytest.raises(FetchRefused) as caught:
        Fetcher(("media.example.com",), limit=1)._checked(address)
    assert not address or address not in str(caught.value.message) + str(caught.value.fields)
    return caught.value.reason


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://media.example.com/1", "scheme"),
        ("ftp://media.example.com/1", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("//media.example.com/1", "scheme"),
        ("media.example.com/1", "scheme"),
        ("", "scheme"),
        ("https://user:password@media.example.com/1", "userinfo"),
        ("https://media.example.com@evil.example/1", "userinfo"),
        ("https://media.example.com:8443/1", "port"),
        ("https://media.example.com:22/1", "port"),
        ("https://evil.example/1", "host"),
        ("https://media.example.com.evil.example/1", "host"),
        ("https://169.254.169.254/latest/meta-data", "host"),
        ("https://[::1]/1", "host"),
        ("https://2130706433/1", "host"),
        ("https://media.example.com\\@evil.example/1", "userinfo"),
        ("https://media。example。com.evil.example/1", "host"),
        ("https://media.example.com:99999/1", "port"),
        ("https://media.example.com/\x00", "address"),
        ("https://\ud800/", "address"),
    ],
)
def test_an_address_is_refused_before_anything_is_asked(address: str, reason: str) -> None:
    assert refusal(address) == reason


def test_an_address_on_the_list_is_read_whatever_its_letters() -> None:
    url = Fetcher(("media.example.com",), limit=1)._checked("https://MEDIA.example.com:443/a?b#c")
    assert (url.host, url.path) == ("media.example.com", "/a")


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_an_address(text: str) -> None:
    assert isinstance(host_of(text), str)
    assert isinstance(host_of(f"https://{text}/"), str)


def test_this_machines_own_addresses_are_known() -> None:
    assert is_loopback("127.0.0.1")
    assert is_loopback("::1")
    assert not is_loopback("8.8.8.8")
    assert not is_loopback("localhost")

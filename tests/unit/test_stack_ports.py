"""Ports of a stack: loopback blocks that never meet, claimed once."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path

import pytest

from cli.stack import ports
from cli.stack.errors import StackError

EPHEMERAL_FROM = 32_768


@pytest.fixture(autouse=True)
def _nothing_listens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ports, "busy", lambda _: [])
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def test_no_two_blocks_share_a_port_and_all_stay_below_the_ephemeral_range() -> None:
    opened = list(itertools.chain.from_iterable(ports.ports_of(block).listening() for block in range(ports.BLOCKS)))
    assert len(opened) == len(set(opened))
    assert max(opened) < EPHEMERAL_FROM
    assert min(opened) > 1024


def test_each_s3_port_brings_its_grpc_twin() -> None:
    found = ports.ports_of(3)
    assert found["s3"] + ports.GRPC_OFFSET in found.listening()
    assert found["mongo"] + ports.GRPC_OFFSET not in found.listening()


def test_two_claims_at_the_same_time_get_different_blocks() -> None:
    first = ports.claim_ports(5)
    second = ports.claim_ports(5)
    assert first.ports.block == 5
    assert second.ports.block != 5
    first.release()
    third = ports.claim_ports(5)
    assert third.ports.block == 5
    second.release()
    third.release()


def test_a_block_with_a_busy_port_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = ports.ports_of(5)["s3"] + ports.GRPC_OFFSET

    def busy(wanted: Iterable[int]) -> list[int]:
        return [port for port in wanted if port == taken]

    monkeypatch.setattr(ports, "busy", busy)
    claim = ports.claim_ports(5)
    assert claim.ports.block != 5
    claim.release()


def test_a_port_the_caller_chose_is_taken_as_it_is() -> None:
    claim = ports.claim_ports(5, {"api": 8640})
    assert claim.ports["api"] == 8640
    claim.release()


def test_a_busy_port_of_the_callers_choice_is_refused_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "busy", list)
    with pytest.raises(StackError, match=r"port 8640 .* in use"):
        ports.claim_ports(5, {"api": 8640})


@pytest.mark.parametrize(("name", "port"), [("api", 0), ("api", 65_536), ("s3", 55_536)])
def test_a_port_without_room_is_refused(name: str, port: int) -> None:
    with pytest.raises(StackError, match=f"the {name} port"):
        ports.ports_of(0, {name: port})


def test_an_unknown_port_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(StackError, match=r"'web'.*mongo, broker, api"):
        ports.ports_of(0, {"web": 80})

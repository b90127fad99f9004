"""Ids that are made of bytes are their base32, whatever way is fastest."""

from __future__ import annotations

import base64

from hypothesis import given
from hypothesis import strategies as st

from domain.ids import bytes_of_id, id_from_bytes, is_id, new_id


@given(sixteen=st.binary(min_size=16, max_size=16))
def test_an_id_of_bytes_is_their_base32(sixteen: bytes) -> None:
    expected = base64.b32encode(sixteen).decode("ascii").rstrip("=").lower()
    assert id_from_bytes("log", sixteen) == f"log_{expected}"
    assert is_id("log", id_from_bytes("log", sixteen))
    assert bytes_of_id(id_from_bytes("log", sixteen)) == sixteen


def test_fresh_ids_differ() -> None:
    assert len({new_id("log") for _ in range(1000)}) == 1000

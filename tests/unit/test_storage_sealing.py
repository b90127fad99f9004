"""Sealing: what was sealed opens as it was, at its own place, or not at all."""

from __future__ import annotations

import os
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.sealing import (
    CHUNK_BYTES,
    KEY_BYTES,
    NONCE_BYTES,
    SEALED_CHUNK_BYTES,
    TAG_BYTES,
    CannotOpen,
    ObjectSealer,
    SealingWriter,
    ValueSealer,
    derive,
    seal,
    sealed_size,
    unseal,
)

KEY, OTHER_KEY = bytes(range(KEY_BYTES)), bytes(range(1, KEY_BYTES + 1))
PLACES = st.text(max_size=20)
# Sizes around the borders of chunks, where mistakes live.
SIZES = st.sampled_from(
    [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 2 * CHUNK_BYTES + 1, 3 * CHUNK_BYTES - 1]
)
CONTENT = os.urandom(4 * CHUNK_BYTES)


def sealed_object(plain: bytes, object_id: str = "obj_1") -> bytes:
    writer = SealingWriter(ObjectSealer(KEY, object_id))
    return writer.feed(plain) + writer.finish()


def opened(sealed: bytes, object_id: str = "obj_1", key: bytes = KEY) -> bytes:
    """Open chunk by chunk as a reader does who trusts nothing but the length of what is there."""
    sealer = ObjectSealer(key, object_id)
    chunks = [sealed[at : at + SEALED_CHUNK_BYTES] for at in range(0, max(1, len(sealed)), SEALED_CHUNK_BYTES)]
    return b"".join(sealer.open_chunk(n, chunk, last=n == len(chunks) - 1) for n, chunk in enumerate(chunks))


@given(plain=st.binary(max_size=500), place=PLACES)
def test_a_sealed_value_opens_at_its_place(plain: bytes, place: str) -> None:
    assert unseal(KEY, seal(KEY, plain, place=place), place=place) == plain


@given(plain=st.binary(max_size=500), place=PLACES, other=PLACES)
def test_it_opens_at_no_other_place_and_under_no_other_key(plain: bytes, place: str, other: str) -> None:
    sealed = seal(KEY, plain, place=place)
    with pytest.raises(CannotOpen):
        unseal(OTHER_KEY, sealed, place=place)
    if other != place:
        with pytest.raises(CannotOpen):
            unseal(KEY, sealed, place=other)


@given(plain=st.binary(max_size=100), bit=st.integers(min_value=0), cut=st.integers(min_value=0))
def test_a_changed_bit_or_a_cut_is_never_opened(plain: bytes, bit: int, cut: int) -> None:
    sealed = bytearray(seal(KEY, plain, place="here"))
    for shorter in (bytes(sealed[: cut % len(sealed)]), bytes(sealed) + b"\x00"):
        with pytest.raises(CannotOpen):
            unseal(KEY, shorter, place="here")
    sealed[bit // 8 % len(sealed)] ^= 1 << bit % 8
    with pytest.raises(CannotOpen):
        unseal(KEY, bytes(sealed), place="here")


def test_the_same_value_never_looks_the_same_twice() -> None:
    assert len({seal(KEY, b"4111", place="here") for _ in range(100)}) == 100


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(size=SIZES, cuts=st.lists(st.integers(0, 3 * CHUNK_BYTES), max_size=6))
def test_an_object_fed_in_any_portions_opens_as_it_was_and_has_the_size_that_was_foretold(
    size: int, cuts: list[int]
) -> None:
    plain, borders = CONTENT[:size], sorted({0, size, *(cut % (size + 1) for cut in cuts)})
    writer = SealingWriter(ObjectSealer(KEY, "obj_1"))
    sealed = b"".join(writer.feed(plain[start:end]) for start, end in pairwise(borders)) + writer.finish()
    assert sealed == sealed_object(plain), "portions must not show"
    assert opened(sealed) == plain
    assert writer.plain_size == size
    assert len(sealed) == sealed_size(size)


@given(st.integers(0, 10 * CHUNK_BYTES))
def test_the_sealed_size_is_one_tag_for_each_chunk_begun(size: int) -> None:
    chunks = max(1, (size + CHUNK_BYTES - 1) // CHUNK_BYTES)
    assert sealed_size(size) == size + chunks * TAG_BYTES


@settings(max_examples=40)
@given(size=SIZES, bit=st.integers(min_value=0))
def test_one_changed_bit_anywhere_closes_an_object(size: int, bit: int) -> None:
    sealed = bytearray(sealed_object(CONTENT[:size]))
    sealed[bit // 8 % len(sealed)] ^= 1 << bit % 8
    with pytest.raises(CannotOpen):
        opened(bytes(sealed))


@settings(max_examples=40)
@given(size=SIZES, cut=st.integers(min_value=0))
def test_a_shortened_object_does_not_open_not_even_at_a_chunks_border(size: int, cut: int) -> None:
    sealed = sealed_object(CONTENT[:size])
    for shorter in (sealed[: cut % len(sealed)], sealed[: len(sealed) // SEALED_CHUNK_BYTES * SEALED_CHUNK_BYTES]):
        if len(shorter) < len(sealed):
            with pytest.raises(CannotOpen):
                opened(shorter)


@pytest.mark.parametrize(
    "order",
    [(1, 0, 2), (0, 2, 1), (2, 1, 0), (0, 2), (1, 2), (0, 1), (0, 0, 2), (0, 1, 1, 2), (0, 1, 2, 2), (0, 1, 2, 0)],
    ids=lambda order: "-".join(str(number) for number in order),
)
def test_chunks_swapped_dropped_or_repeated_do_not_open(order: tuple[int, ...]) -> None:
    sealed = sealed_object(CONTENT[: 3 * CHUNK_BYTES])
    chunks = [sealed[at : at + SEALED_CHUNK_BYTES] for at in range(0, len(sealed), SEALED_CHUNK_BYTES)]
    assert len(chunks) == 3
    with pytest.raises(CannotOpen):
        opened(b"".join(chunks[number] for number in order))


def test_chunks_do_not_open_in_another_object_or_under_another_key() -> None:
    sealed = sealed_object(CONTENT[: CHUNK_BYTES + 5])
    other = sealed_object(CONTENT[CHUNK_BYTES : 2 * CHUNK_BYTES + 5], "obj_2")
    spliced = other[:SEALED_CHUNK_BYTES] + sealed[SEALED_CHUNK_BYTES:]
    for wrong in (lambda: opened(sealed, "obj_2"), lambda: opened(sealed, key=OTHER_KEY), lambda: opened(spliced)):
        with pytest.raises(CannotOpen):
            wrong()


def test_a_chunk_that_is_not_the_last_does_not_pass_for_it() -> None:
    sealer = ObjectSealer(KEY, "obj_1")
    with pytest.raises(CannotOpen):
        sealer.open_chunk(0, sealer.seal_chunk(0, b"words", last=False), last=True)
    with pytest.raises(CannotOpen):
        sealer.open_chunk(0, sealer.seal_chunk(0, b"words", last=True), last=False)


def test_each_purpose_has_a_key_of_its_own() -> None:
    keys = {
        derive(key, purpose) for key in (KEY, OTHER_KEY) for purpose in ("blind-index", "object:obj_1", "upload:u/1")
    }
    assert len(keys) == 6
    assert all(len(key) == KEY_BYTES for key in keys)
    assert not keys & {KEY, OTHER_KEY}


@pytest.mark.parametrize("drawn", [1, 4])
def test_a_nonce_is_used_once_however_many_are_drawn_together(drawn: int) -> None:
    sealer = ValueSealer(bytes(32), drawn=drawn)
    sealed = [sealer.seal(b"the same", place="x/1") for _ in range(50)]
    assert len({one[:NONCE_BYTES] for one in sealed}) == 50
    assert {unseal(bytes(32), one, place="x/1") for one in sealed} == {b"the same"}


@given(values=st.lists(st.tuples(st.binary(max_size=40), PLACES), max_size=9))
def test_many_sealed_at_once_open_each_at_its_own_place_and_share_no_nonce(values: list[tuple[bytes, str]]) -> None:
    sealed = ValueSealer(KEY).seal_all(values)
    assert [unseal(KEY, one, place=place) for one, (_, place) in zip(sealed, values, strict=True)] == [
        plain for plain, _ in values
    ]
    assert len({one[:NONCE_BYTES] for one in sealed}) == len(values)


def test_a_process_made_by_fork_uses_none_of_the_nonces_that_its_parent_drew(monkeypatch: pytest.MonkeyPatch) -> None:
    sealer = ValueSealer(bytes(32), drawn=8)
    sealer.seal(b"one", place="x/1")
    left = set(sealer._nonces)
    monkeypatch.setattr("storage.sealing.os.getpid", lambda: -1)
    used = {sealer.seal(b"two", place="x/1")[:NONCE_BYTES] for _ in range(8)}
    assert len(left) == 7
    assert used & left == set()

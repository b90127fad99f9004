"""A document put together from encoded parts is the document that encoding all of it at once would give."""

from __future__ import annotations

from typing import Any

import bson
from hypothesis import given
from hypothesis import strategies as st

from storage.encoded import element, elements, encoded, nested

NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.binary(max_size=300),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def cut_up(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Fields in one to four heaps."""
    names = draw(st.lists(NAMES, unique=True, max_size=12).map(lambda all_names: [f"f{name}" for name in all_names]))
    heaps: list[dict[str, Any]] = [{} for _ in range(draw(st.integers(1, 4)))]
    for name in names:
        heaps[draw(st.integers(0, len(heaps) - 1))][name] = draw(VALUES)
    return heaps


@given(heaps=cut_up())
def test_parts_make_the_document_that_they_are_parts_of(heaps: list[dict[str, Any]]) -> None:
    fields, *parts = heaps
    whole = {name: value for heap in heaps for name, value in heap.items()} | {"workspace_id": "ws_1"}
    made = encoded("ws_1", fields, *map(elements, parts))
    assert made.workspace_id == "ws_1"
    assert bytes(made.raw.raw) == bson.encode(whole)


@given(heaps=cut_up(), name=NAMES)
def test_a_field_of_parts_is_a_field_that_holds_the_document(heaps: list[dict[str, Any]], name: str) -> None:
    fields, *parts = heaps
    whole = {key: value for heap in heaps for key, value in heap.items()}
    assert element(name, fields, *map(elements, parts)) == elements({name: whole})


@given(heaps=cut_up())
def test_a_nested_value_reads_and_encodes_as_its_fields(heaps: list[dict[str, Any]]) -> None:
    value = nested(heaps[0])
    assert bson.encode({"x": value}) == bson.encode({"x": heaps[0]})
    assert set(value) == set(heaps[0])

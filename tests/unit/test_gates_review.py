"""The sample as a person reads it."""

from __future__ import annotations

from gate_items import KEYED, item_of, turn_of
from hypothesis import given
from hypothesis import strategies as st

from corpus.gates.marking import Sheet, marked_text, page_of
from corpus.gates.sample import SampleDraw


def test_marks_stand_around_each_run_of_what_was_made_up() -> None:
    turn = turn_of("I am [PERSON:Tolvin] [PERSON:Mund] at [PHONE_NUMBER:000] [PERSON:Ana]")
    assert marked_text(turn) == "I am ⟦PERSON Tolvin Mund⟧ at ⟦PHONE_NUMBER 000⟧ ⟦PERSON Ana⟧"


def test_a_page_says_of_which_release_it_is_and_what_to_look_for() -> None:
    page = page_of(Sheet(7, 2, (item_of("hello [PERSON:Ana]", "yes"),), gone=3))
    assert page.startswith("Release 7, revision 2: 1 items of the sample (3 left since it was drawn)")
    assert "contact: hello ⟦PERSON Ana⟧" in page
    assert "2026-11" in page


@given(st.lists(st.text("abcdef0123456789", min_size=1, max_size=6), unique=True, max_size=40), st.integers(0, 10))
def test_the_sample_is_the_same_in_any_order_and_no_larger_than_asked_for(ids: list[str], size: int) -> None:
    one, other = SampleDraw(KEYED, size), SampleDraw(KEYED, size)
    for item_id in ids:
        one.see(item_id)
    for item_id in reversed(ids):
        other.see(item_id)
    assert one.ids() == other.ids()
    assert len(one.ids()) == min(size, len(ids))

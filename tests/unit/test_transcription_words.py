"""Words keep their promises whatever the engine gives: order, bounds, no word over a silence."""

from hypothesis import given
from hypothesis import strategies as st

from domain.speech import Party, Word
from transcription.engines.packing import Stretch, stretches_of, window_of
from transcription.engines.words import glue, orderly, segment_of, split_at_pauses

RATE = 16_000
times = st.floats(-5, 200, allow_nan=False)
tokens = st.lists(
    st.builds(Word, start=times, end=times, text=st.sampled_from([" one", "-two", " 3", ".", "  "]), probability=times)
)


def said(*texts: str) -> list[Word]:
    return [Word(at, at + 1, text, 0.5 + at / 10) for at, text in enumerate(texts)]


def test_tokens_without_a_space_before_them_are_one_word() -> None:
    words = list(glue(said(" 415", "-555", "-0132.", " Thanks"), language="en"))
    assert [(one.text, one.start, one.end, one.probability) for one in words] == [
        ("415-555-0132.", 0, 3, 0.5),
        ("Thanks", 3, 4, 0.8),
    ]


def test_languages_without_spaces_keep_their_tokens() -> None:
    assert len(list(glue(said("今", "日"), language="ja"))) == 2


@given(tokens)
def test_words_are_in_order_and_inside_the_recording(given_tokens: list[Word]) -> None:
    words = list(orderly(glue(given_tokens, language="en"), duration_s=90.0))
    reached = 0.0
    for word in words:
        assert reached <= word.start <= word.end <= 90.0
        assert 0 <= word.probability <= 1
        assert word.text == word.text.strip() != ""
        reached = word.end


def test_a_pause_over_a_second_ends_a_segment() -> None:
    words = [Word(0, 1, "a", 1), Word(2, 3, "b", 1), Word(4.01, 5, "c", 1)]
    runs = list(split_at_pauses(words))
    assert [[one.text for one in run] for run in runs] == [["a", "b"], ["c"]]
    assert segment_of(runs[1], channel=1, party=Party.CONTACT, language="en").start == 4.01


def test_stretches_that_touch_when_widened_are_one() -> None:
    found = stretches_of([(10, 20), (25, 30), (80, 90)], pad=5, length=92)
    assert found == [Stretch(5, 35, 10, 30), Stretch(75, 92, 80, 90)]


def test_a_word_at_a_seam_belongs_to_the_voice_that_follows() -> None:
    first, second = Stretch(0, 2 * RATE, 0, int(1.7 * RATE)), Stretch(10 * RATE, 12 * RATE, int(10.3 * RATE), 12 * RATE)
    packed = window_of([first, second])
    start, end = packed.original(1.65, 2.0)
    assert start == 10.3
    assert end > start
    assert packed.original(1.0, 1.75) == (1.0, 1.75)


@given(
    st.lists(st.tuples(st.integers(1, 50_000), st.integers(1, 50_000)), min_size=1, max_size=6),
    st.floats(0, 30),
    st.floats(0, 3),
)
def test_a_word_always_lies_inside_one_stretch(lengths: list[tuple[int, int]], start: float, length: float) -> None:
    voiced, reached = [], 0
    for gap, voice in lengths:
        voiced.append((reached + gap, reached + gap + voice))
        reached += gap + voice
    packed = window_of(stretches_of(voiced, pad=1_000, length=reached))
    first, last = packed.original(start, start + length)
    assert first <= last
    assert any(one.start / RATE <= first and last <= one.end / RATE for one in packed.stretches)

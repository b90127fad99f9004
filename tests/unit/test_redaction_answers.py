"""What answers a request goes silent whatever the words say, and no more than that."""

from __future__ import annotations

from domain.spans import Span, TimeRange
from domain.speech import EngineStamp, Party, Segment, Transcript, Word
from redaction.answers import LONGEST_S, WAIT_S, answer_ranges

Line = tuple[int, float, str]


def call(*lines: Line, channels: int = 2, probability: float = 0.9) -> Transcript:
    """Return a call of lines (channel, start, text); each word takes 0.4 s."""
    segments = []
    for channel, start, text in lines:
        words = tuple(
            Word(
                start + 0.4 * at, start + 0.4 * at + 0.36, one.lstrip("~"), 0.2 if one.startswith("~") else probability
            )
            for at, one in enumerate(text.split())
        )
        segments.append(Segment(channel, Party.UNKNOWN, start, words[-1].end, words))
    return Transcript("en", 1.0, 200.0, channels, tuple(segments), EngineStamp("a", "b", "c"))


def voices(transcript: Transcript) -> list[list[tuple[float, float]]]:
    """Return a voice wherever there are words."""
    return [
        [(one.words[0].start, one.words[-1].end) for one in transcript.segments if one.channel == channel]
        for channel in range(transcript.channels)
    ]


def silent(ranges: tuple[TimeRange, ...], word: Word, channel: int) -> bool:
    covered = sum(
        max(0.0, min(one.end, word.end) - max(one.start, word.start)) for one in ranges if one.channel == channel
    )
    return covered > 0.5 * (word.end - word.start)


def heard(transcript: Transcript, ranges: tuple[TimeRange, ...], number: int) -> str:
    """Return the words of a line that stay audible."""
    segment = transcript.segments[number]
    return " ".join(word.text for word in segment.words if not silent(ranges, word, segment.channel))


ASK: Line = (0, 1.0, "May I have your name please?")


def test_a_garbled_answer_is_silent_but_for_its_harmless_beginning() -> None:
    talk = call(ASK, (1, 4.0, "yes this is ~mean ~actually ~air"))
    assert heard(talk, answer_ranges(talk, [], voices(talk)), 1) == "yes this is"


def test_a_voice_without_any_word_is_silent_after_a_request() -> None:
    talk = call(ASK)
    assert answer_ranges(talk, [], [[], [(4.0, 6.0)]]) == (TimeRange(1, 3.9, 6.1),)


def test_what_is_said_without_being_asked_for_is_left_alone() -> None:
    talk = call((0, 1.0, "The weather is lovely."), (1, 4.0, "yes this is ~mean ~actually ~air"))
    assert answer_ranges(talk, [], voices(talk)) == ()


def test_the_answer_ends_when_the_one_who_asked_speaks_again() -> None:
    talk = call(
        ASK,
        (1, 4.0, "~mean ~actually"),
        (0, 6.0, "thank you very much for that"),
        (1, 9.0, "the printer ~smokes all ~day"),
    )
    ranges = answer_ranges(talk, [], voices(talk))
    assert heard(talk, ranges, 1) == ""
    assert heard(talk, ranges, 3) == "the printer smokes all day"


def test_a_short_word_of_the_one_who_asked_does_not_end_the_answer() -> None:
    talk = call(ASK, (1, 4.0, "~mean"), (0, 5.0, "okay go on"), (1, 6.5, "~actually ~air"))
    assert heard(talk, answer_ranges(talk, [], voices(talk)), 3) == ""


def test_the_answer_ends_with_a_clear_sentence_after_what_was_taken_out() -> None:
    talk = call(ASK, (1, 4.0, "I am Fiona. The printer makes a strange noise and Tuesday ~smokes"))
    found = [Span(1, 2, 3, "PERSON", 0.9, "test")]
    assert heard(talk, answer_ranges(talk, found, voices(talk)), 1).endswith(
        "The printer makes a strange noise and Tuesday smokes"
    )


def test_what_follows_a_hidden_word_in_its_sentence_goes_with_it() -> None:
    talk = call((0, 1.0, "What is your address?"), (1, 4.0, "it is 60 station drive reading"))
    found = [Span(1, 2, 3, "ADDRESS", 0.9, "test")]
    assert heard(talk, answer_ranges(talk, found, voices(talk)), 1) == "it is"


def test_a_capital_letter_in_the_middle_is_no_harmless_word() -> None:
    talk = call(ASK, (1, 4.0, "yes it is Will Drive"))
    assert heard(talk, answer_ranges(talk, [], voices(talk)), 1) == "yes it is"


def test_an_answer_is_waited_for_only_so_long_and_lasts_only_so_long() -> None:
    talk = call(ASK)
    asked = talk.segments[0].words[-1].end
    late = asked + WAIT_S + 0.5
    assert answer_ranges(talk, [], [[], [(late, late + 2)]]) == ()
    (one,) = answer_ranges(talk, [], [[], [(asked + 1, asked + 120)]])
    assert one.end - one.start < LONGEST_S + 1


def test_on_a_single_channel_the_answer_is_what_comes_next() -> None:
    talk = call(ASK, (0, 4.0, "~mean ~actually ~air"), (0, 9.0, "the printer ~smokes"), channels=1)
    ranges = answer_ranges(talk, [], voices(talk))
    assert heard(talk, ranges, 1) == ""
    assert heard(talk, ranges, 2) == "the printer smokes"


def test_what_a_policy_keeps_readable_stays_audible_in_an_answer() -> None:
    talk = call((0, 1.0, "What is your order number?"), (1, 4.0, "it is 4711 ~garbled"))
    kept = [Span(1, 2, 3, "REFERENCE_NUMBER", 0.9, "test", operator="keep")]
    assert heard(talk, answer_ranges(talk, kept, voices(talk)), 1) == "it is 4711"
    assert heard(talk, answer_ranges(talk, [], voices(talk)), 1) == "it is"

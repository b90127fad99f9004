"""Over generated calls with all that people say: nothing of an item is left in its place, and all else is."""

from __future__ import annotations

import re

import pytest
from deid_calls import keyed

from bench.corpus_truth import sources
from corpus.deid import SourceCall, ages, deidentify, mailboxes, people, places, spelling
from corpus.deid import number_words as said
from corpus.deid.dates import LINKING, MONTH_OF
from corpus.deid.vocabulary import is_common, look
from domain.corpus import CorpusItem

CALLS = 120
_SAYS_NOTHING = (
    spelling.SMALL | places.STAYS | ages.STAYS | people.TITLES | LINKING | mailboxes.SIGNS | people.BESIDE
    | {*said.DIGIT_OF, *said.TWO_DIGITS_OF, *said.SCALE_OF, *said.TIMES_OF, *said.LETTER_OF, *MONTH_OF}
)  # fmt: skip
"""Words of closed classes: which of them is said tells nothing, or is drawn from so few that it may be drawn again."""


@pytest.fixture(scope="module")
def made() -> list[tuple[SourceCall, CorpusItem]]:
    return [(source, deidentify(source, keyed())) for source in sources(CALLS)]


def _said(source: SourceCall) -> set[str]:
    """Return the words of a call's spans that could mean somebody."""
    words = [
        look(word.text)
        for span in source.spans
        for word in source.transcript.segments[span.segment].words[span.first_word : span.end_word]
    ]
    return {
        one.norm for one in words
        if len(one.norm) > 3 and one.norm not in _SAYS_NOTHING and not is_common(one.norm) and one.digits not in {1, 2}
    }  # fmt: skip


def test_no_word_of_a_span_is_in_any_turn_of_its_item(made: list[tuple[SourceCall, CorpusItem]]) -> None:
    for source, item in made:
        told = {look(word.text).norm for turn in item.turns for word in turn.words}
        years = {norm for norm in _said(source) if re.fullmatch(r"(?:19|20)\d\d", norm)}
        assert _said(source) & told <= years, source.call_id


def test_no_number_or_mailbox_of_the_records_is_in_any_byte_of_its_item(
    made: list[tuple[SourceCall, CorpusItem]],
) -> None:
    for source, item in made:
        text = " ".join(turn.text for turn in item.turns)
        digits = re.sub(r"\D", "", text)
        for number in source.numbers:
            assert re.sub(r"\D", "", number) not in digits
        for email in source.emails:
            assert email.lower() not in text.lower()


def test_words_that_no_span_covers_stay_but_for_few(made: list[tuple[SourceCall, CorpusItem]]) -> None:
    plain = kept = 0
    for source, item in made:
        covered = sum(span.end_word - span.first_word for span in source.spans)
        plain += sum(len(segment.words) for segment in source.transcript.segments) - covered
        kept += sum(word.kind is None for turn in item.turns for word in turn.words)
    assert kept / plain > 0.97


def test_an_item_is_a_function_of_the_call_and_the_key(made: list[tuple[SourceCall, CorpusItem]]) -> None:
    for source, item in made[:20]:
        assert deidentify(source, keyed()) == item
        other = deidentify(source, keyed(b"release-2"))
        assert other.item_id != item.item_id
        assert other.duration_s != item.duration_s


def test_each_turn_keeps_its_speaker_and_its_words_their_order(made: list[tuple[SourceCall, CorpusItem]]) -> None:
    for source, item in made:
        spoken = [segment for segment in source.transcript.segments if segment.words]
        assert [turn.speaker for turn in item.turns] == [segment.party.value for segment in spoken]
        for turn in item.turns:
            starts = [word.start for word in turn.words]
            assert starts == sorted(starts)

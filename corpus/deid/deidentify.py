"""One call made an item of the corpus: nobody's names, numbers, dates and times in it, and all of its language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corpus.deid.draws import Draws
from corpus.deid.facts import facts_of
from corpus.deid.glances import Glances
from corpus.deid.loose import loose_codes
from corpus.deid.source import Keyed, SourceCall, SurrogateScope
from corpus.deid.stray import Strays
from corpus.deid.telling import Mention, Teller, kind_told
from corpus.deid.warp import Times, band_of, bent, duration_of
from domain.corpus import CorpusItem, CorpusTurn, CorpusWord
from domain.ids import id_from_bytes
from domain.spans import Span, merge_spans
from domain.speech import Segment, Transcript


def item_id_of(call_id: str, keyed: Keyed) -> str:
    """Return the id of a call's item in the release of this key."""
    return id_from_bytes("item", keyed(f"item:{call_id}".encode())[:16])


def deidentify(source: SourceCall, keyed: Keyed, *, scope: SurrogateScope = SurrogateScope.CALL) -> CorpusItem:
    """Return the item of a call: a function of the call and the release key alone, so that it can be made again.

    Args:
        source: the call as spoken, with its spans.
        keyed: HMAC-SHA256 under the release key.
        scope: how far a person keeps one surrogate.
    """
    draws = Draws(keyed, f"call:{source.call_id}")
    transcript = source.transcript
    band = band_of(transcript.duration_s)
    times = bent(draws, band, transcript)
    glances = Glances.of(transcript)
    mentions = _mentions(transcript, source.spans, glances.digits)
    lasting = draws if scope is SurrogateScope.CALL else Draws(keyed, "release")
    all_mentions = [mention for found in mentions.values() for mention in found]
    teller = Teller(draws, lasting, source, all_mentions)
    strays = Strays(teller, source, glances)
    turns = tuple(
        CorpusTurn(
            segment.speaker or segment.party.value,
            tuple(_words(segment, mentions.get(at, ()), teller, strays, times[at])),
        )
        for at, segment in enumerate(transcript.segments)
        if segment.words
    )
    facts = facts_of(
        source.began_at, source.zone, teller.shift,
        length=band, direction=source.direction, jurisdictions=source.jurisdictions,
    )  # fmt: skip
    return CorpusItem(
        item_id=item_id_of(source.call_id, keyed),
        language=transcript.language,
        duration_s=duration_of(turns),
        turns=turns,
        facts=facts,
        basis=source.basis,
        labels=dict(source.labels),
    )


def _mentions(transcript: Transcript, spans: Sequence[Span], digits: Mapping[str, int]) -> dict[int, list[Mention]]:
    """Return the spans of each segment with their words, in order and without overlap, and those that were missing."""
    by_segment: dict[int, list[Span]] = {}
    for span in merge_spans(spans):
        by_segment.setdefault(span.segment, []).append(span)
    found: dict[int, list[Mention]] = {}
    for number, segment in enumerate(transcript.segments):
        own = by_segment.get(number, [])
        own += loose_codes(number, segment.words, own, digits)
        for span in sorted(own):
            covered = tuple(word.text for word in segment.words[span.first_word : span.end_word])
            before = segment.words[span.first_word - 1].text if span.first_word else ""
            if covered:
                found.setdefault(number, []).append(Mention(span, covered, before))
    return found


def _words(
    segment: Segment, mentions: Sequence[Mention], teller: Teller, strays: Strays, times: Times
) -> list[CorpusWord]:
    made: list[CorpusWord] = []
    position = 0
    for mention in mentions:
        span = mention.span
        _plain(made, segment, position, span.first_word, strays, times)
        end = min(span.end_word, len(segment.words))
        made += spread(teller.told(mention), times, span.first_word, end, kind_told(span.entity_type))
        position = end
    _plain(made, segment, position, len(segment.words), strays, times)
    return made


def _plain(made: list[CorpusWord], segment: Segment, begin: int, end: int, strays: Strays, times: Times) -> None:
    """Add the words [begin, end) of a segment, which no span covers."""
    if begin >= end:
        return
    words = segment.words[begin:end]
    position = begin
    for at, stray in strays.found(words).items():
        made += map(CorpusWord, times.starts[position : begin + at], times.ends[position : begin + at],
                    [word.text for word in segment.words[position : begin + at]])  # fmt: skip
        position = begin + at + stray.count
        made += spread(stray.told, times, begin + at, position, stray.kind)
    made += map(CorpusWord, times.starts[position:end], times.ends[position:end],
                [word.text for word in segment.words[position:end]])  # fmt: skip


def spread(texts: Sequence[str], times: Times, begin: int, end: int, kind: str) -> list[CorpusWord]:
    """Return words in the time of the words [begin, end) that they stand for: one for one, else evenly."""
    if len(texts) == end - begin:
        return [
            CorpusWord(*one, kind) for one in zip(times.starts[begin:end], times.ends[begin:end], texts, strict=True)
        ]
    first, last = times.starts[begin], max(times.starts[begin], times.ends[end - 1])
    step = (last - first) / len(texts)
    edges = [round(first + step * at, 2) for at in range(len(texts))] + [last]
    return [CorpusWord(edges[at], edges[at + 1], text, kind) for at, text in enumerate(texts)]

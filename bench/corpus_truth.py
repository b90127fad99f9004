"""Generated calls (`bench.redaction_eval`) with their truth as spans: nothing here depends on a finder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bench.redaction_eval import calls
from bench.redaction_eval.model import Call
from corpus.deid import SourceCall
from domain.redaction_kinds import KINDS
from domain.spans import Span

BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def sources(count: int, seed: int = 7) -> Iterator[SourceCall]:
    """Yield calls of the half that is tuned on, with a span over each item of the truth."""
    for number, one in enumerate(calls.generated(count, seed, "tune")):
        yield SourceCall(
            call_id=f"call_{seed}_{number}",
            transcript=one.transcript,
            spans=tuple(_spans(one)),
            names=one.known.names,
            numbers=one.known.numbers,
            emails=one.known.emails,
            began_at=BEGAN + timedelta(hours=7 * number),
            direction="inbound" if number % 3 else "outbound",
            jurisdictions=(one.country,),
            basis="consent",
        )


def _spans(one: Call) -> Iterator[Span]:
    for group, item in enumerate(one.items, 1):
        kind = "PERSON" if item.kind == "SPELLED_NAME" else item.kind if item.kind in KINDS else "NUMBER_SEQUENCE"
        for place in item.places:
            words = one.transcript.segments[place.segment].words
            edges, at = [], 0
            for word in words:
                edges.append((at, at + len(word.text)))
                at += len(word.text) + 1
            inside = [n for n, (start, end) in enumerate(edges) if start < place.end and end > place.start]
            if inside:
                yield Span(place.segment, inside[0], inside[-1] + 1, kind, 1.0, "truth", group=group)

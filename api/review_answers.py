"""What goes out of a release's sample to whoever reviews it."""

from __future__ import annotations

from dataclasses import asdict

from pydantic import Field

from api.answers import Answer
from corpus.gates.marking import Sheet, marked_text
from domain.corpus import CorpusItem


class ReviewTurnOut(Answer):
    """What one speaker says without a break."""

    speaker: str
    start: float = Field(description="Seconds from the item's start.")
    end: float
    text: str
    marked: str = Field(description="The same; what was made up stands between ⟦KIND and ⟧.")


class ReviewItemOut(Answer):
    """One item of the sample, as it was written."""

    item_id: str
    split: str
    language: str
    duration_s: float
    facts: dict[str, str] = Field(description="What is told of the call beside its words; empty: withheld.")
    labels: dict[str, str]
    surrogates: dict[str, int] = Field(description="How many invented values of each kind it has.")
    turns: list[ReviewTurnOut]


class ReviewOut(Answer):
    """The sample of a release."""

    number: int
    revision: int
    gone: int = Field(description="How many items of the sample left since it was drawn.")
    items: list[ReviewItemOut]


def review_out(sheet: Sheet) -> ReviewOut:
    """Return a sample as it goes out."""
    items = [_item(item) for item in sheet.items]
    return ReviewOut(number=sheet.number, revision=sheet.revision, gone=sheet.gone, items=items)


def _item(item: CorpusItem) -> ReviewItemOut:
    return ReviewItemOut(
        item_id=item.item_id,
        split=item.split.value,
        language=item.language,
        duration_s=round(item.duration_s, 3),
        facts=asdict(item.facts),
        labels=dict(item.labels),
        surrogates=item.kinds,
        turns=[
            ReviewTurnOut(
                speaker=turn.speaker,
                start=round(turn.start, 3),
                end=round(turn.end, 3),
                text=turn.text,
                marked=marked_text(turn),
            )
            for turn in item.turns
        ],
    )

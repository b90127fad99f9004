"""A sample as a person reads it: marks stand around everything that was made up."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from domain.corpus import CorpusItem, CorpusTurn


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sample as it is now. `gone`: how many of it left since it was drawn, or are about to."""

    number: int
    revision: int
    items: tuple[CorpusItem, ...]
    gone: int


def marked_text(turn: CorpusTurn) -> str:
    """Return a turn's text with marks around what stands for something else: `my name is ⟦PERSON Tolvin⟧`."""
    told: list[str] = []
    last: str | None = None
    for word in turn.words:
        if word.kind != last:
            if last is not None:
                told[-1] += "⟧"
            told.append(f"⟦{word.kind} {word.text}" if word.kind else word.text)
        else:
            told.append(word.text)
        last = word.kind
    return " ".join(told) + ("⟧" if last else "")


def page_of(sheet: Sheet) -> str:
    """Return the sheet as a page of text, for somebody who reads it through."""
    lines = [
        f"Release {sheet.number}, revision {sheet.revision}: {len(sheet.items)} items of the sample"
        + (f" ({sheet.gone} left since it was drawn)" if sheet.gone else ""),
        "What stands between ⟦ and ⟧ was made up. Look for anything else that says who somebody is.",
    ]
    for place, item in enumerate(sheet.items, 1):
        facts = ", ".join(filter(None, asdict(item.facts).values()))
        lines += ["", f"{place}. {item.item_id} ({item.split}, {item.language}, {item.duration_s:.0f} s; {facts})"]
        lines += [f"   {turn.start:7.1f}  {turn.speaker}: {marked_text(turn)}" for turn in item.turns]
    return "\n".join(lines) + "\n"

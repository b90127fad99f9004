"""What a finder left readable and what it hid for nothing, counted in letters and digits.

An item has leaked when any letter or digit of it stays readable. Punctuation and the words inside a value that carry
nothing ("dot", "for", "uh") count for nobody. Found stretches are characters of a segment's text, so that a finder of
words and a finder of characters are measured with one yardstick.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bench.redaction_eval.kinds import same_kind
from bench.redaction_eval.model import Call, Item, Place

WANTED, FREE, CHARGED = 1, 2, 3
"""What a character is: part of an item, neither required nor charged; hidden at the finder's cost."""
BETA = 2.0


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch that a finder takes for personal data.

    `hides` is False where it only flags; `charged` is False where hiding harmless words is not held against it.
    """

    place: Place
    kind: str
    hides: bool = True
    charged: bool = True


@dataclass
class Tally:
    """Counts over any number of calls."""

    items: Counter[str] = field(default_factory=Counter)
    leaked: Counter[str] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)
    """Items of a kind, none of it readable, that were found under a name which fits the kind."""
    countries: Counter[str] = field(default_factory=Counter)
    country_leaks: Counter[str] = field(default_factory=Counter)
    country_hidden: Counter[str] = field(default_factory=Counter)
    country_wrong: Counter[str] = field(default_factory=Counter)
    """Letters and digits hidden in a country's calls, and those of them for nothing."""
    found_kinds: Counter[str] = field(default_factory=Counter)
    harmless: Counter[str] = field(default_factory=Counter)
    harmless_hidden: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    flagged: Counter[str] = field(default_factory=Counter)
    spans: int = 0
    spans_wrong: int = 0
    wrong_kinds: Counter[str] = field(default_factory=Counter)
    characters: int = 0
    readable: int = 0
    hidden: int = 0
    hidden_wrong: int = 0
    text: int = 0

    @property
    def leak_rate(self) -> float:
        """Share of the items with any character left readable."""
        return _share(self.leaked.total(), self.items.total())

    @property
    def readable_rate(self) -> float:
        """Share of the items' letters and digits that stay readable."""
        return _share(self.readable, self.characters)

    @property
    def precision(self) -> float:
        """Share of the hidden letters and digits that belonged to an item; free ones count for nobody."""
        return 1 - _share(self.hidden_wrong, self.hidden)

    @property
    def span_precision(self) -> float:
        """Share of the found stretches that touch an item; those that touch only free text count for nobody."""
        return 1 - _share(self.spans_wrong, self.spans)

    @property
    def f2(self) -> float:
        """F2 of the items not leaked and the precision in characters."""
        return f_beta(self.precision, 1 - self.leak_rate)

    def kind_precision(self, kind: str) -> float:
        """Share of the stretches found under a name that fits the kind which touch an item, whichever it is."""
        names = [name for name in self.found_kinds if same_kind(name, kind)]
        return 1 - _share(sum(self.wrong_kinds[name] for name in names), sum(self.found_kinds[name] for name in names))

    def country_precision(self, country: str) -> float:
        """Share of the letters and digits hidden in a country's calls that belonged to an item."""
        return 1 - _share(self.country_wrong[country], self.country_hidden[country])

    @property
    def over_redaction(self) -> float:
        """Share of all letters and digits that were hidden for nothing."""
        return _share(self.hidden_wrong, self.text)


def f_beta(precision: float, recall: float) -> float:
    """Return F2: recall weighs twice as much as precision."""
    below = BETA * BETA * precision + recall
    return (1 + BETA * BETA) * precision * recall / below if below else 0.0


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def tally(calls: Iterable[Call], found: Iterable[Sequence[Found]]) -> Tally:
    """Return the counts of a finder over calls."""
    counts = Tally()
    for call, one in zip(calls, found, strict=True):
        _count(counts, call, one)
    return counts


def _count(counts: Tally, call: Call, found: Sequence[Found]) -> None:
    texts = [segment.text for segment in call.transcript.segments]
    truth, hidden = _truth(call, texts), _hidden(found, texts)
    before = (counts.hidden, counts.hidden_wrong)
    _characters(counts, texts, hidden, truth)
    counts.country_hidden[call.country] += counts.hidden - before[0]
    counts.country_wrong[call.country] += counts.hidden_wrong - before[1]
    for item in call.items:
        _item(counts, call, item, texts, hidden, found)
    for item in call.harmless:
        counts.harmless[item.kind] += 1
        counts.harmless_hidden[item.kind] += any(
            CHARGED in hidden[one.segment][one.start : one.end] for one in item.places
        )
    for item in call.flags:
        counts.flags[item.kind] += 1
        counts.flagged[item.kind] += any(_touch(one.place, place) for one in found for place in item.places)
    _spans(counts, texts, truth, found)


def _truth(call: Call, texts: Sequence[str]) -> list[bytearray]:
    """Return what each character is. What an item needs wins over what is free."""
    truth = [bytearray(len(text)) for text in texts]
    for place in (*call.free, *(place for item in call.flags for place in item.places)):
        _fill(truth, place, FREE)
    for place in (place for item in call.items for place in item.places):
        _fill(truth, place, WANTED)
    return truth


def _hidden(found: Sequence[Found], texts: Sequence[str]) -> list[bytearray]:
    """Return which characters are hidden; at the finder's cost if any stretch there is charged."""
    hidden = [bytearray(len(text)) for text in texts]
    for one in sorted(found, key=lambda one: one.charged):
        if one.hides:
            _fill(hidden, one.place, CHARGED if one.charged else FREE)
    return hidden


def _fill(marked: list[bytearray], place: Place, value: int) -> None:
    line = marked[place.segment]
    end = min(place.end, len(line))
    if place.start < end:
        line[place.start : end] = bytes([value]) * (end - place.start)


def _characters(counts: Tally, texts: list[str], hidden: list[bytearray], truth: list[bytearray]) -> None:
    for text, covered, meant in zip(texts, hidden, truth, strict=True):
        for character, gone, what in zip(text, covered, meant, strict=True):
            if not character.isalnum():
                continue
            counts.text += 1
            counts.characters += what == WANTED
            counts.readable += what == WANTED and not gone
            if (what == WANTED and gone) or (gone == CHARGED and what != FREE):
                counts.hidden += 1
                counts.hidden_wrong += what != WANTED


def _item(
    counts: Tally, call: Call, item: Item, texts: list[str], hidden: list[bytearray], found: Sequence[Found]
) -> None:
    counts.items[item.kind] += 1
    counts.countries[call.country] += 1
    leaked = any(
        texts[one.segment][at].isalnum() and not hidden[one.segment][at]
        for one in item.places
        for at in range(one.start, one.end)
    )
    counts.leaked[item.kind] += leaked
    counts.country_leaks[call.country] += leaked
    if leaked:
        return
    kinds = {one.kind for one in found if one.hides and any(_touch(one.place, place) for place in item.places)}
    counts.named[item.kind] += any(same_kind(kind, item.kind) for kind in kinds)


def _touch(one: Place, other: Place) -> bool:
    return one.segment == other.segment and one.start < other.end and one.end > other.start


def _spans(counts: Tally, texts: list[str], truth: list[bytearray], found: Sequence[Found]) -> None:
    for one in found:
        place = one.place
        inside = {
            truth[place.segment][at]
            for at in range(place.start, min(place.end, len(texts[place.segment])))
            if texts[place.segment][at].isalnum()
        }
        if not (one.hides and one.charged and inside) or (FREE in inside and WANTED not in inside):
            continue
        counts.spans += 1
        counts.found_kinds[one.kind] += 1
        if WANTED not in inside:
            counts.spans_wrong += 1
            counts.wrong_kinds[one.kind] += 1

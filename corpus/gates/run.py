"""All gates over one release: rows and bytes go in as they are read back from what was written, a report comes out.

Fails closed: a gate that saw nothing, fewer items than were written, or fewer canaries than were planted does not pass.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from corpus.gates.canary.calls import Canary
from corpus.gates.classes import Classes
from corpus.gates.drill import Drill
from corpus.gates.identities import Hasher, Identities, Keyed
from corpus.gates.patterns import patterns_in
from corpus.gates.report import MOST_ITEMS, GateReport, GateResult, result
from corpus.gates.residual import sound_surrogates
from corpus.gates.sample import SampleDraw
from corpus.gates.saying import Heard
from corpus.gates.searching import Search
from corpus.gates.second import SecondLook
from corpus.gates.sightings import GATE_MARK, Sightings
from corpus.gates.traces import Trace
from corpus.policy import CorpusPolicy
from domain.corpus import CorpusItem


@dataclass(frozen=True, slots=True)
class GateContext:
    """What the gates of a release need: its policy, its key, the canaries that were planted, the second detector."""

    policy: CorpusPolicy
    keyed: Keyed
    hasher: Hasher
    canaries: tuple[Canary, ...]
    second: SecondLook | None = None


@dataclass(slots=True)
class Findings:
    """Which items something was found in, and of what kinds. Names a hundred, counts all."""

    kinds: Counter[str] = field(default_factory=Counter)
    items: list[str] = field(default_factory=list)
    found: int = 0

    def note(self, item_id: str, kinds: Iterable[str]) -> None:
        """Note what was found in an item; nothing changes nothing."""
        told = set(kinds)
        if not told:
            return
        self.kinds.update(told)
        self.found += 1
        if len(self.items) < MOST_ITEMS:
            self.items.append(item_id)


class GateRun:
    """One run over what was written. `see` each row, `see_bytes` each file, `see_canary` each canary, then `finish`."""

    def __init__(self, context: GateContext) -> None:
        self._context = context
        policy, hasher = context.policy, context.hasher
        self._patterns, self._known = Findings(), Findings()
        self._sightings = Sightings(context.keyed)
        self._classes = Classes(policy.k, policy.l)
        self._drill = Drill(context.keyed, hasher, sample=policy.drill_sample, confidence=policy.drill_confidence)
        self._planted = planted_of(context.canaries, hasher)
        self._search = Search(value for one in context.canaries for value in (*one.person.values, one.call_id))
        self._draw = SampleDraw(context.keyed, policy.sample_size)
        self._canary_ids: set[str] = set()
        self._canaries_seen, self._canaries_made = 0, 0
        self._canaries_out = Findings()
        self._items = 0

    def see(self, item: CorpusItem, trace: Trace, texts: Sequence[str] | None = None) -> None:
        """Look at a row that was read back, and at what is known of its call.

        Args:
            item: as its words say it.
            trace: of its call.
            texts: the column of whole turns, which must say the same as the words.
        """
        self._items += 1
        if texts is not None and list(texts) != [turn.text for turn in item.turns]:
            self._patterns.note(item.item_id, ["TEXT_DIFFERS"])
        self._draw.see(item.item_id)
        hasher = self._context.hasher
        heard = Heard.of(item)
        self._patterns.note(item.item_id, patterns_in(heard) | sound_surrogates(heard))
        self._known.note(item.item_id, trace.known.left_in(heard, hasher))
        self._canaries_out.note(item.item_id, self._planted.left_in(heard, hasher))
        if item.item_id in self._canary_ids:
            self._canaries_out.note(item.item_id, ["CANARY_ITEM"])
        self._classes.see(item)
        self._drill.see(item, trace)
        self._sightings.add(item)

    def see_bytes(self, name: str, chunk: bytes) -> None:
        """Look for canaries in the next bytes of a file, as they will be served."""
        self._search.see(name, chunk)

    def see_text(self, name: str, text: str) -> None:
        """Look for canaries in the next text of a file's columns, decompressed."""
        self._search.see(f"{name} (text)", text.encode() + b"\n")

    def see_canary(self, item: CorpusItem | None) -> None:
        """Look at what became of a canary on the way of all calls; None: it was kept out on the way."""
        self._canaries_seen += 1
        if item is None:
            return
        self._canaries_made += 1
        self._canary_ids.add(item.item_id)
        self._canaries_out.note(item.item_id, self._planted.left_in(Heard.of(item), self._context.hasher))

    def sample(self) -> list[str]:
        """Return the ids of the items that a person is to look at."""
        return self._draw.ids()

    def finish(self) -> GateReport:
        """Return what all gates say. Call once."""
        gates = (self._residual(), self._identities(), self._detector(), self._canaries(), *self._classes.results())
        return GateReport((*gates, self._drill.finish()))

    def _residual(self) -> GateResult:
        return self._found(
            "residual_patterns",
            self._patterns,
            "look like personal data, or their surrogates could be somebody's own number",
        )

    def _identities(self) -> GateResult:
        return self._found("known_identities", self._known, "say a name or number of their own call's people")

    def _found(self, name: str, findings: Findings, what: str) -> GateResult:
        passed = self._items > 0 and findings.found == 0
        why = f"{findings.found} of {self._items} items {what}"
        if findings.found:
            why += ": such an item is excluded when it is made, so what was written differs from what was checked"
        if not self._items:
            why = _NOTHING
        return result(
            name,
            passed=passed,
            measured=findings.found,
            threshold=0,
            why=why,
            items=findings.items,
            found=findings.found,
            kinds=findings.kinds.items(),
        )

    def _detector(self) -> GateResult:
        allowed, second = self._context.policy.residual_items, self._context.second
        if second is None:
            why = "there is no second detector on this worker: install the extra that brings it, and build again"
            return result("second_detector", passed=False, measured=0, threshold=allowed, why=why)
        named = [seen for _, seen, score in self._sightings.judged(second) if score >= GATE_MARK]
        found = sum(seen.items for seen in named)
        why = (
            f"{second.name} was asked about {len(self._sightings)} words that could name somebody, and takes "
            f"{len(named)} of them for a name, a street or an address, said "
            f"{found} times in {self._items} items; {allowed} allowed"
        )
        if found > allowed:
            why += ": look at the items named; if they are harmless (a brand, say), allow so many by residual_items"
        return result(
            "second_detector",
            passed=self._items > 0 and found <= allowed,
            measured=found,
            threshold=allowed,
            why=why if self._items else _NOTHING,
            items=(item for seen in named for item in seen.ids),
            found=found,
            kinds=[("words asked about", len(self._sightings)), ("words taken for names", len(named))],
        )

    def _canaries(self) -> GateResult:
        planted, files = len(self._context.canaries), self._search.found
        out = self._canaries_out.found + len(files)
        followed = self._canaries_seen == planted and self._canaries_made * 2 >= planted > 0
        whole = followed and bool(self._search.sizes)
        why = (
            f"{planted} invented calls went the way of all others; {self._canaries_made} became items, "
            f"{planted - self._canaries_made} were kept out; looked for in {len(self._search.sizes)} files"
        )
        if not whole:
            why = f"{self._canaries_seen} of {planted} canaries followed, {why}: {_WHOLE}"
        if out:
            why = f"planted values came out in {self._canaries_out.found} items and in {sorted(files)}: {why}"
        return result(
            "canaries",
            passed=whole and not out,
            measured=out,
            threshold=0,
            why=why,
            items=self._canaries_out.items,
            found=out,
            kinds=[*self._canaries_out.kinds.items(), *files.items()],
        )


def planted_of(canaries: Iterable[Canary], hasher: Hasher) -> Identities:
    """Return what of the canaries must not come out, in the form that items are asked by."""
    people = [one.person for one in canaries]
    return Identities.of(
        hasher,
        names=[f"{one.given} {one.surname} {one.street}" for one in people],
        numbers=[number for one in people for number in one.numbers],
        emails=[one.email.partition("@")[0] for one in people],
    )


_NOTHING: Final = "no item was read back: a gate that saw nothing passes nothing"
_WHOLE: Final = "all of them must be, half of them must become items, and every file must be searched"

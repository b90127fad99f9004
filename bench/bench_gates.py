"""What the gates of a release cost: for an item when it is made and when it is read back, for a word by the detector.

The plain peer is a loop that joins the same items' words to text and hashes it (SHA-256): what anyone does who looks at
every byte once.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import time
from collections.abc import Callable, Sequence

from bench.redaction_eval.calls import generated
from bench.redaction_eval.model import Call
from corpus.deid import SourceCall, deidentify
from corpus.gates.canary.calls import canaries_of
from corpus.gates.engines import rampart
from corpus.gates.identities import Hasher, Identities
from corpus.gates.residual import residual_of
from corpus.gates.run import GateContext, GateRun
from corpus.gates.sightings import PLACES, Sightings, name_like
from corpus.gates.traces import Trace
from corpus.policy import CorpusPolicy
from domain.corpus import CorpusItem
from domain.spans import Span, merge_spans

SEED = 41


def keyed(value: bytes) -> bytes:
    return hmac.digest(b"a benchmark's key", value, "sha256")


def spans_of(call: Call) -> tuple[Span, ...]:
    """Return the truth as spans."""
    found = []
    for item in call.items:
        for place in item.places:
            at, covered = 0, []
            for number, word in enumerate(call.transcript.segments[place.segment].words):
                if at < place.end and at + len(word.text) > place.start:
                    covered.append(number)
                at += len(word.text) + 1
            if covered:
                found.append(Span(place.segment, covered[0], covered[-1] + 1, item.kind, 1.0, "truth"))
    return merge_spans(found)


def made(count: int, hasher: Hasher) -> list[tuple[CorpusItem, Trace]]:
    """Return items as a build makes them, with their traces."""
    rows = []
    for number, call in enumerate(generated(count, SEED, "tune")):
        known, spans = call.known, spans_of(call)
        told = (known.names, known.numbers, known.emails)
        item = deidentify(SourceCall(f"call_{number}", call.transcript, spans, *told, basis="consent"), keyed)
        said = [
            (
                one.entity_type,
                [word.text for word in call.transcript.segments[one.segment].words[one.first_word : one.end_word]],
            )
            for one in spans
        ]
        identities = Identities.of(hasher, names=known.names, numbers=known.numbers, emails=known.emails, said=said)
        rows.append((item, Trace(identities, None, call.transcript.duration_s)))
    return rows


def timed(work: Callable[[], object], rounds: int) -> float:
    """Return the best CPU seconds of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return best


def plain(rows: Sequence[tuple[CorpusItem, Trace]]) -> None:
    for item, _ in rows:
        hashlib.sha256("\n".join(turn.text for turn in item.turns).encode()).digest()


def gated(rows: Sequence[tuple[CorpusItem, Trace]], hasher: Hasher) -> None:
    policy = CorpusPolicy()
    run = GateRun(GateContext(policy, keyed, hasher, canaries_of(keyed, policy.canaries), None))
    for item, trace in rows:
        texts = [turn.text for turn in item.turns]
        run.see(item, trace, texts)
        run.see_text("train-00000.parquet", "\n".join(texts))
    run.finish()


def sighted(rows: Sequence[tuple[CorpusItem, Trace]]) -> Sightings:
    sightings = Sightings(keyed)
    for item, _ in rows:
        sightings.add(item)
    return sightings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    hasher = Hasher(keyed)
    rows = made(asked.calls, hasher)
    words = sum(len(turn.words) for item, _ in rows for turn in item.turns)
    peer = timed(lambda: plain(rows), asked.rounds)
    print(f"{len(rows)} items of {words / len(rows):.0f} words; CPU time, best of {asked.rounds}")
    for name, work in (
        ("patterns and identities, when made", lambda: [residual_of(item, one.known, hasher) for item, one in rows]),
        ("words for the second detector", lambda: sighted(rows)),
        ("all gates but the detector, read back", lambda: gated(rows, hasher)),
    ):
        took = timed(work, asked.rounds)
        print(f"{name:40} {1000 * took / len(rows):6.2f} ms an item, {took / peer:6.1f} x joining and hashing")
    second, sightings = rampart.load(), sighted(rows)
    if second is None:
        print("second detector: not installed")
        return
    took = timed(lambda: name_like(sightings, second), 1)
    each = 1000 * took / max(1, len(sightings))
    print(f"second detector: {len(sightings)} words in up to {PLACES} places, {each:.1f} ms a word, once per release")


if __name__ == "__main__":
    main()

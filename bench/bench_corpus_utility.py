"""De-identification: what a language model loses by it, and what it costs beside reading and writing alone.

Both in one run. The loss is that of `bench.corpus_utility`; the cost is processor time for each 300 words, beside that
of a loop which reads the same stored transcripts and builds the same items with no de-identification at all.
"""

from __future__ import annotations

import gc
import hashlib
import hmac
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.corpus_truth import sources
from bench.corpus_utility import perplexities
from corpus.deid import SourceCall, deidentify
from domain.corpus import CorpusItem, CorpusTurn, CorpusWord, QuasiIdentifiers
from domain.speech import Transcript, transcript_from_dict, transcript_to_dict

TRAIN, HELD_OUT, TIMED = 1200, 150, 300
MOST_LOSS = 0.10
ROUNDS = 5
_KEY = hashlib.sha256(b"bench").digest()


def keyed(message: bytes) -> bytes:
    return hmac.digest(_KEY, message, "sha256")


def plain(transcript: Transcript) -> CorpusItem:
    turns = tuple(
        CorpusTurn(segment.party.value, tuple(CorpusWord(word.start, word.end, word.text) for word in segment.words))
        for segment in transcript.segments
    )
    return CorpusItem("item", "en", transcript.duration_s, turns, QuasiIdentifiers(), "consent")


def shortest(work: Callable[[], object]) -> float:
    """Return the least processor time of several runs, in seconds."""
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def cost(calls: Sequence[SourceCall]) -> tuple[float, float]:
    """Return milliseconds for each 300 words: of de-identification, and of reading and building alone."""
    stored = [json.dumps(transcript_to_dict(one.transcript)) for one in calls]
    words = sum(len(segment.words) for one in calls for segment in one.transcript.segments)
    gc.collect()
    gc.freeze()
    ours = shortest(lambda: [deidentify(one, keyed) for one in calls])
    peer = shortest(lambda: [plain(transcript_from_dict(json.loads(one))) for one in stored])
    return ours / words * 300_000, peer / words * 300_000


def main() -> int:
    """Print the loss and the cost; 1 when more is lost than is stated."""
    clear, corpus = perplexities(list(sources(TRAIN, 7)), list(sources(HELD_OUT, 8)), keyed)
    loss = corpus / clear - 1
    print(f"perplexity of {HELD_OUT} other calls: {clear:.2f} from the clear text of {TRAIN} calls,")
    print(f"  {corpus:.2f} from the corpus: {loss:+.1%} (at most {MOST_LOSS:.0%})")
    ours, peer = cost(list(sources(TIMED, 9)))
    print(f"300 words: de-identified in {ours:.2f} ms of processor time, read and built alone in {peer:.2f} ms")
    print(f"  ({ours / peer:.2f} times)")
    return int(loss > MOST_LOSS)


if __name__ == "__main__":
    sys.exit(main())

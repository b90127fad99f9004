"""One decoder per process: windows of all calls wait in one queue, and lanes take them in batches.

A lane is a thread with a processor of its own; all lanes read one copy of the weights. A batch holds windows that were
filled up to the same length, whichever calls they come from. What a window gives does not depend on its neighbours:
the encoder and the beam search give the same bits for any batch, and words are aligned window by window, because
alignment in a batch would not (measured, see docs/transcription.md).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np

from transcription.engines.asking import Answer, Question, features_of
from transcription.engines.decoding import Decoding
from transcription.engines.loading import Place, load
from transcription.engines.model_calls import encoded_of, hear
from transcription.engines.packing import Stretch, window_of
from transcription.sound import SAMPLE_RATE, ArraySound

CPU_BATCH_S: Final = 32
"""Seconds of windows per batch on a processor. Of 14 s: 1 → 2 saved 16 % of its time for 90 MB, 4 21 % for 180 MB."""
GPU_BATCH_S: Final = 480


@dataclass
class _Task:
    question: Question
    key: tuple[Any, ...]
    future: Future[Answer] = field(default_factory=Future)


class Decoder:
    """A queue of windows and the lanes that empty it. Lanes start with the first question and end with the process."""

    def __init__(self, place: Place, how: Decoding) -> None:
        self.place, self._how = place, how
        self._waiting: deque[_Task] = deque()
        self._changed = threading.Condition()
        self._lanes: list[threading.Thread] = []
        self._batch_s = CPU_BATCH_S if place.device == "cpu" else GPU_BATCH_S

    @cached_property
    def model(self) -> Any:
        """The model, loaded at first use. Raises ModelMissing."""
        return load(self.place)

    def warm(self) -> None:
        """Load the model and hear a moment of nothing. Raises ModelMissing."""
        silence = Question(
            ArraySound(np.zeros(SAMPLE_RATE, np.float32)), window_of([Stretch(0, SAMPLE_RATE, 0, 0)]), "en"
        )
        for future in self.ask([silence] * self.place.lanes):
            future.result()

    def ask(self, questions: Iterable[Question]) -> list[Future[Answer]]:
        """Put questions into the queue; their answers come as futures, and an error only to whom it concerns."""
        _ = self.model
        tasks = [_Task(one, one.batch_key(self._how)) for one in questions]
        with self._changed:
            self._waiting.extend(tasks)
            while len(self._lanes) < self.place.lanes:
                lane = threading.Thread(target=self._lane, name=f"speech-lane-{len(self._lanes)}", daemon=True)
                self._lanes.append(lane)
                lane.start()
            self._changed.notify_all()
        return [task.future for task in tasks]

    def _lane(self) -> None:
        while True:
            tasks = [task for task in self._take() if task.future.set_running_or_notify_cancel()]
            self._do(tasks)
            del tasks  # an idle lane keeps no call's sound alive

    def _take(self) -> list[_Task]:
        """Wait for work; return the oldest task and others that fit beside it, leaving some for the other lanes."""
        with self._changed:
            while not self._waiting:
                self._changed.wait()
            key = self._waiting[0].key
            fitting = [task for task in self._waiting if task.key == key]
            share = -(-len(fitting) // self.place.lanes)
            taken = fitting[: max(1, min(self._batch_s // key[0], share))]
            self._waiting = deque(task for task in self._waiting if not any(task is one for one in taken))
            return taken

    def _do(self, tasks: list[_Task]) -> None:
        ready = [(task, sound) for task in tasks if (sound := self._prepared(task)) is not None]
        if not ready:
            return
        try:
            questions = [task.question for task, _ in ready]
            answers = hear(
                self.model, questions, encoded_of(self.model, questions, [one for _, one in ready]), self._how
            )
        except Exception as error:  # noqa: BLE001 - whatever went wrong belongs to the calls that asked
            for task, _ in ready:
                task.future.set_exception(error)
            return
        for (task, _), answer in zip(ready, answers, strict=True):
            task.future.set_result(answer)

    def _prepared(self, task: _Task) -> Any:
        """Return what the encoder needs of one window; a sound that cannot be read fails its own call only."""
        try:
            return features_of(self.model, task.question, self._how)
        except Exception as error:  # noqa: BLE001 - the same
            task.future.set_exception(error)
            return None


_decoders: dict[tuple[Place, Decoding], Decoder] = {}
_making = threading.Lock()


def decoder_for(place: Place, how: Decoding) -> Decoder:
    """Return the process's decoder for a place and its parameters."""
    with _making:
        return _decoders.setdefault((place, how), Decoder(place, how))

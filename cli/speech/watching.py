"""How far an engine has come with a recording, told by what it reads: no engine has to know that somebody watches."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from domain.speech import EngineStamp
from transcription.port import KNOWING_NOTHING, ChannelAudio, Listening, Samples, SpeechEngine, Spoken
from transcription.sound import Sound

Tell = Callable[[float], None]
"""Is told how much is done, 0 to 1."""
LOOKING: Final = 3.5
"""How often an engine reads a channel to find keys, echoes and speech, before it reads the speech for its words."""
LOOKING_SHARE: Final = 0.3
"""How much of the work that is; the words take the rest. An estimate: a bar waits at `MOST` for the last words."""
MOST: Final = 0.95


def share_of(passes: float) -> float:
    """Return how much of the work is done when each sample was read so many times, on the average."""
    if passes <= LOOKING:
        return LOOKING_SHARE * passes / LOOKING
    return min(MOST, LOOKING_SHARE + (1 - LOOKING_SHARE) * (passes - LOOKING))


@dataclass(frozen=True)
class Watched:
    """An engine that tells how far it has read."""

    engine: SpeechEngine
    tell: Tell

    @property
    def stamp(self) -> EngineStamp:
        """The engine's own."""
        return self.engine.stamp

    def transcribe(self, channels: Sequence[ChannelAudio], *, listening: Listening = KNOWING_NOTHING) -> Spoken:
        """Return what the engine heard."""
        total = sum(len(one.sound) for one in channels)
        counter = _Counter(max(1, total), self.tell)
        watched = [replace(one, sound=_WatchedSound(one.sound, counter)) for one in channels]
        return self.engine.transcribe(watched, listening=listening)


@dataclass
class _Counter:
    total: int
    tell: Tell
    _read: int = 0
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def add(self, samples: int) -> None:
        with self._counting:
            self._read += samples
            share = share_of(self._read / self.total)
        self.tell(share)


@dataclass(frozen=True)
class _WatchedSound:
    sound: Sound
    counter: _Counter

    def __len__(self) -> int:
        return len(self.sound)

    def read(self, start: int, stop: int) -> Samples:
        piece = self.sound.read(start, stop)
        self.counter.add(len(piece))
        return piece

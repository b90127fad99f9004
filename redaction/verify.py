"""Redacted sound, listened to before it leaves the house: nothing that the spans hide may come back.

The sound is heard again around what is silent in it. Where something comes back, that stretch goes silent too and the
sound is heard once more; what still tells after the last round is blocked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from domain.sound import Replacement, SoundState
from domain.spans import Span, TimeRange, hidden, merge_ranges
from domain.speech import Segment, Transcript
from redaction.audio import Samples, extend_to_quiet
from redaction.returns import returned
from redaction.sound import RedactedSound, redacted_sound

ROUNDS: Final = 3
AROUND_S: Final = 3.0
"""How much before and after a silent stretch is heard again: a recogniser needs a sentence to guess by."""
WIDER_S: Final = 0.3


Hear = Callable[[RedactedSound, Sequence[TimeRange]], Sequence[Segment]]
"""Returns what is heard in these windows of a redacted sound, with times as in the whole."""


def verified_sound(
    channels: Sequence[Samples],
    sample_rate: int,
    transcript: Transcript,
    spans: Sequence[Span],
    hear: Hear,
    *,
    replacement: Replacement = Replacement.TONE,
) -> tuple[RedactedSound, SoundState]:
    """Return the redacted sound and whether it holds: `VERIFIED` or `BLOCKED`. Raises SilenceError as `redacted_sound`.

    `channels`, `sample_rate` and `transcript` are as there. Where the spans hide nothing, nothing can come back.
    """
    also: tuple[TimeRange, ...] = ()
    windows: Sequence[TimeRange] | None = None
    sound = redacted_sound(channels, sample_rate, transcript, spans, replacement=replacement)
    if not hidden(spans):
        return sound, SoundState.VERIFIED
    for _ in range(ROUNDS):
        windows = around(sound.ranges if windows is None else also, transcript.channels)
        back = returned(transcript, spans, hear(sound, windows)) if windows else ()
        if not back:
            return sound, SoundState.VERIFIED
        also = merge_ranges((*also, *_wider(channels, sample_rate, back)))
        sound = redacted_sound(channels, sample_rate, transcript, spans, also=also, replacement=replacement)
    return sound, SoundState.BLOCKED


def around(ranges: Iterable[TimeRange], channels: int) -> tuple[TimeRange, ...]:
    """Return the windows to be heard again: AROUND_S on both sides of each range, on every channel."""
    return merge_ranges(
        TimeRange(channel, max(0.0, one.start - AROUND_S), one.end + AROUND_S)
        for one in ranges
        for channel in range(channels)
    )


def _wider(channels: Sequence[Samples], sample_rate: int, back: Iterable[TimeRange]) -> tuple[TimeRange, ...]:
    """Return what came back with the rest of its words, on every channel: times are estimates here too."""
    everywhere = [
        replace(one, channel=channel, start=max(0.0, one.start - WIDER_S), end=one.end + WIDER_S)
        for one in back
        for channel in range(len(channels))
    ]
    return extend_to_quiet(channels, sample_rate, everywhere)

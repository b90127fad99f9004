"""What is known of a channel before the model hears it: key tones are masked, speech is found, copies are left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from transcription.engines.decoding import Decoding
from transcription.engines.echo import Pair, without_copies
from transcription.engines.masking import masked
from transcription.engines.packing import Stretch
from transcription.engines.voice import Profile, profile, speech_stretches, without
from transcription.music import SHORTEST_S, musical
from transcription.sound import SAMPLE_RATE, Sound
from transcription.steady import steady_tones
from transcription.tones import key_tones

Range = tuple[float, float]
MUSIC: Final = 0.5
"""Score (`transcription.music`) from which a stretch is not heard: 671 stretches of speech had 0.18 at most."""


@dataclass(frozen=True, slots=True)
class Scouted:
    """A channel before it is heard. `sound` is silent where key tones were."""

    sound: Sound
    profile: Profile
    stretches: tuple[Stretch, ...]
    tones: tuple[Range, ...]
    music: tuple[Range, ...] = ()
    """Taken for a voice by Silero, and music: not heard, since words over music are inventions, and silenced."""
    echo_s: float = 0.0
    """How much later than on another channel that one's speech is heard here; 0 without an echo."""

    @property
    def speech_s(self) -> float:
        """Seconds of speech."""
        return sum(one.end - one.start for one in self.stretches) / SAMPLE_RATE


def scout(sound: Sound, how: Decoding) -> Scouted:
    """Return what is known of a channel by itself. Reads it in pieces, whatever its length."""
    tones = key_tones(sound)
    keyless = masked(sound, tones)
    found = without(profile(keyless), steady_tones(sound))
    stretches = speech_stretches(found, how, len(sound))
    music = [one for one in stretches if _is_music(keyless, one)]
    spoken = tuple(one for one in stretches if one not in music)
    ranges = tuple((one.start / SAMPLE_RATE, one.end / SAMPLE_RATE) for one in music)
    return Scouted(keyless, found, spoken, tuple(tones), ranges)


def _is_music(sound: Sound, one: Stretch) -> bool:
    long_enough = one.hush - one.voice >= SHORTEST_S * SAMPLE_RATE
    return long_enough and musical(sound.read(one.voice, one.hush)) >= MUSIC


def without_doubles(channels: Sequence[Scouted], how: Decoding) -> list[Scouted]:
    """Return the channels without speech that is another channel's, heard a second time as an echo."""
    return [_own_speech(at, channels, how) for at in range(len(channels))]


def _own_speech(at: int, channels: Sequence[Scouted], how: Decoding) -> Scouted:
    own = channels[at]
    pairs = [
        Pair(own.sound, other.sound, keeps_ties=at < number) for number, other in enumerate(channels) if number != at
    ]
    pad = how.vad_pad_ms * SAMPLE_RATE // 3_000
    stretches = tuple(without_copies(own.stretches, pairs, pad=pad, levels=own.profile.levels))
    echo_s = max((pair.delay_s for pair in pairs), default=0.0) if stretches != own.stretches else 0.0
    return replace(own, stretches=stretches, echo_s=echo_s)

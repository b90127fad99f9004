"""Every number that decides which words come out, in one place. `docs/transcription.md` says what was measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decoding:
    """How sound is searched for words. Stored with each transcript: the same numbers give the same words."""

    beam_size: int = 5
    vad_threshold: float = 0.2
    """Above this probability Silero's frame is speech; the usual 0.5 loses single spoken digits."""
    vad_min_silence_ms: int = 500
    vad_min_speech_ms: int = 100
    vad_pad_ms: int = 300
    window_s: float = 26.0
    """Stretches are laid end to end up to this length: neighbours help each other, single digits most of all."""
    longest_s: float = 26.0
    """A stretch without any pause is cut here at the latest, where the voice is faintest."""
    shortest_s: float = 12.0
    """A window is filled up with silence to at least this length; on shorter ones the model repeats itself."""
    tail_s: float = 1.0
    """Silence after the last word. Without it the model does not find the end."""
    tokens_per_s: float = 12.0
    """More tokens than this are no speech but a loop (fast spoken digits: 6.5)."""
    log_prob_threshold: float = -1.0
    compression_ratio_threshold: float = 2.4
    language_times: float = 2.0
    """How many times likelier than its channel's language (weighted) another must be for a stretch to be in it."""
    language_judged_s: float = 2.0
    """A shorter voice follows its channel: a few words are too little to tell a language by."""
    language_words: float = 0.3
    """A stretch follows its channel all the same if its words fit there so much better, in mean log probability."""
    hot_word_tokens: int = 100

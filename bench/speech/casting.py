"""Who reads which part: voices, accents, pace and pitch by chance."""

from __future__ import annotations

from bench.speech.formant import FormantVoice
from bench.speech.model import Random, Voice
from bench.speech.neural import NeuralVoice
from bench.speech.stage import Readers
from bench.speech.talk import AGENT, CONTACT

ACCENTS = {"american": 0.4, "british": 0.35, "indian": 0.25}
"""Accent → its share of the speakers."""
FORMANT = {
    "american": ("en-us+m8", "en-us+m5", "en-us+f2", "en-us+klatt"),
    "british": ("en+f2", "en+m8"),
    "indian": (),
}
"""The formant voices that plain Whisper base understands at all over a telephone (10 to 15 % of words wrong)."""
FORMANT_SHARE = 0.15
OTHER_LANGUAGES = {"es": ("es", "es+f2"), "de": ("de", "de+f2"), "hi": ("hi", "hi+f2")}
TALL, SHORT = (1.14, 1.26), (0.94, 1.04)
"""How far the voice is stretched: a deeper speaker and a lighter one."""


def cast(rng: Random) -> tuple[Readers, str]:
    """Return the readers of both channels, told apart by their pitch, and the contact's accent."""
    agent, contact = (str(one) for one in rng.choice(list(ACCENTS), 2, p=list(ACCENTS.values())))
    tall = bool(rng.random() < 0.5)
    readers: dict[tuple[int, str], Voice] = {
        (AGENT, "en"): _reader(rng, agent, tall=tall),
        (CONTACT, "en"): _reader(rng, contact, tall=not tall),
    }
    for language, voices in OTHER_LANGUAGES.items():
        readers[CONTACT, language] = FormantVoice(str(rng.choice(voices)), rate=int(rng.integers(145, 170)))
    return readers, contact


def _reader(rng: Random, accent: str, *, tall: bool) -> Voice:
    if FORMANT[accent] and rng.random() < FORMANT_SHARE:
        rate, pitch, spread = (int(rng.integers(low, high)) for low, high in ((145, 180), (40, 60), (40, 60)))
        return FormantVoice(str(rng.choice(FORMANT[accent])), rate, pitch, spread)
    stretch = float(rng.uniform(*(TALL if tall else SHORT)))
    return NeuralVoice(stretch, float(rng.uniform(0.9, 1.1)), accent, int(rng.integers(1_000)))

"""Key tones through telephone codecs and under speech, and speech that is taken for none."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path

import av
import numpy as np
import pytest
from keys import KEYS, Press, decoded, pressed

from transcription.engines.masking import masked
from transcription.sound import SAMPLE_RATE, ArraySound, Samples
from transcription.tones import key_tones

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
CODECS = [
    ("pcm_mulaw", "wav", 8_000, None),
    ("pcm_alaw", "wav", 8_000, None),
    ("libopencore_amrnb", "amr", 8_000, 12_200),
    ("libopencore_amrnb", "amr", 8_000, 4_750),
    ("libopus", "ogg", 8_000, 8_000),
    ("libopus", "ogg", 16_000, 16_000),
    ("libmp3lame", "mp3", 8_000, 16_000),
    ("aac", "adts", 16_000, 24_000),
]


def _through(samples: Samples, codec: str, container: str, rate: int, bit_rate: int | None) -> Samples:
    """Return what is left of the sound after a codec, at 16 kHz."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate)
        assert isinstance(stream, av.AudioStream)
        stream.layout = "mono"
        if bit_rate:
            stream.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray((samples * 32767).astype(np.int16)[np.newaxis], "s16", "mono")
        frame.sample_rate = SAMPLE_RATE
        to_codec = av.AudioResampler(stream.format.name, "mono", rate, frame_size=stream.frame_size or 160)
        for piece in [*to_codec.resample(frame), *to_codec.resample(None)]:
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    file.seek(0)
    with av.open(file, "r") as source:
        to_engine = av.AudioResampler("fltp", "mono", SAMPLE_RATE)
        pieces = [one for frame in source.decode(audio=0) for one in to_engine.resample(frame)]
        return np.concatenate([one.to_ndarray()[0] for one in [*pieces, *to_engine.resample(None)]])


def _typed(seed: int, count: int = 24) -> list[Press]:
    chance = random.Random(seed)  # noqa: S311 - keys for a test
    return [
        Press(
            chance.choice(KEYS),
            on_s=chance.choice([0.05, 0.06, 0.08, 0.1, 0.2]),
            off_s=chance.choice([0.05, 0.06, 0.1, 0.3]),
            off_low=chance.uniform(-0.015, 0.015),
            off_high=chance.uniform(-0.015, 0.015),
            twist_db=chance.uniform(-6, 4),
        )
        for _ in range(count)
    ]


@pytest.mark.parametrize(("codec", "container", "rate", "bit_rate"), CODECS)
@pytest.mark.parametrize("level_db", [-14, -40])
def test_no_decoder_finds_a_key_that_came_through_a_codec(
    codec: str, container: str, rate: int, bit_rate: int | None, level_db: float
) -> None:
    for seed in range(3):
        typed = _typed(seed)
        heard = _through(pressed(typed, level_db=level_db)[0], codec, container, rate, bit_rate)
        assert len(decoded(heard)) >= 12, "the decoder of the tests works"
        found = key_tones(ArraySound(heard))
        assert decoded(masked(ArraySound(heard), found).read(0, len(heard))) == ""
        covered = sum(end - start for start, end in found)
        assert covered >= sum(one.on_s for one in typed)


def _sample(name: str) -> Samples:
    with av.open(str(SAMPLES / name)) as source:
        to_engine = av.AudioResampler("fltp", "mono", SAMPLE_RATE)
        return np.concatenate(
            [one.to_ndarray()[0] for frame in source.decode(audio=0) for one in to_engine.resample(frame)]
        )


@pytest.mark.parametrize("name", [path.name for path in sorted(SAMPLES.glob("*.wav"))])
def test_speech_is_not_taken_for_keys(name: str) -> None:
    assert json.loads((SAMPLES / name).with_suffix(".json").read_text("utf-8"))["turns"]
    assert sum(end - start for start, end in key_tones(ArraySound(_sample(name)))) < 0.2


@pytest.mark.parametrize("gap_db", [6, 10, 20])
def test_keys_with_somebody_speaking_more_quietly_are_not_readable(gap_db: float) -> None:
    speech = _sample("card_payment.wav")
    for seed in range(4):
        samples, _ = pressed(_typed(seed), level_db=-20)
        behind = speech[seed * SAMPLE_RATE :][: len(samples)]
        loudness = float(np.sqrt((behind**2).mean()))
        both = samples + behind * (0.1 * 10 ** (-gap_db / 20) / loudness)
        sound = ArraySound(both.astype(np.float32))
        assert decoded(masked(sound, key_tones(sound)).read(0, len(both))) == ""


def test_what_is_said_around_the_keys_stays() -> None:
    speech = _sample("card_payment.wav")
    keys, _ = pressed([Press(key) for key in "4000"], lead_s=0.0)
    at = 6 * SAMPLE_RATE
    joined = np.concatenate([speech[:at], keys, speech[at:]])
    typed_end = 6 + len(keys) / SAMPLE_RATE - 0.5
    outside = (
        max(0.0, min(end, 6) - start) + max(0.0, end - max(start, typed_end))
        for start, end in key_tones(ArraySound(joined))
    )
    assert sum(outside) < 1.0, "near keys, what is only likely goes too: a little of what is said"

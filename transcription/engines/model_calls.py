"""The calls of CTranslate2 that hear a batch of windows: encode, detect the language, search, align."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

import numpy as np

from domain.speech import Word
from transcription.engines.asking import Answer, Kind, Question
from transcription.engines.decoding import Decoding
from transcription.engines.languages import channel_language, foreign
from transcription.engines.loading import tokenizer_for
from transcription.sound import SAMPLE_RATE

ENCODED_S: Final = 0.02
"""Seconds that one step of the encoder's work is about."""
MEL_FRAMES_S: Final = 100
MOST_TOKENS: Final = 448
"""Whisper's own limit, the prompt included."""
ALWAYS: Final = 16
"""Tokens that even the shortest window may give."""


def encoded_of(model: Any, questions: Sequence[Question], sounds: Sequence[Any]) -> Any:
    """Return the encoder's work for windows of one length, shape (windows, steps, width); `sounds` by `features_of`."""
    if questions[0].encoded is not None:
        return np.concatenate(sounds)
    return np.array(model.model.encode(_view(np.stack(sounds)), to_cpu=True))


def hear(model: Any, questions: Sequence[Question], encoded: Any, how: Decoding) -> list[Answer]:
    """Return the answers to questions of one kind, in order."""
    languages = _languages(model, questions, encoded)
    chosen = [choose(one, found, how) for one, found in zip(questions, languages, strict=True)]
    if questions[0].kind is Kind.PROBE:
        return [
            Answer(language, found, encoded=encoded[number : number + 1])
            for number, (language, found) in enumerate(zip(chosen, languages, strict=True))
        ]
    results = _search(model, questions, chosen, encoded, how)
    return [
        replace(
            _answer(model, question, language, found, result, encoded[number : number + 1], how),
            parts=_parts(model, question, encoded[number : number + 1], how),
        )
        for number, (question, language, found, result) in enumerate(
            zip(questions, chosen, languages, results, strict=True)
        )
    ]


def _languages(model: Any, questions: Sequence[Question], encoded: Any) -> list[Mapping[str, float]]:
    if all(one.language is not None for one in questions):
        return [{} for _ in questions]
    found = model.model.detect_language(_view(encoded))
    return [_named(row) if one.language is None else {} for one, row in zip(questions, found, strict=True)]


def _parts(model: Any, question: Question, encoded: Any, how: Decoding) -> tuple[Mapping[str, float], ...]:
    """Return the probabilities of the languages of each stretch, from its own part of the encoder's work."""
    if question.language is not None or len(question.window.stretches) == 1:
        return ()
    found: list[Mapping[str, float]] = []
    step = round(ENCODED_S * SAMPLE_RATE)
    for one, offset in zip(question.window.stretches, question.window.offsets, strict=True):
        if one.hush - one.voice < how.language_judged_s * SAMPLE_RATE:
            found.append({})
            continue
        own = encoded[:, offset // step : (offset + one.end - one.start) // step]
        found.append(_named(model.model.detect_language(_view(own))[0]))
    return tuple(found)


def _named(row: Any) -> dict[str, float]:
    return {token.strip("<|>"): float(probability) for token, probability in row}


def choose(question: Question, found: Mapping[str, float], how: Decoding) -> str:
    """Return the language in which a window is searched: the one given, its channel's, or its own if it is one stretch.

    A window of several stretches may hold several languages; `Answer.parts` says so.
    """
    if question.language is not None:
        return question.language
    if question.otherwise is None:
        return channel_language([found])[0]
    voice = sum(one.hush - one.voice for one in question.window.stretches)
    if len(question.window.stretches) > 1 or voice < how.language_judged_s * SAMPLE_RATE:
        return question.otherwise
    return foreign(found, question.otherwise, times=how.language_times) or question.otherwise


def _search(model: Any, questions: Sequence[Question], chosen: Sequence[str], encoded: Any, how: Decoding) -> list[Any]:
    prompts = [_prompt(model, one, language) for one, language in zip(questions, chosen, strict=True)]
    longest = max(_most_tokens(one, how) for one in questions)
    return list(
        model.model.generate(
            _view(encoded),
            prompts,
            beam_size=how.beam_size,
            max_length=min(MOST_TOKENS, len(prompts[0]) + longest),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=_suppressed(model, chosen[0]),
            no_repeat_ngram_size=3 if questions[0].kind is Kind.STRICT else 0,
        )
    )


def _prompt(model: Any, question: Question, language: str) -> list[int]:
    tokens = tokenizer_for(model, language)
    opened = [tokens.sot_prev, *question.prompt] if question.prompt else []
    return [*opened, *tokens.sot_sequence, tokens.no_timestamps]


def _most_tokens(question: Question, how: Decoding) -> int:
    return ALWAYS + round(how.tokens_per_s * question.seconds(how))


@lru_cache(maxsize=256)
def _suppressed(model: Any, language: str) -> tuple[int, ...]:
    """Return the tokens that are no words: those of other tasks, and of noises and music (as faster-whisper does)."""
    from faster_whisper.transcribe import get_suppressed_tokens  # noqa: PLC0415 - heavy, only when used

    return tuple(get_suppressed_tokens(tokenizer_for(model, language), [-1]))


def _answer(
    model: Any, question: Question, language: str, found: Mapping[str, float], result: Any, encoded: Any, how: Decoding
) -> Answer:
    tokens = tokenizer_for(model, language)
    said = [one for one in result.sequences_ids[0] if one < tokens.eot]
    text = tokens.decode(said).strip().encode()
    return Answer(
        language=language,
        languages=found,
        tokens=tuple(_aligned(model, tokens, said, encoded, question.window.length / SAMPLE_RATE)),
        log_prob=result.scores[0] * len(said) / (len(said) + 1),
        no_speech=float(result.no_speech_prob),
        compression=len(text) / len(zlib.compress(text)) if text else 0.0,
        endless=len(said) >= _most_tokens(question, how),
    )


def _aligned(model: Any, tokens: Any, said: list[int], encoded: Any, length_s: float) -> Iterator[Word]:
    """Yield words (white space kept) with times in the window, by dynamic time warping over the cross-attention."""
    if not said:
        return
    frames = min(round(length_s * MEL_FRAMES_S), 2 * encoded.shape[1])
    aligned = model.model.align(_view(encoded), tokens.sot_sequence, [said], frames)[0]
    texts, times = (np.array(column) for column in zip(*aligned.alignments, strict=True))
    jumps = times[np.diff(texts, prepend=-1).astype(bool)] * ENCODED_S
    words, parts = tokens.split_to_word_tokens([*said, tokens.eot])
    at = 0
    for word, part in zip(words[:-1], parts[:-1], strict=True):
        after = at + len(part)
        probability = float(np.mean(aligned.text_token_probs[at:after]))
        yield Word(float(jumps[at]), float(jumps[min(after, len(jumps) - 1)]), word, probability)
        at = after


def _view(array: Any) -> Any:
    from ctranslate2 import StorageView  # noqa: PLC0415 - heavy, only when used

    return StorageView.from_array(np.ascontiguousarray(array))

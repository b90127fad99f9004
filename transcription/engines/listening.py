"""One channel from end to end: windows are asked for, bad answers asked again, speech without words searched again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from itertools import groupby, zip_longest

from transcription.engines.asking import Answer, Kind, Question
from transcription.engines.decoder import Decoder
from transcription.engines.decoding import Decoding
from transcription.engines.dictated import dictated, fuller
from transcription.engines.hot_words import named, prompt_of, witnessed
from transcription.engines.inventions import credible
from transcription.engines.languages import channel_language, foreign
from transcription.engines.packing import Stretch, Window, pack, window_of
from transcription.engines.unheard import REACH_S, believable, gaps
from transcription.engines.voice import Profile
from transcription.engines.words import Told
from transcription.sound import SAMPLE_RATE, Sound

PROBES = 3
"""Windows from which a channel's language is told."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a channel said: tokens in order of time, its language, and where a voice was that no word covers."""

    tokens: tuple[Told, ...] = ()
    language: str | None = None
    language_probability: float = 0.0
    unheard: tuple[tuple[float, float], ...] = ()


@dataclass
class Channel:
    """The search of one channel. `sound` is already silent where nothing is to be heard."""

    decoder: Decoder
    sound: Sound
    profile: Profile
    stretches: Sequence[Stretch]
    how: Decoding
    forced: str | None
    hot_words: tuple[str, ...] = ()
    language: str | None = field(init=False, default=None)
    probability: float = field(init=False, default=0.0)

    def hear(self) -> Heard:
        """Return what the channel said."""
        windows = list(pack(self.stretches, window=round(self.how.window_s * SAMPLE_RATE)))
        if not windows:
            return Heard(language=self.forced)
        questions = self._knowing_language([self._question(one) for one in windows])
        told = [one for question, answer in self._first_search(questions) for one in self._settled(question, answer)]
        told = self._dictated_again(told, {one.stretches[0] for one in windows if len(one.stretches) == 1})
        again = self._second_search(told)
        told = sorted([*told, *again], key=lambda one: one.word.start)
        missed = tuple(gaps(self.stretches, [one.word for one in told]))
        return Heard(tuple(told), self.language, self.probability, missed)

    def _question(self, window: Window, kind: Kind = Kind.PLAIN) -> Question:
        return Question(self.sound, window, self.forced, self.language, kind=kind)

    def _first_search(self, questions: list[Question]) -> list[tuple[Question, Answer]]:
        """Search all windows, with the hot words where there are some; they need a witness."""
        prompt = prompt_of(self.decoder.model, self.hot_words, most=self.how.hot_word_tokens)
        if not prompt:
            return self._asked(questions)
        asked = self._asked(replace(one, prompt=prompt) for one in questions)
        doubted = [at for at, (_, one) in enumerate(asked) if not one.good(self.how) or named(one, self.hot_words)]
        for at, (bare, answer) in zip(doubted, self._asked(questions[at] for at in doubted), strict=True):
            prompted = asked[at][1]
            if not prompted.good(self.how) or not witnessed(prompted, answer, self.hot_words):
                asked[at] = (bare, answer)
        return asked

    def _asked(self, questions: Iterable[Question]) -> list[tuple[Question, Answer]]:
        """Return the questions with their answers; when one fails, the others are taken back."""
        asked = list(questions)
        futures: list[Future[Answer]] = self.decoder.ask(asked)
        try:
            return [(question, future.result()) for question, future in zip(asked, futures, strict=True)]
        finally:
            for future in futures:
                future.cancel()

    def _knowing_language(self, questions: list[Question]) -> list[Question]:
        """Tell the channel's language from its longest windows; their encoded sound is kept, not made twice."""
        if self.forced is not None:
            self.language, self.probability = self.forced, 1.0
            return questions
        longest = sorted(range(len(questions)), key=lambda at: -questions[at].window.length)[:PROBES]
        probes = self._asked(replace(questions[at], kind=Kind.PROBE) for at in longest)
        self.language, self.probability = channel_language([answer.languages for _, answer in probes])
        kept = {at: answer.encoded for at, (_, answer) in zip(longest, probes, strict=True)}
        return [replace(one, otherwise=self.language, encoded=kept.get(at)) for at, one in enumerate(questions)]

    def _settled(self, question: Question, answer: Answer) -> list[Told]:
        """Return the words of a window; one that went wrong is asked again more strictly, then in smaller parts."""
        languages = [self._foreign(found) for found in answer.parts]
        if any(languages):
            return self._apart(_same(question.window.stretches, languages))
        question, answer = self._in_its_language(question, answer)
        if answer.good(self.how):
            return self._believed(question, answer)
        tried = [answer]
        parts = question.window.stretches
        for kind in (Kind.FULL, Kind.STRICT)[: 1 if len(parts) > 1 else 2]:
            ((_, another),) = self._asked([replace(question, kind=kind, prompt=(), encoded=None)])
            if another.good(self.how):
                return self._believed(question, another)
            tried.append(another)
        if len(parts) > 1:
            half = len(parts) // 2
            return self._apart([(parts[:half], question.language), (parts[half:], question.language)])
        sane = [one for one in tried if not one.looped(self.how)]
        return self._believed(question, max(sane, key=lambda one: one.log_prob)) if sane else []

    def _in_its_language(self, question: Question, answer: Answer) -> tuple[Question, Answer]:
        """Return the answer, or the one in the channel's language where its words fit much better.

        A short sentence's sound alone can be taken for another language; what is then written is nonsense, and says so
        by its probability. Words that were really said in another language fit worse in the channel's.
        """
        if self.forced is not None or self.language is None or answer.language == self.language:
            return question, answer
        ((own, rival),) = self._asked([replace(question, language=self.language, encoded=None)])
        better = rival.log_prob >= answer.log_prob + self.how.language_words
        return (own, rival) if rival.tokens and rival.good(self.how) and better else (question, answer)

    def _apart(self, groups: Iterable[tuple[Sequence[Stretch], str | None]]) -> list[Told]:
        """Return the words of neighbouring stretches, each group searched as a window of its own."""
        asked = self._asked(
            replace(self._question(window_of(group)), language=self.forced or language or self.language)
            for group, language in groups
        )
        return [one for each in asked for one in self._settled(*each)]

    def _foreign(self, found: Mapping[str, float]) -> str | None:
        return foreign(found, self.language, times=self.how.language_times) if found and self.language else None

    def _believed(self, question: Question, answer: Answer) -> list[Told]:
        return list(credible(told_of(question, answer), question.window, self.profile))

    def _dictated_again(self, told: list[Told], alone: Collection[Stretch]) -> list[Told]:
        """Return the words with those of dictated numbers that are fuller when they are heard by themselves."""
        found = list(dictated(told, (one for one in self.stretches if one not in alone)))
        asked = self._asked(
            replace(self._question(window_of([stretch])), language=heard[0].language) for stretch, heard in found
        )
        for (stretch, heard), (question, answer) in zip(found, asked, strict=True):
            again = self._believed(question, answer) if answer.good(self.how) else []
            if fuller(again, heard, stretch):
                replaced = set(map(id, heard))
                told = [*(one for one in told if id(one) not in replaced), *again]
        return told

    def _second_search(self, told: Sequence[Told]) -> list[Told]:
        """Return believable words of speech that the first search passed over, each place searched by itself."""
        found = []
        for start, end in gaps(self.stretches, [one.word for one in told]):
            first = max(0, round((start - REACH_S) * SAMPLE_RATE))
            last = min(len(self.sound), round((end + REACH_S) * SAMPLE_RATE))
            alone = Stretch(first, last, round(start * SAMPLE_RATE), round(end * SAMPLE_RATE))
            found.append(self._question(window_of([alone]), Kind.FULL))
        again = [list(told_of(*one)) for one in self._asked(found)]
        return [one for words in again if believable([one.word for one in words]) for one in words]


def _same(
    stretches: Sequence[Stretch], languages: Sequence[str | None]
) -> Iterator[tuple[tuple[Stretch, ...], str | None]]:
    """Yield runs of stretches that share a language (None: the channel's): neighbours help each other to be heard."""
    for language, group in groupby(zip_longest(stretches, languages), key=lambda one: one[1]):
        yield tuple(stretch for stretch, _ in group), language


def told_of(question: Question, answer: Answer) -> Iterator[Told]:
    """Yield the answer's tokens with times in the recording, in order; the first of a window begins a new word."""
    reached = 0.0
    for number, token in enumerate(answer.tokens):
        start, end = question.window.original(token.start, token.end)
        reached = max(reached, start)
        text = token.text if number else f" {token.text.lstrip()}"
        yield Told(replace(token, start=reached, end=max(reached, end), text=text), answer.language)

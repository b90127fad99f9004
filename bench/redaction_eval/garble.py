"""A script as Whisper writes it: what it does to figures, names, signs, capitals and punctuation.

The rates are near those that `--heard` shows with the model `base` on calls of bench/speech: figures right to 97 %,
single letters to 90 %, other words to 94 %, names to less than half, since a synthetic voice says foreign names badly;
here two in three stay right. Each call draws its own degree, as some lines are good and some are not.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bench.redaction_eval import codes
from bench.redaction_eval.model import Random, Said, Script, Turn

HOMOPHONES = {
    "four": "for", "for": "four", "two": "to", "to": "two", "eight": "ate", "one": "won", "oh": "0", "zero": "0",
    "c": "see", "b": "be", "u": "you", "r": "are", "y": "why", "t": "tea", "p": "pea", "n": "and", "m": "em",
    "i": "eye", "dot": ".", "underscore": "under score", "six": "sex", "nine": "9", "five": "5", "double": "W",
    "seven": "7",
}  # fmt: skip
SOUNDS = (
    ("ph", "f"), ("ee", "i"), ("sh", "s"), ("th", "t"), ("ck", "k"), ("kh", "k"), ("aa", "a"), ("oo", "u"), ("gh", "g"),
    ("ie", "y"), ("ei", "i"), ("ay", "ai"), ("v", "w"), ("w", "v"), ("z", "s"), ("c", "k"), ("k", "c"), ("y", "i"),
    ("ll", "l"), ("nn", "n"), ("tt", "t"), ("ss", "s"), ("a", "e"), ("e", "a"), ("o", "a"), ("u", "oo"), ("i", "ee"),
)  # fmt: skip
"""Spellings that sound nearly alike; a name is misspelt by one or two of them."""


NAMES, FIGURES, LOST, WORDS = 0.35, 0.45, 0.025, 0.025
"""Shares at degree 1: names misspelt, numbers that were said written in figures, signs lost, other words misspelt."""
FORMS = {"solid": 3, "hyphens": 3, "hyphens all": 3, "commas": 2, "dots": 1, "spaces": 3, "groups": 3}
"""How a number that was said digit by digit is written in figures."""


def garbled(script: Script, rng: Random) -> Script:
    """Return the script with a recogniser's habits and mistakes, of a degree that is the call's own."""
    degree = rng.choice((0.3, 0.6, 1.0, 1.6))
    flat = rng.random() < 0.12 * degree
    turns = tuple(Turn(turn.channel, tuple(_turn(turn.words, script, rng, degree, flat=flat))) for turn in script.turns)
    return replace(script, turns=turns)


def _turn(words: Sequence[Said], script: Script, rng: Random, degree: float, *, flat: bool) -> list[Said]:
    done: list[Said] = []
    for word in _refigured(words, rng):
        kind = script.marks[word.mark - 1].kind if word.mark else ""
        for one in _word(word, kind, rng, degree):
            text = one.text.lower().strip(",.?!") if flat else one.text
            if rng.random() < 0.04 * degree and text[-1:] in ",.?!":
                text = text[:-1]
            if any(character.isalnum() for character in text) or text == ".":
                done.append(replace(one, text=text))
    return _merged(done, rng, degree) or list(words)


def _refigured(words: Sequence[Said], rng: Random) -> Iterator[Said]:
    """Yield the words, numbers that were said digit by digit now and then in figures."""
    for spoken, run in itertools.groupby(words, key=lambda one: one.mark if _figure(one) else 0):
        said = list(run)
        if spoken and len(said) > 1 and rng.random() < FIGURES:
            end = said[-1].text[-1] if said[-1].text[-1] in ",.?" else ""
            texts = _in_figures([_figure(one) for one in said], rng)
            yield from (replace(said[0], text=text) for text in texts[:-1])
            yield replace(said[0], text=texts[-1].rstrip(",.") + end)
        else:
            yield from said


def _figure(word: Said) -> str:
    """Return the figure that a word of a value says, or the word if it says how often; empty for other words."""
    bare = word.text.strip(",.?").lower()
    if not word.carries:
        return ""
    if bare in {"double", "triple"}:
        return bare
    return "0" if bare in {"oh", "o"} else str(codes.ONES.index(bare)) if bare in codes.ONES else ""


def _in_figures(figures: Sequence[str], rng: Random) -> list[str]:
    """Return figures as a recogniser writes them: `4-1-5`, `415, 22`, `4, 1, 5`, `7.5.2`, `3-double-5`."""
    form = codes.pick(rng, FORMS)
    if form == "solid" and all(map(str.isdigit, figures)):
        return ["".join(figures)]
    if form == "hyphens all":
        return ["-".join(figures)]
    if form in {"commas", "dots"}:
        return [f"{one}," for one in figures] if form == "commas" else [".".join(figures)]
    if form == "spaces":
        return list(figures)
    size = rng.choice((3, 3, 4))
    groups = [figures[at : at + size] for at in range(0, len(figures), size)]
    texts = ["".join(one) if all(map(str.isdigit, one)) else "-".join(one) for one in groups]
    return ["-".join(texts)] if form == "hyphens" else texts


def _word(word: Said, kind: str, rng: Random, degree: float) -> list[Said]:
    bare = word.text.strip(",.?!").lower()
    if kind in {"PERSON", "SECURITY_ANSWER"} and word.carries and rng.random() < NAMES * degree:
        return _split_name(replace(word, text=misspelt(word.text, rng)), rng)
    if word.mark:
        return _of_value(word, bare, rng, degree)
    if len(bare) > 3 and rng.random() < WORDS * degree:
        return [replace(word, text=misspelt(word.text, rng))]
    return [word]


def _of_value(word: Said, bare: str, rng: Random, degree: float) -> list[Said]:
    """Return a word of a marked value: lost, misheard, written as a figure, regrouped, or as it is."""
    if word.carries and len(bare) == 1 and rng.random() < LOST * degree:
        return []
    if bare in HOMOPHONES and rng.random() < 0.03 * degree:
        return [replace(word, text=one) for one in HOMOPHONES[bare].split()]
    if bare in codes.ONES and rng.random() < 0.12 * degree:
        return [replace(word, text=word.text.lower().replace(bare, str(codes.ONES.index(bare))))]
    if word.carries and bare.isdigit() and len(bare) > 2 and rng.random() < 0.1 * degree:
        return _digits(word, bare, rng)
    head, dot, tail = word.text.partition(".")
    dotted = head and tail and "@" not in bare and not bare[0].isdigit()
    if word.carries and dotted and rng.random() < 0.3 * degree:
        return [replace(word, text=head), replace(word, text=dot + tail)]
    return [word]


def _digits(word: Said, bare: str, rng: Random) -> list[Said]:
    """Return a run of digits regrouped, with one digit lost, or with commas as if it were an amount."""
    way = rng.randrange(4)
    tail = word.text[len(bare) :]
    if way == 0:
        at = rng.randrange(len(bare))
        return [replace(word, text=bare[:at] + bare[at + 1 :] + tail)]
    if way == 1:
        return [replace(word, text=f"{int(bare):,}{tail}")] if bare[0] != "0" else [word]
    at = rng.randrange(1, len(bare))
    join = "-" if way == 2 else ""
    return [replace(word, text=bare[:at]), replace(word, text=f"{join}{bare[at:]}{tail}")]


def misspelt(name: str, rng: Random) -> str:
    """Return a name spelt otherwise that sounds nearly the same."""
    text = name
    for before, after in rng.sample(SOUNDS, len(SOUNDS)):
        at = text.lower().find(before, 1)
        if at > 0 and rng.random() < 0.5:
            return text[:at] + after + text[at + len(before) :]
    return text + "s" if rng.random() < 0.3 and text[-1].isalpha() else text


def _split_name(word: Said, rng: Random) -> list[Said]:
    """Return a name now and then in two, or without its capital."""
    chance = rng.random()
    if chance < 0.12 and len(word.text) > 6:
        at = len(word.text) // 2
        return [replace(word, text=word.text[:at]), replace(word, text=word.text[at:].capitalize())]
    return [replace(word, text=word.text.lower())] if chance < 0.3 else [word]


def _merged(words: list[Said], rng: Random, degree: float) -> list[Said]:
    """Return the words with some neighbouring single figures of a value written as one."""
    done: list[Said] = []
    for word in words:
        last = done[-1] if done else None
        both = last is not None and last.mark == word.mark != 0 and last.carries and word.carries
        if last and both and last.text.isdigit() and word.text[:1].isdigit() and rng.random() < 0.15 * degree:
            done[-1] = replace(word, text=last.text + word.text)
        else:
            done.append(word)
    return done

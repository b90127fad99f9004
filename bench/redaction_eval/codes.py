"""How people read numbers and codes, and how a recogniser writes that down."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench.redaction_eval.model import Group, Groups, Piece, Random

ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NATO = {
    "A": "alpha", "B": "bravo", "C": "charlie", "D": "delta", "E": "echo", "F": "foxtrot",
    "G": "golf", "H": "hotel", "I": "india", "J": "juliet", "K": "kilo", "L": "lima",
    "M": "mike", "N": "november", "O": "oscar", "P": "papa", "Q": "quebec", "R": "romeo",
    "S": "sierra", "T": "tango", "U": "uniform", "V": "victor", "W": "whiskey", "X": "xray",
    "Y": "yankee", "Z": "zulu",
}  # fmt: skip
EVERYDAY = {
    "A": "apple Agra Andrew", "B": "boy Bombay Bertie", "C": "cat Chennai Charlie", "D": "dog Delhi David",
    "E": "elephant egg Edward", "F": "father fish Freddie", "G": "girl Goa George", "H": "house Hyderabad Harry",
    "I": "ice India ink", "J": "jug Jaipur Jack", "K": "king Kolkata kite", "L": "lion London lemon",
    "M": "mother Mumbai mango", "N": "Nagpur nose Nancy", "O": "orange Ooty Oliver", "P": "Pune parrot Peter",
    "Q": "queen queen Quentin", "R": "rabbit Rampur Robert", "S": "sugar Surat Sam", "T": "tiger Tommy table",
    "U": "umbrella uncle Udaipur", "V": "van Victor violin", "W": "water William window", "X": "x-ray xylophone box",
    "Y": "yellow yoga York", "Z": "zebra zero Zanzibar",
}  # fmt: skip
REPEATS = {2: "double", 3: "triple"}
WRITTEN = {
    "solid": 14, "grouped": 22, "hyphens": 10, "singles": 10, "pieces": 8, "words": 14, "doubles": 10, "pairs": 6,
    "mixed": 6,
}  # fmt: skip
ALOUD = {"words": 50, "doubles": 30, "pairs": 12, "mixed": 8}
FILLERS = ("uh", "um", "er", "uhh,", "let me see,", "okay,", "then", "and then", "and")
MISTAKES = ("no, sorry,", "sorry,", "no wait,", "I mean", "correction,", "oops, no,")
FILLED, CORRECTED = 0.14, 0.06


def pick(rng: Random, weights: dict[str, int]) -> str:
    """Return a key by its weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


def digit_words(rng: Random, group: str) -> list[str]:
    """Return digits word by word; letters stay as they are."""
    zero = rng.choice(("zero", "zero", "oh", "O"))
    return [(zero if one == "0" else ONES[int(one)]) if one.isdigit() else one for one in group]


def number_words(number: int) -> str:
    """Return a number below a million in words."""
    if number < 20:
        return (*ONES, *TEENS)[number]
    if number < 100:
        return TENS[number // 10] + (f" {ONES[number % 10]}" if number % 10 else "")
    for size, name in ((1000, "thousand"), (100, "hundred")):
        if number >= size:
            rest = f" {number_words(number % size)}" if number % size else ""
            return f"{number_words(number // size)} {name}{rest}"
    raise ValueError(number)


def _doubled(rng: Random, group: str) -> list[str]:
    words, at = [], 0
    while at < len(group):
        count = 1
        while count < 3 and group[at : at + count + 1] == group[at] * (count + 1):
            count += 1
        words += [*([REPEATS[count]] if count > 1 else []), *digit_words(rng, group[at])]
        at += count
    return words


def _paired(rng: Random, group: str, *, aloud: bool) -> list[str]:
    if not group.isdigit():
        return digit_words(rng, group)
    if len(group) > 2 and group.endswith("00") and group[-3] != "0":
        head = int(group[:-2])
        return [*(number_words(head) if aloud or rng.random() < 0.5 else str(head)).split(), "hundred"]
    words: list[str] = []
    for at in range(len(group) % 2, len(group), 2):
        pair = group[at : at + 2]
        spoken = digit_words(rng, pair) if pair[0] == "0" else number_words(int(pair)).split()
        words += spoken if aloud or rng.random() < 0.5 else [pair]
    return [*digit_words(rng, group[: len(group) % 2]), *words]


def split(value: str, sizes: Sequence[int]) -> list[str]:
    """Return the value in groups of these sizes; what is left over is the last group."""
    groups, at = [], 0
    for size in sizes:
        if value[at : at + size]:
            groups.append(value[at : at + size])
        at += size
    return [*groups, value[at:]] if value[at:] else groups


def any_sizes(rng: Random, length: int) -> list[int]:
    """Return sizes of groups as people make them up: twos, threes and fours."""
    sizes: list[int] = []
    while sum(sizes) < length:
        sizes.append(rng.choice((2, 3, 3, 4, 4)))
    return sizes


def read(rng: Random, value: str, sizes: Sequence[int] = (), *, aloud: bool) -> Groups:
    """Return a code as somebody reads it, in groups of words."""
    parts = split(value, sizes if sizes and rng.random() < 0.75 else any_sizes(rng, len(value)))
    manner = pick(rng, ALOUD if aloud else WRITTEN)
    if manner == "solid" or (manner == "hyphens" and len(parts) == 1):
        return [[(value, True)]]
    if manner == "hyphens":
        return [[("-".join(parts), True)]]
    letters = _letters(rng)
    comma = rng.random() < 0.5
    inner = manner == "singles" and rng.random() < 0.5
    groups: Groups = []
    for part in parts:
        how = rng.choice(("words", "grouped", "doubles")) if manner == "mixed" else manner
        words = _group(rng, part, "words" if aloud and how == "grouped" else how, letters, aloud=aloud)
        if inner:
            words = [(f"{text},", carries) for text, carries in words]
        groups.append(words)
    if comma and not inner:
        groups = [[*one[:-1], (f"{one[-1][0]},", one[-1][1])] for one in groups[:-1]] + groups[-1:]
    return _disturbed(rng, groups, parts)


def _group(rng: Random, part: str, how: str, letters: Callable[[str], Group], *, aloud: bool) -> Group:
    if how == "grouped":
        return [(part, True)]
    if how == "singles":
        return [(one, True) for one in part]
    if how == "pieces":
        return [(part[0], True), *((f"-{one}", True) for one in part[1:])]
    said = {"words": digit_words, "doubles": _doubled}.get(how)
    words = said(rng, part) if said else _paired(rng, part, aloud=aloud)
    done: Group = []
    for word in words:
        done += letters(word) if len(word) == 1 and word.isalpha() and word != "O" else [(word, True)]
    return done


def _letters(rng: Random) -> Callable[[str], Group]:
    """Return how this speaker says a single letter."""
    style = rng.choices(("plain", "nato", "for", "as in", "lower"), (60, 8, 16, 8, 8))[0]

    def said(letter: str) -> Group:
        upper = letter.upper()
        if upper not in NATO or style == "plain":
            return [(letter, True)]
        if style == "lower":
            return [(letter.lower(), True)]
        if style == "nato":
            return [(NATO[upper].capitalize() if rng.random() < 0.4 else NATO[upper], True)]
        example = rng.choice(EVERYDAY[upper].split())
        return [(upper, True), *((one, False) for one in style.split()), (f"{example},", True)]

    return said


def spelled(rng: Random, word: str, *, aloud: bool) -> Groups:
    """Return a word letter by letter."""
    letters = [one for one in word.upper() if one.isalpha()]
    manner = rng.choice(("singles", "hyphens", "letters", "doubles") if not aloud else ("letters", "doubles"))
    if manner == "hyphens":
        return [[("-".join(letters), True)]]
    if manner == "singles":
        return [[(f"{one},", True) for one in letters[:-1]] + [(letters[-1], True)]]
    said = _letters(rng)
    pieces: Group = []
    words = _doubled(rng, "".join(letters)) if manner == "doubles" else letters
    for one in words:
        pieces += said(one) if len(one) == 1 else [(one, True)]
    return [pieces]


def _disturbed(rng: Random, groups: Groups, parts: list[str]) -> Groups:
    """Return the groups with a filler before one, or one said wrong first and corrected."""
    chance, at = rng.random(), rng.randrange(len(groups))
    if chance < FILLED and at:
        groups[at] = [*_idle(rng.choice(FILLERS)), *groups[at]]
    elif chance < FILLED + CORRECTED and parts[at].isdigit() and groups[at]:
        wrong = [(one, True) for one in digit_words(rng, f"{(int(parts[at]) + 7) % 10 ** len(parts[at])}")]
        groups[at] = [*wrong, *_idle(rng.choice(MISTAKES)), *groups[at]]
    return groups


def _idle(text: str) -> list[Piece]:
    return [(one, False) for one in text.split()]

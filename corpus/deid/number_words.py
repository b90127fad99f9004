"""Numbers as they are said: what a word says in digits, and digits said in words of the same form."""

from __future__ import annotations

from typing import Final

from corpus.deid.vocabulary import words

ONES: Final = words("zero one two three four five six seven eight nine")
TEENS: Final = words("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
TENS: Final = words("zero ten twenty thirty forty fifty sixty seventy eighty ninety")
ORDINALS: Final = words(
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth"
)
DIGIT_OF: Final = {
    **{word: str(at) for at, word in enumerate(ONES)},
    "oh": "0", "o": "0", "nought": "0", "nil": "0", "niner": "9",
}  # fmt: skip
SOUNDS_LIKE: Final = {"for": "4", "fore": "4", "to": "2", "too": "2", "won": "1", "ate": "8", "tree": "3", "free": "3"}
"""A digit only between digits."""
TWO_DIGITS_OF: Final = {
    **{word: f"{10 + at}" for at, word in enumerate(TEENS)},
    **{word: f"{at}0" for at, word in enumerate(TENS) if at > 1},
    "fourty": "40",
}
SCALE_OF: Final = {"hundred": "00", "thousand": "000", "lakh": "00000", "million": "000000", "crore": "0000000"}
TIMES_OF: Final = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
ALPHABET: Final = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        words(
            "Alpha Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliet Kilo Lima Mike November Oscar Papa Quebec "
            "Romeo Sierra Tango Uniform Victor Whiskey Xray Yankee Zulu"
        ),
        strict=True,
    )
)
LETTER_OF: Final = {word.lower(): letter for letter, word in ALPHABET.items()} | {
    "alfa": "A", "juliett": "J", "whisky": "W", "x-ray": "X", "zed": "Z", "zee": "Z",
}  # fmt: skip
_TEN: Final = 10


def two_digits(tens: str, ones: str) -> str:
    """Return two digits as one word: `forty`, `seventeen`, `forty-two`, `oh-five`."""
    if tens == "0":
        return f"oh-{ONES[int(ones)]}"
    if tens == "1":
        return TEENS[int(ones)]
    return TENS[int(tens)] if ones == "0" else f"{TENS[int(tens)]}-{ONES[int(ones)]}"


def tens_then_ones(tens: str, ones: str) -> tuple[str, str]:
    """Return two digits as two words: `forty`, `two`; where that cannot be said, digit by digit."""
    if int(tens) > 1 and ones != "0":
        return TENS[int(tens)], ONES[int(ones)]
    return ONES[int(tens)], ONES[int(ones)]


def cardinal(number: int) -> str:
    """Return a number from 0 to 9,999 in words: `one hundred five`, `nineteen`, `forty-two`."""
    words: list[str] = []
    for size, name in ((1000, "thousand"), (100, "hundred")):
        if number >= size:
            words += [ONES[number // size], name]
            number %= size
    if number or not words:
        words.append(ONES[number] if number < _TEN else two_digits(str(number // _TEN), str(number % _TEN)))
    return " ".join(words)


def ordinal(number: int) -> str:
    """Return a number from 1 to 99 as an ordinal in words: `first`, `twenty-first`, `thirtieth`."""
    if number < len(ORDINALS):
        return ORDINALS[number]
    tens = TENS[number // _TEN]
    return f"{tens[:-1]}ieth" if number % _TEN == 0 else f"{tens}-{ORDINALS[number % _TEN]}"


def numeral_ordinal(number: int) -> str:
    """Return a number as an ordinal in figures: `1st`, `12th`, `23rd`."""
    teen = number % 100 // _TEN == 1
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % _TEN, 'th')}"

"""What a name looks like in a transcript, where it ends, and when two are the same one misspelled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache

from redaction import lexicon, vocabulary
from redaction.view import REMEMBERED, Line, Token

MAX_NAME_TOKENS = 5
FUZZY_FROM = 5
FUZZY_TWO_FROM = 7
SOUND_FROM = 4
LETTERS = re.compile(r"^[^\W\d_]+(?:['.\-][^\W\d_]+)*$")
TITLES = lexicon.words(
    "mr mrs ms miss mx dr mister missus doctor sir madam prof professor smt shri sri kumari captain sergeant officer "
    "nurse reverend rev father judge uncle aunt auntie senor señor señora herr frau monsieur madame signor signora"
)
STOP = lexicon.words(
    "and the a an i i'm i'll i've i'd my your from at in on of is was for to so but with here speaking calling please "
    "yes no it it's if or as we you he she they what when where why who how can could would should do does did have "
    "has had are were be been this that these those there then than not ok okay let thank thanks hello hi hey "
    "merci bonjour bonsoir salut hola gracias danke bitte ciao grazie prego namaste namaskar shukriya salaam inshallah "
    "adios oui nein haan han hai hain ji theek thik accha acha achha arre arey nahi nahin kya yaar oye lekin "
    "matlab "
    "toh aap mera meri kaise karo karna gonna wanna gotta dunno lemme gimme kinda sorta ain't y'all uh-huh mm-hmm "
    "mhm hmm myself erm er um uh uhh umm ah eh err "
    "yup yep nope alrighty okey okey-dokey ta-da voila haha hahaha lol ugh ooh oops whoa wow aw aww phew"
)
PARTICLES = lexicon.words("de da do dos das del della di du la le van von der den ten ter bin ibn al el st san santa")
"""Small words inside a name: "van der Berg", "bin Rashid". A capital follows them."""


def bare(norm: str) -> str:
    """Return the word without the ending of possession."""
    return norm.removesuffix("'s")


@lru_cache(maxsize=REMEMBERED)
def unknown(word: str) -> bool:
    """Say whether a lower-case word stands in none of the lists: neither English nor a place, a firm or a month."""
    if len(word) < 2 or not LETTERS.match(word):  # noqa: PLR2004 - initials apart
        return False
    if word in STOP:
        return False
    if vocabulary.given_name(word) or vocabulary.surname(word):
        return True
    plain = word in lexicon.MONTHS or word in lexicon.UNITS
    return not (plain or vocabulary.english(word) or vocabulary.brand(word) or vocabulary.place(word))


@lru_cache(maxsize=REMEMBERED)
def listed(word: str) -> bool:
    """Say whether a lower-case word is a common given name or surname and hardly ever anything else."""
    return word not in STOP and (vocabulary.given_name(word) or vocabulary.surname(word))


def name_like(token: Token) -> bool:
    """Say whether a token could be part of a name by its look: a capitalised word that is no ordinary one."""
    return token.capital and not token.placeholder and unknown(bare(token.norm))


def maybe_name(token: Token) -> bool:
    """Say whether a capitalised word is a name, or is a name as well as a word or a firm ("Grace", "Mark")."""
    return name_like(token) or (
        token.capital and not token.placeholder and vocabulary.double_name(bare(token.norm)) and token.norm not in STOP
    )


def wordy(token: Token) -> bool:
    """Say whether a token is made of letters."""
    return not token.placeholder and bool(LETTERS.match(token.norm))


@cache
def by_last_word(phrases: tuple[tuple[str, str], ...]) -> Mapping[str, tuple[tuple[list[str], str], ...]]:
    """Return the phrases, each with what it announces, by their last word; the longer ones first."""
    found: dict[str, list[tuple[list[str], str]]] = {}
    for phrase, kind in sorted(phrases, key=lambda one: -len(one[0].split())):
        words = phrase.split()
        found.setdefault(words[-1], []).append((words, kind))
    return {word: tuple(entries) for word, entries in found.items()}


def phrase_ends(tokens: Sequence[Token], phrases: tuple[tuple[str, str], ...]) -> Iterator[tuple[int, str]]:
    """Yield the place after each of the phrases, wherever one is said, and what it announces: the longest wins."""
    known, norms = by_last_word(phrases), norms_of(tokens)
    for at in [place for place, norm in enumerate(norms, 1) if norm in known]:
        for words, kind in known[norms[at - 1]]:
            if at >= len(words) and norms[at - len(words) : at] == words:
                yield at, kind
                break


def norms_of(tokens: Sequence[Token]) -> list[str]:
    """Return the normal forms of the tokens, worked out once for a whole line."""
    if not isinstance(tokens, Line):
        return [token.norm for token in tokens]
    if "norms" not in tokens.kept:
        tokens.kept["norms"] = [token.norm for token in tokens]
    norms: list[str] = tokens.kept["norms"]
    return norms


def taken(tokens: Sequence[Token], at: int, begins: bool) -> tuple[Token, ...]:
    """Return the tokens of the name from `at` on, when the first one begins one: capitals, initials, particles."""
    if not begins or at >= len(tokens) or not wordy(tokens[at]):
        return ()
    name = [tokens[at]]
    place = at + 1
    while len(name) < MAX_NAME_TOKENS and place < len(tokens):
        if not _goes_on(name[-1], tokens, place):
            break
        name.append(tokens[place])
        place += 1
    while len(name) > 1 and name[-1].norm in PARTICLES and not name[-1].capital:
        name.pop()
    return tuple(name)


def _goes_on(last: Token, tokens: Sequence[Token], place: int) -> bool:
    token = tokens[place]
    initial = len(last.norm) == 1 or last.norm in TITLES
    if (last.closes and not initial) or last.comma or token.segment != last.segment or last.norm.endswith("'s"):
        return False
    if token.norm in PARTICLES and not token.capital:
        ahead = [one for one in tokens[place + 1 : place + 3] if one.segment == token.segment]
        return bool(ahead) and (ahead[0].capital or (ahead[0].norm in PARTICLES and ahead[-1].capital))
    if len(token.norm) == 1 and token.capital and token.norm != "i":
        return place + 1 < len(tokens) and tokens[place + 1].capital and tokens[place + 1].segment == token.segment
    if not (token.capital and wordy(token)) or token.norm in STOP:
        return False
    if len(last.norm) == 1 or last.norm in PARTICLES:
        return True
    word = bare(token.norm)
    plain = vocabulary.ordinary(word) or vocabulary.brand(word) or word in lexicon.STREETS
    return not plain or vocabulary.double_name(word) or listed(word)


def close(word: str, name: str) -> bool:
    """Say whether two words differ by one edit (two from seven letters on, the first letter the same)."""
    if len(name) < FUZZY_FROM or word[0] != name[0]:
        return False
    limit = 2 if len(name) >= FUZZY_TWO_FROM else 1
    return abs(len(word) - len(name)) <= limit and _distance(word, name) <= limit


_SOUNDS = (
    ("ph", "f"), ("ck", "k"), ("ch", "k"), ("sh", "s"), ("th", "t"), ("dh", "d"), ("bh", "b"), ("gh", "g"),
    ("kh", "k"), ("wh", "w"), ("cz", "s"), ("sz", "s"), ("qu", "k"), ("x", "ks"), ("q", "k"), ("c", "k"), ("z", "s"),
    ("w", "v"), ("j", "g"), ("y", "i"),
)  # fmt: skip


@lru_cache(maxsize=REMEMBERED)
def sound(word: str) -> str:
    """Return how a name roughly sounds: its consonants in classes, what a recogniser hears in "Krishnan" or "Chrisnen".

    A coarse key after the idea of Soundex and Metaphone (consonants in classes, vowels left out but for the first).
    """
    text = re.sub(r"[^a-z]", "", word)
    for one, other in _SOUNDS:
        text = text.replace(one, other)
    head = "A" if text[:1] in tuple("aeiou") else text[:1]
    tail = re.sub(r"[aeiouh]", "", text[1:])
    return re.sub(r"(.)\1+", r"\1", head + tail)


def sounds_like(word: str, name: str) -> bool:
    """Say whether two words sound roughly the same and are about as long."""
    if min(len(word), len(name)) < SOUND_FROM or abs(len(word) - len(name)) > 2:  # noqa: PLR2004 - "Meera", "Mira"
        return False
    return sound(word) == sound(name)


def _distance(one: str, two: str) -> int:
    row = list(range(len(two) + 1))
    for at, char in enumerate(one, 1):
        before, row[0] = row[0], at
        for place, other in enumerate(two, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (char != other))
    return row[-1]

"""Names said once are known in the whole call: exact, misspelled, in another case, as a nickname."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from redaction import lexicon, vocabulary
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.rules.naming import FUZZY_FROM, LETTERS, PARTICLES, STOP, TITLES, bare, close, norms_of, sounds_like
from redaction.view import REMEMBERED, Token

MIN_ESTABLISHED = 2
LONG = 7
HEAD = 3
_NICKNAMES = (
    "william will bill billy liam willy", "robert rob bob bobby robbie", "richard rich rick dick ricky",
    "elizabeth liz beth betty lizzie eliza libby", "katherine catherine kathryn kate katie kathy cathy kat cath",
    "margaret maggie meg peggy marge", "michael mike mick mickey mikey", "james jim jimmy jamie",
    "john jack johnny jon",
    "thomas tom tommy", "charles charlie chuck chas", "edward ed eddie ted teddy ned", "anthony tony ant",
    "christopher chris kit", "christine christina chris tina chrissy", "patricia pat patty tricia trish patsy",
    "patrick pat paddy", "jennifer jen jenny", "joseph joe joey", "josephine jo josie", "daniel dan danny",
    "david dave davy", "matthew matt", "andrew andy drew", "nicholas nick nicky nico",
    "alexander alex alec sandy xander",
    "alexandra alex sandra lexi", "benjamin ben benny benji", "samuel sam sammy", "samantha sam sammy",
    "susan sue susie suzy", "deborah deb debbie", "rebecca becky becca", "stephen steven steve stevie",
    "stephanie steph", "timothy tim timmy", "victoria vicky tori vic", "abigail abby", "amanda mandy",
    "barbara barb babs",
    "cynthia cindy", "dorothy dot dottie", "frances fran", "francis frank fran", "frederick fred freddie",
    "gregory greg", "harold harry hal", "henry harry hank", "jacqueline jackie", "jeffrey geoffrey jeff geoff",
    "jessica jess jessie", "joshua josh", "kenneth ken kenny", "lawrence laurence larry", "leonard len lenny leo",
    "nathan nathaniel nate nat", "pamela pam", "peter pete", "philip phillip phil", "raymond ray", "ronald ron ronnie",
    "theodore ted theo", "theresa teresa terry tess", "valerie val", "vincent vince", "walter walt",
    "zachary zach zack",
    "mohammed muhammad mohamed mohammad mo", "francisco paco pancho", "jose pepe josé", "guadalupe lupe",
    "ignacio nacho",
    "isabel isabella bella izzy", "gabriel gabriela gabe gaby", "maximilian max", "krzysztof kris", "katarzyna kasia",
    "malgorzata gosia małgorzata", "aleksandra ola", "wojciech wojtek", "venkatesh venkat venky", "krishnamurthy krish",
    "subramanian subbu mani", "abhishek abhi", "aishwarya aish", "siddharth sid", "vikram vicky", "rajendra raju raj",
    "rajesh raj raju", "priyanka priya", "oluwaseun seun", "oluwatobi tobi", "chukwuemeka emeka",
)  # fmt: skip
"""Nicknames: the words of one line may stand for each other."""


BEGIN_SENTENCES = lexicon.words(
    "will may hope mark sue pat grant chase rob drew bill long young rich good best art love price chance hunt page "
    "jack "
    "cash can just even so well no yes mind sunny happy early summer winter april june august march bless faith grace"
)
"""Names that begin a sentence as ordinary words too."""
_NO_PART = TITLES | PARTICLES | STOP


@cache
def _nicknames() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _NICKNAMES:
        for name in line.split():
            found.setdefault(name, set()).update(line.split())
    return {name: frozenset(others - {name}) for name, others in found.items()}


def also_called(name: str) -> frozenset[str]:
    """Return the nicknames and full forms of a lower-case given name."""
    return _nicknames().get(name, frozenset())


def parts_of_name(name: str) -> Iterator[str]:
    """Yield the lower-case words of a name as a directory holds it, titles and particles left out."""
    for part in re.split(r"[\s,.;/]+", name.lower()):
        if len(part) >= MIN_ESTABLISHED and LETTERS.match(part) and part not in _NO_PART:
            yield part


def find(context: CallContext, said: frozenset[str], rule: str) -> Iterator[Hit]:
    """Yield every place where one of the names `said` (lower-case words) is said, in whatever spelling."""
    names = {name for name in said if len(name) >= MIN_ESTABLISHED and LETTERS.match(name) and name not in STOP}
    plain = frozenset(name for name in names if vocabulary.english(name) or vocabulary.brand(name))
    sure = frozenset(names - plain)
    nick = frozenset(other for name in names for other in also_called(name)) - names
    if not names:
        return
    long = {name for name in sure if len(name) >= LONG}
    yield from _in_two(context.view.tokens, long, rule)
    norms = norms_of(context.view.tokens)
    verdicts = {norm: _verdict(word, sure, plain, nick) for norm in set(norms) if (word := _worded(norm))}
    for at in [place for place, norm in enumerate(norms) if verdicts.get(norm)]:
        token = context.view.tokens[at]
        verdict = verdicts[token.norm]
        if token.placeholder:
            continue
        if verdict == "same":
            yield Hit((token,), "PERSON", 0.8, rule, "a name said elsewhere in the call")
        elif verdict == "near":
            yield Hit((token,), "PERSON", 0.7, rule, "nearly a name said elsewhere in the call")
        elif token.capital and _amid(context.view.tokens, at):
            yield Hit((token,), "PERSON", 0.7, rule, "a name said elsewhere in the call")


@lru_cache(maxsize=REMEMBERED)
def _worded(norm: str) -> str:
    """Return a word without the ending of possession, nothing where it is no word."""
    word = bare(norm)
    return word if LETTERS.match(word) else ""


def _in_two(tokens: Sequence[Token], long: set[str], rule: str) -> Iterator[Hit]:
    """Yield a long name that was written as two words: "Krishna Murthy"."""
    if not long:
        return
    heads = {name[:HEAD] for name in long}
    for at in range(1, len(tokens)):
        one, two = tokens[at - 1], tokens[at]
        if one.norm[:HEAD] in heads and one.norm not in long and one.segment == two.segment:
            whole = one.norm + bare(two.norm)
            if whole in long or any(close(whole, name) for name in long):
                yield Hit((one, two), "PERSON", 0.8, rule, "a name said elsewhere in the call")


def _verdict(word: str, sure: frozenset[str], plain: frozenset[str], nick: frozenset[str]) -> str:
    if word in sure:
        return "same"
    if word in plain or word in nick:
        return "capital"
    if len(word) < FUZZY_FROM - 1 or vocabulary.brand(word) or vocabulary.place(word):
        return ""
    if vocabulary.english(word):
        return "capital" if len(word) >= FUZZY_FROM and any(sounds_like(word, name) for name in sure) else ""
    inside = len(word) >= LONG and any(len(name) >= FUZZY_FROM and name in word for name in sure)
    return "near" if inside or any(close(word, name) or sounds_like(word, name) for name in sure) else ""


def _amid(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a capital here means a name: amid a sentence, or where somebody is addressed."""
    token = tokens[at]
    begins = not at or tokens[at - 1].segment != token.segment or tokens[at - 1].closes
    return not begins or token.comma or bare(token.norm) not in BEGIN_SENTENCES

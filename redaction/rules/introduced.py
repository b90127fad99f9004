"""Names that somebody announces: "my name is …", "this is …", "Mrs. …", "thank you, …"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redaction import lexicon, vocabulary
from redaction.hits import Hit
from redaction.rules.firms import FIRMS
from redaction.rules.naming import STOP, TITLES, bare, maybe_name, name_like, phrase_ends, taken, unknown, wordy
from redaction.view import Token

_SURE, _LIKELY, _TITLE, _GREETING, _KIN = "sure", "likely", "title", "greeting", "kin"
_SURE_PHRASES = (
    "my name is", "name is", "name's", "names", "name was", "i am called", "i'm called", "call me", "my name's",
    "named",
    "first name is", "last name is", "surname is", "family name is", "maiden name is", "goes by", "known as",
    "under the name", "under the name of", "in the name of", "by the name of", "addressed to", "made out to",
    "on behalf of", "account holder is", "cardholder is", "nominee is", "beneficiary is", "asked for", "ask for",
    "signed by", "name would be", "name should be", "name it's", "name its", "same name",
)  # fmt: skip
_LIKELY_PHRASES = (
    "this is", "i am", "i'm", "im", "it's", "its", "speaking with", "speaking to", "talking to", "talking with",
    "speak to", "speak with", "spoke to", "spoke with", "am i speaking with", "is this", "that's", "that is", "it is",
    "here is", "here's", "meet", "through to", "under", "talk to", "talk with", "is that", "he's", "she's",
    "hear from", "heard from", "regards", "sincerely", "cheers", "signed", "attention", "attn", "fao",
    "was that", "did you say", "was called", "is called", "called", "name", "myself", "reached", "you're with",
    "you've got", "you got", "report to", "put down", "put me through to",
)  # fmt: skip
_GREETINGS = (
    "hi", "hello", "hey", "thank you", "thanks", "thank you so much", "thanks so much", "thank you very much",
    "good morning", "good afternoon", "good evening", "dear", "bye", "goodbye", "sorry", "okay", "ok", "sure",
    "perfect",
    "great", "yes", "no", "right", "alright", "welcome", "namaste", "so", "well", "please", "lovely", "wonderful",
    "excellent", "your patience", "at all", "you today", "note here from", "appreciate it", "bye bye", "take care",
    "nice to meet you", "and you", "hola", "hiya", "oh",
)  # fmt: skip
_KIN_WORDS = (
    "wife", "husband", "son", "daughter", "brother", "sister", "mother", "father", "mum", "mom", "dad", "partner",
    "boss", "manager", "supervisor", "colleague", "friend", "doctor", "landlord", "neighbour", "neighbor", "nephew",
    "niece", "cousin", "uncle", "aunt", "grandmother", "grandfather", "fiance", "fiancé", "fiancée", "girlfriend",
    "boyfriend", "assistant", "secretary", "agent", "driver", "nominee", "teacher", "lawyer", "accountant", "tenant",
)  # fmt: skip
_PHRASES = (
    *((phrase, _SURE) for phrase in _SURE_PHRASES),
    *((phrase, _LIKELY) for phrase in _LIKELY_PHRASES),
    *((title, _TITLE) for title in sorted(TITLES)),
    *((phrase, _GREETING) for phrase in _GREETINGS),
    *((kin, _KIN) for kin in _KIN_WORDS),
)
_CLEAR_TITLES = lexicon.words("mr mrs ms mx dr prof smt shri sri herr frau senor señor señora uncle aunt auntie doctor")
_AFTER = lexicon.words("speaking here from calling with and")
_SKIPPED = lexicon.words("uh um er erm is it's just actually like so well mr mrs ms dr miss")
_NO_NAME = lexicon.words(
    "not on in the a an spelled spelt same different wrong correct right as under for at to and but that this back "
    "your "
    "my his her their with registered written there here when if still also now just mentioned listed when later again "
    "because please maybe asap today tomorrow tonight anytime before after"
)
SHORTEST = 4
LONGEST_RUN = 4
_INTRODUCES = lexicon.words("is with to called by for myself meet named")
NEVER = (
    lexicon.MONTHS
    | lexicon.STREETS_STRONG
    | lexicon.words(
        "monday tuesday wednesday thursday friday saturday sunday english hindi spanish french german christmas easter "
        "internet wi-fi wifi god"
    )
)
_SELDOM = lexicon.words("it's its that's is name that here's he's she's so well no yes right oh please under and")
"""After these other words than a name are said more often."""
_ENDINGS = ("ing", "ed", "ly", "tion", "s")
_CLAUSE = lexicon.words(
    "and i but so from calling speaking here with my the on is at i'm or because as for can could to"
)
_ENDING = _CLAUSE | STOP
_GOING_ON = _AFTER - {"and", "with"}


def find(tokens: Sequence[Token], rule: str) -> Iterator[Hit]:
    """Yield the names that a phrase announces in one side's talk."""
    for at, kind in phrase_ends(tokens, _PHRASES):
        before = tokens[at - 1]
        if at == len(tokens):
            return
        if before.closes and kind != _TITLE and before.segment == tokens[at].segment:
            continue
        if kind != _SURE and before.segment != tokens[at].segment:
            continue
        name, score, reason = _announced(tokens, at, kind)
        if name:
            yield Hit(name, "PERSON", score, rule, reason)


def _announced(tokens: Sequence[Token], at: int, kind: str) -> tuple[tuple[Token, ...], float, str]:
    if kind == _SURE:
        return sure_name(tokens, at), 0.9, "after an introduction"
    if _uncased(tokens, at) or (kind == _TITLE and _untitled(tokens, at)):
        return _rest(tokens, at), 0.7, "an unknown word where a name is announced"
    run = _capitals(tokens, at) if kind == _LIKELY or (kind == _GREETING and tokens[at - 1].comma) else ()
    if len(run) > (kind == _GREETING):
        return run, 0.75, "capitals where a name is announced"
    if kind == _KIN:
        return _related(tokens, at), 0.8, "after a relation"
    if kind in {_LIKELY, _TITLE}:
        begins = _likely(tokens, at) if kind == _LIKELY else _titled(tokens, at)
        return taken(tokens, at, begins), 0.85, f"after a {'likely introduction' if kind == _LIKELY else 'title'}"
    begins = name_like(tokens[at]) or (maybe_name(tokens[at]) and (tokens[at].closes or tokens[at].comma))
    return taken(tokens, at, begins), 0.8, "after a greeting"


def _capitals(tokens: Sequence[Token], at: int) -> tuple[Token, ...]:
    """Return the capitalised words and initials where a person is introduced: "this is Grant C. Church"."""
    said: list[Token] = []
    for token in tokens[at : at + LONGEST_RUN]:
        last = said[-1] if said else None
        broken = last is not None and (last.comma or (last.closes and len(last.norm) > 1))
        word = bare(token.norm)
        capital = token.capital and wordy(token) and word not in STOP and token.norm != "i"
        if broken or not capital or token.segment != tokens[at - 1].segment:
            break
        said.append(token)
    words = [bare(token.norm) for token in said]
    if not said or any(word in FIRMS or word in NEVER or _trade(word) for word in words):
        return ()
    if len(said) == 1 and tokens[at - 1].norm == "is" and vocabulary.ordinary(words[0]):
        return ()
    town = len(said) > 1 or vocabulary.major_place(words[0]) or not (said[0].comma or said[0].closes)
    whole = (town and all(map(vocabulary.place, words))) or vocabulary.place("_".join(words) if len(words) > 1 else "")
    led = tokens[at - 1].norm in _INTRODUCES
    return tuple(said) if led and not whole and (len(said) > 1 or len(words[0]) > 1) and _ended(tokens, said) else ()


def _trade(word: str) -> bool:
    return vocabulary.brand(word) and not vocabulary.double_name(word)


def _ended(tokens: Sequence[Token], said: Sequence[Token]) -> bool:
    """Say whether a name may end here: several words, or nothing of the same phrase behind a single one."""
    place = tokens.index(said[-1]) + 1 if len(said) == 1 else len(tokens)
    if len(said) > 1 or said[0].closes or said[0].comma or place >= len(tokens):
        return True
    return tokens[place].norm in _CLAUSE or tokens[place].segment != said[0].segment


def _untitled(tokens: Sequence[Token], at: int) -> bool:
    """Say whether an unknown word follows a title without its capital: "dr geines"."""
    plain = tokens[at - 1].norm not in _CLEAR_TITLES or tokens[at].capital or len(tokens[at].norm) < SHORTEST
    return not plain and wordy(tokens[at]) and unknown(tokens[at].norm)


def _related(tokens: Sequence[Token], at: int) -> tuple[Token, ...]:
    skip = at + 1 if tokens[at].norm in {"is", "named", "called", "mr", "mrs"} and at + 1 < len(tokens) else at
    return taken(tokens, skip, maybe_name(tokens[skip]))


def _titled(tokens: Sequence[Token], at: int) -> bool:
    title, first = tokens[at - 1], tokens[at]
    clear = title.capital or title.norm in _CLEAR_TITLES
    ordinary = vocabulary.ordinary(first.norm) and not vocabulary.double_name(first.norm)
    return first.capital and first.norm not in STOP and clear and not title.comma and not ordinary


def _uncased(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a recogniser wrote an unknown word without its capital where a name comes next: "this is zubeir"."""
    token, before = tokens[at], tokens[at - 1].norm
    plain = before in _SELDOM or token.capital or len(token.norm) < SHORTEST
    return not plain and wordy(token) and unknown(token.norm) and not token.norm.endswith(_ENDINGS)


def _likely(tokens: Sequence[Token], at: int) -> bool:
    first = tokens[at]
    named = at + 1 < len(tokens) and maybe_name(tokens[at + 1]) and not first.closes and not first.comma
    if name_like(first):
        return not (vocabulary.place(first.norm) and first.comma)
    follows = tokens[at + 1].norm if at + 1 < len(tokens) else ""
    if maybe_name(first):
        return named or follows in _AFTER or first.closes or first.comma
    return (
        first.capital
        and len(first.norm) > 1
        and wordy(first)
        and first.norm not in STOP
        and not vocabulary.brand(first.norm)
        and (named or follows in _GOING_ON)
    )


def sure_name(tokens: Sequence[Token], at: int) -> tuple[Token, ...]:
    """Return the name after a sure introduction, capital or not: what follows is taken unless it cannot be one."""
    while at < len(tokens) and tokens[at].norm in _SKIPPED and not tokens[at].closes:
        at += 1
    if at >= len(tokens) or not wordy(tokens[at]):
        return ()
    first = tokens[at]
    if first.norm in STOP or first.norm in _NO_NAME or _trade(first.norm):
        return ()
    if first.capital and (name := taken(tokens, at, begins=True)):
        return (*name, *_rest(tokens, at + len(name)))
    return _rest(tokens, at)


def _rest(tokens: Sequence[Token], at: int) -> tuple[Token, ...]:
    """Return up to three words from `at` on that no recogniser wrote with a capital but that are no ordinary ones."""
    said: list[Token] = []
    last = tokens[at - 1]
    for token in tokens[at : at + 3]:
        if last.closes or (said and last.comma):
            break
        if not wordy(token) or token.segment != tokens[at - 1].segment or token.norm in _ENDING:
            break
        if vocabulary.english(token.norm) and not vocabulary.double_name(token.norm):
            break
        said.append(token)
        last = token
    return tuple(said)

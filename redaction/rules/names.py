"""Names of people: announced, addressed, listed, guessed by the language model; and the same name everywhere else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from redaction import lexicon, vocabulary
from redaction.alphabets import ACRONYMS
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.rules import addressed, established, guessed, introduced, name_slots
from redaction.rules.firms import FIRMS
from redaction.rules.naming import MAX_NAME_TOKENS, STOP, bare, listed, maybe_name, name_like, norms_of, taken
from redaction.view import Token

RULE = "spoken_names"
KINDS = ("PERSON",)
REACH = 10
_BEFORE_PLACE = lexicon.words("in near at of via around outside through towards visit visiting into across downtown")
_TO_PLACE = lexicon.words(
    "travel travelling traveling fly flying flight flights move moved moving ship shipped shipping deliver delivered "
    "delivering drive driving go going come coming train trains bus ticket tickets trip back calling call live living "
    "relocated relocating came from are is we're i'm"
)
_HONORIFICS = lexicon.words("ji sir madam ma'am bhai sahib saheb garu anna akka didi bhaiya san")


def find(context: CallContext) -> Iterator[Hit]:
    """Yield names by announcement, lists, place and model, then every other place where one of them is said."""
    kept = context.view.talk.kept
    if RULE not in kept:
        kept[RULE] = tuple(_placed_names(context))
    found: list[Hit] = list(kept[RULE])
    if context.guess is not None:
        guesses = list(guessed.find(context, found, RULE))
        if not guesses:
            return  # nothing but what was found without the model
        found.extend(guesses)
    found.extend(_joined(context, found))
    found.extend(_initials(context, found))
    found = [hit for hit in found if not all(_abbreviation(context, token) for token in hit.tokens)]
    yield from found
    said = {bare(token.norm) for hit in found if hit.score > addressed.WEAK for token in hit.tokens}
    said |= {part for name in context.known.names for part in established.parts_of_name(name)}
    yield from established.find(context, frozenset(said), RULE)


def _placed_names(context: CallContext) -> Iterator[Hit]:
    """Yield the names that need no language model; worked out once per view."""
    for tokens in context.view.channels:
        yield from introduced.find(tokens, RULE)
        yield from name_slots.find(tokens, RULE)
        yield from _listed(tokens)
    yield from _spoken_of(context)
    yield from addressed.find(context, RULE)


def _abbreviation(context: CallContext, token: Token) -> bool:
    """Say whether capitals are an abbreviation, or the name of a number that is asked for: "your PESEL, please"."""
    capitals = len(token.norm) > 1 and token.norm.isalpha() and token.norm.upper() in token.raw
    return capitals and (token.norm.upper() in ACRONYMS or token.at in context.cues.said)


def _listed(tokens: Sequence[Token]) -> Iterator[Hit]:
    """Yield capitalised words that are common names, with what belongs to them on both sides."""
    end = 0
    for at, token in enumerate(tokens):
        if at < end or not token.capital or token.placeholder:
            continue
        word = bare(token.norm)
        if not listed(word) or _placed(tokens, at) or _firm(tokens, at):
            titled = at + 1 < len(tokens) and tokens[at + 1].norm in _HONORIFICS
            if titled and maybe_name(token) and word not in introduced.NEVER:
                yield Hit((token,), "PERSON", 0.8, RULE, "before a title")
            continue
        name = taken(tokens, at, begins=True) or (token,)
        first = _widened(tokens, at)
        end = at + len(name)
        given = vocabulary.given_name(word)
        reason = "a common given name" if given else "a common surname"
        yield Hit((*tokens[first:at], *name), "PERSON", 0.75 if given else 0.7, RULE, reason)


def _widened(tokens: Sequence[Token], at: int) -> int:
    """Return where the name begins: before a surname, a given name that no list holds or that is a word too."""
    first = at
    while first and at - first < MAX_NAME_TOKENS - 1:
        before = tokens[first - 1]
        if before.segment != tokens[first].segment or before.closes or before.comma or before.placeholder:
            break
        initial = len(before.norm) == 1 and before.capital and before.norm != "i"
        if not (initial or (maybe_name(before) and not vocabulary.brand(before.norm))):
            break
        if vocabulary.place(before.norm) and not listed(before.norm):
            break
        first -= 1
    return first


def _placed(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a word that is a name and a place is the place here ("in Austin", "Charlotte, North Carolina")."""
    token, word = tokens[at], bare(tokens[at].norm)
    if not vocabulary.place(word) and not _second(tokens, at):
        return False
    after = tokens[at + 1] if at + 1 < len(tokens) and tokens[at + 1].segment == token.segment else None
    before = tokens[at - 1] if at and tokens[at - 1].segment == token.segment else None
    if vocabulary.major_place(word) and not vocabulary.well_known(word):
        named = after is not None and not token.closes and not token.comma and name_like(after)
        return not named and not (before is not None and name_like(before) and not before.comma)
    if after is not None and after.capital and not token.closes:
        if vocabulary.place(after.norm) and not listed(after.norm):
            return True
        if name_like(after) and not token.comma and after.norm not in lexicon.STREETS:
            return False
    return before is not None and not before.closes and _led_to(tokens, at, before)


def _led_to(tokens: Sequence[Token], at: int, before: Token) -> bool:
    if before.norm in {"to", "from"} and at > 1:
        return tokens[at - 2].norm in _TO_PLACE
    if before.placeholder:
        return before.raw.startswith("[LOCATION]")
    return before.norm in _BEFORE_PLACE or (before.comma and vocabulary.place(before.norm))


def _second(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a word ends a place of two words: "New York"."""
    return bool(at) and tokens[at - 1].capital and vocabulary.place(f"{tokens[at - 1].norm}_{bare(tokens[at].norm)}")


def _firm(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a firm's word or a street follows at once: "Morgan Bank", "Lincoln Road"."""
    if at + 1 >= len(tokens) or tokens[at].closes or tokens[at].comma or tokens[at + 1].segment != tokens[at].segment:
        return False
    after = tokens[at + 1]
    return after.capital and (after.norm in FIRMS or after.norm in lexicon.STREETS_STRONG)


def _spoken_of(context: CallContext) -> Iterator[Hit]:
    """Yield words like names within a few tokens of a question about a name."""
    for cue in context.cues.cues:
        if cue.kind != "PERSON":
            continue
        talk = context.view.talk[cue.place + 1 : cue.place + REACH]
        for at, token in enumerate(talk):
            if name_like(token) and not (vocabulary.place(token.norm) and not listed(token.norm)):
                yield Hit(taken(talk, at, begins=True), "PERSON", 0.8, RULE, "near a question about a name")


def _joined(context: CallContext, found: Sequence[Hit]) -> Iterator[Hit]:
    """Yield the word that "and" joins to a name when it may be one too: "Priya and Grace"."""
    tokens = context.view.tokens
    names = {token.at for hit in found if hit.score > addressed.WEAK for token in hit.tokens}
    for at in range(1, len(tokens) - 1) if names else ():
        if tokens[at].at in names and tokens[at + 1].at not in names and _behind(tokens, at):
            yield Hit((tokens[at + 1],), "PERSON", 0.65, RULE, "listed behind a name")
            continue
        if tokens[at].comma and tokens[at + 1].segment == tokens[at].segment:
            if tokens[at + 1].at in names and name_like(tokens[at]) and tokens[at].at not in names:
                yield Hit((tokens[at],), "PERSON", 0.65, RULE, "listed with a name")
            continue
        if tokens[at].norm not in {"and", "or", "&"} or tokens[at - 1].closes:
            continue
        for one, other in ((at - 1, at + 1), (at + 1, at - 1)):
            if one in names and other not in names and maybe_name(tokens[other]):
                yield Hit((tokens[other],), "PERSON", 0.65, RULE, "joined to a name")


def _behind(tokens: Sequence[Token], at: int) -> bool:
    """Say whether the next word alone between commas is the rest of a name: "Gill, Sukhwinder", "Nowak. Ewa, it …"."""
    last, token = tokens[at], tokens[at + 1]
    split = last.comma or (last.closes and token.comma)
    owned = token.norm.endswith("'s") and token.capital and bare(token.norm) not in STOP
    return split and token.segment == last.segment and (owned or name_like(token))


def _initials(context: CallContext, found: Sequence[Hit]) -> Iterator[Hit]:
    """Yield the initial that stands behind a name, whatever follows it: "Valentina F."."""
    tokens = context.view.tokens
    names = {token.at for hit in found if hit.score > addressed.WEAK for token in hit.tokens}
    if not names:
        return
    for at in [place for place, norm in enumerate(norms_of(tokens)) if place and len(norm) == 1]:
        token, last = tokens[at], tokens[at - 1]
        single = token.norm.isalpha() and token.raw[:1].isupper() and token.norm != "i"
        beside = last.at in names and last.segment == token.segment and not (last.closes or last.comma)
        if single and beside and token.at not in names and len(last.norm) > 1:
            yield Hit((token,), "PERSON", 0.6, RULE, "an initial behind a name")
    for line in context.view.channels:
        yield from _over_the_break(line, names)


def _over_the_break(line: Sequence[Token], names: AbstractSet[int]) -> Iterator[Hit]:
    """Yield the rest of a name that the next segment begins with: "speaking with Graham R." - "Rowbotham."."""
    for at in [at for at in range(2, len(line)) if line[at].segment != line[at - 1].segment]:
        token, last = line[at], line[at - 1]
        if not token.capital or token.placeholder or token.norm in STOP:
            continue
        initial = len(last.norm) == 1 and last.raw[:1].isupper() and line[at - 2].at in names
        open_end = last.at in names and last.comma and name_like(token)
        short = token.closes or token.comma or name_like(token)
        if (initial or open_end) and short and token.at not in names:
            yield Hit((token,), "PERSON", 0.65, RULE, "a name goes on in the next breath")

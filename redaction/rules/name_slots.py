"""Names by the formula around them, whatever was heard: "no worries at all, X.", "Ms. X Y,", "X, what can I do …?".

A recogniser writes names as words: "Postal Tweet", "Manage", "February". Nothing in the word tells; the formula does.
The score is that of a weak guess, so such a word becomes no name elsewhere in the call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redaction import lexicon
from redaction.asked import REPLIES
from redaction.hits import Hit
from redaction.rules.addressed import WEAK
from redaction.rules.naming import STOP, phrase_ends, wordy
from redaction.view import Token

_THANKS = tuple(
    (phrase, "thanks")
    for phrase in (
        "thank you", "thank you so much", "thank you very much", "no worries at all", "no problem at all",
        "i appreciate your patience", "for your patience", "help you today", "appreciate it", "bear with me",
        "have a good day", "how are you today", "for waiting", "for holding",
    )
)  # fmt: skip
_TITLES = tuple((title, "title") for title in ("mr", "mrs", "ms", "miss"))
_HELP = tuple(
    (phrase, "help")
    for phrase in ("what can i do", "how can i help", "how may i help", "how can i assist", "how may i assist")
)
HELP_WORDS = 4
"""The words of each offer to help."""
_ALONE = (
    REPLIES
    | STOP
    | (lexicon.MONTHS - lexicon.words("april may june february august"))
    | lexicon.words(
        "bye goodbye cheers ciao thanks ma'am madam sir mate love dear everyone everybody guys all both too again "
        "anyway also however actually honestly really indeed goodnight morning afternoon evening today tomorrow "
        "monday tuesday wednesday thursday friday saturday sunday welcome pleasure pardon excuse could would will "
        "one two first second next finally meanwhile likewise same done ready perfect folks agent operator customer"
    )
)
"""What stands alone behind such a formula without being anybody's name."""
LONGEST, FEWEST = 3, 3


def find(tokens: Sequence[Token], rule: str) -> Iterator[Hit]:
    """Yield what stands where a name does in one side's talk."""
    for at, _ in phrase_ends(tokens, _THANKS):
        if at < len(tokens) and _alone(tokens, at):
            yield Hit((tokens[at],), "PERSON", WEAK, rule, "alone behind a formula of thanks")
    for at, _ in phrase_ends(tokens, _TITLES):
        if said := _titled(tokens, at):
            yield Hit(said, "PERSON", WEAK, rule, "capitals after a title")
    for at, _ in phrase_ends(tokens, _HELP):
        if said := _before_help(tokens, at - HELP_WORDS):
            yield Hit(said, "PERSON", WEAK, rule, "before an offer to help")


def _alone(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a capital is all that stands between a formula and the end of its sentence."""
    token, last = tokens[at], tokens[at - 1]
    parted = (last.comma or last.closes) and token.segment == last.segment
    named = token.raw[:1].isupper() and wordy(token) and len(token.norm) > 1 and token.norm not in _ALONE
    return parted and named and token.raw.endswith((".", "?"))


def _titled(tokens: Sequence[Token], at: int) -> tuple[Token, ...]:
    """Return the capitals behind a title that is no way to address a woman by itself ("Yes, miss. Could you …")."""
    title = tokens[at - 1]
    said: list[Token] = []
    for token in tokens[at : at + LONGEST] if title.raw[:1].isupper() and not title.comma else ():
        broken = said and (said[-1].comma or said[-1].closes)
        if broken or token.segment != title.segment or not token.raw[:1].isupper() or not wordy(token):
            break
        if token.norm in _ALONE:
            break
        said.append(token)
    return tuple(said)


def _before_help(tokens: Sequence[Token], end: int) -> tuple[Token, ...]:
    """Return the "Postal Tweet," of "Lotus Finance, good evening, Postal Tweet, what can I do for you?"."""
    if end < FEWEST or not tokens[end - 1].comma or tokens[end - 1].segment != tokens[end].segment:
        return ()
    start = end - 1
    while start and end - start < LONGEST and not (tokens[start - 1].comma or tokens[start - 1].closes):
        start -= 1
    said, led = tokens[start:end], start and tokens[start - 1].comma
    plain = any(not wordy(token) or token.norm in _ALONE for token in said)
    return tuple(said) if led and not plain and any(token.raw[:1].isupper() for token in said) else ()

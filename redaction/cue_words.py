"""The phrases that announce personal data, by kind, as `words/cues.txt` lists them."""

from __future__ import annotations

from collections.abc import Iterator

from redaction.phrases import listed_phrases

AMOUNT = "AMOUNT"
"""The cue kind after which numbers are sums of money: it ends the reach of the cue before it."""
ASIDE = "ASIDE"
"""The cue kind after which numbers name something of the trade: a version, a flight, an error."""

_NUMBER = "number|no|num|nr|numbers"
_ID = "id|ids|identifier|identification|i.d"
_WORDS = {"<number>": _NUMBER, "<id>": _ID, "<code>": f"{_NUMBER}|{_ID}|code|reference|ref"}


def cue_words() -> Iterator[tuple[str, str]]:
    """Yield kind and phrase, in the order in which they are listed; a phrase that only mentions begins with `~`."""
    kind = ""
    for line in listed_phrases("cues.txt"):
        if line.startswith("["):
            kind = line.strip("[]")
        else:
            yield kind, _written_out(line)


def _written_out(phrase: str) -> str:
    for short, words in _WORDS.items():
        phrase = phrase.replace(short, words)
    return phrase

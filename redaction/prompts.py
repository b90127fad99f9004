"""Requests for personal data: "card number?", "and your date of birth, please".

What answers such a request goes silent in the sound even where nobody knows what was said (`redaction.answers`). The
rules of the text look for what to hide; these only look for questions, so they may be generous.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from domain.spans import Span
from domain.speech import Transcript, Word

PAUSE_S: Final = 1.2
"""A silence that ends a sentence, whatever the punctuation says."""
SHORT: Final = 7
"""A sentence of no more words that names such a thing asks for it."""

_NUMBERED = (
    "card|long|account|policy|member(?:ship)?|customer|employee|client|claim|case|ticket|booking|order|invoice|patient",
    "passport|licen[cs]e|registration|reference|routing|sort|serial|meter|insurance|security|tax|national|phone|mobile",
    r"cell(?:phone)?|telephone|contact|call\W?back|landline|day\W?time|work|home|house|flat|best|fax|whats\W?app|vehicle",
    "loyalty|student|roll|file|application|swift|bank|social",
)
"""What has a number of its own: "policy number", "account no", "customer id"."""
_THINGS = (
    rf"(?:{'|'.join(_NUMBERED)})\W+(?:numbers?|no|id|code|details?|digits?)",
    r"numbers?\W+(?:on|across|of|to|for|are|can|you|we|do|should|would|that)",
    (
        r"(?:your|the|a|another|alternate|which|what)\W+(?:(?:best|full|new|other|current|good|direct)\W+)?"
        r"(?:number|mobile|cell|landline|extension)"
    ),
    r"(?:one|two|three|four|five|six|eight|ten|twelve|sixteen|last|first|\d+)\W+(?:digits?|letters|numbers|characters)",
    r"digits|c\W?v\W?[vc]2?|(?:security|pass|pin|zip|post|postal|sort|access|area)\W?(?:code|word|number)",
    r"(?:verification|activation)\W+(?:code|word|number)",
    r"expir\w+|valid\W(?:until|thru|through|to)|o\W?t\W?p|passphrase|(?:your|the|telephone|atm)\W+pin",
    r"(?:a|the|that|which|what)\W+code|birth\w*|(?:were|are)\Wyou\Wborn|d\W?o\W?b|how\W+old|age",
    r"(?:your|the|a|full|first|last|middle|family|maiden|legal|account|his|her|their|whose|what)\W+(?:good\W+)?names?",
    r"surname|forename|who\W+(?:am\W+i|is\W+this|is\W+calling|are\W+you|do\W+i\W+have)\w*",
    r"(?:speaking|talking)\W+(?:to|with)|spell\w*|spelt|written|writ(?:e|ing)\Wit",
    r"e\W?mails?|mail\W(?:id|address)|address(?:es)?|(?:which|what)\W+street|live|deliver\w*",
    r"(?:send|mail|post|ship|courier|forward)\W+(?:it|that|this|the|them|you)",
    r"where\W+(?:do|are|should|can|shall|would|to)|zip|iban|i\W?f\W?s\W?c|bic|swift|u\W?p\W?i|aadh?aa?r|pan|g\W?s\W?t",
    r"passport|licen[cs]e|(?:number)?\W?plate|registration|s\W?s\W?n|social\W?security|national\W?insurance",
    r"n\W?h\W?s|user\W?(?:name|id)|log\W?in|(?:memorable|secret)\W+\w+|security\W+(?:question|answer)|mother'?s",
    r"(?:reach|call|ring|text|phone|contact|message)\W+(?:you|him|her|them)|which\W+(?:account|card)|card",
    r"i\W?m\W?e\W?i|p\W?n\W?r|vin",
)
_REQUESTS = (
    r"please|could\W+(?:you|i|we)|can\W+(?:you|i|we)|may\W+(?:i|we|have)|would\W+you|will\W+you|might\W+i",
    r"i(?:'ll|\W+will|\W+just|\W+also|\W+do|\W+would|'d)?\W+(?:\w+\W+)?need|we(?:'ll)?\W+(?:\w+\W+)?need",
    r"(?:give|tell|read|send|show)\W+(?:me|us|it|out|that)|confirm|verify|provide|repeat|enter|type|key\W+in",
    r"let\W+me\W+(?:have|take|get|note)|what|which|who|where|when|how|say\W+(?:it|that|the)|go\W+ahead",
    r"start\W+with|spell|mind|have\W+you\W+got|do\W+you\W+have|is\W+there|and\W+(?:the|your|then)",
)
_THING = re.compile(rf"\b(?:{'|'.join(_THINGS)})\b", re.IGNORECASE)
_ASKS = re.compile(rf"\b(?:{'|'.join(_REQUESTS)})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request for personal data: on which channel it was made, and when in seconds it ended."""

    channel: int
    end: float


def prompts(transcript: Transcript, spans: Iterable[Span] = ()) -> tuple[Prompt, ...]:
    """Return the requests of a transcript in order of time.

    What holds personal data itself tells rather than asks, unless it ends with a question mark.
    """
    hidden = {(span.segment, word) for span in spans for word in range(span.first_word, span.end_word)}
    found = (
        Prompt(segment.channel, segment.words[end - 1].end)
        for number, segment in enumerate(transcript.segments)
        for first, end in _sentences(segment.words)
        if _asks(segment.words[first:end], telling=any((number, at) in hidden for at in range(first, end)))
    )
    return tuple(sorted(found, key=lambda one: (one.end, one.channel)))


def _sentences(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Yield the first word and the one after the last of each sentence."""
    first = 0
    for at in range(1, len(words) + 1):
        if (
            at == len(words)
            or words[at - 1].text.endswith((".", "?", "!"))
            or words[at].start - words[at - 1].end > PAUSE_S
        ):
            if words:
                yield first, at
            first = at


def _asks(sentence: Sequence[Word], *, telling: bool) -> bool:
    text = " ".join(word.text for word in sentence).replace("\u2019", "'")
    if not _THING.search(text):
        return False
    if telling or text.rstrip().endswith("?"):
        return text.rstrip().endswith("?")
    return len(sentence) <= SHORT or bool(_ASKS.search(text))

"""Real values in the form in which surrogates are held against them."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.deid.codes import TELLING
from corpus.deid.people import TITLES
from corpus.deid.source import SourceCall
from corpus.deid.spelling import spelled
from corpus.deid.vocabulary import look


def real_forms(source: SourceCall) -> Iterator[bytes]:
    """Yield the real values of a call as `SourceCall.avoid` holds them: parts of names, long codes, mailboxes.

    By themselves surrogates are on no list of names and in no numbering plan; a set of these makes sure of the values
    that are known.
    """
    for name in source.names:
        yield from (look(part).norm.encode() for part in name.split() if look(part).norm not in TITLES)
    for number in source.numbers:
        yield "".join(char for char in number if char.isdecimal()).encode()
    for address in source.emails:
        yield address.lower().encode()
    for span in source.spans:
        words = [word.text for word in source.transcript.segments[span.segment].words[span.first_word : span.end_word]]
        code = spelled(words).code
        if len(code) >= TELLING:
            yield code.lower().encode()
        if span.entity_type == "PERSON":
            yield from (look(word).norm.encode() for word in words)

"""Delimited rows: quotes, embedded newlines, comments; each row with the number of its first line. Memory: one row.

A quotation mark that is opened and never closed takes its own line with it and nothing else: the lines behind it are
read again as rows of their own.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from typing import Final, TypeAlias

from ingest.formats.reading import RAW_KEPT, Input
from ingest.formats.record import Rejection

Line: TypeAlias = tuple[int, str]
Record: TypeAlias = tuple[int, list[str], str]
"""Number of the first line, fields, the text of the row."""

LONGEST_LINES: Final = 20
"""A field over more lines than this is taken for a quotation mark that was never closed."""
LONGEST_CHARACTERS: Final = 1024 * 1024


def records(
    lines: Iterable[Line | Rejection], *, delimiter: str = ",", quote: str = '"', comment: str = ""
) -> Iterator[Record | Rejection]:
    """Yield the rows and what cannot be read as one. Blank lines and comment lines are no rows.

    Args:
        lines: from `Input.lines`.
        delimiter: one character between fields.
        quote: one character around fields; doubled inside.
        comment: a line that begins with it is skipped; empty: there are none.
    """
    feed = _Feed(lines, comment)
    taken = feed.taken
    while not feed.done:
        reader = csv.reader(feed.lines(), delimiter=delimiter, quotechar=quote)
        try:
            for fields in reader:
                if feed.refused:
                    yield from feed.refusals()
                if (len(taken) > 1 or feed.ended) and not _closed(taken, delimiter, quote):
                    yield feed.refuse("quote", "a quotation mark is opened and never closed")
                    continue
                number, text = taken[0]
                if len(taken) > 1:
                    text = "\n".join(one for _, one in taken)
                taken.clear()
                if len(fields) > 1 or (fields and fields[0].strip()):
                    yield number, fields, text
        except csv.Error:  # a field over 128 KiB, a carriage return inside a line
            yield from feed.refusals()
            yield feed.refuse("unreadable", "the row holds a stray carriage return or a field of more than 128 KiB")
        yield from feed.refusals()


def records_of(
    source: Input, encoding: str, *, delimiter: str = ",", quote: str = '"', comment: str = ""
) -> Iterator[Record | Rejection]:
    """Yield what `records` yields of a file's lines, faster as long as every row is one line.

    The csv module reads whole batches of lines; the first row that is not one sound line hands the rest to `records`.
    """
    batches = source.batches(encoding)
    for batch in batches:
        if isinstance(batch, Rejection):
            yield batch
            continue
        number, texts = batch
        read = 0
        if _is_plain(texts, delimiter, quote, comment):
            reader = csv.reader(texts, delimiter=delimiter, quotechar=quote)
            with suppress(csv.Error):
                for fields in reader:
                    if reader.line_num != read + 1:
                        break
                    if len(fields) > 1 or (fields and fields[0].strip()):
                        yield number + read, fields, texts[read]
                    read += 1
        if read < len(texts):
            rest = chain(enumerate(texts[read:], number + read), _lines(batches))
            yield from records(rest, delimiter=delimiter, quote=quote, comment=comment)
            return


def _is_plain(texts: Sequence[str], delimiter: str, quote: str, comment: str) -> bool:
    """Say whether a batch may be read at once: no comments, no damage, no quotation mark open at its end."""
    if comment and any(text.startswith(comment) for text in texts):
        return False
    if any("\0" in text for text in texts):
        return False
    return quote not in texts[-1] or _closed([(0, texts[-1])], delimiter, quote)


def _lines(batches: Iterable[tuple[int, list[str]] | Rejection]) -> Iterator[Line | Rejection]:
    for batch in batches:
        if isinstance(batch, Rejection):
            yield batch
        else:
            yield from enumerate(batch[1], batch[0])


class _Feed:
    """Hands lines to the csv module and remembers which ones the row at hand was made of."""

    def __init__(self, lines: Iterable[Line | Rejection], comment: str) -> None:
        self.taken: list[Line] = []
        self.refused: list[Rejection] = []
        self.ended = False
        """Nothing more was given to the row at hand: it is complete, or its quotation mark is not closed."""
        self.done = False
        self._again: deque[Line] = deque()
        self._source = iter(lines)
        self._comment = comment

    def lines(self) -> Iterator[str]:
        """Yield lines until the end, or until the row at hand has grown too long."""
        again, source, taken, comment = self._again, self._source, self.taken, self._comment
        self.ended = False
        size = 0
        while True:
            item = again.popleft() if again else next(source, None)
            if item is None:
                self.done = self.ended = True
                return
            if type(item) is not tuple or "\0" in item[1]:
                self.refused.append(item if isinstance(item, Rejection) else _nul(item))
                if taken:
                    break
                continue
            text = item[1]
            if taken:
                size += len(text)
                if len(taken) >= LONGEST_LINES or size > LONGEST_CHARACTERS:
                    again.appendleft(item)
                    break
                taken.append(item)
                yield "\n" + text
                continue
            if comment and text.startswith(comment):
                continue
            size = len(text)
            taken.append(item)
            yield text
        self.ended = True

    def refusals(self) -> Iterator[Rejection]:
        """Yield the lines that were refused, once."""
        refused = self.refused[:]
        self.refused.clear()
        yield from refused

    def refuse(self, reason: str, message: str) -> Rejection:
        """Give up the first line of the row at hand; its other lines are handed out again."""
        (number, text), *others = self.taken
        self._again.extendleft(reversed(others))
        self.taken.clear()
        if others:
            self.done = False
        return Rejection(number, reason, message, text[:RAW_KEPT])


def _nul(line: Line) -> Rejection:
    return Rejection(
        line[0], "unreadable", "the line holds NUL characters; the file is damaged there", line[1][:RAW_KEPT]
    )


def _closed(taken: Sequence[Line], delimiter: str, quote: str) -> bool:
    """Say whether these lines are one row by the strict rules, with every quotation mark closed."""
    texts = [text if at == 0 else "\n" + text for at, (_, text) in enumerate(taken)]
    try:
        return len(list(csv.reader(texts, delimiter=delimiter, quotechar=quote, strict=True))) == 1
    except csv.Error:
        return False

"""Any text as lines of bearable length, each looked at as one turn. Put together they are the text, exactly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 2_000
"""A line that is longer is cut, at the end of a sentence where there is one."""
_FEWEST: Final = 200
_NEWLINE: Final = re.compile(r"\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CUTS: Final = (
    re.compile(r"[.?!\u2026\u0964\u3002][\"')\]\u201d\u2019]*\s+"),
    re.compile(r"[,;:|]\s+"),
    re.compile(r"(?<![\d\s])\s+(?![\d\s(+])"),
    re.compile(r"\s+"),
    re.compile(r"[,;|}>]"),
)
"""Where a long line is cut, the best first."""
_ROLE: Final = re.compile(
    r"\s*(?:[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?[\])]?\s*)?[*\-]{0,2}\s*(?P<role>agent|customer|caller|client|user|"
    r"operator|representative|rep|assistant|bot|system|support|advisor|adviser|clerk|employee|doctor|nurse|patient|"
    r"receptionist|guest|member|contact|interviewer|interviewee|host|speaker|speaker[ _]?[a-z0-9]{1,2}|"
    r"channel[ _]?\d{1,2}|[abq])(?:[ _]?\d{1,2})?\s*[*]{0,2}:[*]{0,2}(?=\s)",
    re.IGNORECASE,
)
"""A speaker's role at the head of a line: of whom it tells is nobody."""
MOST_ROLES: Final = 16


@dataclass(frozen=True, slots=True)
class Line:
    """Characters [start, start + len(text)) of a given segment, line end included.

    `lead` characters at the head name the speaker and are no words; `goes_on` says that the line before was cut here.
    """

    segment: int
    start: int
    text: str
    channel: int
    lead: int = 0
    goes_on: bool = False


def pieces(blocks: Iterable[str], *, longest: int = LONGEST) -> Iterator[tuple[str, bool]]:
    """Yield (line with its end, whether it goes on) of a text that comes in blocks of any size.

    Memory: a block and a few lines.
    """
    pending, goes_on = "", False
    for block in blocks:
        pending += block
        begin = 0
        for end in _ends(pending, begin, longest, last=False):
            yield pending[begin:end], goes_on
            goes_on = _NEWLINE.match(pending, end - 1) is None
            begin = end
        pending = pending[begin:]
    begin = 0
    for end in _ends(pending, begin, longest, last=True):
        yield pending[begin:end], goes_on
        goes_on = _NEWLINE.match(pending, end - 1) is None
        begin = end


def _ends(text: str, begin: int, longest: int, *, last: bool) -> Iterator[int]:
    """Yield where each line ends. Unless it is the last of the text, what may go on in the next block is left."""
    while begin < len(text):
        found = _NEWLINE.search(text, begin, begin + longest + 2)
        if found is not None and not (found.end() == len(text) and found.group() == "\r" and not last):
            begin = found.end()
        elif len(text) - begin > (longest if last else 2 * longest):
            begin = _cut(text, begin, longest)
        elif last:
            begin = len(text)
        else:
            return
        yield begin


def _cut(text: str, begin: int, longest: int) -> int:
    """Return where to cut a line that is too long: behind the last good place, never in the first few characters."""
    for pattern in _CUTS:
        at = max((found.end() for found in pattern.finditer(text, begin + _FEWEST, begin + longest)), default=0)
        if at:
            return at
    return begin + longest


def lines_of(blocks: Iterable[str], *, segment: int = 0, channel: int | None = None) -> Iterator[Line]:
    """Yield the lines of one given text. Without a channel each role that speaks ("Agent:") has one of its own."""
    roles: dict[str, int] = {}
    start, speaking = 0, channel or 0
    for text, goes_on in pieces(blocks):
        found = None if goes_on else _ROLE.match(text)
        if found is not None and channel is None:
            role = re.sub(r"\W|_", "", found["role"].lower())
            if role in roles or len(roles) < MOST_ROLES:
                speaking = roles.setdefault(role, len(roles))
        yield Line(segment, start, text, speaking, found.end() if found else 0, goes_on)
        start += len(text)

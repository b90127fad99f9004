"""A workspace's own patterns. RE2 matches in time that grows with the text only, so that no pattern can stall a worker.

What RE2 cannot do (look-around, back-references) is refused when a pattern is saved, and so are patterns that match
nothing at all, and repetitions of repetitions, which elsewhere are known as bombs.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate
from typing import Any, Final

import re2

from domain.errors import Invalid
from domain.redaction_policy import PATTERN_SCORE, OwnPattern
from domain.spans import Span
from domain.speech import Transcript

MOST_MEMORY: Final = 1 << 20
RECOGNIZER: Final = "own_pattern"
_TOKENS: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]])*\]|\{\d*,?\d*\}|[()*+?]|[^\\\[\](){}*+?]+|.", re.DOTALL)
_HALVES: Final = re.compile("[\ud800-\udfff]")
_ENDLESS: Final = re.compile(r"[*+]|\{\d*,\}")


class OwnPatterns:
    """Patterns that were checked, ready to be used. Raises Invalid for one that cannot be."""

    def __init__(self, patterns: Sequence[OwnPattern]) -> None:
        self._compiled = [(one.kind, checked(one.pattern)) for one in patterns]

    def find(self, transcript: Transcript) -> Iterator[Span]:
        """Yield the words that each pattern touches, turn by turn."""
        if not self._compiled:
            return
        for number, segment in enumerate(transcript.segments):
            shown = ["\0" if word.entity_type else _HALVES.sub("\ufffd", word.text) for word in segment.words]
            ends = list(accumulate(len(text) + 1 for text in shown))
            text = " ".join(shown)
            for kind, compiled in self._compiled:
                for found in compiled.finditer(text):
                    if found.end() > found.start():
                        first = bisect.bisect_right(ends, found.start())
                        end = bisect.bisect_left(ends, found.end()) + 1
                        reason = "a pattern of the workspace"
                        yield Span(number, first, end, kind, PATTERN_SCORE, RECOGNIZER, reason=reason)


@cache
def checked(pattern: str) -> Any:
    """Return the compiled pattern. Raises Invalid with the reason; the pattern is not repeated."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MOST_MEMORY
    try:
        compiled = re2.compile(pattern, options)
    except UnicodeEncodeError:
        raise Invalid("a pattern holds half a surrogate pair", field="patterns") from None
    except re2.error as error:
        told = error.args[0].decode("utf-8", "replace") if error.args and isinstance(error.args[0], bytes) else ""
        reason = told.partition(":")[0] or "not a regular expression"
        raise Invalid(f"a pattern cannot be used: {reason} (RE2's syntax)", field="patterns") from None
    if compiled.search("") is not None or compiled.fullmatch("the quick brown fox jumps over it") is not None:
        raise Invalid("a pattern takes any text, or none", field="patterns")
    if _bomb(pattern):
        raise Invalid("a pattern repeats without end what repeats without end; bound one of the two", field="patterns")
    return compiled


def _bomb(pattern: str) -> bool:
    """Say whether a group that repeats without end holds a repetition without end."""
    endless = [False]  # for each open group, whether it holds one
    closed = False  # whether the group that was just closed does
    for sign in _TOKENS.findall(pattern):
        if sign.startswith("(") and sign != "()":
            endless.append(False)
        elif sign == ")" and len(endless) > 1:
            closed = endless.pop()
            endless[-1] |= closed
            continue
        elif _ENDLESS.match(sign):
            if closed:
                return True
            endless[-1] = True
        closed = False
    return False

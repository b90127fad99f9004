"""JSON lines as they come: each a record, or a refusal that says what is wrong with it and repeats nothing of it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, BinaryIO, Final, TypeGuard

from redaction.lines import Line, lines_of
from redaction.port import KnownParty
from redaction.text import Times

LONGEST_LINE: Final = 256 * 1024 * 1024
MOST_KNOWN: Final = 1_000
_KNOWN: Final = {"names": "names", "phones": "numbers", "emails": "emails"}
_OVERLAP_S: Final = 0.5
_ENGLISH: Final = "en"


class BadRecord(Exception):
    """A line that cannot be redacted. `reason` is constant; the message says what is wrong and quotes nothing."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


@dataclass(frozen=True, slots=True)
class Record:
    """What one line asks for."""

    id: Any
    text: str | None
    segments: tuple[tuple[Any, str], ...]
    """(channel as given, text) of each given segment; empty for a plain text."""
    known: KnownParty
    times: Mapping[int, Sequence[Times]]

    def lines(self) -> Iterator[Line]:
        """Yield the record's lines."""
        if self.text is not None:
            yield from lines_of([self.text])
            return
        numbers: dict[str, int] = {}
        for at, (channel, text) in enumerate(self.segments):
            number = numbers.setdefault(json.dumps(channel), len(numbers))
            yield from lines_of([text], segment=at, channel=number)


def raw_lines(source: BinaryIO) -> Iterator[tuple[int, bytes | BadRecord]]:
    """Yield (line number, line) of what is not empty; a line longer than 256 MiB is a refusal."""
    number = 0
    while line := source.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            while line and not line.endswith(b"\n"):
                line = source.readline(LONGEST_LINE)
            yield number, BadRecord("too_long", "the line is longer than 256 MiB")
            continue
        line = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if line.strip():
            yield number, line


def record_of(line: bytes) -> Record:
    """Return the record of a line. Raises BadRecord."""
    try:
        found = json.loads(line, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise BadRecord("not_utf8", "the line is not UTF-8") from None
    except (ValueError, RecursionError):
        raise BadRecord("not_json", "the line is not JSON") from None
    if not isinstance(found, dict):
        raise BadRecord("not_an_object", "the line is no JSON object")
    if ("text" in found) == ("segments" in found):
        raise BadRecord("no_text", "a record has either text or segments")
    identity = found.get("id")
    if isinstance(identity, dict | list):
        raise BadRecord("bad_id", "an id is a string or a number")
    _check_language(found.get("language"))
    known = _known(found.get("known"))
    if "text" in found:
        return Record(identity, _text(found["text"], "text"), (), known, {})
    segments = found["segments"]
    if not isinstance(segments, list):
        raise BadRecord("bad_segments", "segments are a list")
    told = tuple(_segment(one, at) for at, one in enumerate(segments))
    return Record(identity, None, told, known, _times(segments))


def _no_number(_: str) -> None:
    raise ValueError


def _check_language(language: Any) -> None:
    if language is None:
        return
    if not isinstance(language, str) or language.lower().replace("_", "-").partition("-")[0] != _ENGLISH:
        raise BadRecord("language_unsupported", "redaction knows English only")


def _text(given: Any, where: str) -> str:
    if not isinstance(given, str):
        raise BadRecord("bad_text", f"{where} is no string")
    return given


def _segment(given: Any, at: int) -> tuple[Any, str]:
    if not isinstance(given, dict) or "text" not in given:
        raise BadRecord("bad_segments", f"segment {at} has no text")
    channel = given.get("channel", 0)
    if isinstance(channel, dict | list):
        raise BadRecord("bad_segments", f"the channel of segment {at} is a number or a name")
    return channel, _text(given["text"], f"the text of segment {at}")


def _known(given: Any) -> KnownParty:
    if given is None:
        return KnownParty()
    if not isinstance(given, dict) or not set(given) <= set(_KNOWN):
        raise BadRecord("bad_known", f"known has the fields {', '.join(_KNOWN)}, and no others")
    for one in given.values():
        if not isinstance(one, list) or len(one) > MOST_KNOWN or not all(isinstance(value, str) for value in one):
            raise BadRecord("bad_known", f"each field of known is a list of strings, {MOST_KNOWN} at most")
    return KnownParty(**{_KNOWN[name]: tuple(values) for name, values in given.items()})


def _times(segments: Sequence[Mapping[str, Any]]) -> dict[int, Sequence[Times]]:
    """Return when the words of each segment were said; nothing at all unless every segment tells, in order.

    Times that begin anew in each segment are none that can be compared.
    """
    found: dict[int, Sequence[Times]] = {}
    until: dict[str, float] = {}
    for at, segment in enumerate(segments):
        if not segment["text"].strip():
            continue
        times = _timed(segment["text"], segment.get("words"))
        channel = json.dumps(segment.get("channel", 0))
        if times is None or times[0].began < until.get(channel, 0.0) - _OVERLAP_S:
            return {}
        found[at] = times
        until[channel] = times[-1].ended
    return found


def _timed(text: str, words: Any) -> list[Times] | None:
    """Return where in the text each word stands and when it was said; None when that does not fit together."""
    if not isinstance(words, list) or not words:
        return None
    found: list[Times] = []
    at = 0
    for word in words:
        told = _word(word)
        if told is None or (start := text.find(told[0], at)) < 0:
            return None
        at = start + len(told[0])
        found.append(Times(start, at, told[1], told[2]))
    if any(one.began > two.began for one, two in pairwise(found)):
        return None
    return found


def _word(given: Any) -> tuple[str, float, float] | None:
    if not isinstance(given, dict):
        return None
    text = given.get("text", given.get("word"))
    began, ended = given.get("start"), given.get("end")
    if not isinstance(text, str) or not text.strip() or not _finite(began) or not _finite(ended):
        return None
    return text.strip(), float(began), max(float(began), float(ended))


def _finite(given: Any) -> TypeGuard[float]:
    return isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given)

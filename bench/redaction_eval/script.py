"""A script being written: phrases with gaps become turns of words that know what they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from bench.redaction_eval import lists
from bench.redaction_eval.harmless import FILLS
from bench.redaction_eval.lists import Block
from bench.redaction_eval.model import Groups, Mark, Random, Role, Said, Script, Turn, Value
from redaction.port import KnownParty

AGENT, CONTACT = 0, 1
TITLES = frozenset({"Mr", "Mrs", "Ms", "Miss", "Dr", "Doctor"})
YEARS = frozenset({"years", "year", "old"})
Filling = Callable[[str], Value | str | None]
"""What fills a gap of this name, None for something harmless."""
_GAP = re.compile(r"(\{[a-z_]*\})")


def nothing(_: str) -> None:
    """Fill no gap."""


class Scribe:
    """Writes one call. `half` says which phrases and lists it may use, `aloud` that every word must be speakable."""

    def __init__(self, rng: Random, country: str, half: str, *, aloud: bool = False) -> None:
        self.rng, self.country, self.half, self.aloud = rng, country, half, aloud
        self._turns: list[Turn] = []
        self._marks: list[Mark] = []
        self._used: set[Block] = set()

    def mark(self, kind: str, role: Role) -> int:
        """Return the number of a new mark."""
        self._marks.append(Mark(kind, role))
        return len(self._marks)

    def phrase(self, kind: str, sign: str) -> str:
        """Return one of the phrases of a kind. Raises LookupError where there is none."""
        return self.rng.choice(lists.phrases(kind, sign, self.half))

    def any_phrase(self, kind: str, sign: str) -> str | None:
        """Return one of the phrases of a kind, None where there is none."""
        return self.phrase(kind, sign) if lists.phrases(kind, sign, self.half) else None

    def say(self, channel: int, text: str, value: Value | None = None, more: Filling = nothing) -> None:
        """Add a turn: `{}` becomes the value, another gap what `more` returns for its name, or something harmless."""
        groups = value.read(self.rng, self.aloud) if value else []
        self.say_groups(channel, text, groups, self.mark(value.kind, value.role) if value else 0, more)

    def say_groups(self, channel: int, text: str, groups: Groups, mark: int, more: Filling = nothing) -> None:
        """Add a turn with some groups of a value under a mark that may run on in other turns."""
        words: list[Said] = []
        for part in _GAP.split(text):
            if part == "{}":
                words += _marked(groups, mark)
            elif _GAP.fullmatch(part):
                words += self._filled(part[1:-1], more(part[1:-1]))
            else:
                words = _with_text(words, part)
        if words:
            self._turns.append(Turn(channel, tuple(self._with_titles(words))))

    def _with_titles(self, words: list[Said]) -> list[Said]:
        """Return the words with titles before a value, and "years old" after one, as free: they may go or stay."""
        done = list(words)
        for at, one in enumerate(words):
            titled = one.text in TITLES and at + 1 < len(words) and words[at + 1].mark
            aged = one.text.strip(".,") in YEARS and at and done[at - 1].mark
            if not one.mark and (titled or aged):
                done[at] = Said(one.text, self.mark("TITLE", Role.FREE))
        return done

    def _filled(self, name: str, given: Value | str | None) -> list[Said]:
        if isinstance(given, Value):
            return _marked(given.read(self.rng, self.aloud), self.mark(given.kind, given.role))
        if isinstance(given, str):
            return [Said(one) for one in given.split()]
        if name in FILLS:
            text = FILLS[name](self.rng, self.country, self.half, self.aloud)
            number = self.mark(name.upper(), Role.HARMLESS)
            return [Said(one, number, carries=True) for one in text.split()]
        text = self.rng.choice(lists.entries(name, self.half))
        number = 0 if name == "relation" else self.mark(name.upper(), Role.FREE)
        return [Said(one, number, carries=bool(number)) for one in text.split()]

    def block(self, section: str, more: Filling = nothing) -> None:
        """Add some lines of talk that belong together, such as this call has not heard yet."""
        choice = lists.blocks(section, self.half)
        block = self.rng.choice([one for one in choice if one not in self._used] or choice)
        self._used.add(block)
        for channel, text in block:
            self.say(channel, text, None, more)

    def finished(self, domain: str, known: KnownParty) -> Script:
        """Return the script."""
        return Script(tuple(self._turns), tuple(self._marks), domain, self.country, known)


def _marked(groups: Groups, mark: int) -> list[Said]:
    return [Said(text, mark, carries=carries) for group in groups for text, carries in group]


def _with_text(words: list[Said], part: str) -> list[Said]:
    """Return the words with more text after them; punctuation that follows a gap goes to the gap's last word."""
    ending = re.match(r"[.,?!;:']+s?", part) if words else None
    if ending:
        last = words[-1]
        joined = ending[0] if not last.text.endswith(ending[0][0]) else ending[0][1:]
        words = [
            *words[:-1],
            Said(last.text.rstrip(",") + joined if joined else last.text, last.mark, carries=last.carries),
        ]
        part = part[ending.end() :]
    return [*words, *(Said(one) for one in part.split())]


def joined_groups(rng: Random, groups: Groups, parts: int) -> list[Groups]:
    """Return the groups in at most so many runs, each with one at least."""
    if len(groups) < 2:
        return [groups]
    cuts = sorted(rng.sample(range(1, len(groups)), min(parts, len(groups)) - 1))
    edges: Iterable[tuple[int, int]] = zip([0, *cuts], [*cuts, len(groups)], strict=True)
    return [groups[start:end] for start, end in edges]

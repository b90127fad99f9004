"""The steps of `domain.due`: each looks at one thing that can set when a record is due, and says what it found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from domain import due_words as words
from domain.due_clock import Clock, clock, ends_first, remembered, zone_of
from domain.due_facts import ARTIFACTS, Artifact, RecordFacts, RetentionSettings
from domain.durations import Duration
from domain.policy import Policy, Terms
from domain.policy_limits import Yields
from domain.records import LegalBasis
from domain.retention import Align, Anchor


class Reckoning:
    """What was found so far of one record. `due` None: nothing names an end yet."""

    __slots__ = (
        *("_profile", "_terms", "_until", "action", "ceiling", "due", "floor"),
        *("restricted_from", "sentences", "set_by", "suspended"),
    )

    def __init__(self, terms: Terms, policy: Policy) -> None:
        self._terms = terms
        self.due: datetime | None = None
        self.floor: datetime | None = None
        self.ceiling: datetime | None = None
        self.restricted_from: datetime | None = None
        self.action = terms.retention.action
        self.suspended: tuple[str, ...] = ()
        self._until = ""
        self._profile: tuple[str, str]
        sentence, self._profile = remembered(terms.memo, "rule", lambda: _said_of(terms, policy))
        self.set_by = self._profile[0]
        self.sentences: list[str] = [sentence]

    def suspend(self, by: str, sentence: str) -> None:
        """Note what keeps the rule's clock from running."""
        self.suspended = (by,)
        self.sentences.append(sentence)

    def window(self, facts: RecordFacts, settings: RetentionSettings, anchor: datetime, now: datetime) -> None:
        """Let the rule's own window count, or the one that the workspace named for this kind of record."""
        rule = self._terms.retention
        if rule.add is not None:
            self.due, sentence, self._until = self._clock(rule.add, rule.align, anchor)
            self.sentences.append(sentence)
        if settings.windows:
            self._workspace_window(facts, settings, anchor, now)
        if self.due is None:
            self.suspend("no_window", words.NO_WINDOW)

    def _clock(self, add: Duration, align: Align, anchor: datetime) -> Clock:
        terms = self._terms
        return clock(terms, "rule", add, align, anchor, lambda day: words.anchored(terms, day))

    def _workspace_window(
        self, facts: RecordFacts, settings: RetentionSettings, anchor: datetime, now: datetime
    ) -> None:
        named: tuple[Artifact, Duration, Clock] | None = None
        for artifact, add in _named(facts, settings):
            if add.once_processed and facts.awaits_processing:
                self.sentences.append(words.awaited(artifact))
                continue
            found = self._window_end(add, facts, anchor)
            if named is None or ends_first(found.due_at, named[2].due_at):
                named = artifact, add, found
        if named is None:
            return
        artifact, add, found = named
        if self._is_too_long(found.due_at, settings.waived_until.get(artifact), anchor, now):
            self.sentences.append(words.too_long(artifact, add, self._terms))
            return
        if self.due is None:
            self.sentences.append(found.sentence)
        self._take(found, words.set_by_workspace(settings))
        self.sentences.append(words.windowed(artifact, add))
        self.action = settings.actions.get(artifact, self.action)

    def _take(self, found: Clock, set_by: str) -> None:
        self.due, self._until, self.set_by = found.due_at, found.until, set_by

    def _window_end(self, add: Duration, facts: RecordFacts, anchor: datetime) -> Clock:
        if add.once_processed and facts.processed_at is not None and ends_first(anchor, facts.processed_at):
            anchor = facts.processed_at
        align = Align.NONE if add.exact else self._terms.retention.align
        return self._clock(add, align, anchor)

    def _is_too_long(self, due: datetime, waived_until: datetime | None, anchor: datetime, now: datetime) -> bool:
        rule = self._terms.retention
        if rule.longest is None or (waived_until is not None and now < waived_until):
            return False
        return ends_first(self._clock(rule.longest, rule.align, anchor).due_at, due)

    def consent(self, facts: RecordFacts) -> None:
        """End with the consent that the record rests on (promise RK18)."""
        until, rule = facts.consent_until, self._terms.retention
        if until is None or self._terms.legal_basis is not LegalBasis.CONSENT or rule.anchor is Anchor.CONSENT_UNTIL:
            return
        if self.due is None or ends_first(until, self.due):
            local = until.astimezone(zone_of(rule.zone))
            self._take(Clock(local, words.consent_ends(local), words.until(local)), "the consent")
            self.sentences.append(words.consent_ends(local))

    def ceiling_after(self, ended_at: datetime | None) -> None:
        """Keep nothing beyond the ceiling after the end of the account (promises RN7, RN8)."""
        limit = self._terms.ceiling
        if ended_at is None:
            self.sentences.append(words.NO_CEILING)
        elif limit is None:
            self.sentences.append(words.outlives(self._terms))
        else:
            found = clock(
                self._terms, "ceiling", limit.add, Align.NONE, ended_at, lambda day: words.after_account(limit, day)
            )
            self.ceiling = found.due_at
            self.sentences.append(found.sentence)
            if self.due is None or ends_first(found.due_at, self.due):
                self._take(found, "the ceiling after the end of the account")

    def floors_from(self, processed: datetime | None, anchor: datetime | None) -> None:
        """Keep until the floor that the rule sets, and until that of the law."""
        rule, law = self._terms.retention, self._terms.floor
        if rule.floor is not None and anchor is not None:
            own = clock(self._terms, "own", rule.floor, Align.NONE, anchor, lambda day: words.own_floor(rule, day))
            self._raise(own, Yields.CEILING, "the floor of the rule")
        if law is not None and processed is not None and self._began_by(law.since.isoformat(), processed):
            found = clock(self._terms, "floor", law.add, Align.NONE, processed, lambda day: words.law_floor(law, day))
            self._raise(found, law.yields or Yields.CEILING, "the floor of the law")
        if self.floor is None:
            self.sentences.append(words.NO_FLOOR)

    def _began_by(self, since: str, processed: datetime) -> bool:
        return _day(processed, self._terms) >= since

    def _raise(self, found: Clock, yields: Yields, set_by: str) -> None:
        self.floor = found.due_at
        self.sentences.append(found.sentence)
        if self.due is None or not ends_first(self.due, found.due_at):
            return
        if yields is Yields.FLOOR and self.ceiling is not None and ends_first(self.ceiling, found.due_at):
            self.sentences.append(words.floor_yields(self.ceiling))
            self._take(Clock(self.ceiling, "", words.until(self.ceiling)), "the ceiling after the end of the account")
            return
        self.restricted_from = self.restricted_from or self.due
        self.sentences.append(words.floor_raises(self.due))
        self._take(found, set_by)

    def conclusion(self) -> tuple[str, ...]:
        """Say who set the instant, and what follows when nothing holds the record."""
        if self.due is None:
            return (words.NO_END,)
        who = self._profile[1] if self.set_by is self._profile[0] else words.set_by(self.set_by)
        return who, f"{self._until} {words.DONE[self.action]}."


def _said_of(terms: Terms, policy: Policy) -> tuple[str, tuple[str, str]]:
    by = words.set_by_profile(policy)
    return words.rule(terms), (by, words.set_by(by))


def _day(anchor: datetime, terms: Terms) -> str:
    return anchor.astimezone(zone_of(terms.retention.zone)).date().isoformat()


def _named(facts: RecordFacts, settings: RetentionSettings) -> Iterator[tuple[Artifact, Duration]]:
    """Yield the windows that the workspace named for such a record, or for the part of a call that it is."""
    for artifact in ARTIFACTS.get(facts.category, ()):
        if artifact in settings.windows and facts.artifact in {None, artifact}:
            yield artifact, settings.windows[artifact]

"""Until when may a record be kept: the whole decision with its sentences, beside plain dateutil on the same records.

The peer knows the rule already: it adds a relativedelta to the local start of the month, and gives one instant. No
jurisdiction, no floor, no ceiling, no windows, no holds, no sentence. Times are of the process (CPU), on one core.
The last row is the command: JSON lines read, decided and written.
"""

from __future__ import annotations

import gc
import io
import random
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from dateutil.relativedelta import relativedelta  # type: ignore[import-untyped]

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cli.retention.deciding import answer_all
from domain.due import decide_due
from domain.due_facts import NO_SETTINGS, Artifact, CustomerType, RecordFacts, RetentionSettings
from domain.durations import Duration
from domain.jurisdictions import jurisdiction
from domain.policy import Policy
from domain.records import Category
from governance.profiles import build_policy, load_profile

RECORDS = 200_000
ROUNDS = 2
SEED = 6
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIRST = datetime(2015, 1, 1, tzinfo=UTC)
SECONDS = 12 * 365 * 86_400
KINDS = (
    *(Category.TRAFFIC_IDENTIFIERS, Category.TRAFFIC_DATA, Category.COMMUNICATIONS_CONTENT),
    *(Category.USAGE_DATA, Category.PROSPECT),
)
PLACES = (None, "IN", "DE", "US-CA", "GB")
Given = tuple[RecordFacts, RetentionSettings, tuple[str, ...]]


def records(count: int) -> list[Given]:
    """Return records as they come: five kinds and places, a third with windows, a tenth of ended accounts, 2 % held."""
    drawn = random.Random(SEED)  # noqa: S311 - records of a benchmark
    windows = {Artifact.RECORDING: Duration.parse("P30D"), Artifact.CDR_IDENTIFIERS: Duration.parse("P6M")}
    told = [NO_SETTINGS, RetentionSettings(windows, version=2, set_by="key_1", set_at=NOW)]
    ended = RetentionSettings(windows, ended_at=NOW, version=3, set_by="key_1", set_at=NOW)
    made: list[Given] = []
    for _ in range(count):
        began = FIRST + timedelta(seconds=drawn.randrange(SECONDS))
        place = drawn.choice(PLACES)
        facts = RecordFacts(
            category=drawn.choice(KINDS),
            occurred_at=began,
            jurisdiction=None if place is None else jurisdiction(place),
            customer_type=drawn.choice(tuple(CustomerType)),
            last_contact_at=began + timedelta(days=drawn.randrange(90)),
        )
        settings = ended if drawn.random() < 0.1 else drawn.choice((told[0], told[0], told[1]))
        made.append((facts, settings, ("2026-7",) if drawn.random() < 0.02 else ()))
    return made


def ours(given: Sequence[Given], policy: Policy) -> None:
    """Decide each record."""
    for facts, settings, holds in given:
        decide_due(facts, policy, settings, holds, NOW)


def peer(given: Sequence[Given], zone: ZoneInfo) -> None:
    """Add thirteen months to the start of each record's month, as a script would."""
    for facts, _, _ in given:
        assert facts.occurred_at is not None  # noqa: S101 - true of what was drawn
        began = facts.occurred_at.astimezone(zone)
        began.replace(day=1, hour=0, minute=0, second=0, microsecond=0) + relativedelta(months=13)


def lines(given: Sequence[Given]) -> bytes:
    """Return the records as the command reads them."""
    return b"".join(
        msgspec.json.encode(
            {
                "id": f"r{place}",
                "category": facts.category.value,
                "occurred_at": facts.occurred_at,
                "last_contact_at": facts.last_contact_at,
                "jurisdiction": None if facts.jurisdiction is None else facts.jurisdiction.code,
                "customer_type": None if facts.customer_type is None else facts.customer_type.value,
                "workspace": {
                    "retention": {name.value: add.to_text() for name, add in settings.windows.items()},
                    "ended_at": settings.ended_at,
                },
                "holds": holds,
            }
        )
        + b"\n"
        for place, (facts, settings, holds) in enumerate(given)
    )


def per_second(work: Callable[[], None], count: int) -> float:
    """Return how many records a second of CPU the work does."""
    began = time.process_time()
    work()
    return count / (time.process_time() - began)


def main() -> None:
    """Measure in alternation, and print the best of each: other work on the machine only slows."""
    given = records(RECORDS)
    text = lines(given)
    zone = ZoneInfo("Asia/Kolkata")
    gc.collect()
    gc.freeze()  # the collector need not walk over the benchmark's own records: a sweep holds a page of them at a time
    best = {"decide_due": 0.0, "dates seen before": 0.0, "dateutil": 0.0, "command": 0.0}
    for _ in range(ROUNDS):
        policy = build_policy(load_profile("rukuse"))  # nothing remembered from the round before

        def command(policy: Policy = policy) -> None:
            answer_all(io.BytesIO(text), io.BytesIO(), policy, NOW)

        found = {
            "decide_due": per_second(lambda policy=policy: ours(given, policy), RECORDS),  # type: ignore[misc]
            "dates seen before": per_second(lambda policy=policy: ours(given, policy), RECORDS),  # type: ignore[misc]
            "dateutil": per_second(lambda: peer(given, zone), RECORDS),
            "command": per_second(command, RECORDS),
        }
        best = {name: max(speed, best[name]) for name, speed in found.items()}
    print(f"{RECORDS:,} records of five kinds and five places, best of {ROUNDS} rounds")
    for name, speed in best.items():
        print(f"{name:<18} {speed:>10,.0f} records/s   {speed / best['dateutil']:.2f} of dateutil")


if __name__ == "__main__":
    main()

"""All gates together: clean input passes, each planted fault fails the gate that is there for it, and names it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from gate_items import FACTS, HASHER, KEYED, item_of, trace_of

from corpus.gates.canary.calls import canaries_of
from corpus.gates.identities import Identities
from corpus.gates.report import GateReport
from corpus.gates.run import GateContext, GateRun
from corpus.gates.second import Sight
from corpus.gates.traces import Trace
from corpus.policy import CorpusPolicy
from domain.corpus import CorpusItem

POLICY = CorpusPolicy(canaries=3, sample_size=4, drill_confidence=0.9999)
CANARIES = canaries_of(KEYED, POLICY.canaries)
KNOWN = Identities.of(HASHER, names=["Meera Krishnan"], numbers=["+1 415 555 0123"])


class Deaf:
    """A detector that takes one word for a name."""

    name = "deaf"

    def scores(self, sights: Sequence[Sight]) -> Sequence[float]:
        return [float("priyanka" in one.text.lower()) for one in sights]


def rows() -> list[tuple[CorpusItem, Trace]]:
    rng = random.Random("rows")  # noqa: S311 - durations, not keys
    texts = ("the line is bad today", "I would like to change my plan", "please ask [PERSON:Tolvinmund] to call")
    return [
        (
            item_of(texts[at % 3], "yes", item_id=f"item_{at:03}", duration_s=60 * 3 ** rng.random()),
            trace_of(60 * 3 ** rng.random(), KNOWN),
        )
        for at in range(60)
    ]


def gated(
    told: list[tuple[CorpusItem, Trace]] | None = None,
    *,
    second: Deaf | None = Deaf(),  # noqa: B008 - has no state
    canary: CorpusItem | None = None,
    canaries: int = 3,
    files: dict[str, bytes] | None = None,
    policy: CorpusPolicy = POLICY,
) -> GateReport:
    run = GateRun(GateContext(policy, KEYED, HASHER, CANARIES, second))
    for at in range(canaries):
        run.see_canary(canary or item_of("so it is [PERSON:Somebody] then", item_id=f"canary_{at}"))
    for item, trace in rows() if told is None else told:
        run.see(item, trace, [turn.text for turn in item.turns])
    for name, body in (files or {"train-00000.parquet": b"PAR1", "README.md": b"# A corpus"}).items():
        run.see_bytes(name, body)
    return run.finish()


def failed(report: GateReport) -> list[str]:
    assert not report.passed
    return [gate.name for gate in report.gates if not gate.passed]


def with_row(text: str) -> list[tuple[CorpusItem, Trace]]:
    told = rows()
    item, trace = told[7]
    return [*told[:7], (replace(item, turns=item_of(text).turns), trace), *told[8:]]


def test_clean_rows_pass_every_gate() -> None:
    report = gated()
    assert [gate.name for gate in report.gates if not gate.passed] == []
    assert [gate.name for gate in report.gates] == [
        "residual_patterns",
        "known_identities",
        "second_detector",
        "canaries",
        "k_anonymity",
        "l_diversity",
        "reidentification_drill",
    ]
    assert all(gate.why for gate in report.gates)


def test_nothing_to_look_at_is_no_pass() -> None:
    assert set(failed(gated([]))) >= {"residual_patterns", "known_identities", "second_detector", "k_anonymity"}


def test_one_surrogate_that_was_skipped_fails_and_its_item_is_named() -> None:
    report = gated(with_row("please ask Meera to call"))
    assert failed(report) == ["known_identities"]
    gate = next(gate for gate in report.gates if not gate.passed)
    assert gate.items == ("item_007",)
    assert dict(gate.kinds) == {"KNOWN_NAME": 1}
    assert "Meera" not in str(gate.to_document())


def test_a_number_that_was_skipped_fails_two_gates() -> None:
    assert failed(gated(with_row("call 415 555 0123 now"))) == ["residual_patterns", "known_identities"]


def test_a_name_that_only_the_detector_knows_fails() -> None:
    report = gated(with_row("please ask Priyanka to call"))
    assert failed(report) == ["second_detector"]
    assert report.gates[2].items == ("item_007",)
    assert "Priyanka" not in str(report.to_document())


def test_so_many_findings_of_the_detector_as_the_policy_allows_pass() -> None:
    allowed = replace(POLICY, residual_items=1)
    assert gated(with_row("please ask Priyanka to call"), policy=allowed).passed


def test_without_a_detector_nothing_passes() -> None:
    assert failed(gated(second=None)) == ["second_detector"]


def test_a_canary_that_comes_through_fails() -> None:
    who = CANARIES[1].person
    assert failed(gated(canary=item_of(f"my name is {who.given}"))) == ["canaries"]


def test_a_canary_in_the_bytes_of_any_file_fails_and_the_file_is_named() -> None:
    body = f"cite {CANARIES[0].person.surname}".encode()
    report = gated(files={"train-00000.parquet": b"PAR1", "croissant.json": body})
    assert failed(report) == ["canaries"]
    assert "croissant.json" in report.gates[3].why


def test_a_canary_that_nobody_followed_fails() -> None:
    assert failed(gated(canaries=2)) == ["canaries"]


def test_canaries_that_were_all_kept_out_prove_nothing() -> None:
    run = GateRun(GateContext(POLICY, KEYED, HASHER, CANARIES, Deaf()))
    for _ in CANARIES:
        run.see_canary(None)
    for item, trace in rows():
        run.see(item, trace)
    run.see_bytes("train-00000.parquet", b"PAR1")
    assert failed(run.finish()) == ["canaries"]


def test_a_canary_among_the_rows_fails() -> None:
    item, trace = rows()[0]
    assert failed(gated([*rows(), (replace(item, item_id="canary_0"), trace)])) == ["canaries"]


def test_one_row_in_a_group_of_its_own_fails() -> None:
    item, trace = rows()[0]
    lonely = replace(item, item_id="item_900", facts=replace(FACTS, month="1999-01"))
    report = gated([*rows(), (lonely, trace)])
    assert failed(report) == ["k_anonymity"]
    assert report.gates[4].items == ("item_900",)


def test_unwarped_times_fail_the_drill() -> None:
    told = [(replace(item, duration_s=trace.duration_s), trace) for item, trace in rows()]
    assert failed(gated(told)) == ["reidentification_drill"]


def test_a_column_of_text_that_differs_from_the_words_fails() -> None:
    run = GateRun(GateContext(POLICY, KEYED, HASHER, CANARIES, Deaf()))
    item, trace = rows()[0]
    run.see(item, trace, ["something else", "yes"])
    gate = run.finish().gates[0]
    assert not gate.passed
    assert dict(gate.kinds) == {"TEXT_DIFFERS": 1}


def test_the_sample_is_drawn_under_the_key_and_the_same_in_any_order() -> None:
    samples = []
    for told in (rows(), rows()[::-1]):
        run = GateRun(GateContext(POLICY, KEYED, HASHER, CANARIES, Deaf()))
        for item, trace in told:
            run.see(item, trace)
        samples.append(run.sample())
    assert samples[0] == samples[1]
    assert len(set(samples[0])) == POLICY.sample_size


def test_a_trace_is_read_back_as_it_was() -> None:
    trace = replace(rows()[0][1], rare=(b"12345678",))
    assert Trace.from_bytes(trace.to_bytes()) == trace

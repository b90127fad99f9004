"""The re-identification drill: somebody who has the call log tries to say which call an item was made of.

The attacker is a strong one. He has start, duration, direction and country of each call, and the words that few
workspaces say. He knows which items tell the same facts and which calls those were made of; all that is left to say
is which is which. By chance he is right once in as many as there are to choose from. He tries in three ways: the call
whose duration is nearest; the call with the same place in the order of durations, which no scaling hides; the call
that has the most rare words in common, then by duration. The drill passes when none of them is better than chance, at
the stated confidence (one-sided exact test of a sum of unequal trials; the doubt is shared by the three ways).

It says nothing about somebody who has *heard* a call and knows its words: the words are what is released.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from corpus.gates.drawn import DrawnClasses, Pair
from corpus.gates.identities import Hasher, Keyed
from corpus.gates.report import GateResult, result
from corpus.gates.traces import Trace
from domain.corpus import CorpusItem

Order = npt.NDArray[np.float64]
Attack = Callable[[Sequence[Pair], Order], Order]
"""For each item (row) how far each call (column) is from it; the nearest is the guess, the second breaks ties."""
_FAR: Final = 1e6


class Drill:
    """Gathers a keyed sample of whole classes, and tries. Memory grows with the sample, not with the items.

    Args:
        keyed: HMAC under the release's key: who takes part cannot be foreseen, and is the same when asked again.
        hasher: of the release.
        sample: so many items take part at most, but one class at least.
        confidence: how sure it must be that it was not chance.
    """

    def __init__(self, keyed: Keyed, hasher: Hasher, *, sample: int, confidence: float) -> None:
        self._drawn = DrawnClasses(keyed, hasher, sample)
        self._confidence = confidence

    def see(self, item: CorpusItem, trace: Trace) -> None:
        """Take an item into the sample, or not."""
        self._drawn.see(item, trace)

    def finish(self) -> GateResult:
        """Try, and say how often it was right."""
        classes = [pairs for pairs in self._drawn.classes() if len(pairs) > 1]
        if not classes:
            why = "no two items tell the same facts: each of them says by that alone which call it was"
            return result("reidentification_drill", passed=False, measured=1, threshold=0, why=why)
        tried = sum(map(len, classes))
        chances = np.concatenate([np.full(len(one), 1 / len(one)) for one in classes])
        doubt = (1 - self._confidence) / len(_ATTACKS)
        most = most_by_chance(chances, doubt)
        right = {name: _right(classes, attack) for name, attack in _ATTACKS.items()}
        best = max(right, key=lambda name: len(right[name]))
        talk = len(_right(classes, _by_words))
        told = ", ".join(f"{name}: {len(items)}" for name, items in right.items())
        why = (
            f"of {tried} items in {len(classes)} groups of equal facts the attacker named the right call for {told}; "
            f"by chance he would for {chances.sum():.1f}, and more than {most} are no chance (confidence "
            f"{self._confidence}). By the number of words alone, which no time hides: {talk}"
        )
        passed = len(right[best]) <= most
        if not passed:
            why += f". {_REMEDY[best]}"
        named = () if passed else right[best]
        return result(
            "reidentification_drill",
            passed=passed,
            measured=round(len(right[best]) / tried, 6),
            threshold=round(most / tried, 6),
            why=why,
            items=named,
            kinds=[("tried", tried), *((f"by {name}", len(items)) for name, items in right.items())],
        )


def most_by_chance(chances: npt.NDArray[np.float64], doubt: float) -> int:
    """Return the most successes that are still chance: more have a probability of `doubt` at most.

    Exact: the distribution of a sum of independent trials with these chances (Poisson binomial), trial by trial.
    """
    told = np.zeros(len(chances) + 1)
    told[0] = 1.0
    for chance in chances:
        told[1:] = told[1:] * (1 - chance) + told[:-1] * chance
        told[0] *= 1 - chance
    beyond = np.cumsum(told[::-1])[::-1]
    return int(np.argmax(np.append(beyond[1:], 0.0) <= doubt))


def _right(classes: Sequence[Sequence[Pair]], attack: Attack) -> list[str]:
    return [item for pairs in classes for item in _hits(pairs, attack)]


def _hits(pairs: Sequence[Pair], attack: Attack) -> list[str]:
    """Return the items of a class whose call is guessed. Ties are broken by an order that says nothing of the calls."""
    count = len(pairs)
    ties = np.array([[_tie(one, other) for other in pairs] for one in pairs])
    away = attack(pairs, ties)
    guess = np.lexsort((ties, away), axis=1)[:, 0]
    return [pairs[at].item_id for at in range(count) if guess[at] == at]


def _tie(one: Pair, other: Pair) -> int:
    """Return what says nothing of whether they belong together (two halves of draws, exclusive or)."""
    return int.from_bytes(one.order[8:12], "big") ^ int.from_bytes(other.order[12:16], "big")


def _logs(values: Sequence[float]) -> Order:
    return np.log(np.maximum(np.array(values, dtype=np.float64), 1e-3))


def _by_duration(pairs: Sequence[Pair], _: Order) -> Order:
    items, calls = _logs([one.item_s for one in pairs]), _logs([one.call_s for one in pairs])
    return np.abs(items[:, None] - calls[None, :])


def _ranks(values: Sequence[float]) -> Order:
    """Return each value's place in order; equal values share the middle of theirs."""
    told: Order = np.array(values, dtype=np.float64)
    below: Order = (told[:, None] > told[None, :]).sum(axis=1)
    same: Order = (told[:, None] == told[None, :]).sum(axis=1)
    return below + (same - 1) / 2


def _by_order(pairs: Sequence[Pair], _: Order) -> Order:
    items, calls = _ranks([one.item_s for one in pairs]), _ranks([one.call_s for one in pairs])
    return np.abs(items[:, None] - calls[None, :])


def _by_words(pairs: Sequence[Pair], _: Order) -> Order:
    items, calls = _ranks([float(one.words) for one in pairs]), _ranks([one.call_s for one in pairs])
    return np.abs(items[:, None] - calls[None, :])


def _by_rare_words(pairs: Sequence[Pair], ties: Order) -> Order:
    common = np.array([[len(one.said & other.rare) for other in pairs] for one in pairs], dtype=np.float64)
    return _by_duration(pairs, ties) - _FAR * common


_ATTACKS: Final[dict[str, Attack]] = {
    "nearest duration": _by_duration,
    "order of durations": _by_order,
    "rare words": _by_rare_words,
}
_REMEDY: Final = {
    "nearest duration": "the items' times follow the calls': durations must be drawn anew inside the released band",
    "order of durations": "longer calls made longer items: durations must be drawn anew inside the released band",
    "rare words": "words that few workspaces say are still in the items: see why they were not generalised",
}

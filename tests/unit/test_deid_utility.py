"""What is learned from the corpus is of use: a language model loses at most a tenth of its perplexity."""

from __future__ import annotations

from deid_calls import keyed

from bench.bench_corpus_utility import MOST_LOSS
from bench.corpus_truth import sources
from bench.corpus_utility import Trigrams, corpus_sentences, items_of, perplexities


def test_a_model_of_the_corpus_loses_at_most_a_tenth_of_the_perplexity_of_one_of_the_clear_text() -> None:
    clear, corpus = perplexities(list(sources(200, 7)), list(sources(60, 8)), keyed())
    assert clear * 0.98 < corpus < clear * (1 + MOST_LOSS)


def test_the_measure_sees_damage() -> None:
    """A corpus whose every second word is gone does far worse."""
    train, other = list(sources(100, 7)), list(sources(30, 8))
    whole = corpus_sentences(items_of(train, keyed()))
    vocabulary = frozenset(word for sentence in whole for word in sentence)
    test = corpus_sentences(items_of(other, keyed()))
    damaged = [[word if at % 2 else "[word]" for at, word in enumerate(sentence)] for sentence in whole]
    assert Trigrams(damaged, vocabulary).perplexity(test) > 1.5 * Trigrams(whole, vocabulary).perplexity(test)

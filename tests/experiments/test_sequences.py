from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optim_viz.experiments import sequences


@pytest.mark.parametrize("name", sequences.WORKED)
@pytest.mark.parametrize("length", [1, 2, 7, 1000])
def test_worked_examples_have_the_length_asked_for(name: str, length: int) -> None:
    made = sequences.WORKED[name](length)
    assert made.shape == (length,)
    assert made.dtype == np.float64


def test_the_worked_examples() -> None:
    assert sequences.WORKED["alternating"](5).tolist() == [30, -30, 30, -30, 30]
    assert sequences.WORKED["lopsided"](3).tolist() == [5, -4, 5]
    assert sequences.WORKED["spike"](4).tolist() == [0, 0, 0, 1]


def test_a_random_sequence_is_repeatable_and_starts_like_a_shorter_one() -> None:
    long = sequences.random(100, mean=2.0, seed=5)
    assert np.array_equal(sequences.random(40, mean=2.0, seed=5), long[:40])
    assert not np.array_equal(sequences.random(100, mean=2.0, seed=6), long)
    assert abs(sequences.random(1000, mean=2.0, seed=0).mean() - 2.0) < 0.1


@pytest.mark.parametrize("text", ["1, -2.5,3e4", "[1 -2.5 3e4]", "(1;−2.5;30000)", " 1,\n-2.5,\t3E4, "])
def test_numbers_may_be_separated_and_bracketed_in_many_ways(text: str) -> None:
    assert sequences.read(text).tolist() == [1.0, -2.5, 30000.0]


SIZES = st.floats(sequences.MIN_SIZE, sequences.MAX_SIZE)


@given(st.lists(st.just(0.0) | SIZES | SIZES.map(lambda size: -size), min_size=1, max_size=50))
def test_what_is_written_is_read(numbers: list[float]) -> None:
    assert sequences.read(", ".join(map(repr, numbers))).tolist() == numbers


@given(st.text())
def test_any_text_is_read_or_refused_with_a_short_message(text: str) -> None:
    try:
        read = sequences.read(text)
    except ValueError as refused:
        message = str(refused)
    else:
        message = ""
        assert 1 <= len(read) <= sequences.MAX_LENGTH
        assert all(math.isfinite(value) for value in read)
    assert len(message) < 120

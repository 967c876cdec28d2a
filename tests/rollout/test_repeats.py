"""A step that is recorded and repeated gives what the step itself gives, bit for bit, or is called as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optim_viz import update_rules
from optim_viz.rollout.batch import in_lanes
from optim_viz.rollout.repeats import Repeats, aligned
from optim_viz.update_rules.step_tables import ByLane, corrections

LANES, STEPS = 40, 6


class Settings(NamedTuple):
    """What the functions below are given: an array, ones, a table of lanes, a table of numbers, a choice."""

    rate: Any
    ones: Any
    by_lane: Sequence[Any]
    by_step: Sequence[Any]
    on: bool


def settings() -> Settings:
    decay = in_lanes(np.linspace(0.1, 0.9, LANES), (LANES,))
    return Settings(
        decay, np.ones(()), corrections(decay, STEPS), [np.asarray(1.0 + t) for t in range(STEPS + 1)], on=True
    )


def in_place(t: Any, given: Settings, x: Any, y: Any) -> Sequence[Any]:
    out = np.empty_like(x)
    np.multiply(given.rate, x, out)
    fresh = given.ones * y
    fresh *= given.rate
    fresh += out
    out -= y
    return fresh, np.sqrt(np.abs(out)), out


def tables(t: Any, given: Settings, x: Any, y: Any) -> Sequence[Any]:
    return x / given.by_lane[t] + y / given.by_step[t], given.by_lane[t] * given.rate


def branches(t: Any, given: Settings, x: Any, y: Any) -> Sequence[Any]:
    if t == 1:
        return x, y
    return (x + y if t < 4 and given.on else x - y), np.zeros_like(x)


def views(t: Any, given: Settings, x: Any, y: Any) -> Sequence[Any]:
    total = x + y
    turned = total[::-1]
    other = total * 2.0
    chosen = np.where(x > y, turned, other) + (x > 0).astype(np.float64)
    return turned * other, chosen, np.broadcast_to(given.by_step[t], x.shape), other.copy()


def the_same_twice(t: Any, given: Settings, x: Any, y: Any) -> Sequence[Any]:
    total = x * y
    return total, total, x, given.rate, np.minimum(total, 0.5) - total


def decides(t: Any, given: Settings, x: Any, y: Any) -> Sequence[Any]:
    return (x, y) if (x > 0).all() else (y, x)


def counts(t: Any, given: Settings, x: Any, y: Any) -> Sequence[Any]:
    return x * (t - 1), y


def looks_back(t: Any, given: Settings, x: Any, y: Any) -> Sequence[Any]:
    return x * given.by_step[0], y**t


def many_ways(t: Any, given: Settings, x: Any, y: Any) -> Sequence[Any]:
    return (x * next(n for n in range(1, 100) if t == n), y)


Function = Callable[..., Sequence[Any]]


@pytest.mark.parametrize("function", [in_place, tables, branches, views, the_same_twice])
@given(seed=st.integers(0, 2**32 - 1))
def test_what_is_recorded_is_repeated_to_the_bit(function: Function, seed: int) -> None:
    given, random = settings(), np.random.default_rng(seed)
    repeated = Repeats(function, given)
    for t in range(1, STEPS + 1):
        x, y = random.normal(size=(2, 2, LANES)) * 10.0 ** random.integers(-200, 200)
        before = x.copy(), y.copy()
        with np.errstate(all="ignore"):
            found, plain = [np.array(each) for each in repeated(t, x, y)], function(t, given, x, y)
        assert repeated.recorded
        for mine, each in zip(found, plain, strict=True):
            assert mine.tobytes() == np.array(np.broadcast_to(each, x.shape)).tobytes()
        np.testing.assert_array_equal((x, y), before)


@pytest.mark.parametrize("function", [decides, counts, looks_back])
def test_what_cannot_be_recorded_is_called_as_it_is(function: Function) -> None:
    given = settings()
    repeated = Repeats(function, given)
    for t in range(1, STEPS + 1):
        x, y = np.random.default_rng(t).normal(size=(2, 2, LANES))
        np.testing.assert_array_equal(list(repeated(t, x, y)), function(t, given, x, y))
        assert not repeated.recorded


def test_a_function_that_goes_another_way_at_every_step_is_called_as_it_is_in_the_end() -> None:
    repeated, x = Repeats(many_ways), np.ones((2, 3))
    for t in range(1, 31):
        np.testing.assert_array_equal(next(iter(repeated(t, x, x))), x * t)
    assert not repeated.recorded


def test_results_stay_until_the_call_after_the_next() -> None:
    repeated, x = Repeats(lambda t, given, x: (x + 1.0,)), np.zeros(8)
    (first,) = repeated(1, x)
    (second,) = repeated(2, first)
    assert (first.tolist(), second.tolist()) == ([1.0] * 8, [2.0] * 8)


def test_arrays_begin_where_a_line_of_the_cache_does() -> None:
    assert all(aligned((size, 3)).ctypes.data % 64 == 0 for size in range(1, 40))


def test_a_table_by_lane_has_the_rows_that_it_would_have_written_out() -> None:
    decay = in_lanes(np.repeat([0.9, 0.5, 0.99], 3), (9,))
    rows = corrections(decay, 5)
    assert isinstance(rows, ByLane)
    assert len(rows) == 6
    for t, row in enumerate(rows):
        np.testing.assert_array_equal(row, [[1.0 - np.power(each, float(t)) for each in lane] for lane in decay])
    np.testing.assert_array_equal(rows[1:], np.stack([rows[t] for t in range(1, 6)]))


def test_most_rules_are_recorded() -> None:
    """The others give the same numbers too, as the tests of outcomes hold, but a map of them takes longer."""
    recorded: dict[str, bool] = {}
    for name in update_rules.names():
        rule = update_rules.get(name)
        values = {
            key: value if isinstance(value, bool) else np.asarray(value) for key, value in rule.complete({}).items()
        }
        prepared = rule.prepare(values, 3)
        first = rule.init(np.ones((2, 4)), prepared)

        def take(t: Any, given: Any, grad: Any, theta: Any, *kept: Any) -> Sequence[Any]:
            update, after = rule.update(grad, type(first)(*kept), theta, t, given)  # noqa: B023
            return (theta + update, *after)

        repeated = Repeats(take, prepared)
        repeated(1, np.ones((2, 4)), np.ones((2, 4)), *first)
        recorded[name] = repeated.recorded
    assert sum(recorded.values()) >= 0.8 * len(recorded), recorded

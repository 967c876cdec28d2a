"""Thinned curves keep their ends, their peaks and their gaps."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from optim_viz.comparison import events
from optim_viz.run_store import RunStore, schema
from optim_viz.run_store import points as stored
from tests.run_store.fake_events import SPEC, stream

values = arrays(np.float64, st.integers(0, 300), elements=st.floats(allow_nan=True, allow_infinity=True, width=32))


def read(curve: np.ndarray, steps: Iterable[int], most: int) -> stored.Series:
    """Store a curve and read it back thinned."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    schema.migrate(connection)
    points = zip(steps, curve.tolist(), strict=False)
    stored.append(connection, 1, [events.Step(0, step, 1, value, 0.0) for step, value in points])
    found = stored.series(connection, 1, 0, "loss", most)
    connection.close()
    return found


@given(values, st.integers(1, 100), st.integers(1, 50))
def test_what_is_kept(curve: np.ndarray, most: int, stride: int) -> None:
    steps = np.arange(1, len(curve) * stride + 1, stride)
    kept = read(curve, steps.tolist(), most)
    assert len(kept.steps) <= max(8, most)
    assert (np.diff(kept.steps) > 0).all()
    assert np.array_equal(kept.values, curve[(kept.steps - 1) // stride], equal_nan=True)  # nothing but true points
    if len(curve) == 0:
        return
    assert (kept.steps[0], kept.steps[-1]) == (steps[0], steps[-1])
    assert np.isnan(kept.values).any() == np.isnan(curve).any()
    finite = curve[~np.isnan(curve)]
    if len(finite):
        assert (np.nanmin(kept.values), np.nanmax(kept.values)) == (finite.min(), finite.max())


@pytest.mark.parametrize("most", [8, 100, 999])
@pytest.mark.parametrize("peak", [2, 777, 9_999])
def test_a_single_peak_among_many_points_survives(peak: int, most: int) -> None:
    curve = np.zeros(10_000)
    curve[peak - 1] = 1.0
    assert peak in read(curve, range(1, 10_001), most).steps


def test_a_store_returns_a_thinned_curve(store: RunStore) -> None:
    run = store.create(SPEC)
    store.append(run, [events.Step(0, n, 1, math.nan if n == 1234 else math.sin(n), 0.0) for n in range(1, 5001)])
    curve = store.series(run, 0, "loss", max_points=300)
    assert len(curve.steps) <= 300
    assert (curve.steps[0], curve.steps[-1]) == (1, 5000)
    assert curve.steps[np.isnan(curve.values)].tolist() == [1234]
    whole = store.series(run, 0, "loss", max_points=5000)
    assert np.array_equal(whole.steps, np.arange(1, 5001))
    assert (np.nanmin(curve.values), np.nanmax(curve.values)) == (np.nanmin(whole.values), np.nanmax(whole.values))


def test_quantiles_keep_both_ends(store: RunStore) -> None:
    run = store.create(SPEC)
    looks = [events.Quantiles(0, n, "layer 1", "m_hat", 1, 2, 3, 4, n) for n in range(1, 1001)]
    store.append(run, looks)
    bands = store.quantiles(run, 0, "m_hat", "layer 1", max_points=50)
    assert len(bands.steps) == 50
    assert (bands.steps[0], bands.steps[-1]) == (1, 1000)
    assert bands.values[-1].tolist() == [1, 2, 3, 4, 1000]
    assert store.quantiles(run, 0, "ratio", "layer 1").values.shape == (0, 5)


def test_the_tests_of_a_run_are_those_within_and_at_the_ends_of_its_epochs(store: RunStore) -> None:
    run = store.create(SPEC)
    store.append(run, stream())
    curve = store.series(run, 1, "test_accuracy")
    assert curve.steps.tolist() == [25, 50, 75, 100]
    assert curve.values.tolist() == [25 / 200, 0.81, 75 / 200, 0.82]
    assert store.series(run, 1, "test_loss").steps.tolist() == [25, 50, 75, 100]
    seconds = store.series(run, 0, "seconds")
    assert seconds.values.tolist() == [step / 100 for step in seconds.steps]
    store.append(run, stream())  # a run that goes on logs what comes after its checkpoint again
    assert store.series(run, 1, "test_loss").steps.tolist() == [25, 50, 75, 100]

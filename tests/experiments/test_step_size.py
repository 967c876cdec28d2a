from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optim_viz.experiments import step_size as size
from optim_viz.rollout import replay

B1, B2 = 0.9, 0.999


def test_starting_at_the_silences_end_is_replaying_it_all() -> None:
    gradients = np.array([1.0, -2.0, 0.5, 0.0, 3.0])
    whole = np.concatenate([np.zeros(137), gradients])
    run = replay("adam", np.stack([whole, whole], axis=-1), lr=1e-3, eps=1e-150)
    np.testing.assert_allclose(size.steps_after_silence(137, gradients), run.update[137:, 0] / 1e-3, rtol=1e-9)


@pytest.mark.parametrize(
    ("t", "step"),
    [
        (1, 1.0),
        (2, 0.7441368235669827),
        (10, 0.4844263863377059),
        (100, 0.9757710325446407),
        (1000, 2.5145667126346767),
        (10_000, 3.162206234030322),
    ],
)
def test_one_gradient_after_a_silence(t: int, step: float) -> None:
    found = size.largest(t - 1, np.ones(1))
    assert (found.t, found.active) == (t, 1)
    assert found.step == pytest.approx(step, rel=1e-12)


def test_ones_after_a_long_silence() -> None:
    found = size.largest(size.MAX_SILENCE, np.ones(50))
    assert found.active == 12
    assert found.step == pytest.approx(6.56852025246924, rel=1e-8)


def test_the_supremum_is_approached_and_not_reached() -> None:
    assert (size.sparse_extreme(B1, B2), size.supremum(B1, B2)) == pytest.approx((3.16227766016838, 7.2702917999997))
    found = size.largest(size.MAX_SILENCE, size.growing(B2 / B1, 200))
    assert 7.2702917 < found.step < size.supremum(B1, B2)


def test_the_bound_holds_at_every_iteration() -> None:
    """With the corrections the bound at t is lower still, so its supremum is that without them."""
    t = np.arange(1.0, 20_001)
    r = B1 * B1 / B2
    uncorrected = (1 - B1) / np.sqrt(1 - B2) * np.sqrt((1 - r**t) / (1 - r))
    bound = uncorrected * np.sqrt(1 - B2**t) / (1 - B1**t)
    assert bound.max() < size.supremum(B1, B2)


@given(st.integers(0, 2000), st.lists(st.floats(-1e100, 1e100), min_size=1, max_size=30))
def test_no_sequence_passes_the_supremum(silence: int, gradients: list[float]) -> None:
    assert size.largest(silence, np.array(gradients)).step < size.supremum(B1, B2)


def test_no_bound_where_the_sum_diverges() -> None:
    with pytest.raises(ValueError, match=r"beta1\*\*2 must be below beta2"):
        size.supremum(0.99, 0.9)


def test_equal_steps_count_from_the_first() -> None:
    assert size.largest(0, np.ones(20)).active == 1


@pytest.mark.parametrize("ratio", [0.5, 1.0, 1.11, 1.5])
def test_growing_gradients_stay_finite(ratio: float) -> None:
    grown = size.growing(ratio, 200)
    assert grown.max() == 1.0
    np.testing.assert_allclose(grown[1:] / grown[:-1], ratio)

"""The grid is the loss: true values, a floor that shows, and nothing that breaks on odd surfaces."""

from __future__ import annotations

import numpy as np
import pytest

import surfaces
from optim_viz.figures.loss_grid import loss_grid


@pytest.mark.parametrize("name", surfaces.names())
def test_the_grid_is_the_loss_exactly(name: str) -> None:
    surface = surfaces.get(name)
    grid = loss_grid(surface, size=41)
    x, y = np.meshgrid(grid.x, grid.y)
    loss = surface.loss(x, y)
    assert grid.z.shape == (41, 41)
    assert grid.offset > 0
    np.testing.assert_allclose(grid.z, np.log10(loss - grid.floor + grid.offset), rtol=1e-12)
    np.testing.assert_allclose(grid.loss, loss, atol=1e-9 * np.ptp(loss))
    if surface.minimum is not None:
        assert grid.floor <= surface.minimum
    assert np.ptp(grid.z) > 0.4


def test_rows_run_along_y() -> None:
    grid = loss_grid(surfaces.parse("x + 100*y", domain=((0, 1), (0, 2))), size=5)
    assert (np.diff(grid.loss, axis=0) > 40).all()
    np.testing.assert_allclose(grid.x, [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(grid.y, [0, 0.5, 1, 1.5, 2])


def test_a_window_keeps_the_floor_of_a_known_minimum() -> None:
    surface = surfaces.get("narrow_valley")
    near = loss_grid(surface, ((5.0, 6.0), (0.5, 1.0)))
    assert near.floor == surface.minimum == 0.0
    assert near.window == ((5.0, 6.0), (0.5, 1.0))


@pytest.mark.parametrize("formula", ["0*x", "log(x)", "log(-1 - x**2)", "exp(exp(exp(x**2)))", "1/x", "-exp(300*x)"])
def test_odd_formulas_have_a_grid(formula: str) -> None:
    grid = loss_grid(surfaces.parse(formula), size=21)
    assert np.isfinite([grid.floor, grid.offset]).all()
    assert not np.isinf(grid.z).any()

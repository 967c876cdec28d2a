"""The grid is the loss: true values, a floor that shows, as fine as the surface needs, and nothing that breaks."""

from __future__ import annotations

import numpy as np
import pytest

import surfaces
from optim_viz.figures.contour import colour_bar
from optim_viz.figures.loss_grid import SIZES, fine_grid, loss_grid

EGGHOLDER = "-(y + 47)*sin(sqrt(abs(x/2 + y + 47))) - x*sin(sqrt(abs(x - y - 47)))"


@pytest.mark.parametrize("name", surfaces.names())
def test_the_grid_is_the_loss_exactly(name: str) -> None:
    surface = surfaces.get(name)
    grid = loss_grid(surface, size=41)
    x, y = np.meshgrid(grid.x, grid.y)
    loss = surface.loss(x, y)
    assert grid.z.shape == (41, 41)
    np.testing.assert_allclose(grid.z, np.arcsinh((loss - grid.floor) / grid.scale), rtol=1e-12)
    np.testing.assert_allclose(grid.loss, loss, atol=1e-9 * np.ptp(loss))
    if surface.minimum is not None:
        assert grid.floor == pytest.approx(surface.minimum, abs=1e-12)
    assert np.ptp(grid.z) > 1, "the floor and the heights have colours of their own"


def test_a_quarter_of_the_window_lies_below_twice_the_scale() -> None:
    surface = surfaces.get("booth")
    grid = loss_grid(surface)
    assert np.mean(grid.loss - grid.floor < 2 * grid.scale) == pytest.approx(0.25, abs=0.001)


def test_the_ticks_of_the_colour_bar_are_the_losses_of_their_heights() -> None:
    """From the lowest to the highest that is drawn; where nothing is known there is no bar."""
    grid = loss_grid(surfaces.parse("3*x**2 + 7", domain=((-2, 2), (-2, 2))), size=41)
    bar = colour_bar(grid)["colorbar"]
    assert (bar["ticktext"][0], bar["ticktext"][-1]) == ("7", "19")
    at = grid.z.flatten()
    for height, text in zip(bar["tickvals"], bar["ticktext"], strict=True):
        loss = np.interp(height, np.sort(at), np.sort(grid.loss.flatten()))
        assert float(text) == pytest.approx(loss, rel=0.01)
    assert colour_bar(loss_grid(surfaces.parse("log(-1 - x**2)"), size=5)) == {}


def test_rows_run_along_y() -> None:
    grid = loss_grid(surfaces.parse("x + 100*y", domain=((0, 1), (0, 2))), size=5)
    assert (np.diff(grid.loss, axis=0) > 40).all()
    np.testing.assert_allclose(grid.x, [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(grid.y, [0, 0.5, 1, 1.5, 2])


def test_the_floor_is_the_lowest_loss_in_the_window() -> None:
    """The known minimum where it lies in the window, even between two points; elsewhere the lowest point."""
    surface = surfaces.get("narrow_valley")
    assert loss_grid(surface, ((-1.0, 0.7), (-0.3, 1.0))).floor == surface.minimum == 0.0
    near = loss_grid(surface, ((5.0, 6.0), (0.5, 1.0)))
    assert near.floor == pytest.approx(float(surface.loss(5.0, 0.5)))
    assert near.window == ((5.0, 6.0), (0.5, 1.0))


def test_the_heights_of_a_window_do_not_depend_on_what_is_drawn_around_it() -> None:
    surface = surfaces.get("rosenbrock")
    alone, around = loss_grid(surface), loss_grid(surface, cover=((-6.0, 6.0), (-5.0, 7.0)))
    assert (alone.floor, alone.scale) == (around.floor, around.scale)
    assert around.window == ((-6.0, 6.0), (-5.0, 7.0))


@pytest.mark.parametrize("formula", ["0*x", "log(x)", "log(-1 - x**2)", "exp(exp(exp(x**2)))", "1/x", "-exp(300*x)"])
def test_odd_formulas_have_a_grid(formula: str) -> None:
    for grid in (loss_grid(surfaces.parse(formula), size=21), fine_grid(surfaces.parse(formula))):
        assert np.isfinite([grid.floor, grid.scale]).all()
        assert grid.scale > 0
        assert not np.isinf(grid.z).any()


@pytest.mark.parametrize(
    ("formula", "domain", "size", "resolved"),
    [
        ("x**2 + 3*y**2", ((-2.0, 2.0), (-2.0, 2.0)), SIZES[0], True),
        (EGGHOLDER, ((-512.0, 512.0), (-512.0, 512.0)), SIZES[-1], True),
        ("log(x) + y", ((-2.0, 2.0), (-2.0, 2.0)), SIZES[-1], True),  # the edge of what is defined is sharp
        ("sin(1000*x) + y**2", ((-2.0, 2.0), (-2.0, 2.0)), SIZES[-1], False),
    ],
)
def test_a_grid_is_as_fine_as_the_surface_needs(
    formula: str, domain: tuple[tuple[float, float], tuple[float, float]], size: int, resolved: bool
) -> None:
    grid = fine_grid(surfaces.parse(formula, domain=domain))
    assert (grid.z.shape, grid.resolved) == ((size, size), resolved)


def test_waves_finer_than_the_grid_are_averaged_and_make_no_others() -> None:
    """1000 radians a unit over a spacing of 1/120: sampled, a false wave; its mean over a cell is nearly flat."""
    surface = surfaces.parse("sin(1000*x) + 2", domain=((-2, 2), (-2, 2)))
    sampled, averaged = loss_grid(surface, size=SIZES[-1]), fine_grid(surface)
    assert not averaged.resolved
    assert np.std(averaged.z) < 0.5 * np.std(sampled.z)

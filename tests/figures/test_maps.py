# pyright: basic
"""Maps as figures: one scale for all, nothing on the wrong cell, no value without a colour."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import optim_viz
from optim_viz import surfaces, update_rules
from optim_viz.figures.fairness import attempts_figure, bands_figure
from optim_viz.figures.map_colours import GREYS, ColourScale, colour_scale, special
from optim_viz.figures.maps import Mark, axis_of_cells, index_of, map_figure, round_values
from optim_viz.maps import DIVERGED, ELSEWHERE, OutcomeMap, make_axis


def drawn(figure: Any) -> list[Any]:
    """Return the traces of a figure."""
    return list(figure.data)


def the_maps(metric: str) -> tuple[list[OutcomeMap], ColourScale]:
    """Return two maps and their scale."""
    found = optim_viz.outcome_maps("narrow_valley", ["momentum", "adam"], "lr", "momentum", resolution=12, steps=150)
    return found, colour_scale(found, metric)


@given(
    name=st.sampled_from(["lr", "momentum", "x", "kappa"]),
    ends=st.tuples(st.floats(allow_nan=False), st.floats(allow_nan=False)),
    count=st.integers(2, 40),
)
@example(name="lr", ends=(1e-320, 1e-319), count=5)
@example(name="lr", ends=(1e300, 1.7e308), count=5)
@example(name="x", ends=(0.0, 5e-324), count=2)
@example(name="x", ends=(-1e308, 1e308), count=9)
@example(name="momentum", ends=(0.0, 1e-320), count=5)
def test_every_axis_that_is_taken_is_drawn(name: str, ends: tuple[float, float], count: int) -> None:
    """Whatever its ends, refused or drawn: with a few finite values written at places within it."""
    ground, rules = surfaces.get("quadratic"), [update_rules.get("momentum")]
    try:
        axis = make_axis(name, ground, rules, count, *ends)
    except ValueError:
        return
    made = axis_of_cells(axis)
    assert 1 <= len(made["tickvals"]) == len(made["ticktext"]) <= 9
    assert np.isfinite(made["tickvals"]).all()
    assert ((made["tickvals"] > -1) & (made["tickvals"] < len(axis.values))).all()
    assert np.isfinite(made["range"]).all()


@pytest.mark.parametrize("metric", ["final_loss", "steps", "where"])
def test_each_cell_has_one_colour_on_the_scale_of_all(metric: str) -> None:
    found, scale = the_maps(metric)
    for each in found:
        values, greys = drawn(map_figure(each, scale))[:2]
        assert values.type == greys.type == "heatmap"
        coloured, grey = ~np.isnan(values.z), ~np.isnan(greys.z)
        np.testing.assert_array_equal(coloured, ~grey)
        np.testing.assert_array_equal(grey, special(each, metric) < 0)
        if metric == "where":
            np.testing.assert_array_equal(values.z[coloured], each.where[coloured])
            continue
        assert (values.zmin, values.zmax) == (scale.low, scale.high)
        shown = values.z[coloured]
        assert ((shown >= scale.low) & (shown <= scale.high)).all()
        truth = each.gap if metric == "final_loss" else each.arrived
        with np.errstate(divide="ignore"):
            expected = np.log10(truth[coloured]) if metric == "final_loss" else truth[coloured]
        np.testing.assert_allclose(shown, np.clip(expected, scale.low, scale.high))


def test_the_brightest_colour_is_where_the_runs_began() -> None:
    found, scale = the_maps("final_loss")
    begin = float(surfaces.get("narrow_valley").loss(*found[0].start))
    assert scale.high == pytest.approx(np.log10(begin))
    assert scale.above
    places = [place for place, _ in scale.ticks()]
    assert places == sorted(places)
    assert 0 <= places[0] < places[-1] <= 1


def test_lines_and_marks_stand_on_their_cells() -> None:
    ground, rules = surfaces.get("narrow_valley"), [update_rules.get("momentum")]
    x, y = make_axis("lr", ground, rules, 11), make_axis("momentum", ground, rules, 7)
    (found,) = optim_viz.outcome_maps(ground, "momentum", x, y, steps=50)
    values = np.array([x.values[3], x.values[8], 5.0])
    np.testing.assert_allclose(index_of(x, values)[:2], [3, 8], atol=1e-9)
    assert np.isnan(index_of(x, values)[2])
    marks = [Mark(x.values[4], y.values[5], "Momentum", "#123456")]
    figure = map_figure(found, colour_scale([found], "final_loss"), marks)
    signs = [trace for trace in drawn(figure) if trace.type == "scatter"]
    ring = signs[-1]
    np.testing.assert_allclose([ring.x[0], ring.y[0]], [4, 5], atol=1e-9)
    best = found.best()
    frame = next(trace for trace in signs if trace.marker.symbol == "square-open")
    assert (frame.y[0], frame.x[0]) == best
    star = next(trace for trace in signs if trace.marker.symbol == "star")
    assert star.x[0] == pytest.approx(10 * (np.log10(4 / 121) + 5) / 5, abs=0.01)  # lr from 1e-5 to 1 over 11 cells


def test_round_values_are_round_and_few() -> None:
    ground = surfaces.get("quadratic")
    rules = [update_rules.get(name) for name in update_rules.names()]
    for name in ("lr", "momentum", "beta1", "beta2", "eps", "kappa", "x", "weight_decay", "dampening"):
        axis = make_axis(name, ground, rules, 32)
        values = round_values(axis)
        assert 2 <= len(values) <= 7, (name, values)
        assert axis.values[0] * (1 - 1e-9) <= min(values) or axis.values[0] <= 0
        assert max(values) <= axis.values[-1] * (1 + 1e-9)
        assert all(len(f"{value:.6g}") <= 7 for value in values), values


def test_states_are_told_apart() -> None:
    assert len(set(GREYS.values())) == 3
    (found,) = optim_viz.outcome_maps("narrow_valley", "sgd", "lr", "x", resolution=12, steps=200)
    states = special(found, "steps")
    assert {0, DIVERGED, ELSEWHERE} == set(np.unique(states).tolist())
    np.testing.assert_array_equal(states == DIVERGED, found.diverged_at >= 0)


def test_a_band_is_drawn_where_it_is() -> None:
    band = optim_viz.ensemble("booth", ("sgd", {"lr": 0.05}), noise=1.0, seeds=20, steps=30)
    area, line = drawn(bands_figure([("SGD", "#D55E00", band)], log=True))
    np.testing.assert_array_equal(area.y, np.concatenate([band.high, band.low[::-1]]))
    np.testing.assert_array_equal(line.y, band.median)
    (curve,) = drawn(attempts_figure([("SGD", "#D55E00", "solid", np.array([np.inf, 50.0, 20.0]))], "steps", False))
    np.testing.assert_array_equal(curve.y, [np.nan, 50.0, 20.0])
    assert curve.x.tolist() == [1, 2, 3]

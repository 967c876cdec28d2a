"""The notebook's figure draws the runs' own numbers, one frame a step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optim_viz
import surfaces
from optim_viz.figures.lab_figure import curves, lab_figure
from optim_viz.figures.theme import LIGHT
from optim_viz.rollout import replay

RUNS = [
    optim_viz.rollout("narrow_valley", "sgd", lr=0.018, steps=30),
    optim_viz.rollout("narrow_valley", "adam", lr=0.1, steps=30),
    optim_viz.rollout("narrow_valley", "adam", lr=0.2, steps=30),
]


def test_trails_are_the_runs_in_their_colours() -> None:
    figure: Any = lab_figure(RUNS)
    trails = [
        trace for trace in figure.data if trace.type == "scatter" and trace.xaxis == "x" and trace.mode == "lines"
    ]
    assert [trace.name for trace in trails] == ["SGD", "Adam", "Adam 2"]
    assert [trace.line.color for trace in trails] == list(LIGHT.lanes[:3])
    for run, trace in zip(RUNS, trails, strict=True):
        np.testing.assert_array_equal(np.column_stack([trace.x, trace.y]), run.theta)


def test_every_frame_ends_where_the_step_does() -> None:
    figure: Any = lab_figure(RUNS, stride=10)
    assert [frame.name for frame in figure.frames] == ["0", "10", "20", "30"]
    for frame in figure.frames:
        time = int(frame.name)
        assert len(frame.data) == len(frame.traces)
        for index, run in enumerate(RUNS):
            trail, head = frame.data[2 * index : 2 * index + 2]
            np.testing.assert_array_equal(trail.x, run.theta[: time + 1, 0])
            assert (head.x[0], head.y[0]) == tuple(run.theta[time])
        for cursor in frame.data[2 * len(RUNS) :]:
            assert tuple(cursor.x) == (time, time)
        for number, data in zip(frame.traces, frame.data, strict=True):
            assert figure.data[number].type == data.type == "scatter"
    assert len(figure.layout.sliders[0].steps) == 4
    play = figure.layout.updatemenus[0].buttons[0].args[1]
    assert play["frame"]["redraw"]  # else Plotly wipes the contour
    still: Any = lab_figure(RUNS, frames=False)
    assert not still.frames


def test_curves_are_what_the_rule_declares() -> None:
    sgd, adam = curves(RUNS[0]), curves(RUNS[1])
    assert set(sgd) == {"loss"}
    assert set(adam) == {"loss", "first x", "first y", "second x", "second y"}
    first = optim_viz.optimizer("adam").first_moment[0]
    np.testing.assert_array_equal(adam["first y"][1:], RUNS[1].state[first][:, 1])
    assert np.isnan(adam["first y"][0])


def test_titles_can_be_given_and_a_surface_without_minimum_is_linear() -> None:
    figure: Any = lab_figure({"mine": optim_viz.rollout("saddle", "adam", steps=5)})
    assert figure.data[1].name == "mine"
    assert figure.layout.yaxis2.type != "log"
    usual: Any = lab_figure(RUNS)
    assert usual.layout.yaxis2.type == "log"


def test_what_does_not_fit_one_figure_is_refused() -> None:
    with pytest.raises(ValueError, match="one run at least"):
        lab_figure([])
    with pytest.raises(ValueError, match="stride = 0"):
        lab_figure(RUNS, stride=0)
    with pytest.raises(ValueError, match="one surface"):
        lab_figure([RUNS[0], optim_viz.rollout("beale", "sgd", steps=30)])
    replayed = replay("sgd", np.ones((3, 2)))
    with pytest.raises(ValueError, match="no surface"):
        lab_figure([replayed])
    with pytest.raises(ValueError, match="one length"):
        lab_figure([RUNS[0], optim_viz.rollout("narrow_valley", "sgd", steps=31)])
    with pytest.raises(ValueError, match=r"batch of shape \(2,\)"):
        lab_figure([optim_viz.rollout(surfaces.get("beale"), "sgd", lr=np.array([0.1, 0.2]), steps=3)])

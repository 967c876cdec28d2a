"""What every diagnostic keeps, whichever they are: shapes, divergence, batches, refusals, and its way to the screen."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optim_viz
from optim_viz import diagnostics, update_rules
from optim_viz.scenario import Scenario
from optim_viz.stage.answer import answer, opened
from optim_viz.trajectory import Trajectory
from tests.stage.decoder import channels, decode

ROOT = Path(__file__).resolve().parent.parent.parent
NAMES = diagnostics.names()
SURFACES = ("himmelblau", "narrow_valley", "saddle", "sparse_logistic")  # several minima, quadratic, no minimum, drawn


def runs() -> Iterator[Trajectory]:
    """Yield one run of every rule on each kind of surface, and a replay of each rule, which has no surface."""
    for rule in update_rules.names():
        for surface in SURFACES:
            yield optim_viz.rollout(surface, rule, steps=5)
        yield optim_viz.replay(rule, [[1.0, -2.0], [0.5, 0.0], [-1.0, 3.0]])


RUNS = tuple(runs())


def expected_shape(diagnostic: diagnostics.Diagnostic, run: Trajectory) -> tuple[int, ...]:
    length = run.steps + (diagnostic.along == "iterates")
    return (*run.batch_shape, length, *([2] if diagnostic.per_coordinate else []))


def applicable(name: str, **options: Any) -> Trajectory:
    """Return a run to which a diagnostic applies, of the first rule and surface that have what it needs."""
    diagnostic = diagnostics.get(name)
    for run in RUNS:
        if run.surface is not None and diagnostic.applies(run):
            return optim_viz.rollout(run.surface, run.optimizer, **options)
    pytest.fail(f"{name} applies to no rule on any of {', '.join(SURFACES)}")


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_it_is(name: str) -> None:
    diagnostic = diagnostics.get(name)
    assert diagnostic.name == name
    assert all((diagnostic.title, diagnostic.panel))
    assert diagnostic.help.endswith(".")
    assert ("ᵢ" in diagnostic.title) == diagnostic.per_coordinate
    assert "ᵧ" not in diagnostic.title + diagnostic.note + diagnostic.help  # a Greek gamma, not a y
    assert diagnostic.instead != name


@pytest.mark.parametrize("name", NAMES)
def test_it_applies_and_then_has_its_shape_or_refuses_in_words(name: str) -> None:
    diagnostic = diagnostics.get(name)
    for run in RUNS:
        if diagnostic.applies(run):
            values = diagnostic.compute(run)
            assert values.dtype == np.float64
            assert values.shape == expected_shape(diagnostic, run)
            first, *further = diagnostic.curves(run)
            np.testing.assert_array_equal(first.values, values)
            assert first.style == "solid"
            for curve in further:
                assert curve.style in ("dotted", "dashed")
                assert curve.title
                assert curve.values.shape == values.shape
        else:
            assert diagnostic.curves(run) == ()
            assert diagnostic.lacking
            with pytest.raises(ValueError, match=f"{name} does not apply to {run.optimizer} .*{diagnostic.lacking}"):
                diagnostic.compute(run)


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_is_its_runs_and_the_inputs_stay(name: str) -> None:
    diagnostic = diagnostics.get(name)
    single = applicable(name)
    rule = update_rules.get(single.optimizer)
    knob = next(each for each in rule.hyperparameters if each.scale != "choice")
    values = list(knob.stops()[20:60:13])
    starts = np.array([[0.5, 0.25], [-0.25, 1.0]])
    batch = applicable(name, steps=20, start=tuple(starts.T), **{knob.name: np.array(values)[:, np.newaxis]})
    before = {field: np.array(getattr(batch, field)) for field in ("theta", "loss", "grad", "update")}
    whole = diagnostic.curves(batch)
    for field, kept in before.items():
        assert not getattr(batch, field).flags.writeable
        np.testing.assert_array_equal(getattr(batch, field), kept)
    for index in np.ndindex(len(values), len(starts)):
        alone = applicable(name, steps=20, start=tuple(starts[index[1]]), **{knob.name: values[index[0]]})
        single_curves = diagnostic.curves(alone)
        assert [(each.title, each.style) for each in single_curves] == [(each.title, each.style) for each in whole]
        for one, many in zip(single_curves, whole, strict=True):
            np.testing.assert_array_equal(many.values[index], one.values)


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_of_ones_own_is_as_good_as_a_registered_one(name: str) -> None:
    diagnostic = diagnostics.get(name)
    run = applicable(name, steps=4)
    own = replace(run.rule, name="my_own_rule", title="Mine")
    assert run.surface is not None
    again = optim_viz.rollout(run.surface, own, steps=4)
    for one, other in zip(diagnostic.curves(run), diagnostic.curves(again), strict=True):
        np.testing.assert_array_equal(one.values, other.values)


@pytest.mark.parametrize("name", NAMES)
def test_nan_from_where_a_run_has_diverged(name: str) -> None:
    diagnostic = diagnostics.get(name)
    tried = 0
    for rule in update_rules.names():
        run = optim_viz.rollout("himmelblau", rule, start=(1e103, 1e103), steps=3)
        at = int(run.diverged_at)
        if at < 0 or not diagnostic.applies(run):
            continue
        tried += 1
        first = at if diagnostic.along == "iterates" else at - 1
        for curve in diagnostic.curves(run):
            assert np.isnan(curve.values[first:]).all()
    assert tried, f"{name}: no rule's run diverged"


@pytest.mark.parametrize("name", NAMES)
def test_it_reaches_the_screen(name: str) -> None:
    diagnostic = diagnostics.get(name)
    run = applicable(name, steps=30)
    assert run.surface is not None
    scenario, problems = Scenario.from_url(f"surface={run.surface.name}&steps=30&lane={run.optimizer}&plots={name}")
    assert not problems
    assert scenario.plots == (name,)
    header, arrays = decode(answer(None, opened(scenario.to_url()))[0])
    assert [chart["diagnostic"] for chart in header["charts"]] == [name] * (1 + diagnostic.per_coordinate)
    assert all(chart["scale"] == diagnostic.scale for chart in header["charts"])
    assert name in [entry["name"] for entry in header["catalog"]["plots"]]
    (lane,) = header["lanes"]
    found = channels(header, arrays, lane["key"])
    for curve, drawn in zip(diagnostic.curves(run), lane["curves"][name], strict=True):
        for axis, letter in enumerate("xy" if diagnostic.per_coordinate else [""]):
            sent = found[drawn["channel"] + (f"_{letter}" if letter else "")]
            values = curve.values[:, axis] if letter else curve.values
            np.testing.assert_array_equal(sent[len(sent) - len(values) :], values)


@pytest.mark.parametrize("name", [name for name in NAMES if diagnostics.get(name).instead])
def test_what_stands_in_for_it_is_drawn_where_it_applies_to_no_lane(name: str) -> None:
    diagnostic = diagnostics.get(name)
    run = next(run for run in RUNS if run.surface is not None and not diagnostic.applies(run))
    assert run.surface is not None
    for plots in (name, f"{name},{diagnostic.instead}"):
        query = f"surface={run.surface.name}&steps=5&lane={run.optimizer}&plots={plots}"
        header, _ = decode(answer(None, opened(query))[0])
        assert [chart["diagnostic"] for chart in header["charts"]] == [diagnostic.instead]
        assert name in header["scenario"]["plots"], "the choice stays, for the next surface"


WITHOUT = """
import pkgutil, sys
real = pkgutil.iter_modules
pkgutil.iter_modules = lambda path=None, prefix="": (
    each for each in real(path, prefix) if each.name != sys.argv[1] or not str(path[0]).endswith("diagnostics"))
sys.modules["optim_viz.diagnostics." + sys.argv[1]] = None  # importing it fails, as that of a file that is gone
from optim_viz import diagnostics, sweep
from optim_viz.stage.answer import answer, opened
assert sys.argv[1] not in diagnostics.names()
for query in ("", "surface=saddle"):
    message, kept = answer(None, opened(query))
    assert not kept.problems and sys.argv[1] not in kept.scenario.plots, kept
"""


@pytest.mark.parametrize("name", NAMES)
def test_the_lab_does_without_any_one(name: str) -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT, name], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=f"unknown diagnostic 'mood'; known: {', '.join(NAMES)}"):
        diagnostics.get("mood")
    assert set(diagnostics.defaults()) < set(NAMES)

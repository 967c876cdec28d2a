from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs

import pytest

from optim_viz.comparison import settings
from optim_viz.experiments import mnist_runs
from optim_viz.experiments.mnist_runs import EXPERIMENTS, FinishedRun, LaneResult
from optim_viz.scenario import parse_lane

KEPT = Path(__file__).resolve().parents[2] / "optim_viz/pages/paper/data/mnist_runs.json"


def test_there_is_a_finished_run_for_every_preset() -> None:
    runs, made = mnist_runs.read(KEPT)
    assert list(runs) == list(EXPERIMENTS)
    assert "docs/make_paper_curves.py" in made
    assert KEPT.stat().st_size < 100_000
    for name, run in runs.items():
        assert tuple(curve.lane for curve in run.results) == EXPERIMENTS[name].lanes
        for curve in run.results:
            assert len(curve.loss) == len(run.steps)
            assert len(curve.test_accuracy) == len(curve.test_loss) == len(mnist_runs.SEEDS)


def test_the_kept_runs_are_like_the_reference() -> None:
    # Test accuracy after one epoch of 60,000 images, of an independent implementation; the spread of its three seeds
    # is below 1 %.
    reference = {"sgd": 0.874, "momentum": 0.937, "nesterov": 0.938, "adagrad": 0.963, "rmsprop": 0.963, "adam": 0.960}
    run = mnist_runs.read(KEPT)[0]["relu"]
    assert {curve.optimizer: curve.accuracy for curve in run.results} == pytest.approx(reference, abs=0.01)
    assert run.parameters == 269_322
    assert run.steps[-1] == 469
    # A network that knows nothing guesses one of ten; He's initial weights are loud, so that it starts a little above.
    assert all(curve.loss[0] == pytest.approx(2.45, abs=0.2) for curve in run.results)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_preset_is_what_the_training_page_reads(name: str) -> None:
    query = parse_qs(EXPERIMENTS[name].link())
    values, problems = settings.read({key: texts[-1] for key, texts in query.items()})
    assert problems == ()
    found = settings.link_part(values)
    assert {key: found.get(key) for key in EXPERIMENTS[name].settings} == {
        key: str(value) for key, value in EXPERIMENTS[name].settings.items()
    }
    assert [parse_lane(text).optimizer for text in query["lane"]] == [
        lane.partition(",")[0] for lane in EXPERIMENTS[name].lanes
    ]


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    run = FinishedRun((1, 10), 7850, (LaneResult("adam", (2.3, 0.5), (0.9, 0.91), (0.4, 0.41)),))
    mnist_runs.write(tmp_path / "runs.json", {"one": run}, "by hand")
    assert mnist_runs.read(tmp_path / "runs.json") == ({"one": run}, "by hand")


def test_who_is_ahead() -> None:
    curves = [
        LaneResult(lane, (1.0,), (accuracy,), (1.0,))
        for lane, accuracy in [("sgd", 0.8), ("adam", 0.9), ("adagrad", 0.95)]
    ]
    run = FinishedRun((1,), 1, tuple(curves))
    assert [curve.optimizer for curve in run.ahead_of("adam")] == ["adagrad"]
    assert run.ahead_of("adagrad") == ()

"""What a sweep comes to, read back from the store: against a loop of one's own, and where runs end early."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from optim_viz import datasets
from optim_viz.cli import main
from optim_viz.cli.sweeping import table
from optim_viz.comparison.events import Diverged, Epoch, MidEpochTest
from optim_viz.comparison.hopeless import why_hopeless
from optim_viz.figures import sweeps as figures
from optim_viz.pages.sweeps.map_table import endings, map_table
from optim_viz.pages.sweeps.view import at_the_edge, not_compared
from optim_viz.run_store import Run, RunStore, queue
from optim_viz.run_store.groups import Standing
from optim_viz.run_store.runs import State
from optim_viz.sweeps import LogRange, Sweep, SweepResults, launch, plan_of, results
from optim_viz.sweeps.link import usual
from optim_viz.training.worker import Worker

TINY = {"widths": (12,), "examples": 256, "epochs": 2}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunStore]:
    """A store that starts no process: the tests train in their own."""
    opened = RunStore(tmp_path / "home" / "runs.sqlite3")
    monkeypatch.setattr(queue, "advance", lambda file, watch, *, start=True: None)
    yield opened
    opened.close()


def plan(lr: LogRange, **changes: object) -> Sweep:
    """A sweep of a small network on a few digits."""
    small = replace(usual(), settings={**usual().settings, **TINY}, batch_sizes=(32,), seeds=(0,))
    return replace(small, lr=lr, **changes)


def train_all(store: RunStore) -> list[Worker]:
    """Train whatever waits, one run after the other, as a worker does."""
    workers: list[Worker] = []
    while (claim := queue.claim_next(store.file, store.watch)) is not None:
        workers.append(Worker(store, claim))
        workers[-1].work()
    return workers


def usual_test_loss(lr: float, seed: int) -> float:
    """Train with Adam the usual way, and return the test loss at the end."""
    data = datasets.get("digits").load()
    rng = np.random.default_rng([seed, 0])
    layers: list[nn.Module] = [nn.Flatten()]
    for size, out in ((64, 12), (12, 10)):
        layer = nn.Linear(size, out)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(rng.normal(0, 1, (out, size)) * (2 / size) ** 0.5))
            layer.bias.zero_()
        layers += [layer, nn.ReLU()]
    model = nn.Sequential(*layers[:-1])
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in (1, 2):
        order = torch.from_numpy(np.random.default_rng([seed, epoch]).permutation(256))
        for rows in order.split(32):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(data.train_x[rows]), data.train_y[rows]).backward()
            optimizer.step()
    with torch.no_grad():
        return nn.functional.cross_entropy(model(data.test_x), data.test_y).item()


def test_a_cell_is_what_a_loop_of_ones_own_comes_to(store: RunStore) -> None:
    wanted = plan(LogRange(0.001, 0.01, 2), seeds=(0, 5))
    number = launch(store, wanted, "mine")
    workers = train_all(store)
    stored = store.get_sweep(number)
    assert (stored.name, plan_of(stored)) == ("mine", ("grid", wanted))
    found = results(wanted, store.standings(number))
    assert not found.active
    for seed in found.cells[1, 32, 0.01].runs:
        assert seed.test_loss == pytest.approx(usual_test_loss(0.01, seed.point.seed), rel=1e-4)
    lowest = min(cell.loss for cell in found.cells.values() if cell.loss is not None)
    assert found.best is not None
    assert found.best.loss == lowest
    (guessing,) = figures.robustness_figure(wanted, found).layout.shapes
    assert guessing.y0 == guessing.y1 == math.log(10)
    (words,) = figures.robustness_figure(wanted, found).layout.annotations
    assert (words.text, words.y) == ("guessing: 2.3", math.log10(math.log(10)))
    # A process goes on with the next run of its sweep, and with no other.
    first, other = (
        workers[0],
        store.get(store.create(replace(wanted, settings={**usual().settings}).spec(wanted.points()[0]).to_dict())),
    )
    assert first.can_go_on_with(workers[1].run)
    assert not first.can_go_on_with(other), "another network"
    assert not first.can_go_on_with(replace(workers[1].run, classes="a.b:C")), "code of somebody's own"
    # Deleting a run leaves its place empty; deleting the sweep takes the rest along.
    store.delete(stored.runs[0])
    assert results(wanted, store.standings(number)).runs[0].outcome == "deleted"
    assert 0 not in store.get_sweep(number).runs
    store.delete_sweep(number)
    assert store.list_sweeps() == []
    assert [run.id for run in store.list_runs()] == [other.id]
    store.restore(*stored.runs.values())
    assert store.get_sweep(number) == stored, "deleting can be undone"


def test_hopeless_runs_end_early_and_say_so(store: RunStore) -> None:
    wide = plan(LogRange(0.01, 1e5, 2), optimizers=("sgd",), settings={**usual().settings, **TINY, "epochs": 40})
    number = launch(store, wide)
    train_all(store)
    found = results(wide, store.standings(number))
    sound, wild = found.cells[0, 32, 0.01], found.cells[0, 32, 1e5]
    assert sound.outcome == "finished"
    assert sound is found.best
    assert wild.outcome in ("stopped", "diverged")
    (standing,) = (run.standing for run in wild.runs)
    assert standing is not None
    assert standing.run.state == "finished"
    assert standing.run.step < (standing.run.total_steps or 0) / 10
    assert standing.run.message.startswith(f"stopped early at step {standing.run.step} of 320")
    assert standing.stopped in standing.run.message
    (said,) = endings(wide, found)
    assert f"run={standing.run.id}" in said
    assert standing.stopped.replace("'", "&#x27;") in said
    off = replace(wide, stop_above=None, settings=dict(wide.settings) | {"epochs": 2})
    number = launch(store, off)
    train_all(store)
    assert all(run.standing and run.standing.run.step == 16 for run in results(off, store.standings(number)).runs)


@pytest.mark.parametrize(
    ("loss", "above", "hopeless"),
    [
        (2.3025, 1.0, False),
        (2.3027, 1.0, True),
        (3.4538, 1.5, False),
        (3.4540, 1.5, True),
        (math.nan, 1000.0, True),
        (math.inf, 1000.0, True),
        (0.0, 0.01, False),
    ],
)
def test_the_rule_on_stated_numbers(loss: float, above: float, hopeless: bool) -> None:
    # ln 10 = 2.302585
    epoch = Epoch(0, 3, 30, 1.0, loss, 0.1, 100.0, 0.0)
    why = why_hopeless(epoch, 10, above)
    assert (why is not None) == hopeless
    assert why is None or "epoch 3" in why
    assert why_hopeless(MidEpochTest(0, 3, 30, loss, 0.1), 10, above) is None, "within an epoch nothing is judged"
    assert why_hopeless(Diverged(0, 7, math.inf), 10, above) == "its loss is not finite from step 7 on"


def standing(number: int, state: State, loss: float | None, stopped: str = "", diverged: int | None = None) -> Standing:
    """Where a run might stand."""
    return Standing(Run(number, state=state), loss, 0.5, 1 if loss is not None else 0, diverged, stopped)


def test_the_best_is_the_lowest_median_of_seeds_that_all_finished() -> None:
    wanted = plan(LogRange(0.01, 0.1, 2), optimizers=("sgd", "adam"), seeds=(0, 1, 2))
    losses = {
        (0, 0.01): (0.5, 0.9, 0.6),
        (0, 0.1): (0.1, 0.2, None),
        (1, 0.01): (0.4, 0.3, 0.1),
        (1, 0.1): (9, 0.1, 0.1),
    }
    standings = {}
    for place, point in enumerate(wanted.points()):
        loss = losses[point.optimizer, point.lr][point.seed]
        ended = "it was 9" if loss == 9 else ""
        standings[place] = standing(place + 1, "finished" if loss is not None else "running", loss, ended)
    found = results(wanted, standings)
    best = found.best
    assert best is not None
    assert best is found.cells[1, 32, 0.01]
    assert best.loss == 0.3
    assert found.cells[0, 32, 0.1].outcome == "running"
    assert found.cells[1, 32, 0.1].outcome == "stopped"
    assert found.active
    text = map_table(wanted, found)
    assert text.count("★") + text.count("sw-best") == 1
    assert "■ stopped, epoch 1 (1 of 3)" in text
    assert "2 of 3 seeds" in text
    for number in (1, 5, 9):
        assert str(number) in text


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (standing(1, "finished", 0.5), "finished"),
        (standing(1, "finished", 5.0, "too high"), "stopped"),
        (standing(1, "finished", 5.0, "not finite", 7), "diverged"),
        (standing(1, "finished", math.nan), "diverged"),
        (standing(1, "lost", 0.5), "failed"),
        (standing(1, "failed", None), "failed"),
        (standing(1, "cancelled", 0.5), "cancelled"),
        (standing(1, "queued", None), "queued"),
    ],
)
def test_how_a_run_ended_is_told_apart(given: Standing, outcome: str) -> None:
    wanted = plan(LogRange(0.01, 0.01, 1), optimizers=("sgd",))
    found = results(wanted, {0: given})
    assert found.runs[0].outcome == outcome
    assert (found.best is not None) == (outcome == "finished")


def test_what_was_cancelled_or_deleted_is_said_not_to_be_compared() -> None:
    """A run that ended by itself, however badly, is; one that has not ended yet is waited for."""
    wanted = plan(LogRange(0.01, 1, 3), optimizers=("sgd", "adam"), seeds=(0, 1))
    states: dict[tuple[int, float], tuple[State | None, State | None]] = {
        (0, 0.01): ("finished", "cancelled"),
        (0, 0.1): ("failed", "finished"),
        (0, 1.0): ("running", "queued"),
        (1, 0.01): ("finished", None),
        (1, 0.1): ("finished", "finished"),
        (1, 1.0): ("finished", "finished"),
    }

    def found() -> SweepResults:
        standings: dict[int, Standing] = {}
        for place, point in enumerate(wanted.points()):
            state = states[point.optimizer, point.lr][point.seed]
            if state is not None:  # else it was deleted
                standings[place] = standing(place + 1, state, 0.5)
        return results(wanted, standings)

    assert [(cell.optimizer, cell.lr) for cell in found().left_out] == [(0, 0.01), (1, 0.01)]
    assert not_compared(found()) == "Not compared: 2 settings with a run that was cancelled or deleted."
    states[1, 0.01] = ("finished", "finished")
    assert not_compared(found()).startswith("Not compared: 1 setting with")
    states[0, 0.01] = ("finished", "finished")
    assert not_compared(found()) == ""


def test_every_curve_whose_best_is_the_first_or_the_last_rate_is_named() -> None:
    """Also where it is not the best of all; nothing is said as long as some run goes on, or of a single rate."""
    wanted = plan(LogRange(0.01, 1, 3), optimizers=("sgd", "momentum", "adam"))
    losses = {0: (0.9, 0.8, 0.7), 1: (0.5, 0.2, 0.6), 2: (0.3, 0.4, 0.5)}

    def told(state: State = "finished", over: Sweep = wanted) -> str:
        rates = over.lr.values()
        points = [(point, losses[point.optimizer][rates.index(point.lr)]) for point in over.points()]
        standings = {place: standing(place + 1, "finished", loss) for place, (_, loss) in enumerate(points)}
        standings[len(points) - 1] = standing(len(points), state, points[-1][1])
        return at_the_edge(over, results(over, standings))

    titles = wanted.titles()
    words = told()
    assert words.endswith(f": {titles[0]}: lr 1; {titles[2]}: lr 0.01.")
    assert titles[1] not in words
    assert told("running") == ""
    assert told(over=replace(wanted, lr=LogRange(0.01, 0.01, 1))) == ""
    assert "batch 64: lr 0.01" in told(over=replace(wanted, batch_sizes=(32, 64)))


def test_all_are_cancelled_and_resumed_together(store: RunStore) -> None:
    wanted = plan(LogRange(0.001, 0.1, 3))
    other = store.create(wanted.spec(wanted.points()[0]).to_dict())
    number = launch(store, wanted)
    assert store.cancel_sweep(number) == 6
    assert store.sweep_states() == {number: {"cancelled": 6}}
    assert store.get(other).state == "queued"
    assert store.resume_sweep(number) == 6
    assert [each.run.state for each in store.standings(number).values()] == ["queued"] * 6
    places = [each.run.place for each in store.standings(number).values()]
    assert places == sorted(places), "they go on in their order"


def test_the_command_prints_the_table_and_says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    wanted = plan(LogRange(0.01, 0.1, 2), optimizers=("sgd",))
    found = results(wanted, {0: standing(1, "finished", 0.25), 1: standing(2, "finished", 5.0, "too high")})
    assert table(wanted, found).splitlines() == [
        " lr   0.01        0.1",
        "SGD  0.25*  5 stopped",
        "best: SGD, lr 0.01, batch 32: test loss 0.25",
    ]
    for arguments, words in (
        (["--lr", "1,0.1,3"], "above the last"),
        (["--optimizer", "no_such"], "no_such"),
        (["--epochs", "0"], "epochs"),
        (["--seeds", "0-4000"], "at most 1000"),
    ):
        assert main(["sweep", *arguments]) == 2
        assert words in capsys.readouterr().err


def test_the_runs_are_a_table_with_a_row_for_each_seed() -> None:
    wanted = plan(LogRange(0.001, 0.1, 2), seeds=(0, 3), optimizers=("sgd",))
    told = {1: standing(7, "finished", 0.25), 2: standing(8, "finished", math.inf)}
    found = results(wanted, told).table()
    rows = {(lr, seed): place for place, (lr, seed) in enumerate(zip(found["lr"], found["seed"], strict=True))}
    for place, point in enumerate(wanted.points()):
        row = rows.pop((point.lr, point.seed))
        run, outcome = {1: (7, "finished"), 2: (8, "diverged")}.get(place, (-1, "deleted"))
        assert (found["run"][row], found["outcome"][row], found["batch_size"][row]) == (run, outcome, 32)
        assert found["test_loss"][row] == 0.25 if place == 1 else np.isnan(found["test_loss"][row])
    assert not rows


@given(st.floats(1e-6, 1e6), st.floats(0.01, 0.98))
def test_an_axis_of_less_than_a_decade_has_some_round_numbers(low: float, decades: float) -> None:
    high = low * 10**decades
    ticks = figures._axis("loss", low, high, ends=False)["tickvals"]  # pyright: ignore[reportPrivateUsage]
    assert 2 <= len(ticks) <= 8
    assert all(low <= tick <= high for tick in ticks)
    steps = np.diff(ticks)
    np.testing.assert_allclose(steps, steps[0], rtol=1e-6)

from __future__ import annotations

import numpy as np
import pytest

from optim_viz.experiments import online, reddi
from optim_viz.experiments.online import Player, play

HARMLESS = {
    ("squares", "SGD"): (0.005876572455170162, 0.001724378469074827),
    ("squares", "AdaGrad"): (0.023243726601054504, 0.007712912449047303),
    ("squares", "Adam"): (0.005455822974676152, 0.0006079598808667242),
    ("squares", "Adam, constant lr"): (0.023650521352110387, 0.0027709454363475518),
    ("distances", "SGD"): (0.015875736634537077, 0.0050018676823447095),
    ("distances", "AdaGrad"): (0.040932963726474494, 0.013679553501451938),
    ("distances", "Adam"): (0.006595078376536321, 0.0007562684109105248),
    ("distances", "Adam, constant lr"): (0.024081822079512507, 0.0030345373041694075),
}
# x after T rounds and R(T)/T, T = 1000 and 10000, from x = 1 with alpha = 0.5.
REDDI = {
    (3.0, "Adam"): ((0.9834425458932131, 0.6861703063828705), (0.9947640732768844, 0.671654060154458)),
    (3.0, "AMSGrad"): ((-1.0, 0.06861134414921718), (-1.0, 0.010839050642265011)),
    (3.0, "Adam, usual betas"): ((-1.0, 0.01722519918734463), (-1.0, 0.0017225199187344514)),
    (3.0, "SGD"): ((-1.0, 0.05816205741165805), (-1.0, 0.0172122291321597)),
    (3.0, "AdaGrad"): ((-1.0, 0.06265958504697693), (-1.0, 0.012217063847199687)),
    (4.0, "Adam"): ((0.9837352790968387, 1.3540158274685599), (0.9948566436439059, 1.338407162733451)),
    (4.0, "AMSGrad"): ((-1.0, 0.07169587664407516), (-1.0, 0.01127257285396663)),
    (10.0, "Adam"): ((0.984111, 5.36179), (0.994975, 5.33914)),
    (10.0, "AMSGrad"): ((-1.0, 0.1265015), (-1.0, 0.0170021)),
}


@pytest.mark.parametrize(("loss", "player"), HARMLESS)
def test_the_harmless_problem(loss: str, player: str) -> None:
    regret = online.harmless()[loss][player]
    assert (regret[999] / 1e3, regret[9999] / 1e4) == pytest.approx(HARMLESS[loss, player], rel=1e-7)


def test_the_best_single_points_cost() -> None:
    z = online.targets(60)
    grid = np.union1d(np.linspace(-1, 1, 20_001), z)
    regrets = online.harmless()
    for loss, cost in (("squares", lambda off: 0.5 * off * off), ("distances", np.abs)):
        points, _ = play(online.PLAYERS["SGD"], _slope(loss, z), np.array([[1.0]]), 60)
        for count in (1, 2, 3, 10, 59, 60):
            least = min(cost(x - z[:count]).sum() for x in grid)
            paid = cost(points[:count, 0] - z[:count]).sum()
            assert regrets[loss]["SGD"][count - 1] == pytest.approx(paid - least, abs=1e-6)


def _slope(loss: str, z: np.ndarray):
    return lambda t, x: x - z[t - 1] if loss == "squares" else np.sign(x - z[t - 1])


@pytest.mark.parametrize(("c", "player"), REDDI)
def test_the_counterexample(c: float, player: str) -> None:
    game = reddi.game(player, c)
    for rounds, (x, average) in zip((1000, 10_000), REDDI[c, player], strict=True):
        assert game.points[rounds] == pytest.approx(x, rel=1e-6)
        assert game.regret[rounds - 1] / rounds == pytest.approx(average, rel=3e-6)


@pytest.mark.parametrize("c", reddi.STOPS)
def test_adam_ends_at_the_worst_point_and_amsgrad_at_the_best(c: float) -> None:
    adam, amsgrad = (reddi.game(player, c) for player in ("Adam", "AMSGrad"))
    assert adam.points[-30:].min() > 0.98
    assert amsgrad.points[-30:].min() == -1
    assert adam.regret[-1] / len(adam.regret) >= reddi.worst_rate(c)
    assert reddi.last_cycle(adam.steps, 10_000).sum() > 0 > reddi.last_cycle(amsgrad.steps, 10_000).sum()


def test_the_last_cycle_begins_with_the_large_slope() -> None:
    steps = reddi.game("SGD", 3.0).steps
    for rounds in (3, 4, 5, 6, 1000, 10_000):
        assert reddi.last_cycle(steps, rounds) == pytest.approx([-3, 1, 1])


def test_bias_correction_hardly_matters_there() -> None:
    betas = {"lr": 0.5, "beta1": 0.0, "beta2": 0.1, "eps": 0.0}
    ends = [
        play(Player("adam", {**betas, "bias_correction": on}), _reddi, np.array([[1.0]]), 999)[0][-1, 0]
        for on in (False, True)
    ]
    assert ends[0] == pytest.approx(ends[1], abs=1e-4)


def _reddi(t: int, x: np.ndarray) -> np.ndarray:
    return np.full_like(x, 3.0 if t % 3 == 1 else -1.0)


def test_points_stay_on_the_interval() -> None:
    for games in reddi.games().values():
        for game in games:
            assert np.abs(game.points).max() <= 1


def test_cached_arrays_cannot_be_written() -> None:
    game = reddi.game("Adam", 3.0)
    for array in (game.points, game.steps, game.regret, online.harmless()["squares"]["SGD"]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1.0

"""A coordinate whose gradient is there in one of k steps: SGD moves it 1/k as far, the adaptive rules about 1/√k.

Sources: Duchi, Hazan, Singer, JMLR 12 (2011), section 1.3; Kingma, Ba (2015), section 1.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from optim_viz.scenario import Lane
from optim_viz.stories.measures import short
from optim_viz.stories.story import Move, Runs, Sentence, Story, changed, scene

SCENARIO = scene(
    "sparse_steps",
    Lane("sgd", {"lr": 0.03}),
    Lane("adagrad", {"lr": 0.27}),
    Lane("adam", {"lr": 0.03}),
    start=(0.0, 0.0),
    steps=300,
    lane=2,
)


def _shares(runs: Runs) -> list[float]:
    """Return how far each run came in y beside x; NaN for one that did not come anywhere."""
    ends = [run.theta[-1].tolist() for run in runs]
    return [y / x if x else np.nan for x, y in ends]


def _numbers(runs: Runs) -> Mapping[str, object]:
    sgd, adagrad, adam = map(short, _shares(runs))
    return {"sgd": sgd, "adagrad": adagrad, "adam": adam}


def _rarity(k: int, runs: Runs) -> bool:
    sgd, *adaptive = _shares(runs)
    root = 1 / np.sqrt(k)
    return abs(sgd - 1 / k) < 1e-9 and all(0.6 * root < share < 1.2 * root for share in adaptive)


STORY = Story(
    name="rare_gradients",
    title="A rare feature",
    group="Noise and rare gradients",
    rank=10,
    scenario=SCENARIO,
    sentence=Sentence(
        "Only one step in 10 says anything about y. SGD gets only {sgd} as far in y as in x, AdaGrad {adagrad} and "
        "Adam {adam}: dividing by √v makes rare gradients count.",
        lambda runs: _rarity(10, runs),
        _numbers,
    ),
    moves=(
        Move(
            "One step in 100",
            changed(SCENARIO, parameters={"k": 100}),
            Sentence(
                "With one step in 100 SGD gets {sgd} as far in y as in x, Adam {adam}.",
                lambda runs: _rarity(100, runs),
                _numbers,
            ),
        ),
        Move(
            "Every step",
            changed(SCENARIO, parameters={"k": 1}),
            Sentence(
                "When every step says something about y, all three go the same way: straight down the diagonal.",
                lambda runs: all(
                    bool(np.array_equal(run.theta[:, 0], run.theta[:, 1])) and run.theta[-1, 0] < -8 for run in runs
                ),
            ),
        ),
    ),
)

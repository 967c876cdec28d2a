"""Momentum as a particle: a mass that the slope pushes and friction brakes.

With lr η and curvature λ momentum overshoots unless momentum <= (1 - sqrt(ηλ))². Along this valley λ = 1 and η = 0.006,
so the border is 0.851: at 0.85 the ball is just braked in time.

Source: Qian, On the momentum term in gradient descent learning algorithms, Neural Networks 12 (1999).
"""

from __future__ import annotations

from collections.abc import Mapping

from optim_viz.scenario import Lane
from optim_viz.stories.measures import arrival, arrives_before, crossings, first_to_arrive, short
from optim_viz.stories.story import Move, Runs, Sentence, Story, changed, scene

SCENARIO = scene(
    "narrow_valley",
    Lane("momentum", {"lr": 0.006, "momentum": 0.5}, colour=2, marker="square"),
    Lane("momentum", {"lr": 0.006, "momentum": 0.85}),
    Lane("momentum", {"lr": 0.006, "momentum": 0.97}, colour=4, marker="diamond"),
    start=(-8.0, 1.0),
    steps=300,
    speed=0.5,
    lane=2,
    zoom=((-9.0, 6.0), (-2.5, 2.5)),
)


def _ball(runs: Runs) -> bool:
    heavy, braked, light = runs[2], runs[1], runs[0]
    past = light.theta[:, 0].max() <= 0 and braked.theta[:, 0].max() <= 0 < heavy.theta[:, 0].max()
    return past and first_to_arrive(runs) == 1 and crossings(heavy.theta[:, 0]) > 3


def _numbers(runs: Runs) -> Mapping[str, object]:
    return {
        "far": short(float(runs[2].theta[:, 0].max())),
        "braked": arrival(runs[1]),
        "times": crossings(runs[2].theta[:, 0]),
        "left": short(abs(float(runs[0].theta[-1, 0]))),
    }


STORY = Story(
    name="heavy_ball",
    title="Momentum is a heavy ball",
    group="Valleys",
    rank=40,
    scenario=SCENARIO,
    sentence=Sentence(
        "With momentum 0.97 the ball rolls {far} past the minimum and swings back {times} times. At 0.85 friction "
        "stops it just in time, at step {braked}. At 0.5 it creeps.",
        _ball,
        _numbers,
    ),
    moves=(
        Move(
            "Almost no friction: 0.99",
            changed(SCENARIO, {2: {"momentum": 0.99}}),
            Sentence(
                "At 0.99 it rolls {far} past the minimum, almost as far as it came, and has not arrived after 300 "
                "steps.",
                lambda runs: arrival(runs[2]) < 0 and 6 < runs[2].theta[:, 0].max() < 8,
                _numbers,
            ),
        ),
        Move(
            "No mass: 0",
            changed(SCENARIO, {0: {"momentum": 0.0}}),
            Sentence(
                "Momentum 0 is plain SGD: no swing, and still {left} from the minimum after 300 steps.",
                lambda runs: runs[0].theta[:, 0].max() < -1 and arrives_before(runs[1], runs[0]),
                _numbers,
            ),
        ),
    ),
)

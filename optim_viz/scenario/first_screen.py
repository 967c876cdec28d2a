"""The first screen: five optimizers race down a narrow valley, and each shows what it is known for."""

from __future__ import annotations

from optim_viz import surfaces
from optim_viz.scenario.fields import Fields
from optim_viz.scenario.lane import Lane

# SGD zigzags, momentum swings, AdaGrad bends early and slows down, RMSProp keeps one speed, Adam rolls in: their paths
# tell them apart, and so does where they are at any moment.
_LANES: tuple[tuple[str, dict[str, float | bool]], ...] = (
    ("sgd", {"lr": 0.018}),
    ("momentum", {"lr": 0.006}),
    ("adagrad", {"lr": 0.8}),
    ("rmsprop", {"lr": 0.04, "alpha": 0.9}),
    ("adam", {"lr": 0.15}),
)


def first_screen() -> Fields:
    """Return its fields; Adam's arithmetic is shown, and half speed lets the eye follow the first steps."""
    return Fields(
        surface="narrow_valley",
        parameters={},
        formula="",
        domain=surfaces.get("narrow_valley").domain,
        start=(-8.0, 1.0),
        steps=300,
        noise=0.0,
        seed=0,
        lanes=tuple(Lane(optimizer, hyperparameters) for optimizer, hyperparameters in _LANES),
        speed=0.5,
        lane=len(_LANES) - 1,
        story="narrow_valley",
    )

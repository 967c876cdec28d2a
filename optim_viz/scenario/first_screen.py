"""The first screen: five optimizers race down a narrow valley, and each shows what it is known for."""

from __future__ import annotations

from optim_viz import surfaces
from optim_viz.scenario.fields import Fields
from optim_viz.scenario.lane import usual_lanes

# SGD zigzags, momentum swings, AdaGrad bends early and slows down, RMSProp keeps one speed, Adam rolls in: their paths
# tell them apart, and so does where they are at any moment.
_LANES: tuple[tuple[str, dict[str, float | bool]], ...] = (
    ("sgd", {"lr": 0.018}),
    ("momentum", {"lr": 0.006}),
    ("adagrad", {"lr": 0.8}),
    ("rmsprop", {"lr": 0.04, "alpha": 0.9}),
    ("adam", {"lr": 0.15}),
)


SURFACE = "narrow_valley"
OPTIMIZERS = tuple(optimizer for optimizer, _ in _LANES)


def first_screen() -> Fields:
    """Return its fields; Adam's arithmetic is shown, and half speed lets the eye follow the first steps.

    Where the file of one of its optimizers or of its surface was taken away it is what is left, and tells no story.
    """
    lanes = usual_lanes(_LANES)
    ground = surfaces.get(SURFACE if SURFACE in surfaces.names() else surfaces.names()[0])
    whole = ground.name == SURFACE and len(lanes) == len(_LANES)
    return Fields(
        surface=ground.name,
        parameters={each.name: each.default for each in ground.parameters},
        formula="",
        domain=ground.domain,
        start=(-8.0, 1.0) if ground.name == SURFACE else ground.start,
        steps=300,
        noise=0.0,
        seed=0,
        lanes=lanes,
        speed=0.5,
        lane=len(lanes) - 1,
        story="narrow_valley" if whole else "",
    )

"""What is said of two worlds: what to look at, and what the two sides are."""

from __future__ import annotations

from optim_viz import outside, surfaces
from optim_viz.comparison.events import Quantity
from optim_viz.experiments import two_worlds as arithmetic
from optim_viz.experiments.two_worlds import Toy
from optim_viz.figures.training.state import QUANTITIES
from optim_viz.outside import Refused
from optim_viz.run_store import Bands
from optim_viz.scenario import Lane


def look(lane: Lane) -> str:
    """Say in a sentence what to look at."""
    said: list[str] = []
    for sign, declared in (("m", arithmetic.first_moment(lane)), ("v", arithmetic.second_moment(lane))):
        if declared is not None and declared.divisor(1) != 1.0:
            said.append(f"{sign} is {declared.divisor(1):.3g} of {sign}̂")
    longest = arithmetic.memory(lane)
    words = ""
    if said:
        words = (
            f"Look at the first steps, where the dotted lines lack the bias correction: at step 1 {' and '.join(said)}"
        )
    if longest is not None:
        name, steps = longest
        forgets = (
            f"{'√v̂' if arithmetic.second_moment(lane) else 'm̂'} settles after about 1/(1 − {name}) = {steps:,.0f} steps"
        )
        words = f"{words}; {forgets}" if words else f"Look how {forgets}"
    return f"{words}, in both worlds." if words else "Look how long a large gradient is remembered, in both worlds."


def look_at_class(lane: Lane, quantities: tuple[Quantity, ...], toy: Toy) -> str:
    """Say in a sentence what is compared of a class of somebody else's, and why that."""
    title = lane.rule.title
    usual = {
        "m": ("m is what it keeps as", outside.FIRST_MOMENTS),
        "sqrt_v": ("√v is the root of what it keeps as", outside.SECOND_MOMENTS),
    }
    said = [
        f"{words} {toy.names.get(name, ' or '.join(names))}"
        for name, (words, names) in usual.items()
        if name in quantities
    ]
    if said:
        return f"Of {title}, {' and '.join(said)}: in both worlds as it is kept, before any bias correction."
    keeps = f"keeps {', '.join(toy.states)} and" if toy.states else "keeps"
    return (
        f"{title} {keeps} no moment under a usual name, such as {outside.FIRST_MOMENTS[0]} or "
        f"{outside.SECOND_MOMENTS[0]}; what both worlds have of it is |Δθ|, the size of its steps."
    )


def without_toy(lane: Lane, surface: str, found: Refused | None) -> str:
    """Say why there is no run on the surface, or that it is on its way."""
    if found is None:
        return f"{lane.rule.title} is being run on {surface}, in a process of its own …"
    return f"{lane.rule.title} cannot run on a surface: {found.reason}"


def about_toy(toy: Toy, total: int) -> str:
    """Say what the figures of the surface show."""
    said = "x solid, y dashed"
    if toy.plain:
        said += ", dotted without bias correction"
    if toy.steps < total:
        said += f"; the first {toy.steps:,} of {total:,} steps"
    if toy.diverged_at is not None:
        said += f"; with this learning rate it leaves the finite numbers at step {toy.diverged_at:,}"
    return f"{said}."


def about_network(bands: dict[Quantity, Bands]) -> str:
    """Say what the figures of the network show."""
    count = max((len(band.steps) for band in bands.values()), default=0)
    return f"Median, 10–90 % and 1–99 %, recorded at {count:,} {'step' if count == 1 else 'steps'}."


def label_of(figure: str, lane: str, surface: str, layer: str) -> str:
    """Return what a figure shows, for those who do not see it."""
    if figure == "path":
        return f"Path of {lane} on {surfaces.get(surface).title}"
    world, _, quantity = figure.partition(".")
    where = surfaces.get(surface).title if world == "toy" else f"the network, {layer}"
    return f"{QUANTITIES[quantity]} of {lane} against steps, {where}"

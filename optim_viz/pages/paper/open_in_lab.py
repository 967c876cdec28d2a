"""Links from a section to the lab, where the section's runs are set up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from optim_viz import surfaces
from optim_viz.scenario import FORMULA, Lane, Scenario
from optim_viz.surfaces import Surface


def open_in_lab(
    surface: str,
    lanes: Sequence[Lane],
    *,
    steps: int,
    start: tuple[float, float] | None = None,
    parameters: Mapping[str, float] | None = None,
    time: int | None = None,
    lane: int = 0,
) -> str:
    """Return "Open in the lab" as a Markdown link.

    Args:
        surface: a name of `surfaces.names()`.
        lanes: 1 to 8.
        steps: 1 to `MAX_STEPS` of the scenario.
        start: of every lane; the surface's own where None.
        parameters: of the surface, those that are not its defaults.
        time: the step that is shown; where None, the lab opens playing.
        lane: index of the lane whose arithmetic is shown.
    """
    ground = surfaces.get(surface, **(parameters or {}))
    scenario = Scenario(
        surface=surface,
        parameters=parameters or {},
        formula="",
        domain=ground.domain,
        start=start or ground.start,
        steps=steps,
        noise=0.0,
        seed=0,
        lanes=tuple(lanes),
        time=time,
        lane=lane,
    )
    # Brackets and spaces cannot occur in the query of a catalog surface, so Markdown takes it as it is.
    return f"[Open in the lab](./?{scenario.to_url()})"


def open_formula_in_lab(surface: Surface, lanes: Sequence[Lane], *, steps: int) -> str:
    """Return "Open in the lab" as a Markdown link to a surface that is in no catalog; its formula goes into the link.

    Args:
        surface: made by a section; `text` is its formula.
        lanes: 1 to 8.
        steps: 1 to `MAX_STEPS` of the scenario.
    """
    scenario = Scenario(
        surface=FORMULA,
        parameters={},
        formula=surface.text,
        domain=surface.domain,
        start=surface.start,
        steps=steps,
        noise=0.0,
        seed=0,
        lanes=tuple(lanes),
    )
    return f"[Open in the lab](./?{scenario.to_url()})"

"""The link from section 2 to the lab, where its valley is none of the catalog's."""

from __future__ import annotations

from optim_viz.experiments.valley import valley
from optim_viz.scenario import FORMULA, Lane, Scenario


def valley_link(kappa: float, degrees: int, lanes: list[Lane], steps: int) -> str:
    """Return "Open in the lab" as a Markdown link; the valley goes there as a formula.

    Args:
        kappa: its condition number.
        degrees: how far it is turned.
        lanes: 1 to 8.
        steps: 1 to 2000.
    """
    ground = valley(kappa, degrees)
    scenario = Scenario(
        surface=FORMULA,
        parameters={},
        formula=ground.text,
        domain=ground.domain,
        start=ground.start,
        steps=steps,
        noise=0.0,
        seed=0,
        lanes=tuple(lanes),
    )
    return f"[Open in the lab](./?{scenario.to_url()})"

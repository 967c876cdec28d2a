"""The scripts of a scenario, by the library that they are for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from optim_viz.exports.latex import scenario_latex
from optim_viz.exports.optax_script import optax_script
from optim_viz.exports.torch_script import torch_script
from optim_viz.scenario import Scenario


@dataclass(frozen=True)
class Script:
    """One kind of text that a scenario can be taken away as.

    Attributes:
        title: for a menu.
        sentence: what it is for.
        file: the name of its file.
        write: (scenario) -> the text.
    """

    title: str
    sentence: str
    file: str
    write: Callable[[Scenario], str]


SCRIPTS: Final = {
    "python": Script(
        "optim_viz",
        "Python that repeats these runs with optim_viz, digit for digit.",
        "optim_viz_runs.py",
        Scenario.to_python,
    ),
    "torch": Script(
        "PyTorch",
        "torch.optim's optimizers in float64, and what torch has not written out. It says how near to the lab it ends.",
        "optim_viz_torch.py",
        torch_script,
    ),
    "optax": Script(
        "optax",
        "JAX in float64, for the lanes whose rule optax has with the same formula; it names the others.",
        "optim_viz_optax.py",
        optax_script,
    ),
    "latex": Script(
        "LaTeX",
        "The update rules, in symbols and with these lanes' numbers (amsmath).",
        "optim_viz_rules.tex",
        scenario_latex,
    ),
}


def script(scenario: Scenario, library: str) -> str:
    """Return a script of a scenario.

    Args:
        scenario: the lab's state.
        library: a key of `SCRIPTS`.

    Raises:
        ValueError: no such library.

    Example:
        >>> from optim_viz.scenario import Scenario
        >>> "torch.optim.Adam" in script(Scenario.from_url("surface=booth&lane=adam")[0], "torch")
        True
    """
    if library not in SCRIPTS:
        raise ValueError(f"there is no script for {library!r}; there are {', '.join(SCRIPTS)}")
    return SCRIPTS[library].write(scenario)

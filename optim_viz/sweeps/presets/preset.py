"""The contract of a preset: a sweep with a title, and what it is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optim_viz import datasets, models, update_rules
from optim_viz.sweeps.link import read
from optim_viz.sweeps.plan import Sweep


@dataclass(frozen=True)
class Preset:
    """A sweep to start from.

    Attributes:
        name: the name of its file.
        title: what its button says.
        rank: place among the buttons; ties are ordered by name.
        sentence: what it shows, and where it is from.
        query: the sweep as a link has it.

    Raises:
        UnknownName: an optimizer, model or data set is not there.
        ValueError: the link is not understood; the message says why.
    """

    name: str
    title: str
    rank: int
    sentence: str
    query: Mapping[str, Sequence[str]]

    def __post_init__(self) -> None:
        """Check it."""
        for text in self.query["optimizer"]:
            update_rules.get(text.partition(",")[0])
        datasets.get(self.query["dataset"][0])
        models.get(self.query["model"][0])
        self.sweep()

    def sweep(self) -> Sweep:
        """Return the sweep.

        Raises:
            ValueError: the link is not understood.
        """
        sweep, problems = read(self.query)
        if problems:
            raise ValueError(f"preset {self.name}: {'; '.join(problems)}")
        return sweep

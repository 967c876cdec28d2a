"""`optim_viz.Lab`: one scenario that shows itself, links to itself and saves itself."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from optim_viz.new_file import replacing
from optim_viz.notebook.scenarios import LaneLike, checked, of_runs, of_settings
from optim_viz.saved_page import LAB, checked_lab, saved
from optim_viz.scenario import Scenario
from optim_viz.stage.answer import opened
from optim_viz.stage.lane_run import run_specs
from optim_viz.stage.outside_lanes import made_run
from optim_viz.surfaces import Surface, shown
from optim_viz.trajectory import Trajectory

if TYPE_CHECKING:
    from optim_viz.notebook.widget import LabWidget
    from optim_viz.render import Look

HEIGHT: Final = 680
"""Of the lab in a notebook, in pixels."""


class Lab:
    """The animated lab as a value.

    As the last line of a notebook's cell it shows itself: it plays, and its sliders drag, with the notebook's kernel
    behind it (`pip install "optim_viz[notebook]"` in Jupyter, VS Code or marimo). Without anywidget it shows itself as
    a saved page, whose sliders drag too, but which has these lanes alone.

    A lab is made from a link, from a Scenario, from runs that `optim_viz.rollout` made, or from keyword arguments:

        optim_viz.Lab("https://.../?surface=beale&lane=adam,lr=0.1")
        optim_viz.Lab(surface="rosenbrock", lanes=["adam,lr=0.05", ("sgd", {"lr": 0.001})], steps=500)
        optim_viz.Lab(optim_viz.rollout(surface, MyOptimizer, lr=[0.01, 0.1]))

    Surfaces from `surfaces.from_function`, outside classes and UpdateRules of one's own have a name in this process
    only: there the lab, its page and its widget work; a link to them opens nowhere else.

    Args:
        *what: a link of the lab or its query, or a Scenario; or one or more trajectories, whose runs (1 to 8) share
            surface, start, steps, noise and seed; none for the first screen.
        surface: a name of `surfaces.names()`, or a Surface.
        lanes: 1 to 8, each a Lane, its text as links have it, an optimizer (name, UpdateRule or class), or a pair of
            one and its hyperparameters (and "schedule", "colour", "marker" or "visible").
        lab: address of a full lab, to which `url` and saved pages lead.
        height: in a notebook, in pixels, 320 to 4000.
        **settings: other fields of `Scenario`: start, steps, noise, seed, view, time, speed, plots, zoom, ...

    Raises:
        ValueError: whatever cannot be used; the message names it and says what to write.
    """

    def __init__(
        self,
        *what: str | Scenario | Trajectory | Iterable[Trajectory],
        surface: str | Surface | None = None,
        lanes: Iterable[LaneLike] | None = None,
        lab: str = LAB,
        height: int = HEIGHT,
        **settings: Any,
    ) -> None:
        if not 320 <= height <= 4000:
            raise ValueError(f"height = {height} must be 320 to 4000 pixels")
        self._lab, self._height = checked_lab(lab), height
        self._scenario = _scenario(what, surface, lanes, settings)
        self._widget: LabWidget | None = None

    @property
    def scenario(self) -> Scenario:
        """The scenario that it was made from."""
        return self._scenario

    @property
    def shown(self) -> Scenario:
        """What its widget shows now, as somebody left it; `scenario` where it was never shown."""
        return self._scenario if self._widget is None else self._widget.shown

    @property
    def url(self) -> str:
        """The link to it in a full lab."""
        return f"{self._lab}?{self._scenario.to_url()}"

    @property
    def runs(self) -> tuple[Trajectory, ...]:
        """The runs of its lanes, in their order: what is drawn.

        Raises:
            outside.Refused: an outside class cannot run; the message says why.
        """
        return tuple(made_run(spec) for spec in run_specs(self._scenario))

    def page(self, path: str | Path, *, drag: bool = True, plotly: bool | None = None) -> Path:
        """Save it as a page in one file, which opens without a server and without a network.

        Args:
            path: of the file; one that is there is replaced once all is written.
            drag: whether the runs at the stops of its sliders are inside.
            plotly: whether plotly.js is inside, 2 MB that 3D needs; None where the lab is seen in 3D.

        Returns:
            The path.

        Raises:
            ValueError: there is no such folder, or the runs are too many for a page; see `saved_page.saved`.
        """
        made = saved(self._scenario, drag=drag, plotly=plotly, lab=self._lab)
        with replacing(Path(path)) as file:
            file.write(made.html)
        return Path(path)

    def render(self, path: str | Path, look: Look | None = None, **options: Any) -> Path:
        """Draw it as a picture (PNG, SVG, PDF) or as a film (MP4, WebM, GIF), without a browser.

        Args:
            path: of the file; its ending says which.
            look: see `optim_viz.render.Look`.
            **options: of `render.picture` (step) or `render.film` (fps, first, last, every, loop).

        Returns:
            The path.

        Raises:
            ValueError: a wrong ending or option.
            ModuleNotFoundError: Matplotlib is not installed: `pip install "optim_viz[render]"`.
        """
        from optim_viz import render

        is_film = Path(path).suffix.lower().lstrip(".") in render.FILMS
        return (render.film if is_film else render.picture)(self._scenario, path, look, **options)

    @property
    def widget(self) -> LabWidget:
        """The lab as an anywidget.

        Raises:
            ModuleNotFoundError: anywidget is not installed.
        """
        if self._widget is None:
            from optim_viz.notebook.widget import LabWidget

            self._widget = LabWidget(self._scenario, lab=self._lab, height=self._height)
        return self._widget

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """Show the widget, or the page where there is no anywidget."""
        if not _has_anywidget():
            return {"text/plain": repr(self), "text/html": self._repr_html_()}
        bundle = cast("Any", self.widget)._repr_mimebundle_()
        data = cast("dict[str, Any]", bundle[0] if isinstance(bundle, tuple) else bundle)
        note = "Run this cell to see the lab, or open it: "
        link = f'<a href="{escape(self.url)}">{escape(self.url)}</a>'
        return {**data, "text/plain": repr(self), "text/html": f"<p>{note}{link}</p>"}

    def _display_(self) -> object:
        """Show it in marimo."""
        return self.widget if _has_anywidget() else _Html(self._repr_html_())

    def _repr_html_(self) -> str:
        """Return the saved page in a frame that nothing gets out of, and how to get the live lab."""
        page = escape(saved(self._scenario, lab=self._lab).html)
        rights = "allow-scripts allow-popups allow-popups-to-escape-sandbox"
        style = f"display: block; width: 100%; height: {self._height}px; border: 1px solid rgb(128 128 128 / 40%)"
        return (
            f'<iframe title="Optimizer lab" sandbox="{rights}" style="{style}" srcdoc="{page}"></iframe>'
            '<p style="font-size: 13px">A saved page. With <code>pip install "optim_viz[notebook]"</code> the lab '
            "itself runs here, with every optimizer and surface.</p>"
        )

    def __repr__(self) -> str:
        """Say in one line what it shows."""
        names = ", ".join(self._scenario.titles())
        return f"Lab({self._scenario.surface_object().title}: {names}; {self._scenario.steps} steps)"


class _Html:
    """HTML as marimo takes it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def _repr_html_(self) -> str:
        return self.text


def _has_anywidget() -> bool:
    return importlib.util.find_spec("anywidget") is not None


def _scenario(
    what: tuple[str | Scenario | Trajectory | Iterable[Trajectory], ...],
    surface: str | Surface | None,
    lanes: Iterable[LaneLike] | None,
    settings: dict[str, Any],
) -> Scenario:
    first = what[0] if what else Scenario.default()
    if isinstance(first, str | Scenario):
        if len(what) > 1:
            raise ValueError(f"a lab is made from one link or scenario, not from {len(what)}")
        if isinstance(first, Scenario):
            return of_settings(first, surface, lanes, settings)
        kept = opened(first.partition("#")[0].rpartition("?")[2])
        return of_settings(checked(kept.scenario, kept.problems), surface, lanes, settings)
    runs: list[Trajectory] = []
    for each in cast("tuple[Any, ...]", what):
        several = isinstance(each, Iterable) and not isinstance(each, Trajectory)
        for run in cast("Iterable[Any]", each if several else [each]):
            if not isinstance(run, Trajectory):
                raise ValueError(f"{shown(run)} is no link, no Scenario and no Trajectory to make a lab from")
            runs.append(run)
    if surface is not None or lanes is not None:
        raise ValueError("runs have their surface and their optimizers: leave surface and lanes out")
    return of_runs(runs, settings)

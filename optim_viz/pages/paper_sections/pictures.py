# pyright: basic
"""A section's plots as a function of its controls, so that they can follow a control before the server answers."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from optim_viz.pages.paper_sections.controls import Controls
from optim_viz.stage.follow import follow
from optim_viz.stage.plot import plot_message, show_plot

if TYPE_CHECKING:
    import plotly.graph_objects as go

_WHOLE = 64  # most values of which a family holds all
_AROUND, _SPREAD = 12, 40
Values = tuple[tuple[str, Any], ...]
"""Values of controls by their names, sorted."""


@dataclass(frozen=True, eq=False)
class Picture:
    """One plot.

    Attributes:
        figure: what is drawn.
        height: CSS pixels.
        label: what can be seen, for people who cannot see it.
    """

    figure: go.Figure
    height: int
    label: str


Draw = Callable[..., Mapping[str, Picture]]
"""Draws plots from values of controls, given by the controls' names; the plots' keys go on from the section's prefix.

It is a function of these values alone, at the module's top level, and calls nothing of Streamlit's.
"""


class Pictures:
    """The plots of a section, or of a part of it, with the controls as they stand."""

    def __init__(self, controls: Controls, draw: Draw) -> None:
        """Draw the plots; every control that `draw` takes must have been asked for, or noted as absent."""
        self.controls, self.draw = controls, draw
        self.names = tuple(inspect.signature(draw).parameters)
        self._messages = _messages(controls, draw, {name: controls.values[name] for name in self.names})

    def show(self, name: str) -> None:
        """Show a plot."""
        key = f"{self.controls.prefix}-{name}"
        show_plot(self._messages[key], key=key)


def follow_controls(controls: Controls, *drawn: Pictures) -> None:
    """Let the plots of a section follow its controls while they move; the last thing that a section shows."""
    names = {name for pictures in drawn for name in pictures.names if name in controls.offered}
    places = {f"{controls.prefix}.{name}": name for name in sorted(names)}

    def family(key: str) -> tuple[str, str]:
        name = places[key]
        draws = tuple(pictures.draw for pictures in drawn if name in pictures.names)
        taken = {each for pictures in drawn if name in pictures.names for each in pictures.names}
        others = {each: controls.values[each] for each in taken - {name}}
        offered = {each: controls.offered[each] for each in taken if each in controls.offered}
        kept = _kept(len(controls.offered[name]), controls.offered[name].index(controls.values[name]))
        return _family(
            controls.prefix, name, draws, tuple(sorted(others.items())), tuple(sorted(offered.items())), kept
        )

    follow(tuple(places), family, key=f"{controls.prefix}-follow")


def _kept(count: int, place: int) -> tuple[int, ...]:
    """Return the values of a control that a family holds: all, or of many those around the present one and a few more.

    A plot is drawn only where its exact figure is there: at the others it waits for the server.
    """
    if count <= _WHOLE:
        return tuple(range(count))
    around = range(max(0, place - _AROUND), min(count, place + _AROUND + 1))
    return tuple(sorted({*around, *range(0, count, -(-count // _SPREAD)), count - 1}))


@lru_cache(maxsize=40)
def _family(
    prefix: str, name: str, draws: tuple[Draw, ...], others: Values, offered: Values, kept: tuple[int, ...]
) -> tuple[str, str]:
    """Return an id and the plots at the kept values of a control: those that it changes."""
    values = dict(offered)[name]
    stops = {place: _stop(prefix, draws, others, offered, name, values[place]) for place in kept}
    pictures = [{key: json.loads(message)["options"]["picture"] for key, message in stop} for stop in stops.values()]
    changed = {key for key in pictures[0] if len({stop[key] for stop in pictures}) > 1}
    written = (
        f'"{place}":{{{",".join(f"{json.dumps(key)}:{message}" for key, message in stop if key in changed)}}}'
        for place, stop in stops.items()
    )
    content = f'{{"control":"{prefix}.{name}","stops":{{{",".join(written)}}}}}'
    return hashlib.blake2b(content.encode(), digest_size=8).hexdigest(), content


@lru_cache(maxsize=1000)
def _stop(
    prefix: str, draws: tuple[Draw, ...], others: Values, offered: Values, name: str, value: Any
) -> tuple[tuple[str, str], ...]:
    """Return the plots at one value of a control, key and message."""
    controls = Controls(prefix)
    controls.offered = dict(offered)
    values = {**dict(others), name: value}
    found: dict[str, str] = {}
    for draw in draws:
        found |= _messages(controls, draw, {each: values[each] for each in inspect.signature(draw).parameters})
    return tuple(found.items())


def _messages(controls: Controls, draw: Draw, values: Mapping[str, Any]) -> dict[str, str]:
    """Draw, and write down for which places of the controls."""
    state = {
        f"{controls.prefix}.{name}": controls.offered[name].index(value)
        for name, value in values.items()
        if name in controls.offered
    }
    return {
        key: plot_message(picture.figure, key=key, height=picture.height, label=picture.label, state=state)
        for key, picture in ((f"{controls.prefix}-{name}", each) for name, each in draw(**values).items())
    }

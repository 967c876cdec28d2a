# pyright: basic
"""A section's plots and words as functions of its controls, so that they follow these before the server answers."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from optim_viz.pages.paper.controls import Controls
from optim_viz.pages.paper.reading import nearest, place
from optim_viz.pages.paper.words import Words
from optim_viz.stage.follow import follow
from optim_viz.stage.plot import plot_message, show_plot, words_message

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


Draw = Callable[..., Mapping[str, Picture | Words]]
"""Draws plots, and says words, from values of controls, given by the controls' names; each has a name of its own.

It is a function of these values alone, at the module's top level, and calls nothing of Streamlit's.
"""


class Pictures:
    """The plots and words of a section, or of a part of it, with the controls as they stand."""

    def __init__(self, controls: Controls, draw: Draw) -> None:
        """Draw the plots; every control that `draw` takes must have been asked for."""
        self.controls, self.draw = controls, draw
        self.names = tuple(inspect.signature(draw).parameters)
        values = {name: controls.values[name] for name in self.names}
        self._messages = _messages(controls.prefix, controls.offered, draw, values)

    def show(self, name: str) -> None:
        """Show a plot, or words."""
        key = f"{self.controls.prefix}-{name}"
        show_plot(self._messages[key], key=key)


def follow_controls(controls: Controls, *drawn: Pictures) -> None:
    """Let plots and words of a section follow its controls while they move; the last thing that a section shows."""
    names = {name for pictures in drawn for name in pictures.names if name in controls.offered}
    places = {f"{controls.prefix}.{name}": name for name in sorted(names)}

    def family(key: str) -> tuple[str, str]:
        name = places[key]
        draws = tuple(pictures.draw for pictures in drawn if name in pictures.names)
        taken = {each for pictures in drawn if name in pictures.names for each in pictures.names}
        others = {each: controls.values[each] for each in taken - {name}}
        offered = {each: controls.offered[each] for each in taken if each in controls.offered}
        kept = _kept(len(offered[name]), nearest(offered[name], controls.values[name]))
        return _family(
            controls.prefix, name, draws, tuple(sorted(others.items())), tuple(sorted(offered.items())), kept
        )

    follow(tuple(places), family, key=f"{controls.prefix}-follow")


def _kept(count: int, at: int) -> tuple[int, ...]:
    """Return the values of a control that a family holds: all, or of many those around the present one and a few more.

    A plot is drawn only where its exact figure is there: at the others it waits for the server. The values around the
    present one stay the same ones for some moves, so that not every one sends a family anew.
    """
    if count <= _WHOLE:
        return tuple(range(count))
    first = at - at % _AROUND
    around = range(max(0, first - _AROUND), min(count, first + 2 * _AROUND))
    return tuple(sorted({*around, *range(0, count, -(-count // _SPREAD)), count - 1}))


@lru_cache(maxsize=40)
def _family(
    prefix: str, name: str, draws: tuple[Draw, ...], others: Values, offered: Values, kept: tuple[int, ...]
) -> tuple[str, str]:
    """Return an id and the plots at the kept values of a control."""
    values = dict(offered)[name]
    stops = (f'"{at}":{_stop(prefix, draws, others, offered, name, values[at])}' for at in kept)
    content = f'{{"control":"{prefix}.{name}","stops":{{{",".join(stops)}}}}}'
    return hashlib.blake2b(content.encode(), digest_size=8).hexdigest(), content


@lru_cache(maxsize=1000)
def _stop(prefix: str, draws: tuple[Draw, ...], others: Values, offered: Values, name: str, value: Any) -> str:
    """Return the plots at one value of a control, key to message, as JSON."""
    values = {**dict(others), name: value}
    found: dict[str, str] = {}
    for draw in draws:
        taken = {each: values[each] for each in inspect.signature(draw).parameters}
        found |= _messages(prefix, dict(offered), draw, taken)
    return f"{{{','.join(f'{json.dumps(key)}:{message}' for key, message in found.items())}}}"


def _messages(
    prefix: str, offered: Mapping[str, tuple[Any, ...]], draw: Draw, values: Mapping[str, Any]
) -> dict[str, str]:
    """Draw, and write down for which places of the controls; one between two stops, as a link may set it, has none."""
    places = {name: place(offered[name], value) for name, value in values.items() if name in offered}
    state = {f"{prefix}.{name}": at for name, at in places.items() if at is not None}
    return {f"{prefix}-{name}": _message(each, f"{prefix}-{name}", state) for name, each in draw(**values).items()}


def _message(drawn: Picture | Words, key: str, state: Mapping[str, int]) -> str:
    if isinstance(drawn, Words):
        return words_message(drawn.html(), key=key, state=state)
    return plot_message(drawn.figure, key=key, height=drawn.height, label=drawn.label, state=state)

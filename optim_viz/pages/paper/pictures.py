# pyright: basic
"""A section's plots and words as functions of its controls, so that they follow these before the server answers.

Of a control's family, the pictures at each of its stops, the browser has every one before the control is moved.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from optim_viz.byte_cache import ByteCache
from optim_viz.pages.paper.controls import Controls
from optim_viz.pages.paper.reading import nearest_stop, stop_of
from optim_viz.pages.paper.words import Words
from optim_viz.stage.plot import plot_message, show_plot, words_message
from optim_viz.stage.streamlit_controls import follow

if TYPE_CHECKING:
    import plotly.graph_objects as go

_WHOLE: Final = 64  # most stops of which a family holds all
_AROUND, _SPREAD = 12, 40
Values = tuple[tuple[str, Any], ...]
"""Values of controls by their names, sorted."""

# One for all visitors. The largest family has 13 MB; a section's families, one a control, stay while it is used.
_CACHE: Final = ByteCache(64 * 2**20)


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
"""A section's drawing function: its parameters are names of controls, and it returns plots and words by name.

It depends on these values alone, is defined at the module's top level, and calls no function of Streamlit.
"""


class Pictures:
    """The plots and words of a section, or of a part of it, at the present values of its controls."""

    def __init__(self, controls: Controls, draw: Draw) -> None:
        """Draw; every control that `draw` takes must have been created before."""
        self.controls, self.draw = controls, draw
        self.names = tuple(inspect.signature(draw).parameters)
        self._messages = _drawn(controls.prefix, draw, _sorted(controls.values), _sorted(controls.offered))

    def show(self, name: str) -> None:
        """Show a plot, or words."""
        key = f"{self.controls.prefix}-{name}"
        show_plot(self._messages[key], key=key)


def follow_controls(controls: Controls, *shown: Pictures) -> None:
    """Let plots and words of a section follow its controls while they move; the last thing that a section shows."""
    names = {name for pictures in shown for name in pictures.names if name in controls.offered}
    keys = {f"{controls.prefix}.{name}": name for name in sorted(names)}

    def family(key: str) -> tuple[str, str]:
        name = keys[key]
        draws = tuple(pictures.draw for pictures in shown if name in pictures.names)
        taken = {each for pictures in shown if name in pictures.names for each in pictures.names}
        # The control's own value makes no difference to its family, so it must make none to the cache.
        others = {each: controls.values[each] for each in taken - {name}}
        offered = {each: controls.offered[each] for each in taken if each in controls.offered}
        stops = _stops(len(offered[name]), nearest_stop(offered[name], controls.values[name]))
        return _CACHE.call(_family, controls.prefix, name, draws, _sorted(others), _sorted(offered), stops)

    follow(tuple(keys), family, key=f"{controls.prefix}-follow")


def _sorted(values: Mapping[str, Any]) -> Values:
    return tuple(sorted(values.items()))


def _stops(count: int, at: int) -> tuple[int, ...]:
    """Return the stops of a control that a family holds: all, or of many those around the present one and a few more.

    A plot is drawn only where its exact figure is there: elsewhere it waits for the server. The stops around the
    present one stay the same for some moves, so that not every move sends a family anew.
    """
    if count <= _WHOLE:
        return tuple(range(count))
    first = at - at % _AROUND
    around = range(max(0, first - _AROUND), min(count, first + 2 * _AROUND))
    return tuple(sorted({*around, *range(0, count, -(-count // _SPREAD)), count - 1}))


def _family(
    prefix: str, name: str, draws: tuple[Draw, ...], others: Values, offered: Values, stops: tuple[int, ...]
) -> tuple[str, str]:
    """Return an id and, as JSON, the plots and words at stops of a control: stop -> key -> message."""
    values = dict(offered)[name]
    pictures: list[str] = []
    for stop in stops:
        given = _sorted({**dict(others), name: values[stop]})
        messages = {key: each for draw in draws for key, each in _drawn(prefix, draw, given, offered).items()}
        fields = ",".join(f"{json.dumps(key)}:{message}" for key, message in messages.items())
        pictures.append(f'"{stop}":{{{fields}}}')
    content = f'{{"control":"{prefix}.{name}","stops":{{{",".join(pictures)}}}}}'
    return hashlib.blake2b(content.encode(), digest_size=8).hexdigest(), content


def _drawn(prefix: str, draw: Draw, values: Values, offered: Values) -> dict[str, str]:
    """Return the message of each plot and each text, by its key; of the values only those that `draw` takes matter."""
    taken = inspect.signature(draw).parameters
    return _CACHE.call(
        _messages,
        prefix,
        draw,
        tuple(each for each in values if each[0] in taken),
        tuple(each for each in offered if each[0] in taken),
    )


def _messages(prefix: str, draw: Draw, values: Values, offered: Values) -> dict[str, str]:
    """Draw, and note for which stops of the controls; a value between two stops, as a link may set it, has none."""
    given = dict(values)
    stops = {name: stop_of(each, given[name]) for name, each in offered}
    state = {f"{prefix}.{name}": stop for name, stop in stops.items() if stop is not None}
    return {f"{prefix}-{name}": _message(each, f"{prefix}-{name}", state) for name, each in draw(**given).items()}


def _message(drawn: Picture | Words, key: str, state: Mapping[str, int]) -> str:
    if isinstance(drawn, Words):
        return words_message(drawn.html(), key=key, state=state)
    return plot_message(drawn.figure, key=key, height=drawn.height, label=drawn.label, state=state)

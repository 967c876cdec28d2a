# pyright: basic
"""Mounts one optimizer in two worlds: figures that Python drew, and a clock that moves a mark over all of them.

The browser computes nothing of a run: it looks up what stands at the clock's step.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from optim_viz.figures.theme import LIGHT
from optim_viz.stage.packing import Block, pack
from optim_viz.stage.plot import COLOURS, plot_message
from optim_viz.stage.registration import registered

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, eq=False)
class WorldsNews:
    """What the component shows.

    Attributes:
        chosen: "surface", "lane" (its position) and "layer" that the figures were drawn for.
        surfaces: name -> title of those that can be chosen.
        lanes: position -> title, likewise.
        layers: likewise.
        colour: of the lane, index into the palette.
        marker: its shape.
        titles: quantity -> how it is written.
        figures: "path", and "toy.QUANTITY" and "network.QUANTITY" of those that there are, in the order of the page.
        stops: steps at which the clock stops, (N,).
        toy_steps: how many steps the toy made.
        place: of the toy after each stop, (N, 2).
        toy: quantity -> its values after each stop, (N, 2).
        network: quantity -> recorded steps (K,) and quantiles (K, 5).
        words: sentences: "look", "toy", "network".
        lab: address of the lab with the same run.
    """

    chosen: Mapping[str, str]
    surfaces: Mapping[str, str]
    lanes: Mapping[str, str]
    layers: Sequence[str]
    colour: int
    marker: str
    titles: Mapping[str, str]
    figures: Mapping[str, go.Figure]
    stops: NDArray[np.int64]
    toy_steps: int
    place: NDArray[np.float64]
    toy: Mapping[str, NDArray[np.float64]]
    network: Mapping[str, tuple[NDArray[np.int64], NDArray[np.float64]]]
    words: Mapping[str, str]
    lab: str


def worlds_message(news: WorldsNews, *, key: str, heights: Mapping[str, int], labels: Mapping[str, str]) -> bytes:
    """Return what `two_worlds` sends.

    Args:
        news: what is shown.
        key: names the component on the page.
        heights: of each figure, CSS pixels.
        labels: of each figure, for people who cannot see it.
    """
    blocks = {
        "stops": Block(news.stops.astype(np.float64)),
        "place": Block(np.ascontiguousarray(news.place.T), ("x", "y")),
    }
    for quantity, values in news.toy.items():
        blocks[f"toy.{quantity}"] = Block(np.ascontiguousarray(values.T), ("x", "y"))
    for quantity, (steps, values) in news.network.items():
        columns = np.concatenate([steps[:, None].astype(np.float64), values], axis=1)
        blocks[f"network.{quantity}"] = Block(np.ascontiguousarray(columns.T), ("step", "1", "10", "50", "90", "99"))
    figures: dict[str, Any] = {
        name: json.loads(plot_message(figure, key=f"{key}-{name}", height=heights[name], label=labels[name]))
        for name, figure in news.figures.items()
    }
    header = {
        "key": key,
        "chosen": dict(news.chosen),
        "surfaces": [[name, title] for name, title in news.surfaces.items()],
        "lanes": [[index, title] for index, title in news.lanes.items()],
        "layers": list(news.layers),
        "colour": news.colour,
        "marker": news.marker,
        "palette": LIGHT.lanes,
        "colours": json.loads(COLOURS),
        "titles": dict(news.titles),
        "figures": figures,
        "toySteps": news.toy_steps,
        "words": dict(news.words),
        "lab": news.lab,
    }
    return pack(header, blocks)


def two_worlds(message: bytes, *, key: str) -> None:
    """Show them on the running page; what the person chose there is `st.session_state[key]["choice"]`."""
    renderer = registered("worlds", html='<div class="tw"></div>', js="hosts/streamlit_worlds.js", css="worlds.css")
    renderer(
        key=key, data=message, default={"choice": None}, on_choice_change=_nothing, width="stretch", height="content"
    )


def _nothing() -> None:
    """Streamlit keeps a component's state only where something listens; the next run of the page reads it."""

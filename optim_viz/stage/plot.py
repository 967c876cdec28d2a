# pyright: basic
"""A Plotly figure on a page that stays where it is: new data never loses the zoom, the camera or the hover.

`st.plotly_chart` replaces its element at every change of data. This one is mounted once under its key and redrawn in
place (Plotly.react). Colours follow the page's theme in the browser: draw with the colours of `theme.LIGHT`, and a dark
page shows those of `theme.DARK` in their place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from optim_viz.figures.theme import DARK, LIGHT, Theme, legible
from optim_viz.stage.registration import registered

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from optim_viz.stage.registration import ComponentRenderer


def plot(figure: go.Figure, *, key: str, height: int, label: str) -> None:
    """Show a figure on the running page.

    Args:
        figure: what to draw; its size and the colours of axes and fonts are set by the page.
        key: names the plot on the page, and keeps its zoom while the data change.
        height: CSS pixels.
        label: what can be seen, for people who cannot see it.
    """
    show_plot(plot_message(figure, key=key, height=height, label=label), key=key)


def plot_message(
    figure: go.Figure, *, key: str, height: int, label: str, state: Mapping[str, int] | None = None
) -> str:
    """Return what `show_plot` sends to the browser, as JSON.

    Args:
        figure: as for `plot`.
        key: as for `plot`.
        height: as for `plot`.
        label: as for `plot`.
        state: controls whose values the figure was drawn for, key -> index among the values that the control offers.
            The browser takes a figure for old news while the control stands elsewhere (see `follow`).
    """
    # Plotly itself writes numbers as base64 and NaN as null, which a dict handed to a component could not be.
    drawn = figure.to_json()
    picture = hashlib.blake2b(f"{height} {label} {drawn}".encode(), digest_size=8).hexdigest()
    options = {"key": key, "height": height, "label": label, "picture": picture, "state": dict(state or {})}
    return f'{{"options":{json.dumps(options)},"figure":{drawn}}}'


def words_message(html: str, *, key: str, state: Mapping[str, int]) -> str:
    """Return what `show_plot` sends to show words in the place of a plot, so that they follow controls as plots do.

    Args:
        html: their markup, put onto the page as it is: whatever a person typed must have been escaped.
        key: as for `plot`.
        state: as for `plot_message`.
    """
    return json.dumps({"options": {"key": key, "state": dict(state)}, "html": html}, ensure_ascii=False)


def show_plot(message: str, *, key: str) -> None:
    """Mount a plot or words, or hand the mounted ones what is new."""
    plot_renderer()(key=key, data=f"{COLOURS}\n{message}".encode(), width="stretch", height="content")


def plot_renderer() -> ComponentRenderer:
    """Return what mounts a plot, and what plots follow controls by."""
    return registered("plot", html='<div class="ov-plot-root"></div>', js="hosts/streamlit_plot.js", css="plot.css")


def _ramp(theme: Theme) -> list[str]:
    return [colour for _, colour in theme.contour]


def _roles(theme: Theme) -> dict[str, str]:
    return {"text": theme.text, "muted": theme.muted, "grid": theme.grid, "background": theme.background}


def _palette(theme: Theme) -> list[str]:
    return [colour.lower() for colour in (*theme.lanes, *_roles(theme).values(), theme.contour_line, *_ramp(theme))]


COLOURS: Final = json.dumps(
    {
        "theme": {theme.mode: _roles(theme) for theme in (LIGHT, DARK)},
        "dark": dict(zip(_palette(LIGHT), _palette(DARK), strict=True)),
        "legible": {
            theme.mode: {colour: legible(colour, theme.background) for colour in _palette(theme)}
            for theme in (LIGHT, DARK)
        },
    }
)

# pyright: basic
"""A Plotly figure on a page that stays where it is: new data never loses the zoom, the camera or the hover.

`st.plotly_chart` replaces its element at every change of data. This one is mounted once under its key and redrawn in
place (Plotly.react). Colours follow the page's theme in the browser: draw with the colours of `theme.LIGHT`, and a dark
page shows those of `theme.DARK` in their place.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from optim_viz.figures.theme import DARK, LIGHT, Theme
from optim_viz.stage.registration import registered

if TYPE_CHECKING:
    import plotly.graph_objects as go


def plot(figure: go.Figure, *, key: str, height: int, label: str) -> None:
    """Show a figure on the running page.

    Args:
        figure: what to draw; its size and the colours of axes and fonts are set by the page.
        key: names the plot on the page, and keeps its zoom while the data change.
        height: CSS pixels.
        label: what can be seen, for people who cannot see it.
    """
    options = {
        "key": key,
        "height": height,
        "label": label,
        "theme": {theme.mode: _roles(theme) for theme in (LIGHT, DARK)},
        "dark": dict(zip(_palette(LIGHT), _palette(DARK), strict=True)),
    }
    # Bytes, because a NaN in a dict would break the component; Plotly itself writes numbers as base64 and NaN as null.
    message = f'{{"options":{json.dumps(options)},"figure":{figure.to_json()}}}'.encode()
    renderer = registered("plot", html='<div class="ov-plot-root"></div>', js="plot.js", css="plot.css")
    renderer(key=key, data=message, width="stretch", height="content")


def _roles(theme: Theme) -> dict[str, str]:
    return {"text": theme.text, "muted": theme.muted, "grid": theme.grid, "background": theme.background}


def _palette(theme: Theme) -> list[str]:
    return [colour.lower() for colour in (*theme.lanes, *_roles(theme).values(), theme.contour_line)]

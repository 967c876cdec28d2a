"""After Adam: what newer optimizers change, in sections made like those of the Paper page."""

from __future__ import annotations

from optim_viz.pages.after.sections import sections
from optim_viz.pages.paper.layout import show_page
from optim_viz.pages.site_header import has

_OPENING = """
Since 2015 hundreds of optimizers have been published. The ideas behind them are fewer: turn the axes, take the singular
values of a matrix, average in place of a schedule, take weight decay out of the gradient. Each stands here as a
question with something to move. Adam itself is on the [Paper page](./paper).
"""
_TRAIN = """
The [Train page](./train) trains a real network, and draws the loss around the path that it took as a plane.
"""

# Who reads, and the slugs of the sections in order. (A text here would be shown: Streamlit shows a script's own.)
_READING = {
    "Why matrices": ("angle", "muon"),
    "Training today": ("weight_decay", "schedule_free", "fair"),
}

show_page("After", "after", "After Adam", _OPENING + (_TRAIN if has("train") else ""), sections(), _READING)

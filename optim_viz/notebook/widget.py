# pyright: basic
# anywidget and traitlets declare traits in ways that strict types do not follow.
"""The lab as an anywidget: the stage stands in a frame of the cell, and this process answers it."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import anywidget
import traitlets

from optim_viz.saved_page import saved
from optim_viz.saved_page.document import document
from optim_viz.saved_page.program import packed_program
from optim_viz.scenario import Scenario
from optim_viz.stage.answer import Kept, answer
from optim_viz.stage.assets_folder import ASSETS

MAX_VIEWS = 32
"""Views of one lab that are answered; a notebook that shows it more often forgets the oldest, which begins anew."""


@lru_cache(maxsize=1)
def module() -> str:
    """Return the one ES module that a notebook's page loads: the cell, the frame's document and the program in it."""
    cell = (ASSETS / "hosts" / "notebook_cell.js").read_text(encoding="utf-8")
    page, program = json.dumps(document("Lab", {})), json.dumps(packed_program(plotly=True))
    return f"{cell}\nexport default {{ render: ({{ model, el }}) => cell(model, el, {page}, {program}) }};\n"


class LabWidget(anywidget.AnyWidget):
    """The lab in a notebook's cell.

    The stage asks with {"view": str, "request": ...} and is answered with {"view": str} and one packed message in the
    buffers; see `stage.answer`. While a slider is dragged it asks nothing.

    Attributes:
        lab: address of a full lab, for links.
        height: in pixels.
    """

    _esm = traitlets.Unicode().tag(sync=True)
    lab = traitlets.Unicode().tag(sync=True)
    height = traitlets.Int().tag(sync=True)

    def __init__(self, scenario: Scenario, *, lab: str, height: int) -> None:
        """Show a scenario."""
        super().__init__(_esm=module(), lab=lab, height=height)
        self._scenario = scenario
        self._views: dict[str, Kept] = {}
        self._latest = Kept(scenario)
        self.on_msg(self._heard)

    @property
    def shown(self) -> Scenario:
        """What is on screen where it was worked with last."""
        return self._latest.scenario

    def _heard(self, _: object, content: Any, buffers: object) -> None:
        """Answer one view; whatever else comes is left alone."""
        view, request = (content.get(name) for name in ("view", "request")) if isinstance(content, dict) else ("", None)
        if not isinstance(view, str) or not 0 < len(view) <= 64:
            return
        kept = self._views.pop(view, Kept(self._scenario))
        if request == "closed":
            return
        message, self._views[view] = answer(request, kept, page=self._page)
        while len(self._views) > MAX_VIEWS:
            del self._views[next(iter(self._views))]
        self._latest = self._views[view]
        self.send({"view": view}, buffers=[message])

    def _page(self, scenario: Scenario, drag: bool, plotly: bool) -> tuple[bytes, int]:
        made = saved(scenario, drag=drag, plotly=plotly, lab=self.lab)
        return made.html.encode(), made.draggable

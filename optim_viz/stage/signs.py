"""Lets formulas, controls and numbers of a page explain their signs, as the lab's do: on hover, focus and touch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from optim_viz.stage.registration import registered


def explain_signs(signs: Mapping[str, Any], *, key: str) -> None:
    """Explain the signs of the running page, those too that are drawn later.

    Args:
        signs: as `optim_viz.pages.paper.symbols.explained` returns them.
        key: of the component; unique on the page.
    """
    renderer = registered("signs", html="<span hidden></span>", js="hosts/streamlit_signs.js", css="signs.css")
    renderer(key=key, data=json.dumps(dict(signs), ensure_ascii=False).encode(), width="stretch", height="content")

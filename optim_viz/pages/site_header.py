"""The line at the top of every page: the app's name and where one can go, in the same place on each.

The lab draws its own line, with its controls in it (stage/assets/views/topbar.js); the style of what all pages share
stands here, and every page brings it.
"""

from __future__ import annotations

import base64
import html
import os
from pathlib import Path
from typing import Final

import streamlit as st

from optim_viz.figures.theme import DARK, LIGHT

PAGES: Final = (
    ("Lab", ""), ("Maps", "maps"), ("Train", "train"), ("Sweeps", "sweeps"), ("Paper", "paper"), ("After", "after"),
)  # fmt: skip
"""Title and path of each page."""

TRAIN: Final = "OPTIM_VIZ_TRAIN"
"""The variable that, set to off, leaves out the pages that train."""
_TRAINING: Final = ("train", "sweeps")


def pages() -> tuple[tuple[str, str], ...]:
    """Return title and path of the pages that are here: those that train may be left out.

    Raises:
        ValueError: the variable is set to something else.
    """
    said = os.environ.get(TRAIN, "").strip()
    if said not in ("", "on", "off"):
        raise ValueError(f"{TRAIN} must be on or off, not {said[:40]!r}")
    return tuple(each for each in PAGES if said != "off" or each[1] not in _TRAINING)


def has(path: str) -> bool:
    """Tell whether a page is here, for what would lead to it."""
    return any(path == each for _, each in pages())


ICON: Final = Path(__file__).resolve().parent / "favicon.svg"
"""The mark before the name, in the browser's tab too."""

# Of Streamlit's header strip only the menu stays (it switches the theme), in the corner that our line leaves free.
# --u is the unit that type grows with; stage.css has the same.
_css = """
<style>
  :root { --u: clamp(1px, 0.5px + min(100vw / 2880, 100dvh / 1800), 1.5px); }
  .stAppHeader {
    background: transparent; left: auto; right: 0; width: 40px; height: calc(32 * var(--u) + 16px); min-height: 0;
  }
  .stAppToolbar { padding: 0; justify-content: center; }
  .stAppToolbar div { min-width: 0; }
  .stStatusWidget { display: none; }
  .ov-header {
    position: fixed; inset: 0 0 auto; z-index: 100; display: flex; align-items: center; gap: calc(20 * var(--u));
    min-height: calc(32 * var(--u) + 16px); padding: 8px 40px 8px 12px; font-size: calc(13 * var(--u));
    background: light-dark(LIGHT, DARK);
  }
  .stMainBlockContainer:has(.ov-header) { padding-top: calc(32 * var(--u) + 24px) !important; }
  .stMainBlockContainer:has(.ov-header) :is(h1, h2, h3) { scroll-margin-top: calc(32 * var(--u) + 24px) !important; }
  .ov-brand {
    display: flex; align-items: center; gap: calc(8 * var(--u)); flex: none; margin: 0; padding: 0; white-space: nowrap;
    font-size: calc(16 * var(--u)) !important; font-weight: 650; line-height: 1.4; letter-spacing: -0.01em;
  }
  .ov-brand::before { content: ""; width: 1.25em; height: 1.25em; background: url("ICON") center / contain no-repeat; }
  .ov-pages { display: flex; flex: none; gap: calc(4 * var(--u)); line-height: 1.4; }
  .ov-pages :is(a, span) {
    padding: calc(4 * var(--u)) calc(8 * var(--u)); border-radius: 4px; text-decoration: none; text-align: center;
    color: color-mix(in srgb, currentcolor 72%, transparent);
  }
  .stMultiSelect [data-tag] * { color: light-dark(LIGHT, DARK); } /* Streamlit's white cannot be read on our blue */
  .ov-pages a:hover { text-decoration: underline; }
  .ov-pages [data-title]::after { /* as wide as when it is the open page's, in bold: the names stand still */
    content: attr(data-title); display: block; height: 0; overflow: hidden; visibility: hidden; font-weight: 600;
  }
  .ov-pages [aria-current] {
    color: inherit; font-weight: 600; background: color-mix(in srgb, currentcolor 7%, transparent);
  }
  @media (max-width: 520px) { /* the mark alone: all pages stay in sight */
    .ov-header { gap: 8px; }
    .ov-brand { width: 1.25em; overflow: hidden; gap: 0; }
    .ov-brand::before { flex: none; margin-right: 8px; }
    .ov-pages { gap: 0; }
    .ov-pages :is(a, span) { padding: 4px 6px; }
  }
  @media (max-width: 350px) { .ov-pages :is(a, span) { padding: 4px 3px; } } /* the corner is the menu's */
</style>
"""
for _name, _value in {
    "ICON": f"data:image/svg+xml;base64,{base64.b64encode(ICON.read_bytes()).decode()}",
    "LIGHT": LIGHT.background,
    "DARK": DARK.background,
}.items():
    _css = _css.replace(_name, _value)
CSS: Final = _css


def site_header(current: str) -> None:
    """Show the line at the top of the running page.

    Args:
        current: title of the page that is open.
    """
    links = "".join(
        f'<a href="./{path}" target="_self" data-title="{html.escape(title)}"'
        f"{' aria-current=page' if title == current else ''}>{html.escape(title)}</a>"
        for title, path in pages()
    )
    st.html(CSS)
    name = '<span class="ov-brand">optim_viz</span>'
    st.html(f'<header class="ov-header">{name}<nav class="ov-pages" aria-label="Pages">{links}</nav></header>')

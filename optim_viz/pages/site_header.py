"""The line at the top of every page but the lab, which draws its own: the app's name and where one can go."""

from __future__ import annotations

import html

import streamlit as st

PAGES = (("Lab", ""), ("Train", "train"), ("Paper", "paper"))
"""Title and path of each page."""

# Of Streamlit's header strip only the menu stays (it switches the theme), in the corner that our line leaves free.
_CSS = """
<style>
  .stAppHeader { background: transparent; left: auto; right: 0; width: 2.5rem; height: 2.75rem; min-height: 0; }
  .stAppToolbar { padding: 0; justify-content: center; }
  .stAppToolbar div { min-width: 0; }
  .stStatusWidget { display: none; }
  .ov-header { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 20px; min-height: 32px; }
  .ov-header .ov-name { font-size: 16px; font-weight: 650; letter-spacing: -0.01em; }
  .ov-header nav { display: flex; gap: 16px; font-size: 13px; }
  .ov-header a {
    padding: 4px 0; text-decoration: none;
    color: color-mix(in srgb, var(--st-text-color, currentcolor) 72%, var(--st-background-color, transparent));
  }
  .ov-header a:hover { text-decoration: underline; }
  .ov-header a[aria-current] { color: inherit; font-weight: 600; }
</style>
"""


def site_header(current: str) -> None:
    """Show the line at the top of the running page.

    Args:
        current: title of the page that is open.
    """
    links = "".join(
        f'<a href="./{path}" target="_self"{" aria-current=page" if title == current else ""}>{html.escape(title)}</a>'
        for title, path in PAGES
    )
    st.html(_CSS)
    name = '<span class="ov-name">optim_viz</span>'
    st.html(f'<header class="ov-header">{name}<nav aria-label="Pages">{links}</nav></header>')

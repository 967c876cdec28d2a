"""What the Paper page and the page "After Adam" share: a page of sections, each in a fragment of its own.

Moving a control reruns its section only. What is set is kept in the link, under keys that start with the section's
prefix.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

from optim_viz.pages import say
from optim_viz.pages.paper.section import Section
from optim_viz.pages.paper.symbols import explained
from optim_viz.pages.site_header import site_header
from optim_viz.stage.signs import explain_signs
from optim_viz.surfaces import UnknownName

_CSS = """
<style>
  .stMainBlockContainer { max-width: 1040px; padding: 8px 16px 96px; }
  .stMainBlockContainer .stMarkdown p, .stMainBlockContainer .stMarkdown li { max-width: 860px; line-height: 1.55; }
  .stMainBlockContainer h2 { scroll-margin-top: 16px; padding-top: 40px; }
  .stMainBlockContainer .stMarkdown > div:has(.katex-display) { margin: 0; max-width: 100%; }
  .stMainBlockContainer .katex-display { margin: 0 0 14px; padding: 2px 0; overflow-x: auto; overflow-y: hidden; }
  .stMainBlockContainer .katex-display > .katex { text-align: left; font-size: 1.1em; }
  .ov-contents ol { margin: 0; padding: 4px 0 8px 28px; line-height: 1.45; font-size: 0.9rem; }
  .ov-contents li { padding: 3px 0; }
  .ov-contents a { color: light-dark(#0072b2, #56b4e9); text-decoration: none; }
  .ov-contents a:hover { text-decoration: underline; }
  .ov-contents a[aria-current] { color: inherit; font-weight: 700; }
  .ov-contents summary { cursor: pointer; font-weight: 600; padding: 8px 0; }
  .ov-play {
    font: inherit; color: inherit; background: none; cursor: pointer;
    min-width: 88px; min-height: 32px; padding: 4px 16px;
    border: 1px solid color-mix(in srgb, currentcolor 35%, transparent); border-radius: 8px;
  }
  /* In sight wherever the reader is: beside the text where there is room, else a line at the top that opens. */
  @media (min-width: 1280px) {
    .stMainBlockContainer { margin-left: max(264px, calc((100vw - 1040px) / 2)); margin-right: auto; }
    .ov-contents { position: fixed; left: 24px; top: 88px; width: 216px; z-index: 5; }
    .ov-contents { max-height: calc(100vh - 112px); overflow-y: auto; }
    .ov-contents summary { display: none; }
  }
  @media (max-width: 1279.9px) {
    .stElementContainer:has(.ov-contents) { position: sticky; top: 0; z-index: 5; }
    .ov-contents { background: light-dark(#fff, #14181d); border-bottom: 1px solid light-dark(#d9dee3, #333b44); }
    .stMainBlockContainer h2 { scroll-margin-top: 56px; }
  }
</style>
"""

# Plots above a section that a link leads to grow after the browser has scrolled there: keep it in sight until they are
# drawn, or until the reader moves. And Streamlit writes the address without its fragment when a control is moved: give
# it that of the control's section, so that a reload and a copied address open there. It writes it once the server has
# answered: who has followed a link since then keeps the section the link led to.
_ANCHORS = """
<script>
  (() => {
    const page = document.querySelector(".stMainBlockContainer");
    const root = document.documentElement;
    if (!page || root.dataset.ovAnchors) return;
    root.dataset.ovAnchors = "true";
    let led = false;
    const acts = () => { led = false; };
    for (const kind of ["pointerdown", "keydown", "input"]) addEventListener(kind, acts, { capture: true });
    addEventListener("click", ({ target }) => { if (target.closest?.('a[href^="#"]')) led = true; }, { capture: true });
    const push = history.pushState.bind(history);
    history.pushState = (state, unused, url) => {
      const next = new URL(url ?? location.href, location.href);
      if (next.pathname === location.pathname && !next.hash) {
        const old = new URLSearchParams(location.search);
        const keys = [...next.searchParams.keys(), ...old.keys()];
        const moved = keys.find((key) => next.searchParams.get(key) !== old.get(key));
        next.hash = moved?.includes(".") && !led ? moved.split(".")[0] : location.hash;
      }
      push(state, unused, next.href);
    };
    if (!location.hash) return;
    const name = location.hash.slice(1);
    const growth = new ResizeObserver(() => document.getElementById(name)?.scrollIntoView());
    const stop = () => growth.disconnect();
    growth.observe(page);
    setTimeout(stop, 10000);
    for (const kind of ["wheel", "touchstart", "pointerdown", "keydown"]) addEventListener(kind, stop, { once: true });
  })();
</script>
"""

# The contents mark the section that is read; Play moves a slider on as the arrow key would.
_MOVES = """
<script>
  (() => {
    const root = document.documentElement;
    if (root.dataset.ovMoves) return;
    root.dataset.ovMoves = "true";
    const contents = () => document.querySelector(".ov-contents details");
    const wide = matchMedia("(min-width: 1280px)");
    const fit = () => { if (contents()) contents().open = wide.matches; };
    wide.addEventListener("change", fit);
    fit();
    const mark = () => {
      const heads = [...document.querySelectorAll(".stMainBlockContainer h2[id]")];
      const read = heads.findLast((head) => head.getBoundingClientRect().top < 160);
      for (const link of document.querySelectorAll(".ov-contents a")) {
        if (read && link.hash === `#${read.id}`) link.setAttribute("aria-current", "location");
        else link.removeAttribute("aria-current");
      }
    };
    addEventListener("scroll", mark, { capture: true, passive: true });
    const STEP_MS = 400;
    const playing = new Map();
    const name = (button, on) => { button.textContent = on ? "Pause" : "Play"; };
    // Streamlit hears of a slider's value when a pointer lets it go, or of each key.
    const press = (range, key) => {
      for (const type of ["keydown", "keyup"]) range.dispatchEvent(new KeyboardEvent(type, { key, bubbles: true }));
    };
    const stop = (key) => {
      clearInterval(playing.get(key));
      playing.delete(key);
      const button = document.querySelector(`.ov-play[data-slider="${key}"]`);
      if (button) name(button, false);
    };
    document.addEventListener("click", ({ target }) => {
      if (target.closest?.(".ov-contents a") && !wide.matches) contents().open = false;
      const button = target.closest?.(".ov-play");
      if (!button) return;
      const key = button.dataset.slider;
      if (playing.has(key)) return stop(key);
      const range = () => document.querySelector(`.st-key-${key} input[type=range]`);
      const ended = () => !range() || Number(range().value) >= Number(range().max);
      if (range() && ended()) press(range(), "Home");
      playing.set(key, setInterval(() => {
        if (ended()) stop(key);
        else press(range(), "ArrowRight");
      }, STEP_MS));
      name(button, true);
    });
  })();
</script>
"""


def _contents(listed: tuple[Section, ...]) -> None:
    """Show links to all sections."""
    entries = "".join(
        f'<li value="{each.number}"><a href="#{each.prefix}">{html.escape(each.title)}</a></li>' for each in listed
    )
    st.html(
        f'<nav class="ov-contents" aria-label="Contents"><details open><summary>Contents</summary><ol>{entries}</ol>'
        "</details></nav>"
    )


def _paths(listed: tuple[Section, ...], reading: Mapping[str, tuple[str, ...]]) -> str:
    """Return the reading paths, one a line, as Markdown."""
    links = {each.slug: f"[{each.title}](#{each.prefix})" for each in listed}
    return "\n".join(
        f"- **{reader}:** {' → '.join(links[slug] for slug in slugs if slug in links)}"
        for reader, slugs in reading.items()
    )


@st.fragment
def _show(section: Section, path: str) -> None:
    """Show a section: its answer, what to try, its body and its sources."""
    st.header(f"{section.number}. {section.title}", anchor=section.prefix)
    st.markdown(section.answer)
    st.markdown(f"**Try this:** {section.try_this}")
    try:
        section.show()
    except UnknownName as error:  # the file of an optimizer or a surface that it shows was taken away
        say.info(f"There is nothing to show here: {error}.")
    st.caption(f"Sources: {'; '.join(section.sources)}. [Link to this section as it stands]({_link(section, path)})")


def _link(section: Section, path: str) -> str:
    """Return the relative link that opens the page at a section, with its controls as they are."""
    mine = {key: st.query_params[key] for key in st.query_params if key.startswith(f"{section.prefix}.")}
    return f"./{path}{'?' if mine else ''}{urlencode(mine)}#{section.prefix}"


def show_page(
    current: str,
    path: str,
    heading: str,
    opening: str,
    listed: tuple[Section, ...],
    reading: Mapping[str, tuple[str, ...]],
) -> None:
    """Show a page of sections.

    Args:
        current: its title in the header.
        path: the last part of its address.
        heading: above its text.
        opening: what it is about, Markdown.
        listed: the sections, in order.
        reading: who reads, and the slugs of the sections in order.
    """
    st.html(_CSS)
    st.html(_ANCHORS, unsafe_allow_javascript=True)
    site_header(current)
    st.title(heading, anchor=False)
    st.markdown(opening)
    _contents(listed)
    st.markdown(_paths(listed, reading))
    st.html(_MOVES, unsafe_allow_javascript=True)
    for section in listed:
        _show(section, path)
    explain_signs(explained(listed), key=f"{path}-signs")

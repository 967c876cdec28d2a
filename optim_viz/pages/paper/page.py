"""The paper, as experiments: sections that each ask one question and let the reader move the answer.

Each section runs in a fragment of its own, so moving a control reruns that section only. What is set is kept in the
link, under keys that start with the section's prefix.
"""

from __future__ import annotations

import html
from urllib.parse import urlencode

import streamlit as st

from optim_viz.pages.paper.sections import Section, sections
from optim_viz.pages.site_header import site_header

_CSS = """
<style>
  .stMainBlockContainer { max-width: 1040px; padding: 8px 16px 96px; }
  .stMainBlockContainer .stMarkdown p, .stMainBlockContainer .stMarkdown li { max-width: 860px; line-height: 1.55; }
  .stMainBlockContainer h2 { scroll-margin-top: 16px; padding-top: 40px; }
  .stMainBlockContainer .stMarkdown > div:has(.katex-display) { margin: 0; max-width: 100%; }
  .stMainBlockContainer .katex-display { margin: 0 0 14px; padding: 2px 0; overflow-x: auto; overflow-y: hidden; }
  .stMainBlockContainer .katex-display > .katex { text-align: left; font-size: 1.1em; }
  .ov-contents { columns: 2; column-gap: 32px; max-width: 860px; margin: 0; padding-left: 24px; line-height: 1.9; }
  .ov-contents a { color: light-dark(#0072b2, #56b4e9); text-decoration: none; }
  .ov-contents a:hover { text-decoration: underline; }
  @media (max-width: 640px) { .ov-contents { columns: 1; } }
</style>
"""

# Plots above a section that a link leads to grow after the browser has scrolled there: keep it in sight until they are
# drawn, or until the reader moves. And Streamlit writes the address without its fragment when a control is moved: give
# it that of the control's section, so that a reload and a copied address open there.
_ANCHORS = """
<script>
  (() => {
    const page = document.querySelector(".stMainBlockContainer");
    const root = document.documentElement;
    if (!page || root.dataset.ovAnchors) return;
    root.dataset.ovAnchors = "true";
    const push = history.pushState.bind(history);
    history.pushState = (state, unused, url) => {
      const next = new URL(url ?? location.href, location.href);
      if (next.pathname === location.pathname && !next.hash) {
        const old = new URLSearchParams(location.search);
        const keys = [...next.searchParams.keys(), ...old.keys()];
        const moved = keys.find((key) => next.searchParams.get(key) !== old.get(key));
        next.hash = moved?.includes(".") ? moved.split(".")[0] : location.hash;
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

_OPENING = """
Kingma and Ba's *Adam: A Method for Stochastic Optimization* (2015, [arXiv:1412.6980](https://arxiv.org/abs/1412.6980))
in questions that can be tried. Move something in a section and its picture and numbers follow; all of them are
computed by the update rules that the lab runs. Gradients are assumed to be known, nothing else.
"""


def _contents(listed: tuple[Section, ...]) -> None:
    """Show links to all sections."""
    entries = "".join(
        f'<li value="{each.number}"><a href="#{each.prefix}">{html.escape(each.title)}</a></li>' for each in listed
    )
    st.html(f'<nav aria-label="Contents"><ol class="ov-contents">{entries}</ol></nav>')


@st.fragment
def _show(section: Section) -> None:
    """Show a section: its answer, what to try, its body and its sources."""
    st.header(f"{section.number}. {section.title}", anchor=section.prefix)
    st.markdown(section.answer)
    st.markdown(f"**Try this:** {section.try_this}")
    section.show()
    st.caption(f"Sources: {'; '.join(section.sources)}. [Link to this section as it stands]({_link(section)})")


def _link(section: Section) -> str:
    """Return the relative link that opens the page at a section, with its controls as they are."""
    mine = {key: st.query_params[key] for key in st.query_params if key.startswith(f"{section.prefix}.")}
    return f"./paper{'?' if mine else ''}{urlencode(mine)}#{section.prefix}"


st.html(_CSS)
st.html(_ANCHORS, unsafe_allow_javascript=True)
site_header("Paper")
st.title("The paper, as experiments", anchor=False)
st.markdown(_OPENING)
_contents(sections())
for _section in sections():
    _show(_section)

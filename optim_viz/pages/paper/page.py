"""The paper, as experiments: sections that each ask one question and let the reader move the answer."""

from __future__ import annotations

from optim_viz.pages.paper.layout import show_page
from optim_viz.pages.paper.sections import sections

_OPENING = """
Kingma and Ba's *Adam: A Method for Stochastic Optimization* (2015, [arXiv:1412.6980](https://arxiv.org/abs/1412.6980))
in questions that can be tried. Move something in a section and its picture and numbers follow; all of them are
computed by the update rules that the lab runs. Gradients are assumed to be known, nothing else.
"""

# Who reads, and the slugs of the sections in order. (A text here would be shown: Streamlit shows a script's own.)
_READING = {
    "In ten minutes": ("particle", "lines", "sequences", "bias_correction"),
    "Choosing a learning rate": ("valley", "largest_step", "memory"),
    "For a lecture": ("valley", "sequences", "memory", "regret"),
    "After AdaGrad and RMSProp": ("relatives", "sparse", "experiments"),
}

show_page("Paper", "paper", "The paper, as experiments", _OPENING, sections(), _READING)

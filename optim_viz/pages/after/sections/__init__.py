"""The sections of the page "After Adam": one question a file, a<NN>_<slug>.py, each exposing SECTION.

The folder is the list. A section's arithmetic is in `optim_viz.experiments`, its figures in `optim_viz.figures.paper`.
"""

from __future__ import annotations

from functools import cache

from optim_viz.pages.paper.section import Section, find_sections

__all__ = ["Section", "sections"]


@cache
def sections() -> tuple[Section, ...]:
    """Import every section of this folder, in the order of their numbers; see `find_sections`."""
    return find_sections(__name__, "a")

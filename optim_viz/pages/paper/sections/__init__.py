"""The paper page's sections: one question a file, s<NN>_<slug>.py, each exposing SECTION.

The folder is the list. A section's arithmetic is in `optim_viz.experiments`, its figures in `optim_viz.figures.paper`.
"""

from __future__ import annotations

import re
from functools import cache
from pkgutil import iter_modules

from optim_viz.pages.paper.section import Section, find_sections

__all__ = ["Section", "links", "sections"]

_NAME = re.compile(r"s(?P<number>\d\d)_(?P<slug>\w+)")


@cache
def links() -> dict[str, str]:
    """Return the address of each section by its slug, as the app's other pages link to it; imports none of them."""
    names = filter(None, (_NAME.fullmatch(module.name) for module in iter_modules(__path__)))
    return {name["slug"]: f"paper#s{int(name['number'])}" for name in names}


@cache
def sections() -> tuple[Section, ...]:
    """Import every section of this folder, in the order of their numbers; see `find_sections`."""
    return find_sections(__name__, "s")

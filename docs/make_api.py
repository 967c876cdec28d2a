"""Write docs/api.md from the docstrings of what is public.

Run `python docs/make_api.py` in the environment that `python3 run.py test` sets up, after a change to one of them;
tests/test_docs.py says when that was forgotten.
"""

from __future__ import annotations

import inspect
import logging
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

from griffe import Docstring, DocstringSectionKind

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))  # the packages lie beside docs/ and need not be installed

ROOMS = {
    "optim_viz": "Runs, and what they remember.",
    "optim_viz.surfaces": "Loss surfaces: those that come along, and your own.",
    "optim_viz.schedules": "A learning rate over time.",
    "optim_viz.diagnostics": "Quantities that are computed from a run.",
    "optim_viz.maps": "Thousands of runs as one picture, and fair comparisons.",
    "optim_viz.parity": "Whether a run equals torch's or optax's.",
    "optim_viz.outside": "Optimizer classes of other packages.",
    "optim_viz.scenario": "The lab's whole state as a value, to and from a link.",
    "optim_viz.stories": "Scenarios with a sentence that is true of them.",
    "optim_viz.exports": "A scenario's numbers as tables, its runs as scripts, its rules as LaTeX.",
    "optim_viz.tables": "Tables as CSV, JSON and Parquet, written and read without loss.",
    "optim_viz.render": "Pictures and films of a scenario.",
    "optim_viz.saved_page": "The lab as a page in one file.",
}
"""The documented packages; of each, the functions and classes of its `__all__`."""
HEAD = """# Python API

This page is written by `python docs/make_api.py` from the docstrings. In a checkout `import surfaces` is the same as
`from optim_viz import surfaces`. Shapes: `*B` is the batch, T the number of steps; all numbers are float64.
"""
_KIND = DocstringSectionKind
logging.getLogger("griffe").setLevel(logging.ERROR)  # types stand in the code, and are not wanted from the text


def api() -> str:
    """The whole page."""
    lines = [HEAD.rstrip(), "", *(f"- [`{room}`](#{_anchor(room)}): {words}" for room, words in ROOMS.items())]
    seen = set[int]()
    for room, words in ROOMS.items():
        module = import_module(room)
        lines += ["", f"## {room}", "", words]
        for name in sorted(module.__all__, key=str.lower):
            item = getattr(module, name)
            if (inspect.isclass(item) or inspect.isroutine(item)) and id(item) not in seen:
                seen.add(id(item))
                lines += ["", *(_class(name, item) if inspect.isclass(item) else _function(module, name, item))]
    return "\n".join(lines) + "\n"


def _anchor(heading: str) -> str:
    return heading.replace(".", "")


def _function(module: ModuleType, name: str, item: object) -> Iterator[str]:
    yield f"### `{module.__name__}.{name}{_signature(item)}`"
    yield from _text(item)


def _class(name: str, item: type) -> Iterator[str]:
    yield f"### class `{name}`"
    yield from _text(item)
    members = [(key, each) for key, each in vars(item).items() if not key.startswith("_") and _documented(each)]
    for key, each in members:
        function = each.__func__ if isinstance(each, classmethod | staticmethod) else each
        called = "" if isinstance(each, property) else _signature(function)
        yield ""
        yield f"#### `{name}.{key}{called}`"
        yield from _text(function)


def _documented(item: object) -> bool:
    routine = isinstance(item, property | classmethod | staticmethod) or inspect.isfunction(item)
    return routine and bool(inspect.getdoc(item))


def _signature(item: object) -> str:
    """The signature without types: they are in the code, and what an argument is stands below."""
    signature = inspect.signature(item)  # pyright: ignore[reportArgumentType]
    bare = [each.replace(annotation=each.empty) for each in signature.parameters.values() if each.name != "self"]
    bare = [each for each in bare if each.name != "cls"]
    return str(signature.replace(parameters=bare, return_annotation=signature.empty))


def _text(item: object) -> Iterator[str]:
    """A docstring's text, then its sections: arguments as a list, examples as they are."""
    for section in Docstring(inspect.getdoc(item) or "", parser="google").parse(warnings=False):
        yield ""
        if section.kind is _KIND.text:
            yield str(section.value)
        elif section.kind in (_KIND.parameters, _KIND.attributes):
            yield from (f"- `{each.name}`: {_line(each.description)}" for each in section.value)
        elif section.kind is _KIND.raises:
            yield from (f"- raises `{each.annotation}`: {_line(each.description)}" for each in section.value)
        elif section.kind in (_KIND.returns, _KIND.yields):
            yield "Returns: " + " ".join(_line(each.description) for each in section.value)
        elif section.kind is _KIND.admonition:
            yield from ("```pycon", section.value.description, "```")
        elif section.kind is _KIND.examples:
            yield from ("```pycon", "\n".join(each for _, each in section.value), "```")
        else:
            raise ValueError(f"{item}: a section of the kind {section.kind.value} has no place on the page yet")


def _line(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    (DOCS / "api.md").write_text(api(), encoding="utf-8")

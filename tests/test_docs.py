"""The documents are true: commands exist, links lead somewhere, examples run, tables are current."""

from __future__ import annotations

import doctest
import importlib.util
import inspect
import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import optim_viz
from optim_viz import surfaces
from optim_viz.cli.parser import parse
from tests.removed import removed

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_begins_with_the_two_commands() -> None:
    first = [line.strip() for line in README.splitlines() if line.startswith("    ")][:2]
    assert first[0].startswith("python3 run.py app")
    assert first[1].startswith("python3 run.py test")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    commands = re.search(r"command not in \((.*?)\)", (ROOT / "run.py").read_text(encoding="utf-8"))
    assert commands is not None
    assert set(re.findall(r"python3 run\.py (\w+)", text)) <= set(re.findall(r"\w+", commands[1]))
    for script in re.findall(r"(?:python3?|streamlit run|pip install -r) ([\w./-]+\.(?:py|txt))", text):
        assert (ROOT / script).exists(), script


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def _anchors(page: Path) -> set[str]:
    """The headings of a page, as links name them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_heading_finds_it(page: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", page.read_text(encoding="utf-8")):
        assert anchor in _anchors(page.parent / target if target else page), f"{target}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_named_file_exists(page: Path) -> None:
    folders = "surfaces|optim_viz|tests|benchmarks|docs"
    for path in re.findall(rf"`((?:{folders})/[\w./-]*)`", page.read_text(encoding="utf-8")):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize(("page", "least"), [("reliability", 30), ("security", 20)])
def test_every_test_that_a_promise_names_is_there(page: str, least: int) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", (ROOT / f"docs/{page}.md").read_text(encoding="utf-8"))
    assert len(named) > least
    for file, name in named:
        source = (ROOT / file).read_text(encoding="utf-8")
        assert not name or f"def {name}(" in source, f"{file} has no {name}"


def test_every_promise_of_reliability_names_a_test() -> None:
    text = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    _, *tables = re.split(r"^\| (?:promise|what happens) \|.*\n\|[-|]+\n", text, flags=re.MULTILINE)
    promises = [line for table in tables for line in table.partition("\n\n")[0].splitlines()]
    assert len(promises) > 30
    assert [each for each in promises if "`tests/" not in each] == [], "a promise without a test"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_python_example_runs(page: Path, check: Callable[..., str]) -> None:
    place = "import surfaces.catalog; __package__ = 'surfaces.catalog'\n"  # where a file that imports from .. stands
    for code in re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        check(sys.executable, "-W", "error", "-c", place + code if "from .." in code else code)


WITH_EXAMPLES = [
    path
    for package in ("surfaces", "optim_viz")
    for path in sorted((ROOT / package).rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_docstring_example_runs(path: Path) -> None:
    names = {"np": np, "optim_viz": optim_viz, "surfaces": surfaces}
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
    found = doctest.DocTestFinder(exclude_empty=True).find(module, globs={**vars(module), **names})
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    printed: list[str] = []
    for test in found:
        runner.run(test, out=printed.append)
    assert runner.tries > 0, "the example stands where doctest does not look"
    assert not runner.failures, "".join(printed)


PUBLIC = [
    pytest.param(getattr(package, name), id=f"{package.__name__}.{name}")
    for package in (optim_viz, surfaces)
    for name in package.__all__
    if inspect.isroutine(getattr(package, name))
]


@pytest.mark.parametrize("function", PUBLIC)
def test_every_public_function_says_what_it_takes_and_gives(function: Callable[..., object]) -> None:
    text, signature = inspect.getdoc(function) or "", inspect.signature(function)
    sections = set(re.findall(r"^(Args|Returns|Raises|Example):$", text, re.MULTILINE))
    if signature.parameters:
        assert "Args" in sections
        arguments = re.search(r"^Args:\n((?:    .*\n|\n)+)", f"{text}\n", re.MULTILINE)
        assert arguments is not None
        described = re.findall(r"^    \**(\w+): ", arguments[1], re.MULTILINE)
        assert described == list(signature.parameters)
        assert "Returns" in sections


def test_serving_names_every_folder_that_is_written_and_who_shares_it() -> None:
    page = (ROOT / "docs/serving.md").read_text(encoding="utf-8")
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "optim_viz").rglob("*.py")]
    variables = {name for text in sources for name in re.findall(r"""environ[^\n]*?["'](OPTIM_VIZ_\w+)["']""", text)}
    assert len(variables) >= 2
    assert {name for name in variables if f"`{name}`" not in page} == set()
    assert "each sees and changes their own training runs" in " ".join(page.split())
    assert "(security.md)" in page


def _script(name: str) -> ModuleType:
    """A script of docs/, as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"docs/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # a dataclass looks its own module up
    spec.loader.exec_module(module)
    return module


WRITTEN = {"catalog": ("make_catalog", "catalog"), "api": ("make_api", "api"), "stories": ("make_stories", "gallery")}
"""The pages that a script writes: its name, and the function that returns the page."""


@pytest.mark.parametrize("name", WRITTEN)
def test_a_page_that_a_script_writes_is_current(name: str) -> None:
    script, function = WRITTEN[name]
    text = getattr(_script(script), function)()
    page = (ROOT / f"docs/{name}.md").read_text(encoding="utf-8")
    if page != text and removed():
        pytest.skip(f"without {', '.join(removed())} the page has to be written anew: python docs/{script}.py")
    assert page == text, f"run: python docs/{script}.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_line_is_understood(page: Path) -> None:
    lines = re.findall(r"^ {4,}(?:python -m optim_viz|optim-viz) (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    for line in lines:
        try:
            parse(shlex.split(line, comments=True))
        except SystemExit:
            pytest.fail(f"optim-viz {line} is not understood")


def test_every_picture_of_the_documents_is_made_by_a_script() -> None:
    made = {f"screens/{shot.name}.webp" for shot in _script("make_screens").shots()} | {"lab.gif", "lab.png"}
    made |= {path.relative_to(ROOT / "docs").as_posix() for path in _script("make_stories").pictures().values()}
    suffixes = {".webp", ".gif", ".png", ".svg"}
    found = {
        path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*") if path.suffix in suffixes
    }
    assert found == made
    for page in PAGES:
        for target in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).relative_to(ROOT / "docs").as_posix() in made, f"{page.name}: {target}"


def test_the_catalog_names_every_optimizer_and_surface() -> None:
    page = (ROOT / "docs/catalog.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in (*optim_viz.optimizers(), *surfaces.names()))


def test_the_requirements_are_exact() -> None:
    known = re.compile(r"|#.*|-r requirements\.txt|-c requirements\.lock|[\w-]+==[\w.]+(; \w+ [!=]= \"\w+\")?")
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            assert known.fullmatch(line), f"{name}: {line}"

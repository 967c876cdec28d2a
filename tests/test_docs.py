"""The documents are true: commands exist, links lead somewhere, examples run, tables are current."""

from __future__ import annotations

import doctest
import importlib.util
import inspect
import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import optim_viz
from optim_viz import surfaces
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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_named_file_exists(page: Path) -> None:
    folders = "surfaces|optim_viz|tests|benchmarks|docs"
    for path in re.findall(rf"`((?:{folders})/[\w./-]*)`", page.read_text(encoding="utf-8")):
        assert (ROOT / path).exists(), path


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
    assert "every visitor can launch trainings" in page
    assert "delete anybody's" in page, "visitors share one list of runs"


def test_the_catalog_is_what_the_files_declare() -> None:
    spec = importlib.util.spec_from_file_location("make_catalog", ROOT / "docs/make_catalog.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = (ROOT / "docs/catalog.md").read_text(encoding="utf-8")
    if page != module.catalog() and removed():
        pytest.skip(f"without {', '.join(removed())} the page has to be written anew: python docs/make_catalog.py")
    assert page == module.catalog(), "run: python docs/make_catalog.py"


def test_the_catalog_names_every_optimizer_and_surface() -> None:
    page = (ROOT / "docs/catalog.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in (*optim_viz.optimizers(), *surfaces.names()))


def test_the_requirements_are_exact() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            assert re.fullmatch(r"|#.*|-r requirements\.txt|[\w-]+==[\w.]+", line), f"{name}: {line}"

"""A folder as a registry: what is found, in which order, and what is said of a file that does not fit."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from optim_viz.registry import discover, look_up


@dataclass(frozen=True)
class Thing:
    name: str
    rank: int


Write = Callable[..., str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write modules into a package of their own; returns its name, imported."""

    def write(**modules: str) -> str:
        package = f"things_of_{tmp_path.name}"
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
        for name, text in modules.items():
            (tmp_path / package / f"{name}.py").write_text(f"from {__name__} import Thing\n{text}\n", encoding="utf-8")
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.setitem(sys.modules, __name__, sys.modules[__name__])
        __import__(package)
        return package

    return write


def found(package: str) -> dict[str, Thing]:
    return discover(package, "THING", Thing, ("helper",), lambda thing: thing.rank)


def test_entries_come_by_their_order_then_by_name_and_helpers_are_none(folder: Write) -> None:
    package = folder(
        b="THING = Thing('b', 1)", a="THING = Thing('a', 1)", first="THING = Thing('first', 0)", helper="x = 1"
    )
    assert list(found(package)) == ["first", "a", "b"]


@pytest.mark.parametrize("text", ["", "THING = None", "THING = Thing('other', 1)", "THING = 'wrong'"])
def test_a_file_without_its_entry_is_named(folder: Write, text: str) -> None:
    package = folder(good="THING = Thing('good', 1)", wrong=text)
    with pytest.raises(TypeError, match=r"/wrong\.py must expose THING, of class Thing and named 'wrong'"):
        found(package)


def test_a_file_that_does_not_import_stops_the_program(folder: Write) -> None:
    with pytest.raises(ZeroDivisionError):
        found(folder(broken="1/0"))


@pytest.mark.parametrize("name", ["Adam", "adm", "", "nothing like it", None, 7, ["adam"]])
def test_what_is_not_there_is_told_what_is(name: object) -> None:
    entries = {"adam": Thing("adam", 0), "sgd": Thing("sgd", 1)}
    assert look_up("adam", entries, "thing") is entries["adam"]
    with pytest.raises(ValueError, match=r"^unknown thing .*(adam|sgd)"):
        look_up(name, entries, "thing")

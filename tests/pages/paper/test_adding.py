"""The two worked examples of docs/adding.md that are pages: each is written to a file and used as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from optim_viz.pages.paper import sections as registry
from optim_viz.pages.paper.sections import sections
from tests.pages.hostile import HOSTILE, assert_shown_as_text
from tests.pages.paper.paper_app import answer, checked, metric, opened, plotted

ADDING = (Path(__file__).resolve().parents[3] / "docs/adding.md").read_text(encoding="utf-8")


def example(heading: str) -> str:
    part = re.search(rf"^## {heading}\n(.*?)(?=^## )", ADDING, re.DOTALL | re.MULTILINE)
    assert part
    (code,) = re.findall(r"```python\n(.*?)```", part[1], re.DOTALL)
    return code


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "s12_weight.py").write_text(example("A section of the Paper page"), encoding="utf-8")
    monkeypatch.setattr(registry, "__path__", [*registry.__path__, str(tmp_path)])
    sections.cache_clear()
    yield
    monkeypatch.undo()
    sections.cache_clear()


def test_a_section_is_one_file(added: None) -> None:
    assert sections()[-1].title == "How long a mean takes to fill"
    app = opened(12)
    assert "has 90 % of its weight after 22 steps" in answer(app)
    assert metric(app, "Has 99 % of its weight from t") == "44"  # 0.9^44 < 0.01 < 0.9^43
    before = plotted(app)
    checked(app.select_slider(key="s12.beta").set_value(0.99).run())
    assert metric(app, "Has 99 % of its weight from t") == "459"
    assert plotted(app) != before
    assert app.query_params["s12.beta"] in ("0.99", ["0.99"])
    assert metric(opened(12, beta="0.5"), "Has 99 % of its weight from t") == "7"


def test_the_pages_own_list_is_as_before() -> None:
    assert "weight" not in {section.slug for section in sections()}


@pytest.mark.parametrize("content", ["", "SECTION = 1"])
def test_a_file_without_a_section_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    (tmp_path / "s12_nothing.py").write_text(content, encoding="utf-8")
    monkeypatch.setattr(registry, "__path__", [str(tmp_path)])
    with pytest.raises(TypeError, match=r"s12_nothing\.py must expose SECTION, number 12, 'nothing'"):
        sections.__wrapped__()


def test_a_page_is_one_script(tmp_path: Path) -> None:
    page = tmp_path / "names.py"
    page.write_text(example("A page"), encoding="utf-8")
    app = checked(AppTest.from_file(page, default_timeout=30).run())
    assert [each.value for each in app.markdown] == ["Adam"]
    for hostile in HOSTILE:
        app = AppTest.from_file(page, default_timeout=30)
        app.query_params["optimizer"] = hostile
        assert_shown_as_text(checked(app.run()), hostile)

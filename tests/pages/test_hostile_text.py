"""Whatever a person supplies is shown as text, on every page and by every way in."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from optim_viz.comparison import TrainingSpec
from optim_viz.pages.paper.sections import Section, sections
from optim_viz.run_store import RunStore
from tests.pages.hostile import HOSTILE, as_read, assert_shown_as_text, markdown_of
from tests.pages.paper.paper_app import checked, opened

TRAIN = str(Path(__file__).resolve().parents[2] / "optim_viz/pages/train/page.py")
SPEC = TrainingSpec.from_dict({"lanes": ["sgd,lr=0.01", "adam,lr=0.001"]}).to_dict()


def keys(app: AppTest) -> list[str]:
    """Return the keys of all widgets of a page."""
    return sorted({str(key) for each in app.main if (key := getattr(each, "key", None))})


def train(**query: str | list[str]) -> AppTest:
    app = AppTest.from_file(TRAIN, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return checked(app.run())


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPTIM_VIZ_HOME", str(tmp_path))


@pytest.mark.parametrize("section", sections(), ids=lambda section: section.slug)
def test_a_sections_link(section: Section) -> None:
    """Every control of every section, with hostile texts in the link."""
    widgets = [key.partition(".")[2] for key in keys(opened(section.number)) if key.startswith(f"{section.prefix}.")]
    for given in (HOSTILE[at : at + len(widgets)] for at in range(0, len(HOSTILE), len(widgets) or 1)):
        names = dict(zip(widgets, given, strict=False))
        app = opened(section.number, **{name: f"1 {hostile} 2" for name, hostile in names.items()})
        for hostile in names.values():
            assert_shown_as_text(app, hostile)
        assert len(app.warning) + len(app.error) == len(names)


@pytest.mark.parametrize("section", sections(), ids=lambda section: section.slug)
def test_what_is_typed(section: Section) -> None:
    """Every text field of every section: typed, not linked."""
    app = opened(section.number)
    for key in [str(each.key) for each in app.text_input]:
        for hostile in HOSTILE:
            checked(app.text_input(key=key).set_value(f"1 {hostile} 2").run())
            assert_shown_as_text(app, hostile)
            assert app.error


def test_the_sections_have_text_fields() -> None:
    assert any(opened(section.number).text_input for section in sections())


@pytest.mark.parametrize("hostile", HOSTILE)
def test_the_training_pages_link(hostile: str) -> None:
    names = {key.removeprefix("train-") for key in keys(train()) if key.startswith("train-")}
    app = train(**dict.fromkeys(names, hostile), lane=[f"adam,{hostile}", hostile], unknown=hostile)
    assert_shown_as_text(app, hostile)
    assert_shown_as_text(train(run=hostile), hostile, expected=False)


def test_a_runs_name() -> None:
    store = RunStore()
    runs = [store.create(SPEC, " ".join(HOSTILE[at : at + 4])) for at in range(0, len(HOSTILE), 4)]
    store.close()
    table = train()
    for hostile in HOSTILE:
        assert_shown_as_text(table, hostile)
    app = train(run=str(runs[0]))
    assert_shown_as_text(app, HOSTILE[0])


def test_the_check_itself_finds_markdown() -> None:
    """A page that shows a text unescaped is caught."""

    def page() -> None:
        import streamlit as st

        st.error("Number 2, “![](//a.io/b)”, cannot be read.")

    app = AppTest.from_function(page).run()
    assert "![](//a.io/b)" in as_read(next(iter(markdown_of(app))))
    with pytest.raises(AssertionError):
        assert_shown_as_text(app, "![](//a.io/b)")

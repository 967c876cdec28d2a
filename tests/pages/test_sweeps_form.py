"""The form of a sweep keeps all that was typed since its last run, however fast."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from optim_viz.sweeps import presets

PAGE = str(Path(__file__).resolve().parents[2] / "optim_viz/pages/sweeps/page.py")


def opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("OPTIM_VIZ_HOME", str(folder))
    return AppTest.from_file(PAGE, default_timeout=60).run()


def test_two_fields_that_are_typed_before_an_answer_are_both_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(tmp_path, monkeypatch)
    app.text_input(key="sweeps-seeds").set_value("5,6")
    app.text_input(key="sweeps-epochs").set_value("3")
    app.text_input(key="sweeps-count").set_value("4")
    app.run()
    assert not app.exception
    shown = [app.text_input(key=f"sweeps-{name}").value for name in ("seeds", "epochs", "count")]
    assert shown == ["5,6", "3", "4"]
    assert (app.query_params["seeds"], app.query_params["epochs"]) == ("5,6", "3")


def test_of_several_that_cannot_be_each_is_told_and_the_rest_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(tmp_path, monkeypatch)
    app.text_input(key="sweeps-seeds").set_value("a;b")
    app.text_input(key="sweeps-batches").set_value("x")
    app.text_input(key="sweeps-epochs").set_value("3")
    app.run()
    said = " ".join(each.value for each in app.error)
    assert "Seeds" in said
    assert "Batch sizes" in said
    assert app.text_input(key="sweeps-epochs").value == "3"


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("last", "tiny", "Learning rates to: must be a number, such as 0.001, not 'tiny'"),
        ("count", "2.5", "How many learning rates: must be a whole number, such as 5, not '2.5'"),
        ("count", "inf", "How many learning rates: must be a whole number, such as 5, not 'inf'"),
        ("stop", "soon", "Stop above: must be a number"),
        ("l2", "-1", "L2 (λ): must be a number"),
        ("epochs", "0", "Epochs: must be a whole number"),
    ],
)
def test_what_is_wrong_is_said_of_the_field_and_of_what_was_typed_into_it(
    field: str, typed: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(tmp_path, monkeypatch)
    app.text_input(key=f"sweeps-{field}").set_value(typed).run()
    assert not app.exception
    said = [each.value.replace("\\", "") for each in app.error]
    assert len(said) == 1
    assert said[0].startswith(words), said


def test_what_is_refused_stays_to_be_mended_and_starts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(tmp_path, monkeypatch)
    app.text_input(key="sweeps-seeds").set_value("a;b").run()
    app.text_input(key="sweeps-epochs").set_value("3").run()
    assert app.text_input(key="sweeps-seeds").value == "a;b"
    assert r"a\;b" in app.error[0].value
    assert app.button(key="sweeps-start").disabled
    assert app.button(key="sweeps-range").disabled
    app.text_input(key="sweeps-seeds").set_value("7").run()
    assert not app.error
    assert not app.button(key="sweeps-start").disabled
    assert (app.query_params["seeds"], app.query_params["epochs"]) == ("7", "3")
    app.text_input(key="sweeps-seeds").set_value("a;b").run()
    name = presets.names()[0]
    app.button(key=f"sweeps-preset-{name}").click().run()
    assert not app.error, "another sweep starts with nothing refused"
    app.text_input(key="sweeps-seeds").set_value("a;b").run()
    app.button(key=f"sweeps-preset-{name}").click().run()
    assert not app.error, "and so does the same one"
    assert app.text_input(key="sweeps-seeds").value == ",".join(map(str, presets.get(name).sweep().seeds))


def test_a_range_is_tried_again_when_its_other_end_is_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(tmp_path, monkeypatch)
    app.text_input(key="sweeps-first").set_value("5").run()
    assert app.error, "from 5 to 1"
    app.text_input(key="sweeps-last").set_value("50").run()
    assert not app.error
    assert [app.text_input(key=f"sweeps-{name}").value for name in ("first", "last")] == ["5", "50"]

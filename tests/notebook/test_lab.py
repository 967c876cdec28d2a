"""The lab as a value: what it can be made of, and that what it shows is what was put in."""

from __future__ import annotations

import math
import re
import sys
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import optim_viz
from optim_viz import surfaces
from optim_viz.notebook import Lab
from optim_viz.scenario import Lane, Scenario
from tests.stage.decoder import decode

LINK = "surface=beale&steps=40&lane=adam,lr=0.1&lane=sgd,lr=0.01&time=7"


def bowl(x: Any, y: Any) -> Any:
    return (x - 2) ** 2 + 3 * (y + 1) ** 2


BOWL = surfaces.from_function(bowl, domain=((-4, 4), (-4, 4)), start=(-3.0, 3.0), title="My bowl")


def sign_descent(factor: float) -> type[torch.optim.Optimizer]:
    """Return a class that no other process can import: each step is lr times `factor` against the gradient's sign."""

    class SignDescent(torch.optim.Optimizer):
        def __init__(self, params: Any, lr: float = 0.05) -> None:
            super().__init__(params, {"lr": lr})

        @torch.no_grad()
        def step(self, closure: Any = None) -> None:
            for group in self.param_groups:
                for each in group["params"]:
                    each.sub_(factor * group["lr"] * each.grad.sign())

    return SignDescent


def test_a_link_and_a_scenario_are_the_same_lab() -> None:
    scenario, problems = Scenario.from_url(LINK)
    assert not problems
    for lab in (Lab(LINK), Lab(f"https://lab.example/?{LINK}#x"), Lab(scenario)):
        assert lab.scenario == scenario
        assert Scenario.from_url(lab.url.partition("?")[2]) == (scenario, ())
    assert Lab(LINK, lab="https://lab.example/").url.startswith("https://lab.example/?surface=beale&")
    assert repr(Lab(LINK)) == "Lab(Beale: Adam, SGD; 40 steps)"
    assert Lab().scenario == Scenario.default()


def test_settings_make_a_lab_and_change_one() -> None:
    lanes = ["adam,lr=0.05", ("sgd", {"lr": 0.001, "schedule": "cosine"}), Lane("momentum"), "adam,lr=0.2"]
    lab = Lab(surface="rosenbrock", lanes=lanes, steps=50, start=(-1.0, 1.5), seed=3, noise=0.1)
    asked = [("adam", 0.05), ("sgd", 0.001), ("momentum", Lane("momentum").hyperparameters["lr"]), ("adam", 0.2)]
    assert [(lane.optimizer, lane.hyperparameters["lr"]) for lane in lab.scenario.lanes] == asked
    assert str(lab.scenario.lanes[1].schedule) == "cosine"
    assert lab.scenario.story == ""
    run = optim_viz.rollout(
        "rosenbrock", "sgd", lr=0.001, schedule="cosine", steps=50, start=(-1.0, 1.5), seed=3, noise=0.1
    )
    np.testing.assert_array_equal(lab.runs[1].theta, run.theta)
    again = Lab(lab.scenario, steps=10, surface="beale")
    assert (again.scenario.steps, again.scenario.start) == (10, surfaces.get("beale").start)
    assert again.scenario.lanes == lab.scenario.lanes


def test_a_new_surface_suits_the_first_screens_rates_to_it() -> None:
    beale = surfaces.get("beale")
    for lane in Lab(surface="beale").scenario.lanes:
        assert lane.hyperparameters["lr"] == beale.learning_rates[lane.rule.family]


def test_runs_of_ones_own_are_its_lanes() -> None:
    batch = optim_viz.rollout(BOWL, "adam", lr=[0.05, 0.2], steps=30)
    own = optim_viz.rollout(BOWL, sign_descent(1.0), lr=0.125, steps=30)
    lab = Lab(batch, [own])
    shown = lab.runs
    assert [run.hyperparameters["lr"] for run in shown] == [0.05, 0.2, 0.125]
    for run, wanted in zip(shown, [*batch, own], strict=True):
        np.testing.assert_array_equal(run.theta, wanted.theta)
    # Each coordinate goes 0.125 a step, exactly in binary, until the gradient's sign turns.
    np.testing.assert_array_equal(shown[2].theta[:9, 1], 3.0 - 0.125 * np.arange(9))
    assert Lab(own).scenario.surface == lab.scenario.surface, "the same surface has one name"
    assert lab.scenario.surface_object().title == "My bowl"


def test_a_class_written_anew_leaves_an_earlier_lab_alone() -> None:
    labs = [Lab(surface=BOWL, lanes=[(sign_descent(factor), {"lr": 0.125})], steps=4) for factor in (1.0, 2.0)]
    assert [lab.runs[0].theta[4, 0] for lab in labs] == [-2.5, -2.0]
    assert [lab.scenario.titles() for lab in labs] == [("SignDescent",), ("SignDescent",)]


def test_a_rule_of_ones_own_runs_under_its_own_arithmetic() -> None:
    sgd = optim_viz.optimizer("sgd")
    twice = replace(sgd, name="sgd", title="Twice", update=lambda *args: (2 * sgd.update(*args)[0], args[1]))
    lab = Lab(surface=BOWL, lanes=[(twice, {"lr": 0.01}), ("sgd", {"lr": 0.02})], steps=20)
    np.testing.assert_allclose(lab.runs[0].theta, lab.runs[1].theta, rtol=1e-14)
    assert optim_viz.optimizer("sgd") is sgd
    header, _ = decode(bytes(message(lab)))
    assert [each["title"] for each in header["outside"]] == ["Twice"]


def message(lab: Lab) -> bytes:
    """Return what its widget answers to a stage that opens."""
    sent: list[tuple[object, list[bytes]]] = []
    widget = lab.widget
    widget.send = lambda content, buffers=None: sent.append((content, buffers or []))  # type: ignore[method-assign]
    widget._heard(widget, {"view": "a", "request": None}, [])
    assert sent[0][0] == {"view": "a"}
    return sent[0][1][0]


@pytest.mark.parametrize(
    ("what", "settings", "says"),
    [
        ((), {"surfce": "beale"}, "no setting 'surfce': did you mean surface"),
        ((), {"surface": "bealee"}, "did you mean beale"),
        ((), {"lanes": []}, "1 to 8 lanes, not 0"),
        ((), {"lanes": ["adm"]}, "did you mean adam"),
        ((), {"lanes": [("adam", {"beta": 1})]}, "beta"),
        ((), {"steps": 0}, "steps must be a whole number from 1"),
        ((), {"height": 3}, "320 to 4000"),
        ((), {"lab": "javascript:alert(1)"}, "starts with"),
        (("lane=adam,lr=nonsense",), {}, "nonsense"),
        (("", ""), {}, "one link or scenario"),
        ((3,), {}, "3 is no link, no Scenario and no Trajectory"),
        ((optim_viz.rollout("booth", "sgd", lr=[0.01] * 9),), {}, "1 to 8 lanes, not 9"),
        ((optim_viz.replay("sgd", [[1.0, 0.0]]),), {}, "a replay has no surface"),
        ((optim_viz.rollout("booth", "sgd"),), {"lanes": ["adam"]}, "leave surface and lanes out"),
        ((optim_viz.rollout("booth", "sgd"), optim_viz.rollout("beale", "sgd")), {}, "have one surface"),
        ((optim_viz.rollout("booth", "sgd", seed=[1, 2], noise=0.1),), {}, "have one seed, but that of run 1 is 2"),
    ],
)
def test_what_cannot_be_used_is_named(what: tuple[Any, ...], settings: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        Lab(*what, **settings)


def test_its_page_holds_its_own_surface_and_runs(tmp_path: Path) -> None:
    lab = Lab(optim_viz.rollout(BOWL, sign_descent(1.0), lr=0.125, steps=5), lab="https://lab.example/")
    file = lab.page(tmp_path / "bowl.html", drag=False)
    text = file.read_text(encoding="utf-8")
    assert "<title>SignDescent on My bowl · optim_viz</title>" in text
    assert 'data-lab="https://lab.example/"' in text
    with pytest.raises(ValueError, match="there is no folder"):
        lab.page(tmp_path / "none" / "bowl.html")


def test_its_picture_is_of_its_own_surface(tmp_path: Path) -> None:
    lab = Lab(optim_viz.rollout(BOWL, "sgd", lr=0.1, steps=5))
    file = lab.render(tmp_path / "bowl.svg", step=3)
    assert "My bowl" in file.read_text(encoding="utf-8")
    with pytest.raises(ValueError, match=r"bowl\.html"):
        lab.render(tmp_path / "bowl.html")


def test_without_anywidget_it_is_a_page_in_a_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = Lab(LINK)
    with_widget = lab._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in with_widget
    assert lab.url in unescape(with_widget["text/html"]), "a notebook that nobody runs shows the link"
    monkeypatch.setitem(sys.modules, "anywidget", None)
    html = lab._repr_mimebundle_()["text/html"]
    frame = re.match(
        r'<iframe title="Optimizer lab" sandbox="([a-z -]*)" style="[^"]*" srcdoc="([^"]*)"></iframe>', html
    )
    assert frame, "nothing of the page gets out of the attribute"
    assert "allow-same-origin" not in frame[1]
    assert unescape(frame[2]).startswith("<!doctype html>")
    assert "pip install" in html.rpartition("</iframe>")[2]
    assert lab._display_()._repr_html_() == html  # type: ignore[attr-defined]


def test_the_kernel_answers_each_view_by_itself() -> None:
    lab = Lab(LINK)
    header, blocks = decode(message(lab))
    assert header["scenario"] == lab.scenario.to_dict()
    run = optim_viz.rollout("beale", "adam", lr=0.1, steps=40)
    key = header["lanes"][0]["key"]
    channels = header["arrays"][key]["channels"]
    np.testing.assert_array_equal(blocks[key][channels.index("loss")], run.loss)
    widget, sent = lab.widget, []
    widget.send = lambda content, buffers=None: sent.append((content, buffers))  # type: ignore[method-assign]
    changed = {**lab.scenario.to_dict(), "steps": 20}
    widget._heard(widget, {"view": "a", "request": {"seq": 1, "scenario": changed}}, [])
    assert lab.shown.steps == 20
    assert lab.scenario.steps == 40
    widget._heard(widget, {"view": "b", "request": None}, [])
    assert decode(sent[-1][1][0])[0]["scenario"]["steps"] == 40, "another view begins with the lab's own"
    asked = {
        "seq": 2,
        "families": [{"lane": 0, "hyperparameter": "beta2"}],
        "have": [],
        "page": {"drag": False, "plotly": False},
    }
    widget._heard(widget, {"view": "b", "request": asked}, [])
    header, blocks = decode(sent[-1][1][0])
    (family,) = header["families"]
    alone = optim_viz.rollout("beale", "adam", lr=0.1, beta2=family["stops"][9], steps=40)
    at = header["arrays"][family["key"]]["channels"].index("loss")
    np.testing.assert_array_equal(blocks[family["key"]][9, at], alone.loss)
    assert bytes(blocks["page"]).startswith(b"<!doctype html>")
    assert not math.isnan(header["page"]["draggable"])


@pytest.mark.parametrize("content", [None, 3, {}, {"view": 5}, {"view": "x" * 65, "request": None}, [1]])
def test_what_is_no_request_is_left_alone(content: object) -> None:
    widget = Lab(LINK).widget
    widget.send = lambda *_, **__: pytest.fail("it was answered")  # type: ignore[method-assign]
    widget._heard(widget, content, [])


def test_views_that_are_gone_are_forgotten() -> None:
    widget = Lab("steps=5&lane=sgd,lr=0.01").widget
    widget.send = lambda *_, **__: None  # type: ignore[method-assign]
    for place in range(40):
        widget._heard(widget, {"view": str(place), "request": None}, [])
    assert list(widget._views) == [str(place) for place in range(8, 40)]
    widget._heard(widget, {"view": "39", "request": "closed"}, [])
    assert "39" not in widget._views

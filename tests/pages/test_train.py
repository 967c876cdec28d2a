"""The training page as Streamlit runs it: every state of a run and of the store is told, and nothing is a traceback."""

from __future__ import annotations

import errno
import json
import math
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from optim_viz import datasets, launchers, models, monitors, schedules
from optim_viz.comparison import TrainingSpec, events, settings
from optim_viz.comparison.lanes import PRESETS, Preset, lane_texts, read_lanes
from optim_viz.outside import Refused
from optim_viz.pages.train import filters, take_away
from optim_viz.pages.train.look import duration, lab_link
from optim_viz.run_store import RunStore, StoreBusy, StoreDamaged, StoreReadOnly, errors, heartbeat, queue
from optim_viz.run_store.runs import State
from optim_viz.scenario import sentence
from optim_viz.stage.outside_runs import RUNS
from tests.pages.hostile import as_read

PAGE = str(Path(__file__).resolve().parents[2] / "optim_viz/pages/train/page.py")
SPEC: dict[str, Any] = TrainingSpec.from_dict({"lanes": ["sgd,lr=0.01", "adam,lr=0.001"]}).to_dict()
LAYERS = ("layer 1", "layer 2", "layer 3")


@pytest.fixture(autouse=True)
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A store of the test's own; no process is started, the commands are collected."""
    commands: list[list[str]] = []

    def note(command: list[str], log: Path) -> str:
        del log
        commands.append(command)
        return "1 -1.0 nowhere"

    monkeypatch.setenv("OPTIM_VIZ_HOME", str(tmp_path))
    monkeypatch.setattr(launchers.get("local"), "start", note)
    return commands


@pytest.fixture
def store() -> Iterator[RunStore]:
    opened = RunStore()
    yield opened
    opened.close()


def opened(query: str = "") -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=30)
    for name, values in parse_qs(query, keep_blank_values=True).items():
        app.query_params[name] = values
    return checked(app.run())


def checked(app: AppTest) -> AppTest:
    assert not app.exception, [each.value for each in app.exception]
    return app


def said(app: AppTest) -> str:
    """All words of the page's messages and HTML, without Markdown's backslashes."""
    messages = [each.value for kind in (app.error, app.warning, app.info) for each in kind]
    pieces = [each.proto.body for each in app.get("html")]  # pyright: ignore[reportAttributeAccessIssue]
    return as_read("\n".join([*messages, *pieces]))


def plots(app: AppTest) -> list[str]:
    found = [each.proto.component_name for each in app.get("bidi_component")]  # pyright: ignore
    return [name for name in found if name.startswith("optim_viz.plot_")]


def charts(app: AppTest) -> dict[str, Any]:
    """The header of what the charts of curves were sent, with the values of every curve by "LANE:QUANTITY"."""
    (message,) = [
        each.proto.bytes
        for each in app.get("bidi_component")
        if each.proto.component_name.startswith("optim_viz.train_")  # pyright: ignore
    ]
    (length,) = struct.unpack_from("<I", message, 4)
    header: dict[str, Any] = json.loads(message[8 : 8 + length])
    body = -(-(8 + length) // 8) * 8
    header["curves"] = {
        key: np.frombuffer(message, "<f8", math.prod(spec["shape"]), body + spec["offset"]).reshape(spec["shape"])
        for key, spec in header.pop("arrays").items()
    }
    return header


def labels(app: AppTest) -> set[str]:
    return {each.label for each in app.button}


def link(app: AppTest) -> dict[str, list[str]]:
    return {name: [value] if isinstance(value, str) else value for name, value in app.query_params.items()}


def typed(app: AppTest, label: str, text: str) -> AppTest:
    (field,) = [each for each in app.text_input if each.label == label]
    return checked(field.input(text).run())


def rows(app: AppTest) -> set[str]:
    return {each.label for each in app.button if re.match(r"\d+\.", each.label)}


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [each for each in app.button if each.label == label]
    button.click()
    return checked(app.run())


def logged(lanes: int = 2) -> list[events.Event]:
    """What two steps of training tell, one epoch long."""
    found: list[events.Event] = [events.Start(0, 2, 2, 269_322, LAYERS, "cpu (2 threads)", "2.13.0")]
    for lane in range(lanes):
        for step in (1, 2):
            found.append(events.Step(lane, step, 1, 2.3 / step, 2.3 / step))
            found.append(events.GradientNorm(lane, step, 1.0))
            for layer in LAYERS:
                found += [events.Quantiles(lane, step, layer, name, 0, 1, 2, 3, 4) for name in events.QUANTITIES]
            found.append(events.Histogram(lane, step, (-1.0, 0.0, 1.0), (1, 3)))
        found.append(events.MidEpochTest(lane, 1, 1, 1.2, 0.95))
        found.append(events.Clock(lane, 2, 0.5))
        found.append(events.Memory(2, 100_000_000, 410_000_000))
        found.append(events.Epoch(lane, 1, 2, 2.0, 1.5, 0.9 + lane / 100, 1234.0, 0.0))
    return found


def ended(
    store: RunStore, state: State = "finished", message: str = "", name: str = "", spec: dict[str, Any] | None = None
) -> int:
    """A run as a worker leaves it."""
    run_id = store.create(SPEC | (spec or {}), name)
    claim = queue.claim_next(store.file, store.watch)
    assert claim is not None
    assert claim.run.id == run_id
    heartbeat.finish(store.file, claim, state, message, logged())
    return run_id


# ---- the form ----


def test_a_first_visit_says_what_to_do_and_holds_the_usual_five() -> None:
    app = opened()
    assert "No run yet. Choose optimizers and press Launch" in said(app)
    assert [each.value for each in app.selectbox if each.label.startswith("Optimizer")] == [
        "sgd", "momentum", "adagrad", "rmsprop", "adam",
    ]  # fmt: skip
    assert {each.label: each.value for each in app.select_slider}["Adam lr"] == 0.001
    assert "269,322 parameters" in said(app)
    assert not link(app)


def test_lanes_and_settings_come_from_the_link() -> None:
    app = opened("lane=adam,lr=0.00123&lane=sgd,lr=0.01&epochs=3&widths=none&batch_size=1&activation=tanh")
    assert {each.label: each.value for each in app.select_slider}["Adam lr"] == 0.00123
    assert [each.value for each in app.selectbox if each.label.startswith("Optimizer")] == ["adam", "sgd"]
    assert {each.label: each.value for each in app.number_input}["Epochs"] == 3
    assert "7,850 parameters" in said(app)
    assert 'href="./?lane=adam,lr=0.00123&amp;lane=sgd,lr=0.01"' in said(app), "and all lanes go to the lab"
    assert not app.warning


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("lane=adam,lr=-1", "lr = -1.0 is outside"),
        ("lane=zzz", "unknown optimizer"),
        ("lane=os:system", "unknown optimizer"),
        ("lane=adam,schedule=cosin", "unknown schedule"),
        ("lane=adam,bias_correction=false", "bias_correction"),
        ("lane=" + "x" * 5000, "unknown optimizer"),
        ("&".join(["lane=adam"] * 9), "At most 8 lanes"),
        ("epochs=0", "epochs must be a whole number from 1 to 1000"),
        ("epochs=1e99&seed=-1&l2=nan", "seed must be"),
        ("widths=0,9999999999", "widths must be a whole number from 1 to 4096"),
        ("device=abacus", "device must be one of auto"),
        ("run=three", "run must be a number"),
        ("run=99", "There is no run 99"),
        ("run=99999999999999999999", "run must be a number"),
        ("run=%D9%A3", "run must be a number"),
        ("run=![x](http://example.org/y.png)", "run must be a number"),
    ],
)
def test_a_bad_link_is_told_and_the_form_is_there(query: str, words: str) -> None:
    app = opened(query)
    assert words in said(app)
    assert "Launch" in labels(app)


def test_a_batch_larger_than_the_data_cannot_be_launched() -> None:
    app = opened("examples=100")
    assert "A batch of 128 does not fit into 100 training examples" in said(app)
    (launch,) = [each for each in app.button if each.label == "Launch"]
    assert launch.disabled


def test_wrong_widths_are_told_and_right_ones_forgive() -> None:
    app = opened()
    typed(app, "Hidden layers", "12,zero")
    assert "widths must be a whole number from 1 to 4096, not 'zero'" in said(app)
    (field,) = [each for each in app.text_input if each.label == "Hidden layers"]
    assert field.value == "12,zero"
    checked(field.input("12, 7").run())
    assert not app.error
    assert link(app)["widths"] == ["12,7"]


def test_lanes_are_edited_by_slider_by_text_and_by_choice() -> None:
    app = opened("lane=adam&lane=sgd")
    (slider,) = [each for each in app.select_slider if each.label == "Adam lr"]
    stop = 0.025
    checked(slider.set_value(stop).run())
    typed(app, "SGD as text", "sgd,lr=0.0321")
    assert link(app)["lane"] == [f"adam,lr={stop}", "sgd,lr=0.0321"]
    (chooser,) = [each for each in app.selectbox if each.label == "Optimizer 2"]
    checked(chooser.select("adagrad").run())
    assert link(app)["lane"] == [f"adam,lr={stop}", "adagrad"]
    typed(app, "Adam as text", "adam,lr=zero")
    assert "lr must be a number" in said(app)
    assert link(app)["lane"] == [f"adam,lr={stop}", "adagrad"]


def test_a_rate_is_typed_beside_its_slider_and_all_rows_have_one_range(store: RunStore) -> None:
    app = opened("lane=adam&lane=sgd&lane=rprop")
    sliders = {each.label: each for each in app.select_slider}
    ends = {label: (each.options[0], each.options[-1]) for label, each in sliders.items() if label.endswith(" lr")}
    assert len(ends) == 3
    assert len(set(ends.values())) == 1
    typed(app, "Adam lr, typed", "1.234e-3")
    assert link(app)["lane"][0] == "adam,lr=0.001234"
    assert {each.label: each.value for each in app.select_slider}["Adam lr"] == 0.001234
    for text, words in (("fast", "lr must be a number such as 0.001 or 1e-3, not"), ("-1", "lr = -1.0 is outside")):
        typed(app, "Adam lr, typed", text)
        assert words in said(app)
        assert link(app)["lane"][0] == "adam,lr=0.001234"
    typed(app, "Adam lr, typed", "3")
    assert "lr must" not in said(app)
    assert link(app)["lane"][0] == "adam,lr=3"


def test_an_outside_class_and_a_schedule_are_chosen_and_launched(store: RunStore) -> None:
    """From the menu, with the class's own numbers; and from a link, as the lab sends it."""
    app = opened("lane=adam,schedule=cosine&lane=sgd")
    (chooser,) = [each for each in app.selectbox if each.label == "Optimizer 2"]
    checked(chooser.select("pytorch_optimizer:Lion").run())
    assert "Lion, pytorch_optimizer" in chooser.options
    assert {"Lion lr", "Lion beta1"} <= {each.label for each in app.select_slider}
    (menu,) = [each for each in app.selectbox if each.label == "Lion schedule"]
    assert (menu.value, len(menu.options)) == ("constant", len(schedules.names()))
    checked(menu.select("step").run())
    for text, words in (("2.5", "step_size = 2.5 is not a whole number"), ("many", "is not a number")):
        typed(app, "Lion schedule step_size", text)
        assert words in said(app)
        assert link(app)["lane"][1].endswith("schedule=step")
    typed(app, "Lion schedule step_size", "20")
    assert not [each for each in app.get("html") if "tr-problem" in each.proto.body and "step_size" in each.proto.body]  # pyright: ignore
    lanes = ["adam,schedule=cosine", "pytorch_optimizer:Lion,schedule=step:step_size=20"]
    assert [text.partition(",colour")[0] for text in link(app)["lane"]] == lanes
    (menu,) = [each for each in app.selectbox if each.label == "Adam schedule"]
    assert menu.value == "cosine"
    checked(menu.select("constant").run())
    assert link(app)["lane"][0] == "adam"
    press(app, "Launch")
    (run,) = store.list_runs()
    assert [text.partition(",colour")[0] for text in run.lanes] == ["adam", lanes[1]]
    words = said(app)
    assert "step, step_size 20" in words
    assert f'href="./?{urlencode({"lane": run.lanes[1]}, safe=",=.")}"' in words
    for name in ("AliG", "OrthoGrad"):  # one without lr, and one without any number
        assert "Launch" in labels(opened(f"lane=pytorch_optimizer:{name}"))


def test_lanes_are_added_up_to_eight_and_removed_to_none() -> None:
    app = opened("lane=sgd")
    for _ in range(7):
        press(app, "Add an optimizer")
    (add,) = [each for each in app.button if each.label == "Add an optimizer"]
    assert add.disabled
    for label in [each.label for each in app.button if each.label.startswith("Remove ")]:
        press(app, label)
    assert "there is nothing to train yet" in said(app)
    assert [each.disabled for each in app.button if each.label == "Launch"] == [True]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_every_preset_is_something_that_can_be_trained(preset: Preset) -> None:
    app = press(opened("lane=sgd&widths=12"), preset.title)
    assert not app.error
    query = link(app)
    assert query.pop("lane", lane_texts(read_lanes(PRESETS[0].lanes)[0])) == lane_texts(read_lanes(preset.lanes)[0])
    assert {name: text for name, (text,) in query.items()} == preset.settings
    TrainingSpec.from_dict({"lanes": list(preset.lanes)} | settings.spec_part(settings.parse(preset.settings)))


def test_launching_shows_the_run_at_once(store: RunStore) -> None:
    app = opened("lane=adam,lr=0.01&lane=sgd&epochs=2&seed=7&examples=1000&widths=none")
    typed(app, "Name", "my <b>run</b>")
    press(app, "Launch")
    (run,) = store.list_runs()
    assert link(app) == {"run": [str(run.id)]}
    assert run.name == "my <b>run</b>"
    assert run.lanes == ("adam,lr=0.01", "sgd")
    assert {name: run.spec[name] for name in ("epochs", "seed", "examples", "widths")} == {
        "epochs": 2, "seed": 7, "examples": 1000, "widths": [],
    }  # fmt: skip
    assert "my &lt;b&gt;run&lt;/b&gt;" in said(app)
    assert "Cancel" in labels(app)
    store.request_cancel(run.id)


# ---- a run ----


def test_a_finished_run_shows_its_numbers_and_all_its_charts(store: RunStore) -> None:
    app = opened(f"run={ended(store)}")
    words = said(app)
    assert "finished" in words
    assert "91.00%" in words
    assert "1,234" in words
    assert "at most 410 MB" in words
    assert 'href="./?lane=adam"' in words
    assert len(plots(app)) == 2
    told = charts(app)
    assert [lane["title"] for lane in told["lanes"]] == ["SGD", "Adam"]
    assert [each["name"] for each in told["quantities"]] == [
        *("loss", "test_accuracy", "test_loss", "examples_per_second"),
        *monitors.names(),
    ]
    assert "gradient_norm" in told["sent"]["plots"]  # and nothing that nobody chose and this run did not measure
    assert set(told["sent"]["plots"]) == {each["name"] for each in told["quantities"] if each["default"]}
    costly = {name for name in monitors.names() if monitors.get(name).costly}
    assert not costly & set(told["sent"]["plots"])
    np.testing.assert_array_equal(told["curves"]["1:gradient_norm"], [[1, 2], [1.0, 1.0]])
    np.testing.assert_array_equal(told["curves"]["1:loss"], [[1, 2], [2.3, 2.3 / 2]])
    np.testing.assert_array_equal(told["curves"]["1:test_accuracy"], [[1, 2], [0.95, 0.91]])
    np.testing.assert_array_equal(told["curves"]["0:seconds"], [[2], [0.5]])
    assert (told["totalSteps"], told["epochs"]) == (2, 1)
    assert not {"Cancel", "Resume"} & labels(app)


def test_a_link_chooses_the_charts_and_the_layer_and_notes_say_what_monitors_cost(store: RunStore) -> None:
    run_id = ended(store)
    told = [
        events.Monitored(1, "update_ratio", "layer 2", 1, 0.25, math.nan),
        events.Monitored(1, "sharpness", "", 1, 30.0, 200.0),
        events.MonitorReport(1, "update_ratio", 2, 2, 0.001, ""),
        events.MonitorReport(1, "sharpness", 2, 1, 0.25, ""),
        events.MonitorReport(0, "sharpness", 2, 1, 0.0, "step 1: NotConverged: <b>no</b>"),
    ]
    store.append(run_id, told)
    found = charts(opened(f"run={run_id}&plots=loss,update_ratio,sharpness,nosuch&layer=layer 2"))
    assert found["sent"] == {"plots": ["loss", "update_ratio", "sharpness"], "layer": "layer 2"}
    assert found["layers"] == list(LAYERS)
    np.testing.assert_array_equal(found["curves"]["1:update_ratio"], [[1], [0.25]])
    np.testing.assert_array_equal(found["curves"]["1:sharpness"], [[1], [30.0]])
    np.testing.assert_array_equal(found["curves"]["1:sharpness:bound"], [[1], [200.0]])
    assert "0:sharpness:bound" not in found["curves"]
    assert found["notes"]["update_ratio"] == ["2 samples, 0.5 ms each, 0.1% of the time in training."]
    assert found["notes"]["sharpness"] == [
        *("2 samples, 0.12 s each, 25.0% of the time in training.", "Dashed: the limit."),
        "SGD: step 1: NotConverged: <b>no</b>",  # the browser sets it as text
    ]
    odd = charts(opened(f"run={run_id}&plots=&layer=nosuch"))
    assert odd["sent"]["layer"] == ""
    many = charts(opened(f"compare={run_id}&plots=sharpness&layer=layer 2"))
    np.testing.assert_array_equal(many["curves"]["1:sharpness:bound"], [[1], [200.0]])


def test_a_run_that_measures_sharpness_shows_it_and_a_lane_without_is_named(store: RunStore) -> None:
    run_id = ended(store, spec={"sharpness": 2})
    store.append(run_id, [events.MonitorReport(0, "preconditioned_sharpness", 2, 1, 0.1, "")])
    found = charts(opened(f"run={run_id}"))
    assert {"sharpness", "preconditioned_sharpness"} <= set(found["sent"]["plots"])
    assert found["notes"]["preconditioned_sharpness"][1:] == ["SGD: no division by √v̂ + ε."]


def test_the_form_asks_for_the_examples_of_the_sharpness_where_it_is_measured(store: RunStore) -> None:
    app = opened()
    assert "Sharpness examples" not in {each.label for each in app.number_input}
    (field,) = [each for each in app.number_input if each.label == "Sharpness"]
    app = checked(field.set_value(20).run())
    assert "Sharpness examples" in {each.label for each in app.number_input}
    assert link(app) == {"sharpness": ["20"]}


def test_the_table_says_where_each_lane_stands_and_its_best_with_the_epoch(store: RunStore) -> None:
    words = said(opened(f"run={ended(store)}"))
    assert 'Test loss</th><th scope="col">best</th>' in words.replace(" class=tr-text", "")
    assert words.count("95.00%") == 2  # the best is that of the first test, not of the last
    assert '95.00% <span class="tr-muted">epoch 0.5</span>' in words
    assert '1.2 <span class="tr-muted">epoch 0.5</span>' in words
    assert f"{(2.3 + 2.3 / 2) / 2:.4g}" in words  # the mean of the last batches


def test_a_lane_that_diverged_says_where_and_its_numbers_are_no_traceback(store: RunStore) -> None:
    run_id = ended(store)
    odd = [
        events.Step(0, 3, 1, math.inf, math.inf),
        events.Step(0, 4, 1, math.nan, math.nan),
        events.Diverged(0, 3, math.inf),
        events.MidEpochTest(0, 1, 4, math.nan, math.nan),
    ]
    store.append(run_id, odd)
    words = said(opened(f"run={run_id}"))
    assert "not finite from step 3" in words
    assert '95.00% <span class="tr-muted">epoch 0.5</span>' in words


def choose(app: AppTest, label: str, value: Any) -> AppTest:
    (box,) = [each for each in app.selectbox if each.label == label]
    return checked(box.set_value(value).run())


def messages(app: AppTest) -> list[str]:
    found = [each.proto for each in app.get("bidi_component")]  # pyright: ignore
    return [each.bytes.decode() for each in found if each.component_name.startswith("optim_viz.plot_")]


def test_the_state_charts_follow_what_is_chosen(store: RunStore) -> None:
    app = opened(f"run={ended(store)}")
    assert any(
        "m\u0302/\u221av\u0302 of Adam in layer 1" in json.loads(each.split("\n", 1)[1])["options"]["label"]
        for each in messages(app)
    )
    for label, value in (("State of", 1), ("Layer", "layer 2"), ("Quantity", "sqrt_v_hat")):
        choose(app, label, value)
    assert any("of Adam in layer 2; median 2 at step 2" in text for text in messages(app))


def test_the_state_charts_open_on_what_the_lanes_have_whatever_their_order(store: RunStore) -> None:
    """RMSProp has no first moment and SGD no moment at all: never an empty chart of what a lane does not record."""
    for lanes, quantity, offered in (
        (["adam", "rmsprop"], "ratio", 5),
        (["sgd", "rmsprop"], "sqrt_v_hat", 3),
        (["sgd"], "step", 2),
    ):
        run_id = store.create(TrainingSpec.from_dict({"lanes": lanes}).to_dict())
        store.append(run_id, logged(len(lanes)))
        app = opened(f"run={run_id}")
        (box,) = [each for each in app.selectbox if each.label == "Quantity"]
        assert (box.value, len(box.options)) == (quantity, offered)
        assert len(plots(app)) == (2 if quantity == "ratio" else 1)
    app = opened("run=1")  # from Adam to RMSProp, while m̂/√v̂ is chosen
    choose(app, "State of", 1)
    (box,) = [each for each in app.selectbox if each.label == "Quantity"]
    assert box.value == "sqrt_v_hat"


def test_what_is_said_of_a_lane_stands_by_its_name_and_its_state_is_what_was_recorded(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RUNS, "lane", lambda spec, wait=0.0: Refused(spec.optimizer, "no process in this test"))
    spec = TrainingSpec.from_dict({"lanes": ["torch.optim:Muon,schedule=cosine", "torch.optim:SparseAdam", "sgd"]})
    run_id = store.create(spec.to_dict())
    named = [each for each in logged(1) if not isinstance(each, events.Quantiles)]
    own = [events.Quantiles(0, 2, layer, name, 0, 1, 2, 3, 4) for layer in LAYERS for name in ("m", "step")]
    notes = [
        events.Note(0, 0, "way", "it takes <b>matrices</b> alone"),
        events.Note(1, 0, "failed", "RuntimeError: no dense gradients"),
    ]
    rates = [events.LearningRate(lane, step, 0.1 / step) for lane in (0, 2) for step in (1, 2)]
    store.append(run_id, [*named, *own, *notes, *rates])
    app = opened(f"run={run_id}")
    words = said(app)
    assert "It takes &lt;b&gt;matrices&lt;/b&gt; alone." in words
    assert "Trains no further: RuntimeError: no dense gradients." in words
    told = charts(app)
    assert "learning_rate" in [each["name"] for each in told["quantities"]]
    np.testing.assert_array_equal(told["curves"]["0:learning_rate"], [[1, 2], [0.1, 0.05]])
    choose(app, "State of", 0)
    (box,) = [each for each in app.selectbox if each.label == "Quantity"]
    assert box.options == ["m", "|Δθ|"]
    assert "Trains no further" in said(opened(f"compare={run_id}"))


@pytest.mark.parametrize(
    ("state", "message"),
    [("failed", "the device ran out of memory"), ("cancelled", ""), ("lost", "ended without a word")],
)
def test_a_run_that_did_not_finish_says_why_and_can_be_resumed(
    store: RunStore, state: State, message: str, started: list[list[str]]
) -> None:
    run_id = ended(store, state, message)
    app = opened(f"run={run_id}")
    assert f"{state}{': ' + message if message else ''}" in said(app)
    press(app, "Resume")
    assert store.get(run_id).state == "queued"
    assert "queued: it starts" in said(app)
    assert started
    press(app, "Cancel")
    assert store.get(run_id).state == "cancelled"


def test_a_run_whose_process_died_is_shown_as_lost(store: RunStore) -> None:
    run_id = store.create(SPEC)
    assert queue.claim_next(store.file, store.watch)
    with store.file.writing() as connection:
        connection.execute("UPDATE runs SET handle = '9999' || handle")
    app = opened(f"run={run_id}")
    assert "lost: the training process ended without a word" in said(app)
    assert "Resume" in labels(app)


def test_a_run_of_another_version_shows_its_lanes_as_they_were_written(store: RunStore) -> None:
    run_id = store.create(SPEC | {"lanes": ["adamax_of_tomorrow,lr=1"]}, "odd")
    app = opened(f"run={run_id}")
    assert "adamax_of_tomorrow,lr=1" in said(app)


def test_a_new_run_with_the_same_lanes_fills_the_form(store: RunStore) -> None:
    app = press(opened(f"run={ended(store)}"), "New run with these lanes")
    assert link(app) == {"lane": SPEC["lanes"]}
    assert "Launch" in labels(app)


def test_the_script_and_the_exports_are_the_command_lines_own(store: RunStore) -> None:
    run_id = ended(store)
    app = opened(f"run={run_id}")
    (toggle,) = [each for each in app.toggle if each.label.startswith("Show the PyTorch script")]
    checked(toggle.set_value(True).run())
    (code,) = app.code
    compile(code.value, "script", "exec")
    assert "torch.optim.Adam" in code.value
    table = take_away.csv(store, run_id).decode().splitlines()
    assert table[0].startswith("run,lane,optimizer,step")
    assert take_away.tensorboard(store, run_id)[:2] == b"PK"


# ---- the table ----


def chosen_in(app: AppTest, label: str, values: Any) -> AppTest:
    """Choose in one of the list's menus."""
    menus = [each for each in [*app.multiselect, *app.selectbox] if each.label == label]
    (menu,) = [each for each in menus if (each.key or "").startswith("train-filter-")]  # the form has menus of its own
    return checked(menu.set_value(values).run())


def test_runs_are_found_and_grouped_and_the_choice_is_in_the_link(store: RunStore) -> None:
    ended(store, name="first try")
    ended(store, "failed", "no MNIST", "second try")
    for number in range(5):  # a few are found by looking
        spec = SPEC | ({"lanes": ["adam"], "dataset": "digits"} if number else {"model": "logistic", "widths": None})
        store.request_cancel(store.create({k: v for k, v in spec.items() if v is not None}, f"other {number}"))
    store.write_notes(4, "Bumpy: look at the *third* layer.\nAgain with warm-up.")
    app = opened()
    assert len(rows(app)) == 7
    assert rows(typed(app, "Filter runs", "MNIST try")) == {"2. second try"}
    assert rows(typed(app, "Filter runs", "warm-up bumpy")) == {"4. other 1"}
    assert not rows(typed(app, "Filter runs", "nowhere"))
    assert "No run matches." in said(app)
    press(app, "Clear")
    assert len(rows(app)) == 7
    assert rows(chosen_in(app, "State", ["finished", "failed"])) == {"1. first try", "2. second try"}
    assert not rows(chosen_in(app, "Data set", ["digits"]))
    assert rows(chosen_in(app, "State", [])) == {f"{number}. other {number - 3}" for number in range(4, 8)}
    chosen_in(app, "Data set", [])
    assert rows(chosen_in(app, "Model", ["logistic"])) == {"3. other 0"}
    chosen_in(app, "Model", [])
    assert len(rows(chosen_in(app, "Optimizer", ["sgd"]))) == 3
    chosen_in(app, "Group by", "dataset")
    press(app, "1. first try")
    assert link(app) == {"run": ["1"], "runs.optimizer": ["sgd"], "runs.group": ["dataset"]}
    again = opened("run=1&runs.optimizer=sgd&runs.group=dataset")
    assert rows(again) == {"1. **first try**", "2. second try", "3. other 0"}
    assert "3 of 7 match." in said(again)
    press(again, "Tick all")
    assert "Compare 3 runs" in labels(again)
    press(again, "New run")
    assert link(again) == {"runs.optimizer": ["sgd"], "runs.group": ["dataset"]}
    everything = opened("runs.group=optimizer")
    headings = re.findall(r'tr-group">(.*?) <', said(everything))
    assert headings == ["Adam", "SGD · Adam"]
    store.launch_sweep("a <grid>", {}, [("first", SPEC), ("second", SPEC)])
    by_sweep = said(opened("runs.group=sweep"))
    assert re.findall(r'tr-group">(.*?) <span class="tr-muted">(.*?)<', by_sweep) == [
        ("no sweep", "7"),
        ("Sweep 1: a &lt;grid&gt;", "2"),
    ]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("runs.group=<b>", "runs.group must be one of state, optimizer, dataset, model, sweep, not '<b>'"),
        ("runs.state=finished,lst", "runs.state must be some of queued"),
        ("runs.optimizer=nothing", "No run matches."),
        ("runs.nothing=1&runs.find=first", "1 of 1 match."),
    ],
)
def test_a_bad_choice_of_the_list_is_told(store: RunStore, query: str, words: str) -> None:
    ended(store, name="first")
    assert words in said(opened(query))


def test_what_wants_looking_after_is_counted_and_found(store: RunStore) -> None:
    for number in range(7):
        ended(store, name=f"well {number}")
    store.append(ended(store, name="wild"), [events.Diverged(0, 12, math.nan)])
    ended(store, "failed", str(errors.full(Path("x"))), "no room")
    ended(store, "lost", "gone", "gone")
    app = opened()
    words = said(app)
    for told in (
        "diverged</b> The loss of SGD is not finite from step 12 on. Try again with a smaller lr.",
        "disk full</b> The disk had no room left. Free some space, and it goes on by itself.",
        "lost</b> Its process ended without a word. Resume goes on from the last checkpoint.",
    ):
        assert told in words
    press(app, "⚠ 3 alerts")
    assert rows(app) == {"8. wild", "9. no room", "10. gone"}
    assert link(app) == {"runs.alerts": ["1"]}
    assert "diverged</b>" in said(press(app, "8. wild"))
    press(app, "⚠ 3 alerts")
    assert len(rows(app)) == 10


def test_what_a_run_took_of_the_machine_is_drawn_when_it_is_asked_for(store: RunStore) -> None:
    run_id = ended(store)
    app = opened(f"run={run_id}")
    before = len(plots(app))
    (toggle,) = [each for each in app.toggle if each.label == "Show what it takes of the machine"]
    checked(toggle.set_value(True).run())
    assert "Nothing was sampled in this run." in said(app)
    store.append(run_id, [events.System(1, at, 150.0, 400_000_000, 1_000_000, None) for at in (2.0, 4.0)])
    checked(app.run())
    assert len(plots(app)) == before + 3
    assert "The utilisation of the GPU is left out" in said(app)


def test_notes_are_written_and_shown_as_text(store: RunStore) -> None:
    run_id = ended(store)
    app = opened(f"run={run_id}")
    (field,) = app.text_area
    checked(field.input("<b>Why</b> *this* $x^2$\n  second line \x1b[2J ").run())
    assert store.get(run_id).notes == "<b>Why</b> *this* $x^2$\n  second line  [2J"
    assert "&lt;b&gt;Why&lt;/b&gt; *this* $x^2$\n  second line" in said(app)


def test_runs_of_one_name_are_told_apart_by_what_differs(store: RunStore) -> None:
    for more in ({}, {"seed": 7}, {"batch_size": 32}):
        store.create(SPEC | more)
    assert {as_read(label) for label in rows(opened())} == {
        "1. SGD · Adam, batch size 128, seed 0",
        "2. SGD · Adam, batch size 128, seed 7",
        "3. SGD · Adam, batch size 32, seed 0",
    }


def test_a_run_is_opened_from_the_list(store: RunStore) -> None:
    ended(store, name="mine")
    app = press(opened(), "1. mine")
    assert link(app) == {"run": ["1"]}
    assert charts(app)["lanes"]
    press(app, "New run")
    assert not link(app)
    assert "Launch" in labels(app)


def test_several_runs_are_compared_and_the_comparison_is_its_link(store: RunStore) -> None:
    for name in ("a", "b"):
        ended(store, name=name)
    app = opened()
    for box in [each for each in app.checkbox if each.label.startswith("Select run")]:
        checked(box.check().run())
    assert "Delete 2 runs" in labels(app)
    press(app, "Compare 2 runs")
    assert link(app) == {"compare": ["1,2"]}
    told = charts(app)
    assert [(lane["key"], lane["title"], lane["dash"]) for lane in told["lanes"]] == [
        ("1.0", "SGD, run 1", 0), ("1.1", "Adam, run 1", 0), ("2.0", "SGD, run 2", 1), ("2.1", "Adam, run 2", 1),
    ]  # fmt: skip
    assert "The same in all: MNIST" in said(app)


def test_chosen_lanes_of_several_runs_stand_in_one_table_with_what_differs(store: RunStore) -> None:
    for more in ({}, {"seed": 7, "lanes": ["adam,lr=0.01"]}):
        store.append(store.create(SPEC | more), logged(1 if more else 2))
    app = opened("compare=1.1,2")
    told = charts(app)
    assert [lane["title"] for lane in told["lanes"]] == ["Adam lr 0.001, seed 0", "Adam lr 0.01, seed 7"]
    words = said(app).replace(" class=tr-text", "")
    assert '<th scope="col">lr</th><th scope="col">Seed</th>' in words
    assert "<td>0.001</td><td>0</td>" in words
    assert "β₁ 0.9" in words  # the same in both
    assert 'href="./train?run=2"' in words
    pills = {each.label: each for each in app.get("button_group")}  # pyright: ignore
    checked(pills["Run 1: SGD · Adam"].set_value([0, 1]).run())  # pyright: ignore
    assert link(app) == {"compare": ["1,2"]}
    assert len(charts(app)["lanes"]) == 3


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("compare=x", "compare must list runs or lanes"),
        ("compare=1.x,<b>", "compare must list runs or lanes"),
        ("compare=99", "There is no run 99"),
        ("compare=1.7", "No lane is chosen"),
        ("compare=,", "Nothing to compare"),
        ("compare=99999999999999999999.1", "compare must list runs or lanes"),
    ],
)
def test_a_bad_comparison_is_told(store: RunStore, query: str, words: str) -> None:
    ended(store)
    assert words in said(opened(query))


def test_a_run_is_renamed_deleted_and_brought_back(store: RunStore) -> None:
    run_id = ended(store, name="old")
    app = opened()
    checked(next(each for each in app.checkbox if each.label == f"Select run {run_id}").check().run())
    typed(app, f"Name of run {run_id}", "new")
    assert store.get(run_id).name == "new"
    press(app, f"Delete run {run_id}")
    assert not store.list_runs()
    assert "No run yet" in said(app)
    again = opened()  # the page was reloaded
    assert f"Run {run_id} deleted" in said(again)
    press(again, "Undo")
    assert [run.name for run in store.list_runs()] == ["new"]
    assert "Undo" not in labels(again)


def test_deleting_the_open_run_leads_back_to_the_form(store: RunStore) -> None:
    run_id = ended(store)
    app = press(opened(f"run={run_id}"), f"Delete run {run_id}")
    assert not link(app)
    assert not app.warning
    assert "Launch" in labels(app)
    assert f"Run {run_id} was deleted; for 30 seconds it can be brought back" in said(opened(f"run={run_id}"))


def test_many_runs_are_shown_twenty_at_a_time(store: RunStore) -> None:
    for number in range(45):
        store.create(SPEC, f"n{number}")
    app = opened()
    assert rows(app) == {f"{number}. n{number - 1}" for number in range(26, 46)}
    press(app, "Older")
    press(app, "Older")
    assert rows(app) == {f"{number}. n{number - 1}" for number in range(1, 6)}
    assert "41 to 45 of 45" in said(app)
    press(app, "Newer")
    assert len(rows(app)) == 20
    assert len(rows(typed(app, "Filter runs", "n1"))) == 11  # from the first match on


def test_a_run_whose_row_is_damaged_is_shown_as_unreadable_and_hides_no_other(store: RunStore) -> None:
    damaged, sound = ended(store, name="damaged"), ended(store, name="sound")
    with store.file.writing() as connection:
        connection.execute("UPDATE runs SET spec = '{' WHERE id = ?", (damaged,))
    app = opened(f"run={damaged}")
    assert "unreadable: its row in the store is damaged" in said(app)
    assert rows(app) == {f"{damaged}. **run {damaged}**", f"{sound}. sound"}
    for box in [each for each in app.checkbox if each.label.startswith("Select run")]:
        checked(box.check().run())
    press(app, f"Delete run {damaged}")
    assert [run.id for run in store.list_runs()] == [sound]


def test_a_process_that_cannot_be_started_is_a_sentence_on_the_page(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(command: list[str], log: Path) -> str:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(launchers.get("local"), "start", refuse)
    app = press(opened("lane=adam&dataset=digits"), "Launch")
    assert "queued: its process cannot be started yet: Resource temporarily unavailable" in said(app)
    assert "Cancel" in labels(app)


@pytest.mark.parametrize("dataset", datasets.names())
@pytest.mark.parametrize("model", models.names())
def test_every_model_on_every_data_set_can_be_launched_from_its_link(store: RunStore, dataset: str, model: str) -> None:
    app = press(opened(f"lane=adam&dataset={dataset}&model={model}"), "Launch")
    (run,) = store.list_runs()
    spec = TrainingSpec.from_dict(run.spec)
    assert (spec.dataset, spec.model, spec.examples) == (dataset, model, None)
    assert datasets.get(dataset).title in said(app)
    assert models.get(model).title in said(app)


def test_another_model_asks_other_questions(store: RunStore) -> None:
    app = opened("widths=12&epochs=3")
    (chooser,) = [each for each in app.selectbox if each.label == "Model"]
    checked(chooser.select("logistic").run())
    assert "Hidden layers" not in {each.label for each in app.text_input}
    assert link(app) == {"model": ["logistic"], "epochs": ["3"]}
    assert "7,850 parameters" in said(app)
    (chooser,) = [each for each in app.selectbox if each.label == "Data set"]
    checked(chooser.select("digits").run())
    assert "650 parameters" in said(app)
    assert link(app) == {"dataset": ["digits"], "model": ["logistic"], "epochs": ["3"]}


# ---- the store ----


def test_a_damaged_store_is_told_and_kept(tmp_path: Path) -> None:
    (tmp_path / "runs.sqlite3").write_bytes(b"no database" * 1000)
    app = opened()
    assert "damaged" in said(app)
    press(app, "Go on with an empty store")
    assert "No run yet" in said(app)


@pytest.mark.parametrize(
    "error", [StoreBusy("in use"), StoreReadOnly("read-only"), StoreDamaged("damaged", Path(), None)]
)
def test_a_store_that_fails_while_looking_is_told(
    store: RunStore, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = ended(store)

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(RunStore, "series", fail)
    assert sentence(str(error)) in said(opened(f"run={run_id}"))
    monkeypatch.setattr(RunStore, "get", fail)
    assert "Try again" in labels(opened(f"run={run_id}"))
    monkeypatch.setattr(RunStore, "list_runs", fail)
    assert sentence(str(error)) in said(opened())


def test_a_store_that_is_busy_for_a_moment_leaves_the_curves_there(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(f"run={ended(store)}")

    def busy(*_: object) -> None:
        raise StoreBusy("in use")

    monkeypatch.setattr(RunStore, "series", busy)
    assert len(plots(checked(app.run()))) == 2


def test_a_read_only_store_can_be_looked_at_but_not_launched_into(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(store)
    monkeypatch.setattr(RunStore, "read_only", property(lambda self: True))
    app = opened()
    assert "read-only: runs can be looked at" in said(app)
    assert [each.disabled for each in app.button if each.label == "Launch"] == [True]


# ---- words ----


def test_no_search_makes_an_error(store: RunStore) -> None:
    run = store.get(ended(store, name="a (b"))
    assert filters.matches(run, "(B 1 adam")
    assert not filters.matches(run, "nadam")


@pytest.mark.parametrize(("seconds", "words"), [(0.4, "0 s"), (59.6, "1:00 min"), (65, "1:05 min"), (7380, "2:03 h")])
def test_times_are_readable(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_a_lane_opens_in_the_lab_as_it_is() -> None:
    link = lab_link("adam,lr=0.01")
    assert link == "./?lane=adam,lr=0.01"
    assert lab_link("adam,lr=0.01", "sgd") == "./?lane=adam,lr=0.01&lane=sgd"

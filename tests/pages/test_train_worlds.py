"""A run's page sets the toy beside the network: what is sent are the numbers of the rollout and of the store."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from optim_viz import rollout, surfaces
from optim_viz.comparison import TrainingSpec, events
from optim_viz.outside import Refused
from optim_viz.pages.train.worlds import comparable
from optim_viz.pages.train.worlds_words import look
from optim_viz.run_store import RunStore, heartbeat, queue
from optim_viz.scenario import Scenario, parse_lane
from optim_viz.scenario.first_screen import first_screen
from optim_viz.stage.lane_run import RunSpec, run_specs
from optim_viz.stage.outside_runs import RUNS, Result
from tests.pages.test_train import LAYERS, checked, ended, logged, opened, started, store
from tests.stage.decoder import decode

__all__ = ["started", "store"]  # fixtures


def sent(app: AppTest) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [
        decode(each.proto.bytes)
        for each in app.get("bidi_component")
        if each.proto.component_name.startswith("optim_viz.worlds_")  # pyright: ignore
    ]


def test_both_worlds_are_the_numbers_of_the_rollout_and_of_the_store(store: RunStore) -> None:
    ended(store)
    ((header, arrays),) = sent(opened("run=1"))
    assert header["chosen"] == {"surface": first_screen().surface, "lane": "1", "layer": "layer 1"}
    assert header["lanes"] == [["1", "Adam"]], "SGD keeps no moment"
    assert {name for name, _ in header["surfaces"]} == set(surfaces.names())
    assert arrays["stops"].tolist() == [1, 2]
    run = rollout(first_screen().surface, "adam", lr=0.001, steps=2)
    np.testing.assert_array_equal(arrays["place"], run.theta[1:].T)
    np.testing.assert_array_equal(arrays["toy.m_hat"], run.state["m_hat"].T)
    np.testing.assert_array_equal(arrays["toy.sqrt_v_hat"], np.sqrt(run.state["v_hat"]).T)
    for name in ("network.m_hat", "network.sqrt_v_hat"):
        assert arrays[name].tolist() == [[1, 2], *[[value, value] for value in range(5)]]
    # The median, 2, without bias correction: 2 (1 - 0.9^t), and 2 √(1 - 0.999^t).
    (dotted,) = [
        trace for trace in header["figures"]["network.m_hat"]["figure"]["data"] if "uncorrected" in trace["name"]
    ]
    np.testing.assert_allclose(drawn(dotted["y"]), [0.2, 0.38])


def drawn(values: dict[str, Any] | list[float]) -> np.ndarray:
    """An array as Plotly writes it."""
    if isinstance(values, list):
        return np.array(values)
    return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"])


def test_a_link_chooses_surface_lane_and_layer_and_nonsense_is_left_out(store: RunStore) -> None:
    lanes = ["adam,lr=0.1", "rmsprop,lr=0.01", "momentum,lr=0.1"]
    ended(store, spec={"lanes": lanes})
    ((header, arrays),) = sent(opened("run=1&toy=rosenbrock&toy_lane=2&toy_layer=layer+3"))
    assert header["chosen"] == {"surface": "rosenbrock", "lane": "2", "layer": "layer 3"}
    assert list(header["figures"]) == ["path", "toy.m_hat", "network.m_hat"], "momentum divides by nothing"
    velocity = rollout("rosenbrock", "momentum", lr=0.1, steps=2).state["velocity"]
    np.testing.assert_array_equal(arrays["toy.m_hat"], velocity.T)
    assert header["lab"] == "./?surface=rosenbrock&steps=2&noise=0&lane=momentum,lr=0.1"
    ((header, _),) = sent(opened("run=1&toy=<b>&toy_lane=9&toy_layer=nope"))
    assert header["chosen"] == {"surface": first_screen().surface, "lane": "0", "layer": "layer 1"}


CLASSES = {
    "pytorch_optimizer:Lion,lr=0.05": ("m",),
    "torch.optim:RMSprop,lr=0.02": ("sqrt_v",),
    "torch.optim:SGD,lr=0.002": (),
}


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch) -> dict[RunSpec, Result | None]:
    """The runs of classes that are there; no process is started for the others."""
    there: dict[RunSpec, Result | None] = {}
    monkeypatch.setattr(RUNS, "lane", lambda spec, wait=0.0: there.get(spec))
    return there


def of_classes(store: RunStore) -> int:
    """A run of classes of somebody else's, each of which recorded what it keeps, and of a rule of ours."""
    run_id = store.create(TrainingSpec.from_dict({"lanes": [*CLASSES, "adam"]}).to_dict())
    kept = [event for event in logged(4) if not isinstance(event, events.Quantiles)]
    for lane, recorded in enumerate((*CLASSES.values(), ("m_hat", "sqrt_v_hat"))):
        for name in (*recorded, "step"):
            kept += [events.Quantiles(lane, step, LAYERS[0], name, 0, 1, 2, 3, 4) for step in (1, 2)]
    claim = queue.claim_next(store.file, store.watch)
    assert claim is not None
    heartbeat.finish(store.file, claim, "finished", "", kept)
    return run_id


@pytest.mark.parametrize(("place", "text", "recorded"), [(i, *each) for i, each in enumerate(CLASSES.items())])
def test_a_class_of_somebody_elses_shows_what_it_keeps_in_both_worlds_or_its_steps(
    store: RunStore, toys: dict[RunSpec, Result | None], place: int, text: str, recorded: tuple[str, ...]
) -> None:
    of_classes(store)
    query = f"run=1&toy=booth&toy_lane={place}"
    spec = run_specs(Scenario.from_url(f"surface=booth&steps=2&noise=0&lane={text}")[0])[0]
    run = rollout("booth", parse_lane(text).optimizer, steps=2, lr=dict(spec.hyperparameters)["lr"])
    ((header, arrays),) = sent(opened(query))
    quantities = recorded or ("step",)
    assert list(header["figures"]) == ["path", *(f"network.{name}" for name in quantities)], "the toy is on its way"
    assert "is being run on" in header["words"]["toy"]
    toys[spec] = run
    ((header, arrays),) = sent(opened(query))
    assert [title for _, title in header["lanes"]] == ["Lion", "RMSprop", "SGD", "Adam"]
    assert list(header["figures"]) == ["path", *(f"{w}.{name}" for name in quantities for w in ("toy", "network"))]
    own = {
        "m": lambda: run.state["exp_avg"],
        "sqrt_v": lambda: np.sqrt(run.state["square_avg"]),
        "step": lambda: abs(run.update),
    }
    for name in quantities:
        np.testing.assert_array_equal(arrays[f"toy.{name}"], own[name]().T)
        assert arrays[f"network.{name}"].tolist() == [[1, 2], *[[value, value] for value in range(5)]]
    words = header["words"]["look"]
    assert ("the size of its steps" in words) == (not recorded)
    assert all(name in words for name in {"m": ["exp_avg"], "sqrt_v": ["square_avg"], "step": []}[quantities[0]])


def test_a_class_that_refuses_the_surface_says_why_beside_the_network(
    store: RunStore, toys: dict[RunSpec, Result | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    of_classes(store)
    monkeypatch.setattr(RUNS, "lane", lambda spec, wait=0.0: Refused(spec.optimizer, "it takes <b>matrices</b>"))
    ((header, arrays),) = sent(opened("run=1&toy=booth&toy_lane=0"))
    assert header["words"]["toy"] == "Lion cannot run on a surface: it takes <b>matrices</b>"
    assert list(header["figures"]) == ["path", "network.m"]
    assert "toy.m" not in arrays
    assert np.unique(arrays["place"], axis=1).T.tolist() == [list(surfaces.get("booth").start)], "it stays at its start"
    ((header, _),) = sent(opened("run=1"))
    assert header["chosen"]["lane"] == "3", "without a choice the lane with most to compare"


def test_a_run_without_states_or_moments_or_of_another_version_has_no_such_part(store: RunStore) -> None:
    for changes in ({"lanes": ["sgd,lr=0.1"]}, {"record": False}):
        run_id = ended(store, spec=changes)
        app = checked(opened(f"run={run_id}"))
        assert not sent(app)
    old = store.get(ended(store, spec={"lanes": ["from_another_version,lr=1", "adam,lr=0.1"]}))
    assert list(comparable(old)) == [1]


@pytest.mark.parametrize(
    ("lane", "words"),
    [
        (
            "adam",
            "Look at the first steps, where the dotted lines lack the bias correction: at step 1 m is 0.1 of m̂ and v "
            "is 0.001 of v̂; √v̂ settles after about 1/(1 − beta2) = 1,000 steps, in both worlds.",
        ),
        ("rmsprop", "Look how √v̂ settles after about 1/(1 − alpha) = 100 steps, in both worlds."),
        ("momentum", "Look how m̂ settles after about 1/(1 − momentum) = 10 steps, in both worlds."),
        ("adagrad", "Look how long a large gradient is remembered, in both worlds."),
    ],
)
def test_a_sentence_says_what_to_look_at(lane: str, words: str) -> None:
    assert look(parse_lane(lane)) == words

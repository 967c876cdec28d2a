"""A name that comes close is told the right one; what is no name at all is told what to write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import optim_viz
import surfaces
from optim_viz import diagnostics
from optim_viz.scenario import Lane, Scenario, parse_lane
from surfaces import close_names, hint, shown

RULES = [optim_viz.optimizer(name) for name in optim_viz.optimizers()]
REGISTRIES: list[tuple[Callable[[Any], object], tuple[str, ...]]] = [
    (optim_viz.optimizer, optim_viz.optimizers()),
    (surfaces.get, surfaces.names()),
    (diagnostics.get, diagnostics.names()),
]


def slips(name: str) -> st.SearchStrategy[str]:
    """A name as a hurried person writes it: other capitals, hyphens, a letter too few or doubled."""
    places = st.integers(0, len(name) - 1)
    return st.one_of(
        st.sampled_from([name.upper(), name.title(), name.replace("_", "-"), name.replace("_", ""), f" {name} "]),
        places.map(lambda place: name[:place] + name[place + 1 :]),
        places.map(lambda place: name[:place] + name[place] + name[place:]),
    ).filter(lambda text: text != name)


@pytest.mark.parametrize(("get", "names"), REGISTRIES)
@given(data=st.data())
def test_a_slip_of_the_pen_is_told_the_name(get: Callable[[Any], object], names: tuple[str, ...], data: Any) -> None:
    name = data.draw(st.sampled_from([each for each in names if len(each) > 4]))
    slip = data.draw(slips(name))
    if slip in names:  # amsgrad, adagrad: one slip away from each other or not, a known name is no slip
        return
    close = close_names(slip, names)
    assert len(close) == 1
    if slip.casefold().replace("-", "_").strip() == name:
        assert close == (name,)
    if slip.isidentifier():
        with pytest.raises(ValueError, match=f"did you mean {close[0]}"):
            get(slip)


WORDS = {
    "lr": ("learning_rate", "eta", "step_size", "η", "LR"),
    "eps": ("epsilon", "ε"),
    "weight_decay": ("wd", "l2", "λ", "weight-decay"),
    "beta1": ("beta_1", "β1", "momentum"),
    "beta2": ("beta_2", "β₂", "rho"),
    "momentum": ("mu", "beta"),
}
CASES = [
    (rule, word, each.name) for rule in RULES for each in rule.hyperparameters for word in WORDS.get(each.name, ())
]


@pytest.mark.parametrize(("rule", "word", "meant"), CASES)
def test_the_fields_other_words_lead_to_the_hyperparameter(rule: Any, word: str, meant: str) -> None:
    for ask in (
        lambda: rule.complete({word: 0.5}),
        lambda: parse_lane(f"{rule.name},{word}=0.5"),
        lambda: Lane(rule.name, {word: 0.5}),
    ):
        with pytest.raises(ValueError, match=rf"did you mean [\w ]*\b{meant}\b"):
            ask()


def test_a_word_for_two_quantities_leads_to_both() -> None:
    with pytest.raises(
        ValueError, match=r"adam has no hyperparameter 'betas': did you mean beta1 and beta2\? It has lr"
    ):
        optim_viz.rollout("booth", "adam", betas=(0.9, 0.999))


@pytest.mark.parametrize(
    ("word", "meant"), [("n_steps", "steps"), ("iterations", "steps"), ("x0", "start"), ("random_state", "seed")]
)
def test_an_argument_of_the_call_is_meant_too(word: str, meant: str) -> None:
    given: dict[str, Any] = {word: 3}
    with pytest.raises(ValueError, match=f"did you mean {meant}"):
        optim_viz.rollout("booth", "adam", **given)


def test_a_link_says_it_as_well() -> None:
    _, problems = Scenario.from_url("surface=Rosenbrock&lane=adam,learning_rate=0.1&lane=Adam")
    assert [problem.message.split("?")[0] for problem in problems] == [
        "no surface is called 'Rosenbrock': did you mean rosenbrock",
        "adam has no hyperparameter 'learning_rate': did you mean lr",
        "unknown optimizer 'Adam': did you mean adam",
    ]


def test_what_is_far_from_all_is_told_all() -> None:
    assert hint("zzz", ["sgd", "adam"]) == "; known: sgd, adam"
    assert hint("zzz", []) == "; known: none"
    assert hint("eta", ["lr"], "it has") == ": did you mean lr? It has lr"


@pytest.mark.parametrize("given", [None, 3, 1.5, True, ["adam"], {"adam"}, b"adam", print, lambda x, y: x, object()])
@pytest.mark.parametrize(
    "ask",
    [
        optim_viz.optimizer,
        surfaces.get,
        diagnostics.get,
        lambda value: optim_viz.rollout(value, "adam"),
        lambda value: optim_viz.rollout("booth", value),
        lambda value: optim_viz.replay(value, [[1.0, 1.0]]),
        lambda value: optim_viz.sweep("booth", value, {"lr": [0.1]}),
        lambda value: optim_viz.sweep(value, "adam", {"lr": [0.1]}),
        Lane,
    ],
)
def test_what_is_no_name_gets_a_sentence(ask: Callable[[Any], object], given: object) -> None:
    with pytest.raises(ValueError, match=r"write|known|no name"):
        ask(given)


def test_the_sentence_says_what_to_write() -> None:
    torch_optimizer: Any = torch.optim.RMSprop([torch.zeros(1)])
    with pytest.raises(ValueError, match=r"write 'rmsprop'"):
        optim_viz.rollout("booth", torch_optimizer)
    with pytest.raises(ValueError, match=r"write surfaces\.parse\('x\*\*2 \+ y\*\*2'\)"):
        optim_viz.rollout("x**2 + y**2", "adam")
    with pytest.raises(ValueError, match=r"write surfaces\.from_function\(bowl, "):
        optim_viz.rollout(bowl, "adam")  # pyright: ignore[reportArgumentType] - that is what is tested
    with pytest.raises(ValueError, match="'booth' is a Surface already"):
        surfaces.get(surfaces.get("booth"))  # pyright: ignore[reportArgumentType]


def bowl(x: float, y: float) -> float:
    """A function where a surface is expected."""
    return x * x + y * y


@given(st.text(max_size=300) | st.binary() | st.lists(st.text()))
def test_any_value_is_shown_in_one_short_printable_line(value: object) -> None:
    text = shown(value)
    assert len(text) < 400
    assert text.isprintable()
    assert isinstance(hint(value, ["lr", "adam"]), str)

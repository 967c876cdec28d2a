"""Section 10: the paper's experiments on MNIST, ready to be trained again."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import streamlit as st

from optim_viz.experiments import mnist_runs
from optim_viz.experiments.mnist_runs import EXPERIMENTS, FinishedRun, LaneResult
from optim_viz.figures.paper import chart, mnist_plots
from optim_viz.figures.paper.chart import title_of
from optim_viz.pages.paper.controls import Controls
from optim_viz.pages.paper.pictures import Picture, Pictures, follow_controls
from optim_viz.pages.paper.section import Section
from optim_viz.pages.paper.words import Prose, Table, Words
from optim_viz.pages.site_header import has
from optim_viz.scenario import parse_lane

DATA = Path(__file__).resolve().parent.parent / "data" / "mnist_runs.json"
_DEFAULT = "relu"
_SAYS = {
    "logistic": "The paper's first experiment (section 6.1): a convex problem, batches of 128. The paper lets the "
    "learning rate fall as 1/√t; here it is constant.",
    "relu": "A smaller network than the paper's, batches of 128: the one that the training page starts with.",
    "tanh": "The same network with tanh, whose slope is at most 1 and fades on both sides.",
    "sigmoid": "The same network with sigmoids, whose slope is ¼ at most: the first layer's gradients are small, and a "
    "rule with one rate for all layers hardly moves it.",
    "softplus": "The same network with softplus, a ReLU without its corner.",
    "paper": "The network of the paper's section 6.2, without its dropout.",
    "single": "A gradient of one example is mostly noise. The first 10,000 digits, one step each.",
}


def show() -> None:
    """Show the section's body."""
    controls = Controls("s10")
    options = {key: preset.title for key, preset in EXPERIMENTS.items()}
    chosen = controls.choice("preset", "What is trained", options=options, default=_DEFAULT)
    pictures = Pictures(controls, _draw)
    pictures.show("trained")
    if has("train"):
        st.markdown(f"[Train this yourself](./train?{EXPERIMENTS[chosen].link()})")
    left, right = st.columns(2)
    with left:
        pictures.show("loss")
    with right:
        pictures.show("accuracy")
    pictures.show("ends")
    st.caption(f"{kept()[1]}. Training loss: smoothed, of the first seed; test loss and accuracy: mean of all seeds.")
    follow_controls(controls, pictures)


def _draw(preset: str) -> dict[str, Picture | Words]:
    run = kept()[0][preset]
    heads = ("Lane", "η", "training loss", "test loss", "test accuracy", "all seeds")
    return {
        "loss": Picture(mnist_plots.losses(run), chart.HEIGHT, "Training loss against steps"),
        "accuracy": Picture(mnist_plots.accuracies(run), chart.HEIGHT, "Test accuracy by optimizer"),
        "trained": Words(Prose(f"{_SAYS[preset]} {run.parameters:,} parameters, {run.steps[-1]:,} steps.")),
        "ends": Words(Table(heads, [_row(curve) for curve in run.results]), Prose(_standing(run))),
    }


def _row(curve: LaneResult) -> list[str | float]:
    lr = parse_lane(curve.lane).hyperparameters["lr"]
    losses = (curve.loss[-1], sum(curve.test_loss) / len(curve.test_loss))
    low, high = (100 * bound(curve.test_accuracy) for bound in (min, max))
    shares = (f"{curve.accuracy:.2%}", f"{low:.1f}–{high:.1f}%")
    return [title_of(curve.optimizer), lr, *losses, *shares]


def _standing(run: FinishedRun) -> str:
    """State which rules have a higher test accuracy than Adam, and whether seeds differ by less than that."""
    adam = next(result for result in run.results if result.optimizer == "adam")
    ahead = run.ahead_of("adam")
    if not ahead:
        return f"Here Adam has the highest mean test accuracy, {adam.accuracy:.2%}."
    best = ahead[0]
    others = ", ".join(f"{title_of(curve.optimizer)} ({curve.accuracy:.2%})" for curve in ahead)
    apart = min(best.test_accuracy) > max(adam.test_accuracy)
    clear = (
        f"Every seed of {title_of(best.optimizer)} is above every one of Adam."
        if apart
        else f"The seeds of {title_of(best.optimizer)} and Adam overlap, so that the order of the two means little."
    )
    have = "have" if len(ahead) > 1 else "has"
    return f"Adam is not ahead here: {others} {have} a higher mean than its {adam.accuracy:.2%}. {clear}"


@lru_cache(maxsize=1)
def kept() -> tuple[dict[str, FinishedRun], str]:
    """Return the finished runs that come with the page, and how they were made."""
    return mnist_runs.read(DATA)


def _answer() -> str:
    runs, _ = kept()
    run = runs[_DEFAULT]
    accuracy = {curve.optimizer: f"{curve.accuracy:.1%}" for curve in run.results}
    wins = sum(not each.ahead_of("adam") for each in runs.values())
    return (
        "On MNIST, in batches of 128, Adam learns much faster than plain SGD, but it does not simply win: "
        f"after one epoch of a small network AdaGrad has {accuracy['adagrad']}, RMSProp {accuracy['rmsprop']}, Adam "
        f"{accuracy['adam']} and SGD {accuracy['sgd']} test accuracy, and Adam is first in {wins} of the {len(runs)} "
        "comparisons below."
    )


SECTION = Section(
    number=10,
    slug="experiments",
    title="The experiments",
    answer=_answer(),
    try_this="go from ReLU to sigmoid and watch SGD stand still; then train one of them yourself with another learning "
    "rate.",
    sources=(
        "Kingma and Ba (2015), sections 6.1 and 6.2 and figures 1 and 2",
        "LeCun, Cortes and Burges, the MNIST database",
    ),
    show=show,
)

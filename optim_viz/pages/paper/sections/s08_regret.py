"""Section 8: what the convergence theorem was about, and why it does not hold."""

from __future__ import annotations

import streamlit as st

from optim_viz.experiments import online, reddi
from optim_viz.figures.paper import chart, regret_plots
from optim_viz.pages.paper.controls import Controls
from optim_viz.pages.paper.pictures import Picture, Pictures, follow_controls
from optim_viz.pages.paper.section import Section, number
from optim_viz.pages.paper.words import Prose, Table, Words
from optim_viz.trajectory import Array

ROUNDS = (30.0, 100.0, 300.0, 1000.0, 3000.0, 10000.0)
_WHY = (
    "With β₂ = 1/(1 + C²) Adam has almost forgotten C two rounds later, so that it divides the small slopes by a small "
    "number: the two steps to the right are longer together than the one to the left. AMSGrad divides by the largest "
    "√v so far. With the **usual betas** (0.9, 0.999) v hardly changes within three rounds: all three slopes are "
    "divided by nearly the same number, the mean slope decides, and Adam goes to −1. That does not save it: for any "
    "constant β₁ < √β₂ there is a convex problem on which Adam's regret per round does not go to 0 (Reddi et al., "
    "theorem 2). The proof of the Adam paper's theorem 4.1 is therefore wrong; the step that fails takes √v̂/η for "
    "growing, which a decaying mean does not ensure, and AMSGrad's maximum does."
)
_LOSSES = {"squares": "½ (x − z)²", "distances": "|x − z|"}


def show() -> None:
    """Show the section's body."""
    controls = Controls("s8")
    controls.stops("rounds", "Rounds T", stops=ROUNDS, default=ROUNDS[-1], shown=lambda each: f"{each:,.0f}")
    st.markdown(
        "Each round you choose a point, then learn that round's loss. The **regret** is what you lost beyond the best "
        "single point, chosen with hindsight; you learn if the regret *per round* goes to 0:"
    )
    st.latex(r"R(T) = \sum_{t=1}^T f_t(x_t) - \min_{x}\sum_{t=1}^T f_t(x), \qquad \frac{R(T)}{T} \to 0")
    st.markdown("#### A problem on which all of them learn")
    toy = _harmless(controls)
    st.markdown("#### The counterexample of Reddi, Kale and Kumar")
    counterexample = _counterexample(controls)
    follow_controls(controls, toy, counterexample)


def _draw_toy(rounds: float, loss: str) -> dict[str, Picture | Words]:
    regrets = online.harmless()[loss]
    figure = regret_plots.average_regret(regrets, int(rounds), "Regret per round")
    return {
        "toy": Picture(figure, chart.HEIGHT, "R(T)/T against T for four players"),
        "costs": _costs(regrets, int(rounds)),
    }


def _draw_counterexample(rounds: float, c: float) -> dict[str, Picture | Words]:
    games = {name: reddi.game(name, c) for name in reddi.PLAYERS}
    regrets = {name: game.regret for name, game in games.items()}
    regret = regret_plots.average_regret(regrets, int(rounds), "Regret per round", reddi.worst_rate(c))
    return {
        "points": Picture(regret_plots.points(games, int(rounds)), chart.HEIGHT, "x against t"),
        "regret": Picture(regret, chart.HEIGHT, "R(T)/T against T for five players"),
        "setting": _setting(c),
        "ends": _ends(games, int(rounds), c),
        "cycle": _last_steps(games, int(rounds), c),
    }


def _harmless(controls: Controls) -> Pictures:
    """Show the regret on targets that keep changing."""
    controls.choice("loss", "Loss of a round, with targets z spread over [−1, 1]", options=_LOSSES, default="squares")
    pictures = Pictures(controls, _draw_toy)
    left, right = st.columns(2)
    with left:
        pictures.show("toy")
    with right:
        pictures.show("costs")
        st.markdown(
            "SGD and Adam take steps with $\\eta/\\sqrt t$ here, as the theorems ask for; “constant lr” is Adam as "
            "it is used. On these losses Adam does well: a counterexample needs more malice."
        )
    return pictures


def _costs(regrets: dict[str, Array], rounds: int) -> Words:
    """List each player's regret."""
    rows = [[name, float(regret[rounds - 1]), float(regret[rounds - 1]) / rounds] for name, regret in regrets.items()]
    return Words(Table((f"T = {rounds:,}", "R(T)", "R(T)/T"), rows))


def _counterexample(controls: Controls) -> Pictures:
    """Show where Adam and AMSGrad end."""
    controls.stops("c", "C, the large slope", stops=reddi.STOPS, default=3.0, shown=number)
    pictures = Pictures(controls, _draw_counterexample)
    left, right = st.columns(2)
    with left:
        pictures.show("points")
    with right:
        pictures.show("regret")
    st.latex(
        r"f_t(x) = \begin{cases} C\,x & \text{if } t \bmod 3 = 1\\ -x & \text{otherwise}\end{cases}\qquad x \in [-1, 1]"
    )
    pictures.show("setting")
    left, right = st.columns([4, 5], gap="medium")
    with left:
        pictures.show("ends")
    with right:
        pictures.show("cycle")
    st.markdown(_WHY)
    return pictures


def _setting(c: float) -> Words:
    """State the best point, and the settings of Adam and AMSGrad."""
    beta2 = 1 / (1 + c * c)
    return Words(
        Prose(
            f"Three rounds together have the slope C − 2 = {number(c - 2)} > 0, so the best point is x = −1. Adam here "
            f"has the counterexample's betas, β₁ = 0 and β₂ = 1/(1 + C²) = {number(beta2)}, no bias correction, steps "
            f"η/√t with η = {number(reddi.ALPHA)}, and is put back onto [−1, 1] after each; so is AMSGrad. All start "
            "at x = 1."
        )
    )


def _ends(games: dict[str, reddi.Game], rounds: int, c: float) -> Words:
    """List each player's last point and regret."""
    rows = [[name, float(game.points[rounds]), float(game.regret[rounds - 1]) / rounds] for name, game in games.items()]
    return Words(
        Prose("Where everyone is, and what a round has cost so far:"),
        Table((f"T = {rounds:,}", "x after T", "R(T)/T"), rows),
        Prose(f"Standing at x = +1 costs 2(C − 2)/3 = {number(reddi.worst_rate(c))} a round in the long run."),
    )


def _last_steps(games: dict[str, reddi.Game], rounds: int, c: float) -> Words:
    """List the three steps of one cycle, whose sum is where a player drifts."""
    rows = list[list[str | float]]()
    for name, game in games.items():
        cycle = reddi.last_cycle(game.steps, rounds)
        total = float(cycle.sum())
        rows.append([name, *map(float, cycle), total])
    slopes = (f"slope {number(c)}", "slope −1", "slope −1")
    return Words(
        Prose(
            "The last full cycle of three steps, in units of η/√t (of η for AdaGrad), before the interval cuts them:"
        ),
        Table(("Player", *slopes, "sum"), rows),
        Prose("Where the sum is positive the player drifts to the right, to the worst point."),
    )


SECTION = Section(
    number=8,
    slug="regret",
    title="Regret, and a proof that is wrong",
    answer="The Adam paper's proof that its regret per round vanishes is wrong: on a convex problem with slopes C, −1, "
    f"−1, C, … Adam settles at the worst point, x = {number(online.HIGH)}, and AMSGrad at the best, x = "
    f"{number(online.LOW)}.",
    try_this="move C, and T from 30 to 10,000: AMSGrad's regret per round falls towards 0, Adam's stays at 2(C − 2)/3; "
    "then find the usual betas in the table.",
    sources=(
        "Kingma and Ba (2015), section 4, equation (5) and theorem 4.1",
        "Reddi, Kale and Kumar (2018), [arXiv:1904.09237](https://arxiv.org/abs/1904.09237), section 2 (regret), "
        "section 3 with theorems 1 and 2, algorithm 2 (AMSGrad)",
        "Zinkevich (2003)",
        "AdaGrad keeps its own schedule, without 1/√t",
    ),
    show=show,
    symbols={
        "C": "The large slope, of every third round.",
        "T": "How many rounds were played.",
        "R": "Regret: what was lost in all rounds beyond the best single point.",
        "x": "The point that is chosen in a round.",
        "z": "The target of a round: the point that would have cost nothing.",
    },
)

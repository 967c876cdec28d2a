"""Section 1: what momentum has to do with momentum."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st

from optim_viz.diagnostics.stability import divergence_text
from optim_viz.experiments import particle
from optim_viz.experiments.particle import Particle
from optim_viz.figures.paper import chart, ground, particle_plots
from optim_viz.pages.paper.controls import Controls
from optim_viz.pages.paper.open_in_lab import open_in_lab
from optim_viz.pages.paper.pictures import Picture, Pictures, follow_controls
from optim_viz.pages.paper.section import Section, number
from optim_viz.pages.paper.words import Alert, Facts, Prose, Table, Words
from optim_viz.scenario import Lane
from optim_viz.trajectory import Trajectory

MOMENTA = (0.0, 0.3, 0.5, 0.7, 0.8, 0.81, 0.85, 0.9, 0.95, 0.97, 0.98, 0.99)
RATES = (0.001, 0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1)
STEPS = 500
_LISTED = (1, 2, 3, 10, 100)
_USUAL = Particle(lr=1.0, momentum=0.9)


def show() -> None:
    """Show the section's body."""
    controls = Controls("s1")
    left, right = st.columns(2)
    with left:
        momentum = controls.stops("momentum", "Momentum μ", stops=MOMENTA, default=0.9, shown=number)
    with right:
        lr = controls.stops("lr", "Learning rate η", stops=RATES, default=0.01, shown=number)
    pictures = Pictures(controls, _draw)
    left, right = st.columns(2)
    with left:
        pictures.show("speed")
        pictures.show("slope")
    with right:
        pictures.show("valley")
        pictures.show("fares")
        st.markdown(open_in_lab("narrow_valley", [Lane("momentum", {"lr": lr, "momentum": momentum})], steps=STEPS))
    st.markdown(
        "A body of mass $M$ in a medium of friction $c$ is pushed by the force $-\\nabla f$. With one step as the unit "
        "of time, Newton's law *is* the update with momentum:"
    )
    st.latex(
        r"M\,\ddot x + c\,\dot x = -\nabla f(x) \;\Longrightarrow\; "
        r"\underbrace{x_{t+1}-x_t}_{v_{t+1}} = \mu\,v_t - \eta\,\nabla f(x_t), \quad "
        r"\mu = \frac{M}{M+c},\;\; \eta = \frac{1}{M+c}"
    )
    pictures.show("facts")
    follow_controls(controls, pictures)


@lru_cache(maxsize=len(MOMENTA) * len(RATES))
def _runs(body: Particle) -> tuple[Trajectory, ...]:
    """Return the runs on the slope, after a push, and in the valley, in this order."""
    return tuple(run(body, STEPS) for run in (particle.slope, particle.push, particle.valley))


def _draw(momentum: float, lr: float) -> dict[str, Picture | Words]:
    body = Particle(lr=lr, momentum=momentum)
    slope, push, valley = _runs(body)
    speeds, path = particle_plots.speeds(body, slope, push), particle_plots.in_valley(body, valley)
    return {
        "speed": Picture(speeds, chart.HEIGHT, "Speed against steps, on a slope and after a push"),
        "valley": Picture(path, ground.HEIGHT, "Path of the particle through a narrow valley"),
        "facts": _facts(body, slope, push),
        "slope": _on_the_slope(slope),
        "fares": _in_the_valley(body, valley),
    }


def _facts(body: Particle, slope: Trajectory, push: Trajectory) -> Words:
    """State mass, friction and terminal speed."""
    facts = {
        "Mass M = μ/η": body.mass,
        "Friction c = (1 − μ)/η": body.friction,
        "Terminal speed η/(1 − μ)": body.terminal_speed,
        f"Speed at step {STEPS}": float(particle.speed(slope)[-1]),
        "One push leads, in all,": -float(push.theta[-1, 0]),
    }
    when = particle.steps_to_terminal(slope, body)
    share = number(100 * particle.NEARLY)
    text = (
        f"On a slope of gradient 1 it has {share} % of the terminal speed at step {when}."
        if when
        else f"On a slope of gradient 1 it has not come to {share} % of the terminal speed within {STEPS} steps."
    )
    return Words(Facts({label: number(value) for label, value in facts.items()}), Prose(text))


def _on_the_slope(run: Trajectory) -> Words:
    """List positions on the slope."""
    rows = [[f"x after step {t}", float(run.theta[t, 0])] for t in _LISTED]
    return Words(Prose("On a slope whose gradient is 1 everywhere, from rest:"), Table(("On the slope", "x"), rows))


def _in_the_valley(body: Particle, run: Trajectory) -> Words:
    """State whether the particle overshoots or diverges in the valley."""
    if trouble := str(divergence_text(run)):
        return Words(Alert(f"In the valley it diverges: {trouble}."))
    start = run.theta[0, 0]
    rows = [[f"After {t} steps", float(run.theta[t, 0] / start)] for t in (10, 100)]
    critical = body.critical_momentum(1.0)
    overshoots = (
        "swings beyond the minimum along x"
        if particle.overshoots(run)
        else "comes to the minimum along x from one side"
    )
    text = (
        f"It {overshoots}. The largest μ without swinging is (1 − √(ηλ))² = {number(critical)} for the curvature λ = 1 "
        "along x; across, λ = 100. Share of the way along x that is left:"
    )
    return Words(Prose(text), Table(("In the valley", "x / x₀"), rows))


SECTION = Section(
    number=1,
    slug="particle",
    title="Momentum as a particle",
    answer="With momentum μ the point moves like a body with mass and friction: down a constant slope it speeds up to "
    f"η/(1 − μ) times the gradient, {number(_USUAL.terminal_speed)} times the plain step at μ = "
    f"{number(_USUAL.momentum)}.",
    try_this="move μ from 0 to 0.99: the terminal speed grows, and takes ever longer to be reached; in the valley, "
    "where one wants to stop, the same mass overshoots.",
    sources=(
        "Qian, *On the momentum term in gradient descent learning algorithms*, Neural Networks 12 (1999), 145–151",
        "Goh, [*Why Momentum Really Works*](https://distill.pub/2017/momentum/), Distill (2017), “The Dynamics of "
        "Momentum”",
        "Polyak (1964)",
        "Kingma and Ba (2015), section 2, where momentum becomes the mean m",
    ),
    show=show,
    symbols={
        "M": "Mass of the particle, μ/η: how much it keeps of its speed.",
        "c": "Friction of the medium, (1 − μ)/η.",
        "x": "Where the particle is.",
        "v": "Velocity: how far the step before went.",
        "λ": "Curvature of the valley in one direction.",
        "push": "A single gradient, of size 1, at the first step; none after it.",
    },
)

"""Section 1 shows what mass and friction momentum amounts to."""

from __future__ import annotations

import pytest

from tests.pages.paper.paper_app import alerts, answer, checked, metric, opened, plotted, table, text, value


def test_the_sentence_says_ten_times() -> None:
    assert "10 times the plain step at μ = 0.9" in answer(opened(1))


@pytest.mark.parametrize(
    ("momentum", "lr", "speed"),
    [("0.9", "0.1", 1.0), ("0.99", "0.01", 1.0), ("0.0", "0.1", 0.1), ("0.5", "0.02", 0.04)],
)
def test_terminal_speed_and_push(momentum: str, lr: str, speed: float) -> None:
    app = opened(1, momentum=momentum, lr=lr)
    assert value(metric(app, "Terminal speed η/(1 − μ)")) == pytest.approx(speed, rel=1e-3)
    assert value(metric(app, "One push leads, in all,")) == pytest.approx(speed, rel=1e-2)


def test_the_speed_reached() -> None:
    app = opened(1, lr="0.1")
    assert metric(app, "Speed at step 500") == "1"
    assert "99 % of the terminal speed at step 44" in text(app)
    assert value(metric(opened(1, momentum="0.99", lr="0.1"), "Speed at step 500")) == pytest.approx(9.934, abs=5e-4)


def test_places_on_the_slope() -> None:
    rows = table(opened(1, lr="0.1"), "On the slope")
    shown = [value(rows[f"x after step {t}"][0]) for t in (1, 2, 3, 10)]
    assert shown == [-0.1, -0.29, -0.561, -4.1381059609]


def test_mass_and_friction() -> None:
    app = opened(1)
    assert (metric(app, "Mass M = μ/η"), metric(app, "Friction c = (1 − μ)/η")) == ("90", "10")


def test_critical_damping_in_the_valley() -> None:
    app = opened(1, momentum="0.81")
    rows = table(app, "In the valley")
    assert value(rows["After 10 steps"][0]) == 0.6973568802
    assert value(rows["After 100 steps"][0]) == pytest.approx(2.9217538776e-4, rel=1e-9)
    assert "comes to the minimum along x from one side" in text(app)
    assert "= 0.81" in text(app)
    assert "swings beyond" in text(opened(1))


def test_it_says_why_it_diverges() -> None:
    (warning,) = alerts(opened(1, lr="0.05"))
    assert "lr 0.05 > (2 + 2·momentum)/L = 0.038" in warning


def test_the_controls_move_plots_and_link() -> None:
    app = opened(1)
    before = plotted(app)
    checked(app.select_slider(key="s1.momentum").set_value(0.99).run())
    assert metric(app, "Mass M = μ/η") == "99"
    assert all(new != old for new, old in zip(plotted(app), before, strict=True))
    assert app.query_params["s1.momentum"] in ("0.99", ["0.99"])
    assert "lane=momentum,lr=0.01,momentum=0.99" in text(app)


@pytest.mark.parametrize("bad", ["", "nan", "1", "-1", "1e400", "٣", "x" * 9000])
def test_a_bad_link_shows_the_default(bad: str) -> None:
    app = opened(1, momentum=bad, lr=bad)
    assert metric(app, "Mass M = μ/η") == "90"
    assert len(app.warning) == 2

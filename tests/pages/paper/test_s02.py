"""Section 2 shows the limit of one rate, and who sees that the valley is turned."""

from __future__ import annotations

import pytest

from tests.pages.paper.paper_app import answer, checked, opened, plotted, table, text, value

DESCENT = "Gradient descent"


@pytest.mark.parametrize(
    ("share", "lr", "x", "y", "verdict"),
    [
        ("0.995", 0.0199, -1.071837399, 0.3660323413, "below 2/L = 0.02"),
        ("1.0", 0.02, -1.060956447, 1.0, "exactly 2/L"),
        ("1.005", 0.0201, -1.050184862, 2.704813829, "above 2/L = 0.02"),
    ],
)
def test_the_limit_crossed(share: str, lr: float, x: float, y: float, verdict: str) -> None:
    app = opened(2, share=share)
    shown = [value(each) for each in table(app, DESCENT)["from (−8, 1)"]]
    assert shown == pytest.approx([lr, 0.02, x, y], rel=1e-9)
    assert verdict in text(app)


def test_what_is_said_at_the_limit_and_beyond() -> None:
    assert "jumps between 1 and −1 for ever" in text(opened(2, share="1.0"))
    assert "y diverges, from 1 to 2.705 in 100 steps" in text(opened(2, share="1.005"))
    assert "2/L = 0.02 where L = 100" in answer(opened(2))


def test_the_limit_follows_kappa() -> None:
    for kappa, limit in (("10.0", 0.2), ("1000.0", 0.002)):
        assert value(table(opened(2, kappa=kappa), DESCENT)["from (−8, 1)"][1]) == limit


@pytest.mark.parametrize(
    ("kappa", "rates"),
    [("10.0", (0.8182, 0.5195, 0.6838)), ("100.0", (0.9802, 0.8182, 0.9)), ("1000.0", (0.998, 0.9387, 0.9684))],
)
def test_the_best_that_one_rate_can_do(kappa: str, rates: tuple[float, ...]) -> None:
    rows = table(opened(2, kappa=kappa), "Tuned")
    assert tuple(value(rows[rule][2]) for rule in ("SGD", "Momentum", "Nesterov")) == pytest.approx(rates, rel=1e-4)


def test_steps_to_a_millionth() -> None:
    rows = table(opened(2), "Tuned")
    assert [rows[rule][3] for rule in ("SGD", "Momentum", "Nesterov")] == ["691", "93", "154"]
    assert [value(each) for each in rows["Momentum"][:2]] == pytest.approx([0.0330578512, 0.669421488])


def test_who_turns_with_the_valley() -> None:
    rows = table(opened(2), "Rule")
    for rule in ("SGD", "Momentum", "Nesterov"):
        straight, turned, difference = rows[rule][1:]
        assert value(straight) == pytest.approx(value(turned), rel=1e-9)
        assert value(difference) < 1e-13
    assert [value(rows[rule][3]) for rule in ("AdaGrad", "RMSProp", "Adam")] == pytest.approx(
        [2.7328, 0.86425, 1.6521], rel=2e-5
    )
    for rule in ("AdaGrad", "RMSProp", "Adam"):
        assert value(rows[rule][2]) > value(rows[rule][1])


@pytest.mark.parametrize("angle", ["0", "90"])
def test_along_an_axis_a_turn_changes_nothing(angle: str) -> None:
    app = opened(2, angle=angle)
    assert "no rule is affected by the turn" in text(app)
    assert all(value(row[3]) < 1e-12 for row in table(app, "Rule").values())


def test_kappa_is_not_seen_by_adaptive_rules() -> None:
    sentence = next(each.value for each in opened(2).markdown if "over all κ" in each.value)
    assert value(sentence.partition("changes by ")[2]) < 1e-9


def test_the_controls_move_plots_and_link() -> None:
    app = opened(2)
    zigzag, across, left, paths, losses = plotted(app)
    checked(app.slider(key="s2.angle").set_value(45).run())
    after = plotted(app)
    assert after[:3] == [zigzag, across, left]
    assert after[3] != paths
    assert after[4] != losses
    assert app.query_params["s2.angle"] in ("45", ["45"])
    checked(app.select_slider(key="s2.share").set_value(1.005).run())
    assert plotted(app)[:2] != after[:2]


def test_the_lab_opens_with_the_turned_valley() -> None:
    from urllib.parse import parse_qs

    from optim_viz.scenario import Scenario

    links = [each.value for each in opened(2).markdown if each.value.startswith("[Open in the lab](./?")]
    assert len(links) == 2
    for link in links:
        query = link.removeprefix("[Open in the lab](./?").removesuffix(")")
        scenario, problems = Scenario.from_url(parse_qs(query, keep_blank_values=True))
        assert problems == ()
        assert scenario.surface == "formula"


@pytest.mark.parametrize("bad", ["", "nan", "-1", "1e400", "45.5°", "x" * 9000])
def test_a_bad_link_shows_the_default(bad: str) -> None:
    app = opened(2, kappa=bad, share=bad, angle=bad, steps=bad)
    assert table(app, DESCENT) == table(opened(2), DESCENT)
    assert len(app.warning) == 4

"""Section 8 shows regret, and the problem on which Adam goes to the worst point."""

from __future__ import annotations

import pytest

from tests.pages.paper.paper_app import answer, checked, opened, plotted, said, table, text, value

# x after T rounds and R(T)/T, to six digits.
REDDI = {
    ("3.0", "1000.0"): {"Adam": (0.983443, 0.68617), "AMSGrad": (-1, 0.0686113), "SGD": (-1, 0.0581621)},
    ("3.0", "10000.0"): {
        "Adam": (0.994764, 0.671654),
        "AMSGrad": (-1, 0.0108391),
        "Adam, usual betas": (-1, 0.00172252),
        "SGD": (-1, 0.0172122),
        "AdaGrad": (-1, 0.0122171),
    },
    ("4.0", "10000.0"): {"Adam": (0.994857, 1.33841), "AMSGrad": (-1, 0.0112726)},
    ("10.0", "10000.0"): {"Adam": (0.994975, 5.33914), "AMSGrad": (-1, 0.0170021)},
}
HARMLESS = {
    ("squares", "1000.0"): (0.00587657, 0.0232437, 0.00545582, 0.0236505),
    ("squares", "10000.0"): (0.00172438, 0.00771291, 0.00060796, 0.00277095),
    ("distances", "1000.0"): (0.0158757, 0.040933, 0.00659508, 0.0240818),
    ("distances", "10000.0"): (0.00500187, 0.0136796, 0.000756268, 0.00303454),
}


def head(rounds: str) -> str:
    return f"T = {float(rounds):,.0f}"


def rows(app, rounds: str, columns: str) -> dict[str, list[str]]:
    tables = [
        [[cell.get("title") or "".join(cell.itertext()) for cell in row] for row in each.iterfind("tr")]
        for words in said(app)
        for each in words.iterfind(".//table")
    ]
    (lines,) = (lines for heads, *lines in tables if heads[:2] == [head(rounds), columns])
    return {first: others for first, *others in lines}


@pytest.mark.parametrize(("c", "rounds"), REDDI)
def test_the_counterexample(c: str, rounds: str) -> None:
    shown = rows(opened(8, c=c, rounds=rounds), rounds, "x after T")
    for player, numbers in REDDI[c, rounds].items():
        assert tuple(value(each) for each in shown[player]) == pytest.approx(numbers, rel=1e-5)


@pytest.mark.parametrize(("loss", "rounds"), HARMLESS)
def test_the_harmless_problem(loss: str, rounds: str) -> None:
    shown = rows(opened(8, loss=loss, rounds=rounds), rounds, "R(T)")
    assert tuple(value(row[1]) for row in shown.values()) == pytest.approx(HARMLESS[loss, rounds], rel=1e-5)


def test_the_limit_of_the_worst_point() -> None:
    for c, limit in (("3.0", "0.6667"), ("4.0", "1.333"), ("10.0", "5.333")):
        assert f"2(C − 2)/3 = {limit} a round" in text(opened(8, c=c))


def test_why_adam_drifts_to_the_right() -> None:
    cycles = table(opened(8), "Player")
    assert [player for player, row in cycles.items() if value(row[3]) > 0] == ["Adam"]
    assert [value(each) for each in cycles["SGD"]] == [-3, 1, 1, -1]


def test_it_says_which_betas_and_that_the_proof_is_wrong() -> None:
    app = opened(8)
    assert "β₁ = 0 and β₂ = 1/(1 + C²) = 0.1, no bias correction, steps η/√t with η = 0.5" in text(app)
    assert "theorem 4.1 is therefore wrong" in text(app)
    assert "is wrong" in answer(app)
    assert "worst point, x = 1, and AMSGrad at the best, x = −1" in answer(app)


def test_the_controls_move_plots_and_link() -> None:
    app = opened(8)
    toy, points, regret = plotted(app)
    checked(app.select_slider(key="s8.c").set_value(10.0).run())
    after = plotted(app)
    assert after[0] == toy
    assert after[1] != points
    assert after[2] != regret
    assert app.query_params["s8.c"] in ("10.0", ["10.0"])
    checked(app.radio(key="s8.loss").set_value("distances").run())
    assert plotted(app)[0] != toy


@pytest.mark.parametrize("bad", ["", "nan", "0", "2", "1e400", "x" * 9000])
def test_a_bad_link_shows_the_default(bad: str) -> None:
    app = opened(8, rounds=bad, loss=bad, c=bad)
    assert [value(each) for each in rows(app, "10000", "x after T")["Adam"]] == pytest.approx(
        [0.994764, 0.671654], rel=1e-5
    )
    assert len(app.warning) == 3

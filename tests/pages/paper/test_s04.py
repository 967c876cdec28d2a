"""Section 4 shows the true moments of every sequence, and says what is wrong with a typed one."""

from __future__ import annotations

import json

import pytest

from tests.pages.hostile import as_read
from tests.pages.paper.paper_app import answer, checked, metric, opened, plotted, table, value

# Adam with beta1 = 0.9, beta2 = 0.999, lr = 0.001 after 100 steps, as torch.optim computes them.
TRUTHS = {
    "alternating": {
        "m": -1.5789054293701776,
        "v": 85.68706759766201,
        "m̂": -1.5789473684210527,
        "v̂": 900.0,
        "m̂/√v̂": -0.0526315789473684,
        "m/√v (no correction)": -0.17056836160694,
        "all steps together, θ/lr": -1.75880221464,
    },
    "constant": {
        "m": 29.999203158033364,
        "v": 85.68706759766201,
        "m̂": 30.0,
        "v̂": 900.0,
        "m̂/√v̂": 1.0,
        "m/√v (no correction)": 3.24079887053186,
        "all steps together, θ/lr": -99.99999996667,
    },
    "small": {
        "m": 0.19999468772022247,
        "v": 0.003808314115451645,
        "m̂": 0.2,
        "v̂": 0.04,
        "m̂/√v̂": 1.0,
        "m/√v (no correction)": 3.24079887053186,
        "all steps together, θ/lr": -99.999995,
    },
    "lopsided": {
        "m": 0.2631509048950296,
        "v": 1.9515466593375563,
        "m̂": 0.26315789473684215,
        "v̂": 20.49774887443721,
        "m̂/√v̂": 0.05812504730135734,
        "m/√v (no correction)": 0.18837158763785,
        "all steps together, θ/lr": -12.636391019745,
    },
}
FRACTIONS = {"alternating": ("m̂", "−30/19"), "lopsided": ("m̂", "5/19"), "small": ("m̂", "1/5")}


@pytest.mark.parametrize("sequence", TRUTHS)
def test_the_table_shows_the_truth(sequence: str) -> None:
    shown = table(opened(4, sequence=sequence), "after 100 steps")
    for name, truth in TRUTHS[sequence].items():
        assert value(shown[name][0]) == pytest.approx(truth, rel=5e-7), name


@pytest.mark.parametrize("sequence", FRACTIONS)
def test_exact_fractions_are_named(sequence: str) -> None:
    name, fraction = FRACTIONS[sequence]
    assert table(opened(4, sequence=sequence), "after 100 steps")[name][0].endswith(f"= {fraction}")


def test_the_signal_to_noise_ratio_of_a_quarrel_is_minus_one_nineteenth() -> None:
    app = opened(4)
    assert metric(app, "m̂/√v̂ at the last step") == "−0.0526316 = −1/19"
    assert "30, −30, … gives −1/19" in answer(app)
    assert "both give 1" in answer(app)


@pytest.mark.parametrize(
    ("sequence", "length", "ratio"),
    [
        ("alternating", 1, 1.0),
        ("alternating", 2, -1 / 19),
        ("alternating", 3, 0.3357933579),
        ("alternating", 99, 0.0526346854),
        ("lopsided", 3, 0.4287615785),
        ("lopsided", 99, 0.1625640105),
        ("lopsided", 1000, 0.0581250473),
        ("spike", 10, 0.4844263863),
    ],
)
def test_the_ratio_at_other_lengths(sequence: str, length: int, ratio: float) -> None:
    shown = metric(opened(4, sequence=sequence, length=str(length)), "m̂/√v̂ at the last step")
    assert value(shown) == pytest.approx(ratio, rel=2e-5)


@pytest.mark.parametrize("sequence", ["alternating", "constant", "lopsided", "random"])
def test_a_factor_of_a_thousand_moves_nothing(sequence: str) -> None:
    plain, scaled = opened(4, sequence=sequence), opened(4, sequence=sequence, scale="1000.0")
    label = "m̂/√v̂ at the last step"
    assert metric(scaled, label) == metric(plain, label)
    assert metric(plain, "Largest change of a step by the factor") == "0 lr"
    assert 0 < value(metric(scaled, "Largest change of a step by the factor")) < 1e-6
    name = "all steps together, θ/lr"
    assert value(table(scaled, "after 100 steps")[name][0]) == pytest.approx(
        value(table(plain, "after 100 steps")[name][0]), rel=1e-6
    )
    assert value(table(scaled, "after 100 steps")["v"][0]) == pytest.approx(
        1e6 * value(table(plain, "after 100 steps")["v"][0]), rel=1e-6
    )


def test_a_random_sequence_follows_its_seed_and_mean() -> None:
    app = opened(4, sequence="random", seed="3")
    first = metric(app, "m̂/√v̂ at the last step")
    assert metric(opened(4, sequence="random", seed="3"), "m̂/√v̂ at the last step") == first
    checked(app.slider(key="s4.seed").set_value(4).run())
    assert metric(app, "m̂/√v̂ at the last step") != first
    checked(app.slider(key="s4.mean").set_value(3.0).run())
    assert value(metric(app, "m̂/√v̂ at the last step")) > 0.9


def test_a_typed_sequence_is_repeated() -> None:
    app = opened(4, sequence="typed", typed="[5; -4]")
    assert not app.error
    assert value(metric(app, "m̂/√v̂ at the last step")) == pytest.approx(0.0581250473, rel=1e-5)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "at least one number"),
        ("[]", "at least one number"),
        ("5, abc", "Number 2, “abc”, cannot be read"),
        ("nan", "Number 1, “nan”, is not finite"),
        ("1, -inf, 2", "Number 2, “-inf”, is not finite"),
        ("1e400", "is not finite"),
        ("1e101", "larger than 1e+100"),
        ("1, -1e-101", "Number 2, “-1e-101”, is smaller than 1e-100 in size and is not 0"),
        ("5e-324", "smaller than 1e-100"),
        ("1 " * 1001, "These are 1001 numbers; at most 1000"),
        ("x" * 20_000, "cannot be read"),
    ],
)
def test_a_bad_typed_sequence_gets_a_message_and_the_default(typed: str, message: str) -> None:
    app, usual = opened(4, sequence="typed", typed=typed), opened(4, sequence="typed")
    (problem,) = (as_read(each.value) for each in app.error)
    assert message in problem
    assert len(problem) < 200
    assert metric(app, "m̂/√v̂ at the last step") == metric(usual, "m̂/√v̂ at the last step")
    checked(app.text_input(key="s4.typed").set_value("1, 2").run())
    assert not app.error


@pytest.mark.parametrize("typed", ["0", "1e100", "1e-100", "-0.0", "1e100, -1e-100"])
@pytest.mark.parametrize("scale", ["1.0", "1000.0"])
def test_extreme_numbers_are_shown_without_a_fault(typed: str, scale: str) -> None:
    app = opened(4, sequence="typed", typed=typed, scale=scale)
    assert not app.error
    # JSON has no word for what is not finite; the browser would refuse one.
    json.loads(plotted(app)[0], parse_constant=pytest.fail)


@pytest.mark.parametrize("length", ["1", "2", "1000"])
@pytest.mark.parametrize("sequence", ["alternating", "spike", "random"])
def test_any_length_is_drawn(sequence: str, length: str) -> None:
    assert len(plotted(opened(4, sequence=sequence, length=length))) == 1

"""Long work pauses while answers that have just begun are under way, never for most of the time, and it ends."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from optim_viz import surfaces
from optim_viz.rollout import rollout
from optim_viz.turns import LATELY, LONG, LONGEST, MOST_REST, REST, SHARE, TOLD, TURNS, YOUNG, Turns


class Time:
    """A clock that goes when it is told to, or slept by."""

    def __init__(self) -> None:
        self.now, self.slept, self.worked = 100.0, 0.0, 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds


def turns() -> tuple[Turns, Time]:
    time = Time()
    return Turns(lambda: time.now, time.sleep, lambda: time.worked), time


def elsewhere(found: Turns, released: threading.Event, begun: threading.Event) -> None:
    """Answer in a thread of its own until released."""
    with found.answering("another"):
        begun.set()
        released.wait(60)


def test_nobody_is_waited_for_where_nobody_answers() -> None:
    found, time = turns()
    found.give_way()
    assert time.slept == 0


def test_a_young_answer_does_not_give_way_an_old_one_does_while_another_is_young() -> None:
    found, time = turns()
    released, begun = threading.Event(), threading.Event()
    with ThreadPoolExecutor(1) as other, found.answering("one"):
        time.now += YOUNG * 0.9
        found.give_way()
        assert time.slept == 0
        time.now += YOUNG
        found.give_way()
        assert time.slept == 0, "it is alone"
        other.submit(elsewhere, found, released, begun)
        assert begun.wait(60)
        time.now += YOUNG / 2
        found.give_way()
        released.set()
    assert YOUNG / 2 <= time.slept < YOUNG / 2 + 0.01, "until the other is young no more"


def test_what_belongs_to_no_answer_gives_way_at_once() -> None:
    found, time = turns()
    released, begun = threading.Event(), threading.Event()
    with ThreadPoolExecutor(1) as other:
        other.submit(elsewhere, found, released, begun)
        assert begun.wait(60)
        found.give_way()
        released.set()
    assert time.slept > 0
    found.give_way()
    assert time.slept < LONGEST + 0.01


def test_from_when_somebody_asks_until_the_answer_is_sent_others_give_way() -> None:
    found, time = turns()
    found.heard("somebody")
    time.now += YOUNG / 2
    found.give_way()
    assert YOUNG / 2 <= time.slept < YOUNG / 2 + 0.01, "until it would be young no more"
    found, time = turns()
    found.heard("somebody")
    found.told("somebody")
    found.give_way()
    assert TOLD <= time.slept < TOLD + 0.01, "the end of the answer may be on its way"
    found, time = turns()
    found.heard("somebody")
    found.gone("somebody")
    found.told("somebody")
    found.give_way()
    assert time.slept == 0


def test_however_many_answer_long_work_goes_on() -> None:
    """Others begin without end: of all the time at least a sixth is left for it."""
    found, time = turns()
    began, worked = time.now, 0.0

    def sleep(seconds: float) -> None:
        time.sleep(seconds)
        found._begun[-1] = time.now  # another that has just begun

    found._sleep = sleep
    while time.now < began + 10:
        found._begun[-1] = time.now
        found.give_way()
        time.now += 0.001
        worked += 0.001
    assert worked > 0.9 * 10 * SHARE / (SHARE + 1)


def test_who_had_a_long_answer_rests_as_long_while_others_are_there() -> None:
    found, time = turns()

    def answered(session: str, seconds: float) -> float:
        """Answer for so long, with work; return how long it rested first."""
        before = time.slept
        with found.answering(session):
            time.now += seconds
            time.worked += seconds
        return time.slept - before

    assert answered("greedy", 2 * LONG) == 0
    assert answered("greedy", 2 * LONG) == 0, "nobody else is there"
    assert answered("another", LONG / 2) == 0, "others do not wait for it"
    assert answered("greedy", LONG / 2) == pytest.approx(2 * LONG * REST - LONG / 2)
    assert answered("greedy", LONG / 2) == 0, "what was short is followed by no rest"
    assert answered("greedy", 100 * LONG) == 0
    assert answered("another", 0) == 0
    assert answered("greedy", 0) == pytest.approx(min(MOST_REST, LATELY), abs=LONGEST), "the other has gone, by then"
    assert answered("greedy", 2 * LONG) == 0
    time.now += 2 * LONG * REST
    assert answered("another", 0) == 0
    assert answered("greedy", 0) == 0, "it had its rest"


def test_who_only_had_to_wait_does_not_rest() -> None:
    """Two hundred who open the lab at once all have slow answers, and none of them asked for much."""
    found, time = turns()
    for session in ("one", "another", "one", "another"):
        with found.answering(session):
            time.now += 4 * LONG
            time.worked += LONG / 2
    assert time.slept == 0


def test_sessions_that_have_gone_are_forgotten() -> None:
    found, time = turns()
    for number in range(100):
        with found.answering(f"{number}"):
            time.now += 2 * LATELY
            time.worked += 2 * LATELY
        time.now += 2 * LATELY
    with found.answering("99"):
        pass
    assert len(found._answered) + len(found._rest) < 5


def test_a_large_formula_gives_way_on_its_way() -> None:
    asked: list[int] = []
    surfaces.pause_with(lambda: asked.append(1))
    try:
        surfaces.parse("+".join(f"{n}.5*sin({n}*x)*cos(y+{n})" for n in range(2, 40)), ((-1, 1), (-1, 1))).grad(
            0.3, 0.4
        )
        assert asked
        count = len(asked)
        surfaces.pause_with(None)
        surfaces.parse("+".join(f"{n}.25*sin({n}*x)*cos(y+{n})" for n in range(2, 40)), ((-1, 1), (-1, 1)))
        assert len(asked) == count
    finally:
        surfaces.pause_with(None)


def test_a_long_run_gives_way_on_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop of every rollout asks; what it computes does not depend on it."""
    asked: list[int] = []
    alone = rollout("booth", "adam", steps=200, lr=0.1)
    monkeypatch.setattr(TURNS, "give_way", lambda: asked.append(1))
    beside = rollout("booth", "adam", steps=200, lr=0.1)
    assert len(asked) >= 10
    assert beside.theta.tobytes() == alone.theta.tobytes()

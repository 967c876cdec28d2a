"""Outside classes train as in a plain loop of torch, go on from checkpoints, and fail alone."""

from __future__ import annotations

import itertools
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from optim_viz import outside
from optim_viz.comparison import TrainingSpec
from optim_viz.comparison.events import Epoch, Event, GradientNorm, Note, Quantiles, Start, Step
from optim_viz.datasets import Data
from optim_viz.training.engine import Checkpoint, train
from tests.training.engine import own_classes, usual_loop

MODULE = Path(own_classes.__file__).stem
OWN = [name for name, kind in vars(own_classes).items() if isinstance(kind, type)]


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The classes of `own_classes` are named at the start, as those of a module of a person's own."""
    monkeypatch.syspath_prepend(str(Path(own_classes.__file__).parent))
    monkeypatch.setenv(outside.VARIABLE, ",".join(f"{MODULE}:{name}" for name in OWN))


def own(name: str) -> str:
    return f"{MODULE}:{name}"


def make(*lanes: str, **values: Any) -> TrainingSpec:
    fields = {"widths": [12], "batch_size": 50, "examples": 300, "device": "cpu", "record_every": 1}
    return TrainingSpec.from_dict({"lanes": lanes} | fields | values)


def run(spec: TrainingSpec, data: Data, **options: Any) -> tuple[list[Event], list[list[Tensor]]]:
    found: list[Event] = []
    return found, train(spec, data=data, on_event=found.append, **options)


def losses(told: list[Event], lane: int = 0) -> list[float]:
    return [event.loss for event in told if isinstance(event, Step) and event.lane == lane]


def notes(told: list[Event], lane: int = 0) -> dict[str, str]:
    return {event.kind: event.text for event in told if isinstance(event, Note) and event.lane == lane}


def close(mine: list[Tensor], theirs: list[Tensor], rtol: float = 1e-8) -> None:
    for one, other in zip(mine, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=rtol, atol=1e-10)


@pytest.mark.parametrize("l2", [0.0, 0.05])
def test_torchs_adam_as_a_class_is_adam(few: Data, l2: float) -> None:
    """With a schedule, the L2 term and its state, which is m and v without a correction."""
    spec = make("adam,lr=0.01,beta1=0.8,schedule=cosine", "torch.optim:Adam,lr=0.01,beta1=0.8,schedule=cosine", l2=l2)
    told, (ours, theirs) = run(spec, few)
    close(ours, theirs)
    np.testing.assert_allclose(losses(told, 0), losses(told, 1), rtol=1e-9)
    found = {(e.lane, e.quantity): e for e in told if isinstance(e, Quantiles) and (e.step, e.layer) == (6, "layer 2")}
    assert {quantity for lane, quantity in found if lane == 1} == {"m", "sqrt_v", "step", "step_over_lr"}
    assert found[1, "m"].q90 == pytest.approx(found[0, "m_hat"].q90 * (1 - 0.8**6), rel=1e-7)
    assert found[1, "sqrt_v"].q50 == pytest.approx(found[0, "sqrt_v_hat"].q50 * (1 - 0.999**6) ** 0.5, rel=1e-7)
    assert notes(told, 1) == {}


def plain_loop(
    data: Data, kind: Any, *, closure: bool = False, graph: bool = False, l2: float = 0.0, **arguments: Any
) -> list[Tensor]:
    """Train as anyone would who read the class's documentation."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # such small matrices are slower on several
    model = usual_loop.network([784, 12, 10], "relu", 0, data.train_x.dtype)
    optimizer = kind(model.parameters(), **arguments)
    for rows in torch.from_numpy(np.random.default_rng([0, 1]).permutation(300)).split(50):

        def evaluate(rows: Tensor = rows) -> Tensor:
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(data.train_x[rows]), data.train_y[rows])
            loss = loss + l2 * sum((weight**2).sum() for weight in model.parameters() if weight.dim() == 2)
            loss.backward(create_graph=graph)
            return loss

        if closure:
            optimizer.step(evaluate)
        else:
            evaluate()
            optimizer.step()
    torch.set_num_threads(threads)
    return [param.detach() for param in model.parameters()]


@pytest.mark.filterwarnings("ignore:Using backward")
def test_a_class_gets_what_it_asks_for(few: Data) -> None:
    spec = make(own("Evaluating"), own("Curved"), own("Taking"), l2=0.01)
    told, (closure, graph, taking) = run(spec, few)
    close(closure, plain_loop(few, own_classes.Evaluating, closure=True, l2=0.01))
    close(graph, plain_loop(few, own_classes.Curved, graph=True, l2=0.01))
    close(taking, plain_loop(few, own_classes.Plain, l2=0.01))
    assert notes(told, 0) == {"way": "it evaluates each batch itself, as often as it asks for"}
    assert notes(told, 1) == {"way": "its gradients can be differentiated again"}
    norms = [event.norm for event in told if isinstance(event, GradientNorm) and event.lane == 2]
    assert len(norms) == 6  # as they were before the class took the gradients away
    assert all(norm > 0 for norm in norms)


def test_a_class_that_takes_matrices_alone_gets_them_and_adamw_the_rest(few: Data) -> None:
    told, (mine,) = run(make("torch.optim:Muon,lr=0.01"), few)
    (text,) = notes(told).values()
    assert text == "it takes matrices alone, and AdamW at its lr trains the other 22 parameters"

    def both(params: Any, lr: float) -> Any:
        kept = list(params)
        made = [
            torch.optim.Muon([param for param in kept if param.dim() == 2], lr=lr),
            torch.optim.AdamW([param for param in kept if param.dim() == 1], lr=lr, weight_decay=0.0),
        ]

        class Both:
            def zero_grad(self) -> None:
                for each in made:
                    each.zero_grad()

            def step(self) -> None:
                for each in made:
                    each.step()

        return Both()

    close(mine, plain_loop(few, both, lr=0.01), rtol=1e-6)


def test_it_goes_on_from_a_checkpoint_to_the_same_bits(mnist: Data) -> None:
    """Whatever it keeps and draws, and however many lanes draw beside it; nobody else's random numbers change."""
    before = torch.get_rng_state(), random.getstate(), str(np.random.get_state())  # noqa: NPY002
    lanes = [own("Drawing"), own("Keeping"), own("Averaged"), own("Drawing"), "torch.optim:Adafactor,schedule=cosine"]
    spec = make(*lanes, epochs=2)
    saved: list[Checkpoint] = []
    told, params = run(spec, mnist, checkpoint=saved.append, checkpoint_seconds=0)
    assert saved
    assert losses(told, 0) == losses(told, 3)  # the same seed
    assert not [note for lane in range(5) for note in notes(told, lane) if note in ("resume", "failed")]
    for state in (saved[0], saved[-1]):
        _, again = run(spec, mnist, resume=Checkpoint.from_bytes(state.to_bytes()))
        assert all(map(torch.equal, itertools.chain(*params), itertools.chain(*again)))
    assert torch.equal(before[0], torch.get_rng_state())
    assert before[1:] == (random.getstate(), str(np.random.get_state()))  # noqa: NPY002


def test_a_class_is_tested_in_its_own_mode_and_that_changes_no_bit(few: Data) -> None:
    told, (mine,) = run(make(own("Averaged"), tests_per_epoch=3), few)
    close(mine, plain_loop(few, own_classes.Plain), rtol=0)
    model = usual_loop.network([784, 12, 10], "relu", 0, torch.float64)
    with torch.no_grad():
        for param, value in zip(model.parameters(), mine, strict=True):
            param.copy_(value / 3)
        expected = torch.nn.functional.cross_entropy(model(few.test_x), few.test_y).item()
    (epoch,) = [event for event in told if isinstance(event, Epoch)]
    assert epoch.test_loss == pytest.approx(expected, rel=1e-9)


def test_a_lane_that_fails_says_why_and_disturbs_nobody(few: Data) -> None:
    spec = make(own("Late"), "sgd,lr=0.1", "torch.optim:SparseAdam", own("Needy"), batch_size=10, epochs=2)
    told, params = run(spec, few)
    assert notes(told, 0)["failed"] == "step 30: KeyError: 'lost\\nits count'"
    assert len(losses(told, 0)) == 29
    assert "does not support dense gradients" in notes(told, 2)["failed"]
    assert notes(told, 3)["failed"] == "it needs wanted, which has no default and which no lane can give"
    (alone,) = run(make("sgd,lr=0.1", batch_size=10, epochs=2), few)[1]
    assert all(map(torch.equal, params[1], alone))
    for event in told:
        assert not isinstance(event, Note) or "\n" not in event.text
    with pytest.raises(ValueError, match="no lane could be trained"):
        run(make("torch.optim:SparseAdam"), few)


def test_what_cannot_be_kept_is_said_before_and_ends_its_lane_alone(few: Data) -> None:
    spec = make(own("Forgetting"), "sgd,lr=0.1", epochs=2)
    saved: list[Checkpoint] = []
    told, params = run(spec, few, checkpoint=saved.append, checkpoint_seconds=0)
    assert notes(told)["resume"].startswith("a run that is resumed cannot go on with this class: it keeps more than")
    assert len(losses(told)) == 12
    resumed, again = run(spec, few, resume=saved[-1])
    assert isinstance(resumed[0], Start)
    assert notes(resumed)["failed"].startswith("the run was stopped, and it keeps more than its state")
    assert all(map(torch.equal, params[1], again[1]))

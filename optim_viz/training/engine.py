# pyright: basic
"""Trains the lanes of one comparison side by side and reports what happens.

Every lane is a plain nn.Module, autograd and a torch.optim optimizer. All start from the same weights and see the same
batches in the same order, and none is ever more than three stretches (of some steps each) ahead of another. No number
depends on timing, so the same spec on the same machine gives the same curves bit for bit on the CPU, and a run that
goes on from a checkpoint ends with the very weights of one that was never stopped.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext

import torch
from torch import Tensor

from optim_viz.comparison.events import Event
from optim_viz.comparison.lanes import is_outside
from optim_viz.comparison.spec import TrainingSpec
from optim_viz.datasets import Data
from optim_viz.training.checkpoint import Checkpoint
from optim_viz.training.lane import Snapshot
from optim_viz.training.machine import choose_device
from optim_viz.training.outside_class import undisturbed
from optim_viz.training.training_run import TrainingRun

__all__ = ["Checkpoint", "choose_device", "train"]


def print_to_log(sentence: str) -> None:
    """Print to the standard error stream, which a training process keeps in its run's log."""
    print(sentence, file=sys.stderr, flush=True)


def train(
    spec: TrainingSpec,
    *,
    data: Data,
    on_event: Callable[[Event], None],
    should_stop: Callable[[], bool] = lambda: False,
    resume: Checkpoint | None = None,
    checkpoint: Callable[[Checkpoint], None] | None = None,
    checkpoint_seconds: float = 10.0,
    keep: Callable[[Snapshot], None] | None = None,
    say: Callable[[str], None] = print_to_log,
) -> list[list[Tensor]]:
    """Train every lane to the end of its last epoch, or until asked to stop.

    Args:
        spec: what to train. Its `device` is not looked at: the data's device counts.
        data: `spec.data.load(device=choose_device(spec.device))`; networks compute in the examples' float type.
        on_event: given every event, Start first and End last, in the order of steps for each lane, by the calling
            thread.
        should_stop: asked twenty times a second; once it says yes, the run ends within a fraction of a second.
        resume: where to go on.
        checkpoint: given the state every `checkpoint_seconds`, and when stopped. Every event up to that state has been
            given to `on_event` before.
        checkpoint_seconds: time between two checkpoints.
        keep: given the parameters of each lane after each of `planes.snapshots.kept_steps`, by the calling thread, and
            before a checkpoint of later steps.
        say: given a sentence where a faster way to train is not to be had (a CUDA graph that cannot be captured).

    Returns:
        The trained parameters of each lane, in the order of `nn.Module.parameters`.

    Raises:
        ValueError: `resume` belongs to another comparison, the data has fewer examples than the spec asks for, or all
            lanes failed: outside classes that cannot train, each of which said why (`events.Note`).
        torch.OutOfMemoryError: and whatever else torch raises; there is no End then.
    """
    threads = torch.get_num_threads()
    try:
        with undisturbed() if any(map(is_outside, spec.lanes)) else nullcontext():
            run = TrainingRun(spec, data, on_event, should_stop, checkpoint, checkpoint_seconds, keep, say)
            if resume is not None:
                resume.check(spec)
                for lane, state in zip(run.lanes, resume.lanes, strict=True):
                    lane.load(state)
            run.train()
    finally:
        torch.set_num_threads(threads)
    return [[param.detach() for param in lane.params] for lane in run.lanes]

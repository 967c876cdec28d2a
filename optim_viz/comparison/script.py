"""A run as a plain PyTorch script that needs nothing of this package: same initial weights, same batches, same updates.

The script is written the usual way (autograd, one optimizer object a lane, no fused kernels), so its sums are rounded
in another order than ours: the losses agree to float32 rounding, which training slowly magnifies. The network is built
by the very functions of the model's file, which are copied into the script; the data set's file has the lines that
read its files.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from textwrap import indent
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

from optim_viz.comparison.lanes import is_outside, outside_class, torch_optimizer
from optim_viz.comparison.spec import TrainingSpec
from optim_viz.scenario import Lane, lane_titles

_PACKAGE: Final = "optim_viz."
_PLAIN: Final = (bool, int, float, str, tuple, list, dict)

_TEMPLATE: Final = '''\
"""{title}: {lanes}.

Written by optim_viz, in plain PyTorch; the weights, the batches and the updates are those of the run.

    python this_file.py [FOLDER]     FOLDER holds the files of the data set, if it has any
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
{imports}
DATA = Path(sys.argv[1] if len(sys.argv) > 1 else {folder!r})
DEVICE = {device}
SEED, EPOCHS, BATCH_SIZE, EXAMPLES = {seed!r}, {epochs!r}, {batch_size!r}, {examples!r}
OPTIONS = {options!r}  # of the network
L2 = {l2!r}  # times the sum of squared weights, added to the loss

OPTIMIZERS = {{
{optimizers}
}}
{schedules}

# ---- the data ----

{reader}

train_x, train_y, test_x, test_y = (torch.tensor(array, device=DEVICE) for array in read(DATA))
train_x, test_x = train_x.float().div({scale!r}), test_x.float().div({scale!r})
train_y, test_y = train_y.long(), test_y.long()


# ---- the network ----

{network}

# ---- training ----

losses = {{}}  # of every step, by lane
for title, make_optimizer in OPTIMIZERS.items():
    model = build(OPTIONS, {input_shape!r}, {classes!r}, SEED).float().to(DEVICE)
    optimizer = make_optimizer(model.parameters())
    losses[title] = []
{rates}    for epoch in range(1, EPOCHS + 1):
        order = torch.tensor(np.random.default_rng([SEED, epoch]).permutation(EXAMPLES), device=DEVICE)
        for rows in order.split(BATCH_SIZE):
            loss = torch.nn.functional.cross_entropy(model(train_x[rows]), train_y[rows])
            penalty = L2 * sum(param.square().sum() for param in model.parameters() if param.dim() > 1) if L2 else 0
            optimizer.zero_grad()
            (loss + penalty).backward()
{set_rate}            optimizer.step()
            losses[title].append(loss.item())
        with torch.no_grad():
            logits = model(test_x)
            test_loss = torch.nn.functional.cross_entropy(logits, test_y).item()
            accuracy = (logits.argmax(1) == test_y).float().mean().item()
        last = losses[title][-1]
        print(f"{{title}}, epoch {{epoch}}: loss {{last:.4f}}, test loss {{test_loss:.4f}}, accuracy {{accuracy:.2%}}")
'''


_RATES: Final = '    rates = [group["lr"] for group in optimizer.param_groups]\n'
_SET_RATE: Final = """\
            if title in FACTORS:
                for group, rate in zip(optimizer.param_groups, rates, strict=True):
                    group["lr"] = rate * FACTORS[title][len(losses[title])]
"""


def script(spec: TrainingSpec, folder: str | None = None, ways: Mapping[int, str] | None = None) -> str:
    """Return the script.

    Args:
        spec: what was trained.
        folder: where the data set's files lie; None: one named like the data set, beside the script.
        ways: lanes whose class was run in a way of its own, and the sentence that says how (`events.Note`).

    Raises:
        ValueError: there are such lanes; the script calls `step` of every optimizer as torch's own are called.
    """
    for lane, words in (ways or {}).items():
        raise ValueError(f"lane {lane + 1} is not trained in the usual way ({words}), and the script knows no other")
    automatic = '"cuda" if torch.cuda.is_available() else "cpu"'
    titles = lane_titles(spec.lanes, plain=True)
    return _TEMPLATE.format(
        title=spec.data.title,
        lanes=", ".join(titles),
        folder=folder or spec.dataset,
        device=automatic if spec.device == "auto" else repr(spec.device),
        seed=spec.seed,
        epochs=spec.epochs,
        batch_size=spec.batch_size,
        examples=spec.n_examples,
        options=dict(spec.options),
        l2=spec.l2,
        scale=spec.data.scale,
        reader=spec.data.script.strip(),
        network=function_source(spec.network.build),
        input_shape=spec.data.input_shape,
        classes=spec.data.classes,
        imports="".join(f"import {name}\n" for name in sorted(_modules(spec))),
        optimizers="\n".join(
            f"    {title!r}: lambda params: {_call(lane)}," for title, lane in zip(titles, spec.lanes, strict=True)
        ),
        schedules=_schedules(spec, titles),
        rates=_RATES if spec.has_schedule else "",
        set_rate=_SET_RATE if spec.has_schedule else "",
    )


def _modules(spec: TrainingSpec) -> set[str]:
    """Name the modules that the lanes' classes come from, besides torch."""
    named = {outside_class(lane)[0].partition(":")[0] for lane in spec.lanes if is_outside(lane)}
    return {name for name in named if name.partition(".")[0] != "torch"}


def _call(lane: Lane) -> str:
    name, arguments = outside_class(lane) if is_outside(lane) else torch_optimizer(lane)
    function = name.replace(":", ".") if is_outside(lane) else f"torch.optim.{name}"
    return f"{function}({', '.join(['params', *(f'{key}={value!r}' for key, value in arguments.items())])})"


def _schedules(spec: TrainingSpec, titles: Sequence[str]) -> str:
    """Write the schedules: each as a function of its own, copied from its file, and the factors of each lane."""
    if not spec.has_schedule:
        return ""
    used = {lane.schedule.name: lane.schedule for lane in spec.lanes if lane.schedule is not None}
    functions = [
        f"def {name}():\n{indent(function_source(each.shape).rstrip(), '    ')}\n\n    return {each.shape.__name__}\n"
        for name, each in used.items()
    ]
    factors = [
        f"    {title!r}: {lane.schedule.name}()(np.arange(1.0, STEPS + 1), STEPS, {dict(lane.schedule.values)!r}),"
        for title, lane in zip(titles, spec.lanes, strict=True)
        if lane.schedule is not None
    ]
    head = f"STEPS = {spec.total_steps!r}  # of the whole run"
    tail = "\n".join(["FACTORS = {  # of the learning rate, a number for each step", *factors, "}"])
    return "\n".join(["", head, "", "", *(f"{each}\n" for each in functions), tail, ""])


def function_source(function: Any) -> str:
    """Return the source of a function and of all it uses: our functions and constants, and imports of the rest."""
    imports: dict[str, str] = {}
    constants: dict[str, str] = {}
    functions: dict[str, str] = {}
    _gather(function, imports, constants, functions)
    blocks = ["\n".join(sorted(imports.values())), "\n".join(constants.values())]
    return "\n\n\n".join([*filter(None, blocks), *functions.values()]) + "\n"


def _gather(
    function: FunctionType, imports: dict[str, str], constants: dict[str, str], functions: dict[str, str]
) -> None:
    for name in _names(function.__code__):
        value = function.__globals__.get(name)
        if isinstance(value, ModuleType):
            imports[name] = f"import {value.__name__} as {name}"
        elif isinstance(value, FunctionType) and value.__module__.startswith(_PACKAGE):
            if value.__name__ not in functions:
                _gather(value, imports, constants, functions)
        elif isinstance(value, _PLAIN):
            constants[name] = f"{name} = {value!r}"
        elif value is not None and getattr(value, "__module__", "builtins") != "builtins":
            imports[name] = f"from {value.__module__} import {value.__name__} as {name}"
    functions[function.__name__] = inspect.getsource(function).rstrip()


def _names(code: CodeType) -> list[str]:
    """Return the global names that a function uses, those of its comprehensions included."""
    inner = [name for each in code.co_consts if isinstance(each, CodeType) for name in _names(each)]
    return [*code.co_names, *inner]

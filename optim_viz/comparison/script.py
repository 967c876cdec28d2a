"""A run as a plain PyTorch script that needs nothing of this package: same initial weights, same batches, same updates.

The script is written the usual way (torch.nn, autograd, one optimizer object a lane, no fused kernels), so its sums are
rounded in another order than ours: the losses agree to float32 rounding, which training slowly magnifies.
"""

from __future__ import annotations

from typing import Any, Final

from optim_viz.comparison.spec import TrainingSpec, torch_optimizer

_ACTIVATIONS: Final = {"relu": "ReLU", "tanh": "Tanh", "sigmoid": "Sigmoid", "softplus": "Softplus"}

_TEMPLATE: Final = '''\
"""MNIST: {what}. Written by optim_viz, in plain PyTorch; the weights, the batches and the updates are those of the run.

    python this_file.py [FOLDER]     FOLDER holds the four files of MNIST, unpacked or as .gz
"""

import gzip
import sys
from pathlib import Path

import numpy as np
import torch

DATA = Path(sys.argv[1] if len(sys.argv) > 1 else {data!r})
DEVICE = {device}
SEED, EPOCHS, BATCH_SIZE, EXAMPLES = {seed!r}, {epochs!r}, {batch_size!r}, {examples!r}
SIZES = {sizes!r}
L2 = {l2!r}  # times the sum of squared weights, added to the loss

OPTIMIZERS = {{
{optimizers}
}}


def read(name, header):
    path = DATA / name
    content = path.read_bytes() if path.exists() else gzip.decompress((DATA / (name + ".gz")).read_bytes())
    return torch.tensor(np.frombuffer(content, np.uint8, offset=header))


train_x = read("train-images-idx3-ubyte", 16).reshape(-1, 784).float().div(255).to(DEVICE)
train_y = read("train-labels-idx1-ubyte", 8).long().to(DEVICE)
test_x = read("t10k-images-idx3-ubyte", 16).reshape(-1, 784).float().div(255).to(DEVICE)
test_y = read("t10k-labels-idx1-ubyte", 8).long().to(DEVICE)


def network():
    """He initialisation: weights from N(0, 2 / fan_in), biases 0."""
    random = np.random.default_rng([SEED, 0])
    layers = []
    for fan_in, fan_out in zip(SIZES, SIZES[1:]):
        layer = torch.nn.Linear(fan_in, fan_out)
        weight = random.standard_normal((fan_out, fan_in)) * np.sqrt(2 / fan_in)
        with torch.no_grad():
            layer.weight.copy_(torch.tensor(weight, dtype=torch.float32))
            layer.bias.zero_()
        layers += [layer, torch.nn.{activation}()]
    return torch.nn.Sequential(*layers[:-1]).to(DEVICE)


losses = {{}}  # of every step, by lane
for title, make_optimizer in OPTIMIZERS.items():
    model = network()
    optimizer = make_optimizer(model.parameters())
    losses[title] = []
    for epoch in range(1, EPOCHS + 1):
        order = torch.tensor(np.random.default_rng([SEED, epoch]).permutation(EXAMPLES), device=DEVICE)
        for rows in order.split(BATCH_SIZE):
            loss = torch.nn.functional.cross_entropy(model(train_x[rows]), train_y[rows])
            penalty = L2 * sum(param.square().sum() for param in model.parameters() if param.dim() == 2) if L2 else 0
            optimizer.zero_grad()
            (loss + penalty).backward()
            optimizer.step()
            losses[title].append(loss.item())
        with torch.no_grad():
            logits = model(test_x)
            test_loss = torch.nn.functional.cross_entropy(logits, test_y).item()
            accuracy = (logits.argmax(1) == test_y).float().mean().item()
        last = losses[title][-1]
        print(f"{{title}}, epoch {{epoch}}: loss {{last:.4f}}, test loss {{test_loss:.4f}}, accuracy {{accuracy:.2%}}")
'''


def script(spec: TrainingSpec, data: str | None = None) -> str:
    """Return the script.

    Args:
        spec: what was trained.
        data: folder of the MNIST files; None: one named mnist beside the script.
    """
    automatic = '"cuda" if torch.cuda.is_available() else "cpu"'
    titles = spec.titles()
    return _TEMPLATE.format(
        what=", ".join(titles),
        data=data or "mnist",
        device=automatic if spec.device == "auto" else repr(spec.device),
        seed=spec.seed,
        epochs=spec.epochs,
        batch_size=spec.batch_size,
        examples=spec.n_examples,
        sizes=list(spec.model.sizes),
        l2=spec.model.l2,
        activation=_ACTIVATIONS[spec.model.activation],
        optimizers="\n".join(
            f"    {title!r}: lambda params: torch.optim.{_call(*torch_optimizer(lane))},"
            for title, lane in zip(titles, spec.lanes, strict=True)
        ),
    )


def _call(name: str, arguments: dict[str, Any]) -> str:
    return f"{name}(params, {', '.join(f'{key}={value!r}' for key, value in arguments.items())})"

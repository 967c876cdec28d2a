"""The process that runs outside optimizers for the app: `python -m optim_viz.stage.outside_worker`.

It takes one run at a time on its standard input and writes the answer to its standard output, each as a frame: the
lengths of a JSON header (4 bytes, little-endian) and of a body (8 bytes), the header, the body. A request has no body;
an answer's is an NPZ file, read without pickle. Third-party code runs here and nowhere else: it may print, hang or
crash, and the app goes on.
"""

from __future__ import annotations

import io
import json
import os
import struct
import sys
from collections.abc import Mapping
from functools import cache
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from optim_viz import surfaces
from optim_viz.launchers import stand_back
from optim_viz.outside import Refused
from optim_viz.stage.lane_run import RunSpec, SurfaceSpec

_LENGTHS = struct.Struct("<IQ")
Frame = tuple[dict[str, Any], bytes]


def write_frame(stream: BinaryIO, header: Mapping[str, Any], body: bytes = b"") -> None:
    """Write one frame."""
    text = json.dumps(header).encode()
    stream.write(_LENGTHS.pack(len(text), len(body)) + text + body)
    stream.flush()


def read_frame(stream: BinaryIO) -> Frame | None:
    """Read one frame; None at the end of the stream, also where it ends within one."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    header, body = _LENGTHS.unpack(lengths)
    text, rest = stream.read(header), stream.read(body)
    return (json.loads(text), rest) if len(text) == header and len(rest) == body else None


def as_request(spec: RunSpec) -> dict[str, Any]:
    """Return a run as JSON values."""
    return {**spec._asdict(), "surface": spec.surface._asdict()}


def as_spec(request: Mapping[str, Any]) -> RunSpec:
    """Read a run back."""
    raw = dict(request["surface"])
    domain = raw["domain"]
    surface = SurfaceSpec(
        raw["name"],
        tuple((name, value) for name, value in raw["parameters"]),
        raw["formula"],
        None if domain is None else ((domain[0][0], domain[0][1]), (domain[1][0], domain[1][1])),
    )
    x, y = request["start"]
    return RunSpec(
        surface=surface,
        start=(x, y),
        steps=request["steps"],
        noise=request["noise"],
        seed=request["seed"],
        optimizer=request["optimizer"],
        hyperparameters=tuple((name, value) for name, value in request["hyperparameters"]),
        schedule=request["schedule"],
    )


def perform(spec: RunSpec) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Run it; the answer is {"refused": the reason}, or {"states": names, ...} with the run's arrays."""
    try:
        _know_surfaces()
        run = spec.run()
    except Refused as refused:
        return {"refused": refused.reason}, {}
    except Exception as error:  # a third party's code may raise anything, and whoever asked must hear of it
        return {"refused": f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"}, {}
    states = {f"state.{place}": values for place, values in enumerate(run.state.values())}
    header = {
        "states": list(run.state),
        "shared": list(run.rule.shared),
        "diverged_at": int(run.diverged_at),
        "diverged_quantity": str(run.diverged_quantity),
    }
    return header, {"theta": run.theta, "loss": run.loss, "grad": run.grad, "update": run.update, **states}


@cache
def _know_surfaces() -> None:
    """Make the surfaces of the tables that the app was started with, once."""
    surfaces.register_handed_on()


def main() -> None:
    """Answer requests until the input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a class prints is no answer
    requests = sys.stdin.buffer
    from optim_viz.outside.loop import use_one_thread  # here, so that whoever imports this module loads no torch

    stand_back()
    use_one_thread()
    write_frame(answers, {"ready": True})
    while (frame := read_frame(requests)) is not None:
        header, arrays = perform(as_spec(frame[0]))
        body = io.BytesIO()
        if arrays:
            np.savez(body, allow_pickle=False, **arrays)
        write_frame(answers, header, body.getvalue())


if __name__ == "__main__":
    main()

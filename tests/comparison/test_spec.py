"""A comparison is complete, checked, and survives JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from optim_viz.comparison import TrainingSpec
from optim_viz.comparison.lanes import torch_optimizer
from optim_viz.scenario import parse_lane


def test_a_spec_survives_json() -> None:
    spec = TrainingSpec.from_dict(
        {
            "lanes": ["adam,lr=0.001", "adam,lr=0.1,schedule=step:gamma=0.5,colour=5", "sgd"],
            "widths": [7, 5],
            "activation": "tanh",
            "l2": 1e-4,
            "epochs": 3,
            "batch_size": 99,
            "seed": 2**32 - 1,
            "device": "cpu",
            "examples": 1000,
            "record": False,
            "record_every": 7,
        }
    )
    assert TrainingSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec
    assert spec.titles() == ("Adam lr 0.001", "Adam lr 0.1, step", "SGD")
    assert spec.has_schedule
    assert (spec.steps_per_epoch, spec.total_steps) == (11, 33)


def test_the_usual_network_has_269_322_parameters() -> None:
    usual = TrainingSpec.from_dict({"lanes": ["sgd"]})
    assert usual.n_parameters == 269_322
    assert usual.layers == ("layer 1", "layer 2", "layer 3")
    assert TrainingSpec.from_dict({"lanes": ["sgd"], "widths": []}).n_parameters == 7_850


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lanes": []}, "1 to 8 lanes, not 0"),
        ({"lanes": ["sgd"] * 9}, "1 to 8 lanes, not 9"),
        ({"lanes": "sgd"}, "lanes must be a list"),
        ({"lanes": ["nosuch"]}, "nosuch"),
        ({"lanes": ["adam,lr=-1"]}, "lr = -1.0 is outside"),
        ({"lanes": ["adam,bias_correction=false"]}, "torch.optim.Adam"),
        ({"epochs": 0}, "epochs must be a whole number from 1 to 1000, not 0"),
        ({"epochs": 1.5}, "not 1.5"),
        ({"epochs": True}, "not True"),
        ({"epochs": float("nan")}, "not nan"),
        ({"batch_size": 60_001}, "batch_size must be a whole number from 1 to 60000"),
        ({"batch_size": 11, "examples": 10}, "batch_size must be a whole number from 1 to 10, not 11"),
        ({"examples": 60_001}, "examples"),
        ({"seed": -1}, "seed"),
        ({"device": "tpu"}, "device must be one of auto, cuda, mps, cpu, not 'tpu'"),
        ({"record_every": 0}, "record_every"),
        ({"record": "yes"}, "record must be true or false, not 'yes'"),
        ({"widths": ["9"]}, "widths must be a whole number from 1 to 4096, not '9'"),
        ({"widths": 3}, "widths must be a list"),
        ({"widths": [0]}, "widths must be a whole number from 1 to 4096, not 0"),
        ({"widths": [9] * 9}, "widths may have at most 8 entries, not 9"),
        ({"activation": "gelu"}, "activation must be one of relu"),
        ({"l2": -1e-4}, "l2 must be a number from 0 to 1"),
        ({"colour": 1}, "unknown key 'colour'"),
    ],
)
def test_what_cannot_be_is_refused_by_name(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TrainingSpec.from_dict({"lanes": ["sgd"], **change})


def test_lanes_name_their_twin_in_torch() -> None:
    assert torch_optimizer(parse_lane("adam,lr=0.001,beta2=0.99"))[0] == "Adam"
    assert torch_optimizer(parse_lane("nesterov"))[1]["nesterov"] is True


def test_planning_a_training_needs_no_torch() -> None:
    code = (
        "import sys; from optim_viz.comparison import TrainingSpec, lanes, script; lanes.every_name();"
        "spec = TrainingSpec.from_dict({'lanes': ['pytorch_optimizer:Lion,schedule=cosine']}); script.script(spec);"
        "sys.exit(bool({'torch', 'pytorch_optimizer'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

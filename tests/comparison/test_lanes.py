"""Lanes of a comparison: which can be trained, and names that tell them apart."""

from __future__ import annotations

import pytest

from optim_viz import update_rules
from optim_viz.comparison import lanes
from optim_viz.comparison.lanes import lane_texts, lane_words, read_lane, read_lanes, titles_of_texts
from optim_viz.scenario import MAX_LANES, parse_lane


def test_lanes_of_one_kind_are_named_by_what_tells_them_apart() -> None:
    parsed = [parse_lane(text) for text in ("adam,lr=0.01", "sgd", "adam,lr=0.1")]
    assert [each.title for each in lane_words(lane_texts(parsed))] == ["Adam lr 0.01", "SGD", "Adam lr 0.1"]
    assert titles_of_texts(["adam,lr=0.01", "adam,lr=0.01"]) == ("Adam", "Adam copy")


def test_lanes_kept_as_text_have_the_lab_s_titles() -> None:
    assert titles_of_texts(["adam,lr=0.01", "sgd", "adam"]) == ("Adam lr 0.01", "SGD", "Adam lr 0.001")
    assert titles_of_texts(["adam,lr=0.01", "unknown,x=1"]) == ("adam,lr=0.01", "unknown,x=1")
    words = lane_words(["adam,lr=0.01", "sgd"])
    assert [(each.title, each.text) for each in words] == [("Adam", "adam,lr=0.01"), ("SGD", "sgd")]
    assert [each.title for each in lane_words(["adam", "unknown,x=1"])] == ["adam", "unknown,x=1"]


def test_every_trainable_optimizer_is_a_lane_and_every_other_is_refused_by_name() -> None:
    trainable = lanes.trainable_names()
    for name in update_rules.names():
        if name in trainable:
            assert lane_texts([read_lane(name)]) == [name]
        else:
            with pytest.raises(ValueError, match=f"torch.optim has no {update_rules.get(name).title}"):
                read_lane(name)


def test_outside_classes_are_lanes_with_their_own_numbers() -> None:
    names = lanes.every_name()
    assert names[: len(lanes.trainable_names())] == lanes.trainable_names()
    assert {"torch.optim:Adamax", "pytorch_optimizer:Lion"} < set(names)
    lane = read_lane("pytorch_optimizer:Lion,lr=0.01,beta1=0.8,schedule=cosine")
    name, arguments = lanes.outside_class(lane)
    assert (name, arguments["lr"], arguments["betas"]) == ("pytorch_optimizer:Lion", 0.01, (0.8, 0.99))
    assert lanes.name_in_menus(name) == "Lion, pytorch_optimizer"
    (words,) = lane_words([*lane_texts([lane])])
    assert (words.title, words.recorded) == ("Lion", ())
    assert words.values == "cosine · η 0.01 · β₁ 0.8 · β₂ 0.99"
    with pytest.raises(TypeError, match="adam is no outside class"):
        lanes.outside_class(parse_lane("adam"))


def test_what_cannot_be_trained_is_left_out_and_said() -> None:
    found, problems = read_lanes(["adam", "nosuch", "sgd,lr=-1", *["sgd"] * MAX_LANES])
    assert [lane.optimizer for lane in found][:2] == ["adam", "sgd"]
    assert [str(problem)[:20] for problem in problems] == [
        "lane 2 is left out: ", "lane 3 is left out: ", f"at most {MAX_LANES} lanes fit;",
    ]  # fmt: skip


@pytest.mark.parametrize("preset", lanes.PRESETS, ids=lambda preset: preset.title)
def test_every_preset_reads_without_a_problem(preset: lanes.Preset) -> None:
    found, problems = read_lanes(preset.lanes)
    assert problems == ()
    assert len({(lane.colour, lane.marker) for lane in found}) == len(found)

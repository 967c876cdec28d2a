"""One lane as a line of text: "adam,lr=0.1,beta2=0.99,schedule=step:gamma=0.5,colour=1,marker=square,hidden".

The optimizer comes first; values equal to the rule's defaults, and the colour and the marker that the lane takes
anyway, are left out. Links and the command line share this form.
"""

from __future__ import annotations

from collections.abc import Sequence

from optim_viz.scenario.lane import Lane, own_look, read_lane
from optim_viz.scenario.problem import shown
from optim_viz.scenario.reader import Reader, number_text

_MOST_PARTS = 40


def parse_lane(text: str, before: Sequence[Lane] = ()) -> Lane:
    """Return the lane that `text` describes.

    Args:
        text: e.g. "adam,lr=0.1,beta2=0.99,hidden"; spaces around the parts do not count.
        before: the lanes that come first; their looks are taken.

    Raises:
        ValueError: anything in the text that is not understood or not allowed; the message names it.
    """
    reader = Reader()
    position = len(before)
    lane = read_lane(reader, before, position, lane_fields(reader, position, text), None)
    if lane is None or reader.problems:
        raise ValueError("; ".join(map(str, reader.problems)))
    return lane


def format_lane(lane: Lane, before: Sequence[Lane] = ()) -> str:
    """Return the text that `parse_lane`, after the same lanes, reads back as an equal lane, every float exact."""
    colour, marker = own_look(lane.optimizer, before)
    parts = [lane.optimizer]
    for hyperparameter in lane.rule.hyperparameters:
        value = lane.hyperparameters[hyperparameter.name]
        if value != hyperparameter.default:
            text = str(value).lower() if isinstance(value, bool) else number_text(value)
            parts.append(f"{hyperparameter.name}={text}")
    if lane.schedule is not None:
        parts.append(f"schedule={lane.schedule}")
    if lane.colour != colour:
        parts.append(f"colour={lane.colour}")
    if lane.marker != marker:
        parts.append(f"marker={lane.marker}")
    if not lane.visible:
        parts.append("hidden")
    return ",".join(parts)


def lane_fields(reader: Reader, position: int, text: str) -> dict[str, object]:
    """Split the text of a lane into the mapping that `read_lane` takes; values stay text, to be checked there."""
    where = f"lanes.{position}"
    optimizer, *parts = [part.strip(" ") for part in text.split(",", _MOST_PARTS)]
    fields: dict[str, object] = {"optimizer": optimizer, "visible": True}
    hyperparameters: dict[str, str] = {}
    seen: set[str] = set()
    for part in parts:
        name, equals, value = (piece.strip(" ") for piece in part.partition("="))
        if name in seen:
            reader.report(where, f"{shown(name)} is given twice; the last one counts")
        seen.add(name)
        if name == "hidden" and not equals:
            fields["visible"] = False
        elif not equals:
            reader.report(where, f"{shown(part)} is not name=value and is left out")
        elif name in ("colour", "marker", "schedule"):
            fields[name] = value
        else:
            hyperparameters[name] = value
    fields["hyperparameters"] = hyperparameters
    return fields

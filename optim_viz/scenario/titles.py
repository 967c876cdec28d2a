"""The names that lanes have on screen: made here and nowhere else, so that every view calls a lane the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from optim_viz.scenario.lane import Lane
from optim_viz.scenario.reader import number_text
from optim_viz.update_rules import Hyperparameter

_MOST_NAMED = 3


def numbered(titles: Iterable[str]) -> tuple[str, ...]:
    """Return the titles, numbered from the second of a kind on: "Adam", "SGD", "Adam 2"."""
    seen: Counter[str] = Counter()
    found: list[str] = []
    for title in titles:
        seen[title] += 1
        found.append(title if seen[title] == 1 else f"{title} {seen[title]}")
    return tuple(found)


def lane_titles(lanes: Sequence[Lane], *, plain: bool = False) -> tuple[str, ...]:
    """Return a title for each lane, no two alike: its rule's, and the values in which it differs from its likes.

    "Adam" alone; "Adam lr 0.1" and "Adam lr 0.3, β₂ 0.99" beside each other; "Adam Keras" beside "Adam torch" for two
    published conventions; "Adam cosine" beside one whose learning rate stays; "Adam copy" for the second of two that
    differ in nothing.

    Args:
        lanes: all that stand side by side.
        plain: in ASCII ("beta2" for "β₂"), for scripts and consoles.
    """
    titles: list[str] = []
    words = convention_words(lanes), differences(lanes), schedule_words(lanes, plain=plain)
    for lane, convention, differing, plan in zip(lanes, *words, strict=True):
        same = [other for other in lanes if other.optimizer == lane.optimizer]
        values = (
            [convention] * bool(convention)
            + [
                f"{each.name if plain else each.short} "
                f"{_value(lane.hyperparameters[each.name], [other.hyperparameters[each.name] for other in same])}"
                for each in differing
            ]
            + [plan] * bool(plan)
        )
        title = _rule_title(lane, lanes)
        titles.append(f"{title} {', '.join(values)}" if values else title)
    seen: Counter[str] = Counter()
    for position, title in enumerate(titles):
        seen[title] += 1
        if seen[title] > 1:
            titles[position] = f"{title} copy" if seen[title] == 2 else f"{title} copy {seen[title] - 1}"
    return tuple(titles)


def convention_words(lanes: Sequence[Lane]) -> tuple[str, ...]:
    """Return for each lane the published convention that it follows, where lanes of its rule follow several; else "".

    A lane that follows none of them, but a mixture, leaves all lanes of its rule to be told apart by their values.

    Args:
        lanes: all that stand side by side.
    """
    return tuple(_conventions(lane.optimizer, lanes).get(position, "") for position, lane in enumerate(lanes))


def _conventions(optimizer: str, lanes: Sequence[Lane]) -> dict[int, str]:
    """Return the conventions of the lanes of one rule, by position; nothing where they follow one, or a mixture."""
    found: dict[int, str] = {}
    for position, lane in enumerate(lanes):
        if lane.optimizer == optimizer:
            convention = lane.rule.convention_of(lane.hyperparameters)
            if convention is None:
                return {}
            found[position] = convention.short
    return found if len(set(found.values())) > 1 else {}


def _rule_title(lane: Lane, lanes: Sequence[Lane]) -> str:
    """Return the rule's title, with the module that it comes from where another rule here has the same."""
    title, module = lane.rule.title, lane.optimizer.partition(":")
    alike = any(other.rule.title == title and other.optimizer != lane.optimizer for other in lanes)
    return f"{title} ({module[0]})" if alike and module[1] else title


def schedule_words(lanes: Sequence[Lane], *, plain: bool = False) -> tuple[str, ...]:
    """Return for each lane the name of its schedule, where it tells the lane from others of its rule; "" elsewhere.

    Args:
        lanes: all that stand side by side.
        plain: in ASCII, for scripts and consoles.
    """
    found: list[str] = []
    for lane in lanes:
        others = [other.schedule for other in lanes if other.optimizer == lane.optimizer]
        plan = lane.schedule
        if plan is None or len(set(others)) == 1:
            found.append("")
        elif any(other is not None and other.name == plan.name and other != plan for other in others):
            found.append(str(plan))
        else:
            found.append(plan.name if plain else plan.title)
    return tuple(found)


def differences(lanes: Sequence[Lane]) -> tuple[tuple[Hyperparameter, ...], ...]:
    """Return for each lane the hyperparameters that its title names, in slider order.

    All in which lanes of its rule differ; where those are more than three, as few as tell these lanes apart. Those of a
    convention are left out where its name stands in the title; see `convention_words`.
    """
    found: dict[str, tuple[Hyperparameter, ...]] = {}
    for lane in lanes:
        if lane.optimizer not in found:
            values = [other.hyperparameters for other in lanes if other.optimizer == lane.optimizer]
            named = lane.rule.convention_names if _conventions(lane.optimizer, lanes) else ()
            others = [each for each in lane.rule.hyperparameters if each.name not in named]
            found[lane.optimizer] = _telling(others, values)
    return tuple(found[lane.optimizer] for lane in lanes)


def _telling(
    hyperparameters: Sequence[Hyperparameter], values: Sequence[Mapping[str, float | bool]]
) -> tuple[Hyperparameter, ...]:
    differing = tuple(each for each in hyperparameters if len({lane[each.name] for lane in values}) > 1)
    if len(differing) <= _MOST_NAMED:
        return differing
    kept: tuple[Hyperparameter, ...] = ()
    for each in differing:
        more = (*kept, each)
        if len({tuple(lane[one.name] for one in more) for lane in values}) > len(
            {tuple(lane[one.name] for one in kept) for lane in values}
        ):
            kept = more
    return kept


def _value(value: float | bool, among: Sequence[float | bool]) -> str:
    """Write a value with four significant digits, or with all where fewer would make two of `among` look alike."""
    if isinstance(value, bool):
        return "on" if value else "off"
    distinct = len(set(among)) == len({f"{other:.4g}" for other in among})
    return number_text(float(f"{value:.4g}") if distinct else value)

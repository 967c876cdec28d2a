"""When a run is not worth going on with: a rule on the run's own numbers, which stops it early and says so.

It looks at nothing but the run itself. So what is stopped does not depend on which runs came first or how many train at
once, and a sweep gives the same numbers again.
"""

from __future__ import annotations

import math
from typing import Any


def why_hopeless(event: Any, classes: int, stop_above: float) -> str | None:
    """Say why a lane is hopeless after an event of its own; None where it is not.

    A lane is hopeless once its training loss is not finite, or where the test at the end of an epoch finds a loss that
    is not finite or above `stop_above` x ln(classes): ln(classes) is the cross-entropy of guessing, which gives every
    class the same probability.

    Args:
        event: one of `optim_viz.comparison.events`.
        classes: of the data set, at least 2.
        stop_above: how many times the loss of guessing is too much, above 0.
    """
    if event.event == "diverged":
        return f"its loss is not finite from step {event.step} on"
    if event.event != "epoch":
        return None
    guessing = math.log(classes)
    if math.isfinite(event.test_loss) and event.test_loss <= stop_above * guessing:
        return None
    found = f"{event.test_loss:.4g}" if math.isfinite(event.test_loss) else "not finite"
    return (
        f"after epoch {event.epoch} its test loss is {found}, above {stop_above:g} x {guessing:.4g}, that of guessing"
    )

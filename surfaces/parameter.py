"""An adjustable number of a surface, such as how rare its rare feature is."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class SurfaceParameter:
    """One adjustable number of a surface.

    Attributes:
        name: Its name in code and links, such as "k".
        symbol: How it is written on the page.
        default: The value used when none is given.
        low: Smallest value allowed.
        high: Largest value allowed.
        integer: Whether only whole numbers are allowed.
        help: One sentence on what it does.
        value: The value that this surface was made with.
    """

    name: str
    symbol: str
    default: float
    low: float
    high: float
    integer: bool
    help: str
    value: float

    def check(self, value: float) -> float:
        """Returns the value as a number of the right kind.

        Args:
            value: What somebody asked for.

        Returns:
            The value; an int where only whole numbers are allowed.

        Raises:
            ValueError: The value is not allowed; the message names it and the range.
        """
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not self.low <= number <= self.high or (self.integer and not number.is_integer()):
            kind = "a whole number" if self.integer else "a number"
            raise ValueError(f"{self.name} = {value!r}: must be {kind} from {self.low:g} to {self.high:g}")
        return int(number) if self.integer else number

"""How an optimizer class says no."""

from __future__ import annotations


class Refused(ValueError):
    """A class cannot run: the message names it and gives the reason in one sentence.

    Attributes:
        reason: the reason alone.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} cannot run here: {reason}")
        self.name, self.reason = name, reason

    def __reduce__(self) -> tuple[type[Refused], tuple[str, str]]:
        """Let it travel between processes."""
        return type(self), (self.name, self.reason)


def said(error: BaseException, most: int = 200) -> str:
    """Return an exception's kind and what it says, of which at most `most` characters, in one line."""
    text = " ".join(str(error).split()) or type(error).__name__
    return f"{type(error).__name__}: {text if len(text) <= most else text[: most - 1] + '…'}"

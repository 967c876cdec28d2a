"""What the program is called, and how it makes a command's parser."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, NoReturn

from optim_viz.cli.output import one_line

PROGRAM: Final = "optim-viz" if Path(sys.argv[0]).stem == "optim-viz" else "python -m optim_viz"


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        """Leave with exit code 2."""
        self.exit(2, f"{one_line(message)}\n")


Add = Callable[[str, str], Parser]
"""Adds a command, by its name and a sentence on it."""


def add_command(make: Callable[..., Parser], name: str, text: str) -> Parser:
    """Add a command with what argparse calls its sub-parsers' `add_parser`."""
    return make(name, help=text, description=text, allow_abbrev=False)

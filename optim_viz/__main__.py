"""`python -m optim_viz` is the command `optim-viz`."""

from __future__ import annotations

import sys

from optim_viz.cli import main

if __name__ == "__main__":
    sys.exit(main())

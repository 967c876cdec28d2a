"""The command `optim-viz`, and the same as `python -m optim_viz`.

    optim-viz app                                                    the lab and all other pages, in a browser
    optim-viz app --optimizer my_package:MyOpt                       the same, with a class of your own in the menu
    optim-viz optimizers                                             every optimizer and its hyperparameters
    optim-viz surfaces                                               every surface and its formula
    optim-viz page "surface=narrow_valley&lane=adam" valley.html     the lab in one file, which opens without a server
    optim-viz render "surface=narrow_valley&lane=adam" valley.mp4    a film; or a picture: .png .svg .pdf
    optim-viz train --lane adam,lr=0.001 --lane sgd,lr=0.01          optimizers on a real network, side by side
    optim-viz runs                                                   every training run
    optim-viz cancel 3
    optim-viz resume 3
    optim-viz export 3 --csv run.csv --tensorboard logs
    optim-viz script 3                                               the run as a PyTorch script
    optim-viz export "surface=booth&lane=adam" --parquet runs.parquet   every number of a link of the lab
    optim-viz script "surface=booth&lane=adam" --for latex           the lab's runs as PyTorch, optax, Python or LaTeX

A run trains in a process of its own and goes on when the terminal is closed; Ctrl-C cancels it. Exit codes: 0 where all
is well (for train and resume: every lane finished), 1 where a run ended otherwise, 2 with one line that says what is
wrong where nothing could be done, 130 after Ctrl-C.
"""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        arguments: what follows the command's name; None for those of this process.
    """
    try:
        from optim_viz.cli.command_line import run  # here, so that Ctrl-C is quiet while it loads, too

        return run(arguments)
    except KeyboardInterrupt:
        return 130

"""The lab as a value: it shows itself in a notebook, and saves itself as a page.

import optim_viz

optim_viz.Lab(surface="rosenbrock", lanes=["adam,lr=0.05", ("sgd", {"lr": 0.001})], steps=500)
"""

from optim_viz.notebook.lab import Lab

__all__ = ["Lab"]

"""Hand-written ways to compute what the plain engine computes, where a benchmark shows that they pay.

There is one case: a network of linear layers that is trained on single examples, on the CPU. There a step is so small
that calling torch costs more than computing. `benchmarks/mnist.py` measures it against the plain engine (part c), and
tests hold it to the plain engine's numbers.
"""

from optim_viz.training.fast.single_example import SingleExampleStep, single_example_step

__all__ = ["SingleExampleStep", "single_example_step"]

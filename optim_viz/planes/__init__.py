"""Loss planes: a network's loss on a plane through its parameters, as a surface of the lab.

`plane` chooses the plane (two random directions, the principal plane of all paths, a line between two ends), `spline`
makes a smooth surface of the losses on a grid, `settings` says what is asked for and `result` what was found, `files`
keeps both beside the run store, and `jobs` has it worked out by a process of its own: evaluating a network takes torch,
which is not imported here.
"""

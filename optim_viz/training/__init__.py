"""Real networks trained by torch.optim, in a process of their own: `worker` takes a run, `engine` trains it.

What is trained is a `optim_viz.comparison.TrainingSpec`. Importing this package needs no torch; its modules do.
"""

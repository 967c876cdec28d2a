"""Figures of training runs: curves, what the optimizers keep, and runs beside each other."""

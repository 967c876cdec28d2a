"""Plots of the Paper page: the parts that sections share, and one module of plots for each section that has its own."""

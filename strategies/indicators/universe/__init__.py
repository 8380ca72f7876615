"""Indicators over a whole universe: matrices of moments x assets, or one new row at a time.

A formula is written once, as a graph of nodes (`node`, `operators`, `families`). `evaluate.whole` works the
graph over all rows; `stream.Stream` works it one row at a time with the same kernels, so that the two paths
cannot drift apart. A value at row t rests on rows up to t only; NaN stands for what is not known.
"""

"""How far a measured result can be trusted: intervals, tests, and what many trials do to the best of them."""

"""Proof that nothing leaked: all that comes after a decision becomes garbage, and no byte before it may move.

A scenario is lived through once. Then (`moments`) each decision is asked for again with garbage after it, in
every source; (`whole_runs`) whole runs are lived again up to an instant, from a store spoiled after it;
(`answers`) every answer of `tools.ask` is asked again. `proof.check` does all three.

What cannot be seen: a decider that reads a file of its own, behind everybody's back; and that a ticker changes
its meaning or that trading ends, which the store tells when it happens, as a venue announces it.
"""

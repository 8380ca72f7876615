"""One file per schema version, ``v0001`` upwards: only ever added to, and no row of `events` is ever rewritten.

Each defines ``STATEMENTS``: the SQL from the version before to its own. ``{integer}``, ``{blob}`` and
``{strict}`` stand for what the two databases spell differently.
"""

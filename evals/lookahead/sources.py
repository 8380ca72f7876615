"""Everything that has a future: what garbage is put into, and what a leak is named after."""

from __future__ import annotations

CANDLES = "candles"
FLAGS = "quality flags"
REVISIONS = "revisions"
DELISTING = "delisting"
PEG = "quote peg"
FIGURES = "figures"
FUNDING = "funding"
NEWS = "news"
MEMORY = "memory"

SOURCES = (CANDLES, FLAGS, REVISIONS, DELISTING, PEG, FIGURES, FUNDING, NEWS, MEMORY)
EVERY = frozenset(SOURCES)
"""All of them at once."""

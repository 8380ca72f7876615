"""One file per provider, each with its `SOURCE`; a file that begins with ``_`` is a part of its neighbour."""

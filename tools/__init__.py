"""The world behind ports, and what may be asked of it."""

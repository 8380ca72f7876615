"""The engine: the loop, its wiring, its memory and its commands."""

"""The loop, its schedule, its wiring and its recovery."""

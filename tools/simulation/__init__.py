"""The simulated market: seeded, endless, invented names."""

"""Market data over recorded or simulated series."""

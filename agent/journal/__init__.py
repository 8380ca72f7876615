"""The journal: append-only, hash-chained, verifiable."""

"""Is it any good? Scenarios, arms, leakage proofs and their reports."""

"""Rule-based baskets at a moment, and as a decider."""

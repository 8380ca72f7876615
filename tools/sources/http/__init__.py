"""The one way out over HTTP: limits, retries, budgets, the cache and what an answer may look like."""

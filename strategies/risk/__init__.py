"""The gate: limits, rules, sizing, exits, breaker, engine."""

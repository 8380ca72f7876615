"""The indicators of the registry, a file for each family."""

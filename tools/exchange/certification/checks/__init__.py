"""The checks, by what they are about; each file a `CHECKS` that the registry finds."""

"""The channels, one file each: a `CHANNEL` that the registry finds."""

"""Rule strategies, one file each; the registry takes their STRATEGY."""

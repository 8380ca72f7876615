"""Risk rules, one file each; the registry takes their RULE."""

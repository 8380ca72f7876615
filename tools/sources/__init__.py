"""The world's public sources: one HTTP core, one file per provider, and no error that looks like a value."""

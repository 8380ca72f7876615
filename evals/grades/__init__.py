"""Does a grade know anything of what comes? Its validation over a universe, lagged, after costs, and as it is."""

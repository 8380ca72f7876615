"""Published environments, rebuilt as they were run, so that their tables can be checked digit by digit."""

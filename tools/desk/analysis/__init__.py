"""One asset in full, put together from what other answers say."""

"""Real venues behind the Exchange port, through ccxt."""

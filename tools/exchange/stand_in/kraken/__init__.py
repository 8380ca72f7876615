"""Kraken spot, as its REST interface speaks (read from its documentation and from what ccxt 4.5.90 reads)."""

"""The venue itself, without any wire: accounts, prices, filters, matching. Exact, synchronous, no I/O."""

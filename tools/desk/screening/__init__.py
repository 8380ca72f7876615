"""Who passes filters, and what speaks for each."""

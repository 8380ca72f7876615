"""What lies between a client and the venue: requests, keys, faults, limits, the HTTP server. Knows no dialect."""

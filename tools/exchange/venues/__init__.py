"""One file per venue: what it calls things, how it is asked, and what it can prove."""

"""One file per family of blocks; each is a pure function from data to markup."""

"""The wire certification: what a venue's dialect must do on a local stand-in before real money may follow it."""

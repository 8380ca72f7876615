"""The vocabulary and the seams: frozen, exact, pure. Imports nothing of ours and does no I/O."""

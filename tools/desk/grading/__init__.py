"""Grades of a market at its now: read, streamed, shown, and let to decide."""

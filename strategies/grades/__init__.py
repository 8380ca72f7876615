"""Grades: 0-100 opinions with their doubt, each explained to its last indicator."""

"""Grades: 0-100 opinions with their doubt. Each file holds one `core.ports.Grader`."""

"""The report of an evaluation: one HTML file, and its tables as Markdown."""

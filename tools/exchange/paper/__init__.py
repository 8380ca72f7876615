"""The paper venue: its matching, its filters and its own durable book."""

"""Fetching: what the world's sources know, asked politely, into the store. A plan first, then step by step."""

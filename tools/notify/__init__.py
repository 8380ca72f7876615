"""Telling a person."""

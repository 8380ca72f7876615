"""Indicators: floats in, floats out; nothing here may be spent."""

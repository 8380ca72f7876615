"""Grades over a whole market, and what is made of them: each file reads through the ports and decides nothing."""

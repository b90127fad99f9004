"""Invented calls with their truth: what was said, when, on which channel, and what a telephone did to it."""

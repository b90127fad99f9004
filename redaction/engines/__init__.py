"""Engines behind the port: the only place that imports Presidio and spaCy."""

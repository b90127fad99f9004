"""Pulling releases of the training corpus to a folder, letting items leave it, and proving what is in it."""

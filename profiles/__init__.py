"""Policy profiles as data. `strict` is the default; the reference profiles come with the governance work."""

"""Callbacks of providers: who may send one, what it says, and which recording it speaks of.

What must never happen here: a callback that nobody vouches for makes or changes a record. Each provider has a check of
its own; a check that is not configured refuses. Nothing of what was sent stands in an error or a log.
"""

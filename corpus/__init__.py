"""The training corpus: what may enter it, row by row.

What must never happen here: a call that any rule keeps out, let in. For now this room only counts who could be in and
why the others are not; nothing leaves it. Releases come with their gates, and until then there is no way to pull one.
"""

"""The formats that phones and switches write. Pure readers: bytes in, rows out; no store, no clock, no network.

What must never happen here: a row that is lost without a word, a zone that is guessed, a withheld number that becomes a
person, and a file that makes the reader grow or hang. `docs/formats.md` tells each format's traps.
"""

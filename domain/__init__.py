"""The law of the house: pure rules and records. Standard library only, no I/O, no clock (now is passed in)."""

"""Policies on the command line: records read, decided, simulated; profiles shown, checked, compared."""

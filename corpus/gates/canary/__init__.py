"""Canaries: invented people who call, once per release, and must come out nowhere."""

"""Redaction: words → spans → redacted text, subtitles and sound.

What must never happen here:

- A word that a span covers becomes readable again: in text, in words, in subtitles, or as sound under a tone. One span
  list drives them all, spans are merged as unions, and the samples of a range are replaced, never mixed.
- A call is passed on because something went wrong. An unknown language, a missing model, a time that makes no sense, an
  unknown operator: each raises, and the stage stays blocked.
- A spoken word, number or name reaches a log, an exception, a span or a metric. Reasons are constant phrases.
- A model, a word list or a suffix list is fetched from the network.

Why: people read card numbers aloud on these calls. What leaks once is copied into search, corpus and backups, and no
later erasure finds every copy.
"""

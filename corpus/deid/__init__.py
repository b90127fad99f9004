"""De-identification: a call's words made into words that are nobody's, and its facts into facts of many.

What must never happen here: a real name, number, address or date that comes through, whatever the kind of its span is
called and however it is said. So nothing of meaning in a span is copied: each word of it is *made*, and what is not
understood becomes another word. What is made is in no numbering plan, passes no checksum, and is on no list of names.
Everything is a function of the call and of the release key; without that key nothing leads back.
"""

from __future__ import annotations

from corpus.deid.deidentify import deidentify, item_id_of
from corpus.deid.real import real_forms
from corpus.deid.source import Keyed, SourceCall, SurrogateScope
from corpus.deid.warp import retimed

__all__ = ["Keyed", "SourceCall", "SurrogateScope", "deidentify", "item_id_of", "real_forms", "retimed"]

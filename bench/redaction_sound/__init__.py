"""From sound to sound: calls made here, heard, redacted, and judged by what can still be read and heard of them.

`python -m bench.redaction_sound OUT [--seeds 1,2] [--calls 16] [--again]` (docs/redacted-sound.md).
"""

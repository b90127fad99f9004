"""How much personal data stays readable: `make eval-redaction`, or `python -m bench.redaction_eval --help`.

The phrases, names and values here belong to the measuring. Nothing that trains or tunes may read them: who writes a
rule looks at this package's figures, never at its lists. See docs/redaction.md.
"""

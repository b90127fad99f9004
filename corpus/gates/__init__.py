"""What a release must pass before anybody reads it.

What must never happen here: a release that passes because a check saw nothing. Each gate says what it looked at and how
much; one that saw no item, or could not look, fails. The gates share no code with what they judge: not with the rules
that found personal data, not with the planner of k-anonymity.
"""

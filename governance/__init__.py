"""The domain's law applied to stored records.

What must never happen here: a record worked on, served or kept that the policy, the customer or a person forbids.
`guard` is the one door that every stage asks; `purges` the one way out.
"""

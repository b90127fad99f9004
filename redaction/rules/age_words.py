"""Words around ages: who is so old, and the verbs that say it."""

from __future__ import annotations

from redaction import lexicon

AGED = frozenset(
    {"aged", "turned", "turning", "turns", "turn", "hit", "being", "pushing", "approaching", "hitting", "nearing"}
)
KIN = lexicon.words(
    "he she son daughter child kid baby boy girl grandson granddaughter nephew niece toddler youngest eldest oldest "
    "twins kids children boys girls sons daughters grandchildren one"
)
PEOPLE = (
    KIN
    | frozenset({"adult", "pensioner"})
    | lexicon.words(
        "i you age mother father husband wife mum mom mummy dad daddy brother sister partner grandmother grandfather "
        "grandma grandpa grandad granddad gran granny "
        "nan nana nanny aunt uncle patient applicant nominee passenger driver insured client customer "
        "tenant spouse policyholder borrower proposer cardholder holder fiancé fiancee they who boyfriend girlfriend "
        "parent cousin we"
    )
)
BE = frozenset({"am", "is", "was", "are", "were", "be"})
SHORT = {
    "i'm": "i",
    "im": "i",
    "he's": "he",
    "hes": "he",
    "she's": "she",
    "shes": "she",
    "you're": "you",
    "they're": "they",
    "we're": "they",
}
GROWN = lexicon.words("man woman boy girl lady gentleman child kid lad age")
THINGS = lexicon.words(
    "car van truck bike motorbike vehicle engine boiler heater furnace roof house home flat building property pipe "
    "pipes wiring phone handset device tablet laptop computer machine printer router modem fridge freezer oven cooker "
    "washer dryer dishwasher tv television battery batteries tyres tires meter unit system model equipment "
    "account policy card debt bill invoice order request ticket case file version software system business company "
    "contract loan lease subscription"
)
"""What may be so old without being anybody."""
WILL = frozenset(["you'd", "we'll"]) | frozenset(
    {"i'll", "he'll", "she'll", "you'll", "they'll", "will", "would", "i'd", "he'd", "she'd"}
)

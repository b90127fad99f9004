"""Special categories (GDPR Art. 9 and 10): health, belief, union, politics, sexuality, body, crime, said of a person.

They are flagged, not hidden: which words tell such a thing only their owner can say, and a call about insurance is
full of
them. A policy may hide them. The reason names the category.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redaction.context import CallContext
from redaction.hits import Hit
from redaction.lexicon import words
from redaction.view import Token

RULE = "special_categories"
KINDS = ("SPECIAL_CATEGORY",)
REACH = 9
_TERMS = {
    "health": (
        "diabetes diabetic cancer chemo chemotherapy leukemia leukaemia hiv aids pregnant pregnancy miscarriage "
        "miscarried "
        "depression depressed anxiety bipolar schizophrenia autism autistic adhd asthma asthmatic epilepsy "
        "epileptic dementia "
        "alzheimer's parkinson's stroke surgery dialysis disability disabled wheelchair hepatitis tuberculosis "
        "covid ptsd "
        "therapist rehab alcoholic addiction overdose insulin antidepressants biopsy tumour tumor abortion ivf std sti "
        "suicidal suicide seizure seizures arthritis sclerosis transplant pacemaker hypertension thyroid psychiatrist "
        "psychiatric anorexia bulimia endometriosis menopause infertility vasectomy mastectomy hysterectomy "
        "diagnosis diagnosed "
        "prognosis terminally palliative hospice lupus crohn's colitis migraine migraines eczema glaucoma blind deaf"
    ),
    "religion or belief": (
        "muslim hindu christian catholic protestant jewish sikh buddhist jain atheist agnostic mormon orthodox "
        "baptised "
        "baptized mosque synagogue gurdwara bishop imam rabbi pastor parish kosher halal islam judaism hinduism "
        "christianity"
    ),
    "trade union": "union unionised unionized steward unison teamsters picket",
    "politics": (
        "democrat republican tory labour conservative communist socialist bjp congress liberal marxist voted activist "
        "campaigning canvassing"
    ),
    "sexuality": "gay lesbian bisexual transgender trans queer homosexual heterosexual nonbinary non-binary asexual",
    "biometrics": "fingerprint fingerprints voiceprint retina biometric biometrics dna genome genetic",
    "crime": (
        "convicted conviction convictions arrested prison jail jailed parole probation felony felon sentenced "
        "offender bail "
        "imprisoned custody misdemeanor misdemeanour"
    ),
    "ethnic origin": "dalit caste aboriginal indigenous roma romani ethnicity",
}
_CATEGORY = {term: category for category, terms in _TERMS.items() for term in terms.split()}
_PERSON = words(
    "i i'm i've i'd my me myself he he's she she's his her him they they're their them we we're our us you you're your "
    "husband wife son daughter mother father mum mom dad brother sister partner patient member employee child baby "
    "grandmother grandfather aunt uncle friend colleague nephew niece girlfriend boyfriend"
)
_NEEDS = {"union": words("member rep trade representative join joined fees dues"), "congress": words("party vote "
"voted"),
          "labour": words("party vote voted member"), "conservative": words("party vote voted member"),
          "liberal": words("party vote voted member"), "trans": words("man woman person am i'm he's she's"),
          "stroke": words("had a suffered"), "blind": words("i'm am is he's she's registered partially legally"),
          "custody": words("in child police"), "steward": words("shop union"), "voted": words("for")}  # fmt: skip
"""Words that are such a thing only beside one of these."""


def find(context: CallContext) -> Iterator[Hit]:
    """Yield the words of a special category in sentences that speak of a person."""
    for tokens in context.view.channels:
        for at, token in enumerate(tokens):
            category = _CATEGORY.get(token.norm)
            if category and not token.placeholder and _of_person(tokens, at):
                yield Hit((token,), "SPECIAL_CATEGORY", 0.6, RULE, f"{category}, said of a person")


def _of_person(tokens: Sequence[Token], at: int) -> bool:
    near = {token.norm for token in tokens[max(0, at - 2) : at + 3]} - {tokens[at].norm}
    needed = _NEEDS.get(tokens[at].norm)
    if needed and not near & needed:
        return False
    for place in range(at - 1, max(-1, at - 1 - REACH), -1):
        if tokens[place].closes or tokens[place].segment != tokens[at].segment:
            break
        if tokens[place].norm in _PERSON or (tokens[place].placeholder and tokens[place].raw.strip() == "[PERSON]"):
            return True
    return False

"""Words of the special categories (GDPR Art. 9 and 10), by category. Closed lists, so they stand here in full."""

from __future__ import annotations

from redaction.lexicon import words

TERMS = {
    "health": (
        "diabetes diabetic prediabetes cancer chemo chemotherapy radiotherapy leukemia leukaemia lymphoma melanoma "
        "carcinoma hiv aids pregnant pregnancy miscarriage miscarried stillbirth ectopic preeclampsia depression "
        "depressed anxiety bipolar schizophrenia schizophrenic psychosis autism autistic asperger's adhd dyslexia "
        "dyslexic tourette's ocd asthma asthmatic copd emphysema bronchitis pneumonia cystic epilepsy epileptic "
        "dementia alzheimer's parkinson's huntington's stroke surgery dialysis disability disabled wheelchair "
        "amputee paralysed paralyzed hepatitis tuberculosis covid malaria dengue typhoid sepsis meningitis shingles "
        "ptsd therapist rehab alcoholic alcoholism addiction addict overdose insulin metformin statins warfarin "
        "methadone lithium sertraline fluoxetine citalopram prozac zoloft xanax valium diazepam ritalin adderall "
        "antidepressant antidepressants antipsychotics beta-blockers blood-thinners inhaler nebuliser nebulizer "
        "epipen steroids antibiotics painkillers biopsy tumour tumor abortion ivf std sti chlamydia herpes gonorrhea "
        "syphilis suicidal suicide self-harm seizure seizures arthritis arthritic sclerosis ms fibromyalgia "
        "osteoporosis scoliosis sciatica transplant pacemaker hypertension hypertensive hypotension arrhythmia angina "
        "fibrillation cholesterol thyroid hypothyroidism hyperthyroidism anaemia anemia anaemic anemic sickle "
        "haemophilia hemophilia thrombosis embolism aneurysm psychiatrist psychiatric counsellor counselling "
        "psychologist anorexia anorexic bulimia bulimic endometriosis fibroids pcos menopause infertility infertile "
        "vasectomy mastectomy hysterectomy colostomy catheter stoma diagnosis diagnosed prognosis terminally "
        "palliative hospice lupus crohn's coeliac celiac colitis ibs migraine migraines eczema psoriasis rosacea "
        "glaucoma cataract cataracts macular blind deaf deafness tinnitus vertigo allergy allergies allergic "
        "anaphylaxis intolerant concussion fracture fractured sprain kidney-stones gallstones pancreatitis cirrhosis "
        "jaundice ulcer ulcers reflux hernia gout incontinence prostate cervical ovarian down's cerebral palsy "
        "muscular dystrophy apnea apnoea insomnia narcolepsy bronchial wheezing"
    ),
    "religion or belief": (
        "muslim hindu christian catholic protestant jewish sikh buddhist jain atheist agnostic mormon orthodox baptist "
        "methodist lutheran anglican evangelical pentecostal presbyterian quaker humanist pagan zoroastrian parsi "
        "baha'i rastafarian shia sunni sufi ahmadi hasidic jehovah's baptised baptized mosque synagogue gurdwara "
        "bishop imam rabbi pastor parish kosher halal islam judaism hinduism sikhism buddhism christianity ramadan "
        "shabbat sabbath communion hijab turban"
    ),
    "trade union": (
        "union unions unionised unionized unionist steward unison unite teamsters teamster picket picketing strike gmb "
        "usdaw rmt aslef tssa nasuwt naht nuj fbu cwu rcn poa neu ucu bectu nurses' steelworkers afl-cio seiu uaw ufcw "
        "aft unifor ver.di verdi dgb cgt cfdt cgil cisl uil ugt ccoo fnv siptu inmo solidarność solidarnosc citu intuc "
        "aituc bms sewa afscme ibew pcs prospect community equity"
    ),
    "politics": (
        "democrat democrats republican republicans tory tories labour conservative conservatives communist socialist "
        "bjp congress liberal greens lib-dem snp sinn ukip reform marxist voted activist campaigning canvassing aap "
        "shiv trinamool"
    ),
    "sexuality": (
        "gay lesbian bisexual transgender trans queer homosexual heterosexual nonbinary non-binary asexual pansexual "
        "intersex"
    ),
    "biometrics": "fingerprint fingerprints voiceprint retina biometric biometrics dna genome genetic",
    "crime": (
        "convicted conviction convictions arrested prison jail jailed parole probation felony felon sentenced "
        "offender bail imprisoned custody misdemeanor misdemeanour caution"
    ),
    "ethnic origin": "dalit caste aboriginal indigenous roma romani ethnicity adivasi",
}
PHRASES = {
    "health": (
        "high|low blood pressure", "heart attack|attacks|disease|failure|condition|murmur|surgery|trouble",
        "kidney|liver|lung|bowel|thyroid|skin|blood|breast|bone disease|failure|cancer|transplant|condition|disorder",
        "mental health|illness|breakdown|hospital", "bipolar disorder", "panic attack|attacks", "eating disorder",
        "sickle cell anaemia|anemia|disease?", "multiple sclerosis", "motor neurone disease", "irritable bowel",
        "chronic pain|fatigue|illness", "sleep apnea|apnoea", "learning disability|disabilities", "blood thinners",
        "nervous breakdown", "hearing aid|aids", "guide dog", "walking frame", "oxygen tank|concentrator",
    ),
    "religion or belief": ("jehovah's witness|witnesses", "born again", "seventh day adventist",
    "latter day saint|saints"),
    "trade union": (
        "trade|labour|labor union|unions",
        "union rep|reps|representative|member|membership|steward|dues|fees|fee|subs|subscription|card|branch|official",
        "shop steward|stewards", "musicians' union",
        "communication|steel|mine|dock|transport|electrical|auto workers union",
        "ig metall", "national education union", "royal college of nursing", "fire brigades union", "on strike",
        "picket line",
    ),
    "sexuality": ("same sex partner|marriage|couple", "gender reassignment|transition|dysphoria"),
    "crime": ("criminal record|conviction|convictions", "suspended sentence", "restraining order", "police caution"),
}  # fmt: skip
"""What tells a category in several words; how they are written: `redaction/phrases.py`."""
STEMS = (
    "pril", "sartan", "olol", "dipine", "vastatin", "prazole", "formin", "oxetine", "azepam", "zolam",
    "cillin", "mycin",
    "gliptin", "gliflozin", "glutide", "mab", "triptan", "thiazide", "semide", "xaban", "parin", "afil", "barbital",
    "codone", "tidine", "conazole", "ciclovir", "profen", "sone", "solone", "triptyline", "apine", "idone", "lukast",
)  # fmt: skip
"""How names of medicines end: stems of international nonproprietary names (WHO, "The use of stems", 2018)."""
TELLING = frozenset({"trade union", "politics"})
"""Categories of which a word beside what it needs (`NEEDS`) tells somebody's, whoever is named."""
CATEGORY = {term: category for category, terms in TERMS.items() for term in terms.split()}
_BELONGS = words("member rep trade representative join joined fees dues fee subscription subs branch official paid")
_PARTY = words("party vote voted votes voting member supporter support candidate fee donate donated donation")
MEMBERS = words("member membership members rep steward")
"""Beside one of these somebody belongs to it, whoever is spoken of."""
NEEDS = {
    "union": _BELONGS, "unions": _BELONGS, "unite": _BELONGS | {"steward", "union"},
    "community": frozenset({"union"}), "equity": frozenset({"union"}), "prospect": frozenset({"union"}),
    "strike": words("on went picket going striking i'm we"), "pcs": _BELONGS | {"union"}, "neu": _BELONGS | {"union"},
    "congress": _PARTY, "labour": _PARTY, "conservative": _PARTY, "conservatives": _PARTY, "liberal": _PARTY,
    "reform": _PARTY, "greens": _PARTY, "aap": _PARTY, "shiv": {"sena"}, "sinn": {"féin", "fein"},
    "trans": words("man woman person am i'm he's she's"), "stroke": words("had a suffered having"),
    "blind": words("i'm am is he's she's registered partially legally"), "custody": words("in child police"),
    "steward": words("shop union"), "voted": words("for"), "caution": words("police a had"),
    "sickle": {"cell"}, "cystic": {"fibrosis"}, "down's": {"syndrome"}, "cerebral": {"palsy"},
    "fracture": words("my a hip arm leg wrist skull had"), "ms": words("have has had with got i've"),
    "orthodox": words("jewish christian i'm greek russian church am he's she's"),
    "reflux": words("acid have has my"), "steroids": words("on taking take"), "muscular": {"dystrophy"},
    "communion": words("holy first"), "retina": words("scan my detached"),
}  # fmt: skip
"""Words that are such a thing only beside one of these."""

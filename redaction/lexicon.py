"""The words of numbers, spelling, units and dates: closed classes, so they stand here in full."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set: how word lists are written here."""
    return frozenset(text.split())


DIGITS = {
    "zero": "0", "nought": "0", "naught": "0", "nil": "0", "one": "1", "two": "2", "three": "3", "four": "4",
    "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "niner": "9", "nero": "0",
}  # fmt: skip
TEENS = {
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15",
    "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19",
}  # fmt: skip
TENS = {
    "twenty": "2", "thirty": "3", "forty": "4", "fourty": "4", "fifty": "5", "sixty": "6", "seventy": "7",
    "eighty": "8", "ninety": "9",
}  # fmt: skip
SCALES = {"hundred": "00", "thousand": "000", "lakh": "00000", "million": "000000", "crore": "0000000"}
REPEATS = {"double": 2, "dubble": 2, "triple": 3, "treble": 3, "quadruple": 4}
HOMOPHONES = {
    "oh": "0", "o": "0", "ow": "0", "owe": "0", "for": "4", "fore": "4", "to": "2", "too": "2", "won": "1",
    "ate": "8", "tree": "3", "free": "3", "sex": "6", "sicks": "6", "fife": "5", "hero": "0", "nein": "9",
}  # fmt: skip
"""Said like a digit, but one only beside other digits."""

NATO = {
    "alpha": "A", "alfa": "A", "bravo": "B", "charlie": "C", "delta": "D", "echo": "E", "foxtrot": "F", "golf": "G",
    "hotel": "H", "india": "I", "juliet": "J", "juliett": "J", "kilo": "K", "lima": "L", "mike": "M",
    "november": "N", "oscar": "O", "papa": "P", "quebec": "Q", "romeo": "R", "sierra": "S", "tango": "T",
    "uniform": "U", "victor": "V", "whiskey": "W", "whisky": "W", "xray": "X", "x-ray": "X", "yankee": "Y",
    "zulu": "Z", "zed": "Z", "zee": "Z",
}  # fmt: skip
"""Letters only beside other letters, digits or codes: Charlie, Victor and Oscar are also people."""

FILLERS = words(
    "uh uhh um umm er err erm ah eh hmm mm mhm mm-hmm uh-huh mmhmm yes yeah yep yup ok okay right and then dash "
    "hyphen minus space "
    "slash stroke dot point comma hash so like it's its that's thats it is sorry no wait again plus well"
)
"""May stand inside a run of digits without ending it."""

TURN_FILLERS = FILLERS | words(
    "go ahead on got sure correct next that please carry continue good great perfect thanks thank you alright all "
    "let me "
    "see got it the rest i'm listening noted fine exactly"
)
"""May stand between two parts of a number when the turn changed in between."""

CURRENCY = words(
    "dollar dollars usd cent cents buck bucks pound pounds quid gbp pence euro euros eur rupee rupees rs inr lakh "
    "lakhs "
    "crore crores dirham dirhams percent pct"
)
UNITS = words(
    "second seconds minute minutes hour hours day days week weeks month months year years night nights people persons "
    "person adults adult children child kids times time percent % gb mb tb gig gigs gigabytes megabytes mbps kb meg "
    "megs "
    "mile miles km kilometres kilometers meters metres feet foot inch inches kg kilos kilo grams pounds lbs degrees "
    "points items item units orders order tickets bags pieces bags boxes rooms guests seats calls payments instalments "
    "installments working business calendar o'clock am pm a.m p.m options questions things steps devices users stars "
    "working-days nights litres liters watts kilowatt kilowatts kwh volts million billion thousand percent% cars "
    "ml l cl oz lb gram gallon gallons litre tonne tonnes ton tons amp amps mph kmh kph rpm hz db ppm bhp cc sq square "
    "acres hectares mg mcg megabit megabits gigabit gigabits megabyte gigabyte"
)
MONTHS = words(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug "
    "sep sept oct nov dec"
)
ORDINALS = words(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth thirtieth twenty-first twenty-second twenty-third "
    "twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirty-first"
)
TLDS = words(
    "com org net edu gov io in uk us eu de fr es it ie nl info biz me tv ai app dev ca au nz za pk ae sg ch se no dk "
    "pl "
    "be at online shop xyz ac mobi site store tech cloud live life club agency blog news bank care health team page "
    "link pt gr cz hu ro fi lu br mx ar jp kr cn hk my ph ng ke gh lk bd np il sa ru ua tr"
)
MAIL_HOSTS = words(
    "gmail googlemail yahoo hotmail outlook icloud rediffmail rediff protonmail proton aol msn gmx btinternet comcast "
    "verizon ymail zoho"
)
STREETS = words(
    "street st road rd avenue ave lane ln drive dr close court ct way place boulevard blvd crescent terrace parkway "
    "square gardens grove hill row mews circle highway nagar marg colony layout sector block apartment apartments apt "
    "flat suite unit building house tower towers floor walk plaza trail pike straße strasse vihar enclave society "
    "cross "
    "main phase chowk bagh salai"
)
STREETS_STRONG = STREETS - words(
    "st dr way place close court hill row circle unit building house floor walk main block "
    "cross phase square sector flat society suite trail"
)

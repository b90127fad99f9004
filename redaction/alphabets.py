"""How letters are said and written when something is spelled: by name, as heard, and in chunks of capitals."""

from __future__ import annotations

from redaction import lexicon

SOUNDS = {
    "bee": "B", "be": "B", "see": "C", "sea": "C", "cee": "C", "dee": "D", "eff": "F", "gee": "G", "jee": "G",
    "aitch": "H", "haitch": "H", "eye": "I", "jay": "J", "kay": "K", "okay": "K", "ell": "L", "el": "L", "em": "M",
    "en": "N", "pee": "P", "pea": "P", "queue": "Q", "cue": "Q", "are": "R", "ar": "R", "ess": "S", "tee": "T",
    "tea": "T", "you": "U", "yu": "U", "vee": "V", "we": "V", "ex": "X", "why": "Y", "wye": "Y",
}  # fmt: skip
"""What a recogniser writes for the name of a letter: a letter only between other letters and digits."""

ACRONYMS = lexicon.words(
    "ATM CRM CVV CVC DOB EMI EU FAQ GPS GST HR IBAN ID IFSC IT KYC MOT NHS NI OTP PAN PC PDF PIN PNR SIM SMS SSN TV "
    "UK UPI US USA VAT UPIID VPA IMEI MAC IP DNI NIE BSN PPS PPSN EIN UTR GSTIN UAN DL RC VIN TIN BIC ABA ITIN OK MRN "
    "USB CEO HDMI LED LCD SUV BMW RAM HDD SSD CPU API URL WWW AM PM AC DC EV BP MRI CT ECG GP ER ICU NRI FD RD SIP "
    "IRS DVLA HMRC LIC SBI ICICI ISO ITR AI BA EK QR LH UA AA DL KLM TSA TCS IBM HP LG PS NFC QR COVID APR PTO "
    "RAC DVD CD PO BOX RSVP ETA ASAP FYI VIP DIY GDPR INR USD GBP EUR MB GB TB KB"
)
"""Letters that are words: "the E M I is …", "my U P I I D"."""

COUNTRIES = lexicon.words("GB UK IE US EU DL AA BA AI QR EK LH UA PS GP MB KB TB AC DC BP")
"""Of these the ones that also begin a code: "GB, 337, 9123"."""

NAMED = lexicon.words(
    "ATM CVV CVC DOB EMI GST IBAN ID IFSC KYC NHS NI OTP PAN PIN PNR SIM SMS SSN UPI UPIID VAT VPA IMEI MAC IP DNI NIE "
    "BSN PPS PPSN EIN UTR GSTIN UAN VIN TIN BIC ABA ITIN MRN"
)
"""Of these the ones that name a number: "the P N R Q X 4 …" says the name first, then the number."""

CHUNK = range(2, 7)
"""How many capitals may stand together and still be the letters of a code ("HDFC 0001234", "KA 05")."""

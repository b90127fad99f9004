"""Every kind of number and code that people read out, as they read it out, is hidden and named."""

from __future__ import annotations

import pytest
from talk import FINDER, talk

from domain.spans import redact_transcript

TOLD = (
    ("PHONE_NUMBER", "Which number can we reach you on?", "Plus three five three, eight seven, one two double four."),
    ("CREDIT_CARD", "The long number across the front?", "Fifty three ninety eight, 0041, 7720 18 15."),
    ("CARD_CVV", "And the three digits on the back?", "Nought four seven."),
    ("CARD_EXPIRY", "Expiry date?", "Oh nine twenty eight."),
    ("CARD_EXPIRY", "When does the card run out?", "The end of May 2029."),
    ("PIN", "Which PIN did you choose?", "Eight oh double three."),
    ("OTP", "I texted you a code, what does it say?", "Okay here, 662 -904."),
    ("BANK_ACCOUNT", "To which account number?", "0 0 4 7 8 8 1 2."),
    ("IFSC", "And the IFSC?", "K K B K zero double zero one 2 3 4."),
    ("SORT_CODE", "Sort code?", "Forty, seventeen, oh nine."),
    ("ROUTING_NUMBER", "The ABA routing number?", "1 2 1, 0 0 0, 3 5 8."),
    ("IBAN", "Could I take the IBAN?", "N L nine one, A B N A, zero four one seven, 16 43 00."),
    ("UPI_ID", "What is your UPI handle?", "devika dot r at ok axis."),
    ("UPI_ID", "And the V P A?", "It's ninety nine eight four zero one two three four five at y b l."),
    ("PAN", "PAN card number?", "Alpha Bravo Charlie Papa Kilo, 4 4 1 2, Lima."),
    ("AADHAAR", "Your Aadhaar?", "2341 2341 2346."),
    ("VOTER_ID", "The EPIC number?", "X J K three two one, double zero, nine four."),
    ("PASSPORT", "Passport number?", "It's L for London, 8 8 9 8 9 0 2."),
    ("DRIVING_LICENCE", "Your driving licence number?", "KA dash 05 dash 2019, 000 1234."),
    ("VEHICLE_PLATE", "What's the registration?", "K A zero five, M H 1 2 3 4."),
    ("VEHICLE_PLATE", "And the license plate?", "se 21 kzt."),
    ("SSN", "The last four of your social?", "Sixty six nineteen."),
    ("NHS_NUMBER", "Your NHS number?", "943 476 5919."),
    ("NINO", "National Insurance number?", "Q Q, 12 34 56, C."),
    ("NATIONAL_ID", "What is your DNI?", "12 34 56 78 Z."),
    ("NATIONAL_ID", "Codice fiscale?", "RSSMRA 85T10 A562S."),
    ("NATIONAL_ID", "Your PPS number?", "One two three four five six seven T."),
    ("TAX_ID", "Your VAT number?", "DE 811 907 980."),
    ("TAX_ID", "Employer identification number?", "12 -3456789."),
    ("MAC_ADDRESS", "The MAC address on the sticker?", "00:1B:44:11:3A:B7."),
    ("DEVICE_ID", "What is the IMEI?", "49 015420 323751 8."),
    ("DATE_OF_BIRTH", "Date of birth?", "The third of the ninth seventy two."),
    ("AGE", "How old is the driver?", "Twenty-three."),
    ("POLICY_NUMBER", "And the policy number?", "H as in house, 7, double 4, 1 9."),
    ("CUSTOMER_ID", "Customer number?", "77 40 12."),
    ("EMPLOYEE_ID", "Your staff number?", "E M 4 0 7."),
    ("BOOKING_REFERENCE", "What's the PNR?", "QZKTPL."),
    ("BOOKING_REFERENCE", "The reservation code?", "Tango seven Kilo two Papa X-ray."),
    ("ORDER_NUMBER", "Do you have the order number?", "4 8 2 1 3 3."),
    ("MEDICAL_ID", "Patient number?", "4 4 0 9 1 7."),
    ("REFERENCE_NUMBER", "The reference number of the transfer?", "TRX 88 41 20."),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "question", "answer"), TOLD, ids=[f"{kind} {answer}" for kind, _, answer in TOLD])
def test_the_answer_is_hidden_whole_and_named(kind: str, question: str, answer: str) -> None:
    call = talk(question, answer, "Thank you.")
    spans = FINDER.find(call)
    left = redact_transcript(call, spans).segments[1].words
    assert {word.text.lower().strip(",.") for word in left if not word.entity_type} <= {
        "it's", "okay", "here", "on", "the", "of",
    }  # fmt: skip
    assert kind in {span.entity_type for span in spans if span.segment == 1}


@pytest.mark.parametrize(("kind", "question", "answer"), TOLD, ids=[f"{kind} {answer}" for kind, _, answer in TOLD])
def test_a_reason_is_a_constant_phrase_and_never_quotes(kind: str, question: str, answer: str) -> None:
    said = {word.strip(",.").lower() for word in answer.split()} - {"a", "of", "the", "for", "it's", "at", "on", "as"}
    for span in FINDER.find(talk(question, answer)):
        assert span.reason
        assert span.recognizer
        assert not said & set(span.reason.lower().split()), kind


@pytest.mark.parametrize(
    ("line", "gone"),
    [
        ("I am 45 and my wife is 43.", "45 43."),
        ("The patient's a 45-year-old male.", "45-year-old"),
        ("My grandson's 12.", "12."),
        ("The kids are 4 and 6.", "4 6."),
        ("I just had my 50th birthday.", "50th"),
        ("I'm in my late fifties now.", "fifties"),
        ("She was 71 years old then.", "71 years old"),
        ("I'll turn seventy this year.", "seventy"),
    ],
)
def test_ages_go_however_they_are_said(line: str, gone: str) -> None:
    call = talk("Hello?", line)
    rest = redact_transcript(call, FINDER.find(call)).text.split()
    assert not [word for word in gone.split() if word in rest]

"""Cues: phrases after which (or before which) personal data comes, whichever side says them."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from redaction.view import CallView, Token

REACH_TOKENS = 45
REACH_S = 45.0
BEHIND_TOKENS = 6
OWNER_TOKENS = 4
_OWNERS = frozenset({"account", "card", "order", "my card", "my account"})
"""After another cue these say whose it is ("the phone number on the account"), not what comes next."""
AMOUNT = "AMOUNT"
"""The cue kind after which numbers are sums of money: it ends the reach of the cue before it."""

_PATTERNS: tuple[tuple[str, ...], ...] = (
    (
        AMOUNT,
        r"amount|balance|total|costs?|price|fees?|charge[sd]?|payment of|discount|refund of|premium|budget",
        r"|limit|pay",
    ),
    (
        "CARD_CVV",
        r"cvv|cvc|cv2|c v v|security (?:code|number)|(?:three|3|four|4) digits?|(?:digits?|code",
        r"|number) on the (?:back|front|reverse)|three on the (?:back|reverse)",
    ),
    ("CARD_EXPIRY", r"expir\w+|expire date|(?:valid|good|runs?) (?:thru|through|until|till|to|out)"),
    (
        "OTP",
        r"one[- ]time[- ](?:code|password|passcode|pin)|otp|o t p|(?:verification|access|authentication",
        r"|confirmation) code",
        r"|passcode|code (?:we|i|they|you)(?:'ve)? (?:just |have )?(?:sent|texted|got|received)|the code",
        r"|digit code|code is",
    ),
    (
        "DATE_OF_BIRTH",
        r"birth|dates? and birth|d\.?o\.?b|d o b|birth ?(?:date|day)|was born|were you born|born (?:on|in)",
    ),
    ("EMAIL_ADDRESS", r"e-?mail(?: address| id)?|mail id"),
    (
        "ADDRESS",
        r"(?:post|zip|pin|postal|nip) ?code|zip|postal|(?:home|billing|delivery|shipping|street|mailing",
        r"|current|your|my|which|the|full",
        r"|new|postal|what) address|address is|line (?:of|on) (?:the|your) address|i live (?:at|on)",
        r"|where do you live|send it to",
    ),
    (
        "BANK_ACCOUNT",
        r"(?:bank |savings |checking |current )?account(?: number| no| is)?|sort code|source code|short code",
        r"|routing(?: number)?|swift",
        r"|i ?f ?s ?c(?: code)?|iban|i ban|bic",
    ),
    ("SSN", r"social(?: security)?(?: number| no)?|ssn|s s n"),
    ("NHS_NUMBER", r"nhs(?: number)?|n h s"),
    ("NINO", r"national insurance(?: number)?|n ?i number"),
    ("AADHAAR", r"aadh?aa?r|adh?aa?r|ad har|uid(?:ai)?"),
    ("PAN", r"pan(?: card| number| no| is)+|permanent account number"),
    ("PASSPORT", r"passport(?: number| no)?"),
    ("DRIVING_LICENCE", r"driv(?:er|ing)(?:'?s)? licen[cs]e(?: number)?|licen[cs]e number"),
    ("VEHICLE_PLATE", r"(?:number|licen[cs]e) plate|registration(?: number)?|vehicle number|reg(?: number)"),
    ("UPI_ID", r"(?:upi|ubi|u p i)(?:[- ]?i?[- ]?d)?"),
    ("USERNAME", r"user ?name|user id|log ?in(?: id| name)?"),
    ("PASSWORD", r"password|secret word|memorable word|mother'?s maiden name|security answer"),
    ("PIN", r"pin number|(?:your|my|the|digit) pin|pin is|telephone pin|atm pin"),
    (
        "REFERENCE_NUMBER",
        r"(?:policy|order|booking|reference|ref|customer|claim|ticket|invoice|tracking|confirmation|case",
        r"|member(?:ship)?|employee|loyalty",
        r"|meter|serial|pnr|application|contract|agreement|patient|student|device|file|record|staff|badge",
        r"|consignment|parcel|complaint",
        r"|service|request|subscriber|card holder|client|merchant|transaction|batch|quote)(?: (?:id|number|no",
        r"|reference|ref|code|is))+",
        r"|(?:about|my|your|the) (?:order|policy|booking|reference|claim|ticket|pnr|reservation)|imei",
        r"|mac address|pnr|record locator",
    ),
    (
        "CREDIT_CARD",
        r"(?:credit |debit |bank |gift )?card(?: number| no| is)?|long number|(?:16|sixteen)[- ]digits?|visa",
        r"|master ?card|amex|american express",
    ),
    (
        "PHONE_NUMBER",
        r"(?:phone|mobile|cell|cellphone|telephone|contact|call ?back|whats ?app|landline|home|work|office",
        r"|fax|alternate|another|other|new|best",
        r"|which|what|your|my|his|her|the|this|that|a|registered)(?: phone| mobile| contact| cell)? (?:number",
        r"|no|extension)|my (?:mobile|cell|phone|landline)",
        r"|(?:mobile|phone|cell)(?: is)|(?:call|reach|text|ring|phone|message) (?:me|you|us|him|her",
        r"|them)(?: back)? (?:on|at)",
        r"|number (?:ending|is|ends)|ending (?:in|with)|last (?:four|4)(?: digits)?|extension",
        r"|number to (?:call|reach)",
    ),
    (
        "PERSON",
        r"(?:your|his|her|their|full|first|last|middle|family|sur|maiden|whose|what|the|my|legal) ?names?|surname",
        r"|name (?:please|on|of|is)|who am i (?:speaking|talking) (?:to|with)",
        r"|(?:who is|who's) (?:calling|this)|may i have your name|how (?:do|would) you (?:spell|say)|(?:spell|spelled",
        r"|spelt)(?: (?:it|that|your))?",
    ),
)
_CUES = re.compile("|".join(f"(?P<k{at}>\\b(?:{''.join(parts)})\\b)" for at, (_, *parts) in enumerate(_PATTERNS)))


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase that announces personal data of a kind.

    `place` is the index in the talk of its last token, `phrase` the tokens that it is said with.
    """

    kind: str
    place: int
    token: Token
    phrase: frozenset[int] = frozenset()


class CueIndex:
    """All cues of a call by place in the talk."""

    def __init__(self, view: CallView) -> None:
        self.places = {token.at: place for place, token in enumerate(view.talk)}
        self._talk = view.talk
        found = [cue for channel in view.channels for cue in self._of(channel)]
        self.cues = sorted(found, key=lambda cue: cue.place)
        self.said = frozenset(at for cue in found for at in cue.phrase)
        self._starts = [cue.place for cue in self.cues]

    def _of(self, tokens: Sequence[Token]) -> list[Cue]:
        ends: list[int] = []
        text = ""
        for token in tokens:
            text += token.norm + " "
            ends.append(len(text))
        cues: list[Cue] = []
        for match in _CUES.finditer(text):
            first, last = bisect.bisect_right(ends, match.start()), bisect.bisect_left(ends, match.end())
            kind = _PATTERNS[int(match.lastgroup[1:])][0] if match.lastgroup else ""
            place, phrase = self.places[tokens[last].at], frozenset(token.at for token in tokens[first : last + 1])
            if (
                cues
                and match.group() in _OWNERS
                and place - cues[-1].place <= OWNER_TOKENS
                and not tokens[first - 1].closes
            ):
                cues[-1] = replace(cues[-1], phrase=cues[-1].phrase | phrase)
                continue
            cues.append(Cue(kind, place, tokens[last], phrase))
        return cues

    def before(self, token: Token) -> Cue | None:
        """Return the nearest cue that the token still answers."""
        place = self.places[token.at]
        position = bisect.bisect_left(self._starts, place) - 1
        if position < 0:
            return None
        cue = self.cues[position]
        near = place - cue.place <= REACH_TOKENS and token.start - cue.token.stop <= REACH_S
        return cue if near else None

    def behind(self, token: Token) -> Cue | None:
        """Return a cue that the same side says right after the token ("… is my number")."""
        place = self.places[token.at]
        for cue in self.cues[bisect.bisect_right(self._starts, place) :]:
            if cue.place - place > BEHIND_TOKENS:
                return None
            between = self._talk[place : cue.place]
            if cue.token.segment == token.segment and not any(one.closes for one in between):
                return cue
        return None

    def distance(self, cue: Cue, token: Token) -> int:
        """Return how many tokens of talk lie between a cue and a token."""
        return abs(self.places[token.at] - cue.place)

"""Scenes: how one item comes up in talk. Asked and answered, told, stated, stalled, split over turns, corrected."""

from __future__ import annotations

from bench.redaction_eval.model import Role, Value
from bench.redaction_eval.owner import Owner
from bench.redaction_eval.script import AGENT, CONTACT, Filling, Scribe, joined_groups

COMMON = "GENERIC"
GENERIC_SHARE = 0.5
"""Share of the answers in a frame that fits any kind."""
TOGETHER = frozenset({"together_GB", "together_IN", "together_US"})
"""Sections of talk with items that one country has."""
OWN_ANSWERS = frozenset({"HEALTH", "BELIEF", "UNION", "PERSON"})
"""Kinds that frames for any kind do not fit."""
SPLIT = frozenset(
    {
        "PHONE_NUMBER", "CREDIT_CARD", "BANK_ACCOUNT", "IBAN", "AADHAAR", "NATIONAL_ID", "POLICY_NUMBER", "TAX_ID",
        "DEVICE_ID", "CUSTOMER_ID", "EMAIL_ADDRESS", "ADDRESS", "SSN", "NHS_NUMBER", "PASSPORT", "DRIVING_LICENCE",
        "VEHICLE_PLATE", "PAN", "MEDICAL_ID", "BOOKING_REFERENCE", "IFSC", "VOTER_ID",
    }
)  # fmt: skip
"""Kinds that are long enough to be told in parts."""


def scene(scribe: Scribe, kind: str, value: Value, title: str = "") -> None:
    """Add the turns of one scene. `title` is what the number is called where a phrase leaves it open."""
    ways = {"asked": 36, "told": 24, "stalled": 8, "repeated": 6, "stated": 8, "corrected": 6}
    if kind in SPLIT:
        ways["split"] = 16
    for way, sign in (("asked", "?"), ("told", "!"), ("stated", ">")):
        if scribe.any_phrase(kind, sign) is None:
            del ways[way]
    if "asked" not in ways:
        ways = {way: share for way, share in ways.items() if way in {"told", "stated"}}
    way = scribe.rng.choices(list(ways), list(ways.values()))[0]
    _WAYS[way](scribe, kind, value, title)
    if scribe.rng.random() < 0.25 and value.role is Role.ITEM and way in {"asked", "told", "split", "stalled"}:
        scribe.say(AGENT, scribe.phrase(COMMON, ">"), value)
        scribe.say(CONTACT, scribe.phrase(COMMON, "+"))


def together(scribe: Scribe, owner: Owner) -> None:
    """Add some turns with several items in one breath."""
    own = f"together_{scribe.country}"
    section = own if own in TOGETHER and scribe.rng.random() < 0.3 else "together"
    scribe.block(section, owner.value)


def answer(scribe: Scribe, kind: str) -> str:
    """Return a frame of an answer: of the kind, or one that fits any."""
    own = scribe.any_phrase(kind, "=") is not None and scribe.rng.random() > GENERIC_SHARE
    return scribe.phrase(kind if own or kind in OWN_ANSWERS else COMMON, "=")


def _ask(scribe: Scribe, kind: str, title: str) -> None:
    scribe.say(AGENT, scribe.phrase(kind, "?"), None, _titled(title))


def _titled(title: str) -> Filling:
    """Return what the number is called for the gaps that leave it open."""
    return dict.fromkeys(("national", "tax", "medical"), title).get


def _asked(scribe: Scribe, kind: str, value: Value, title: str) -> None:
    _ask(scribe, kind, title)
    scribe.say(CONTACT, answer(scribe, kind), value, _titled(title))


def _told(scribe: Scribe, kind: str, value: Value, title: str) -> None:
    scribe.say(CONTACT, scribe.phrase(kind, "!"), value, _titled(title))


def _stated(scribe: Scribe, kind: str, value: Value, title: str) -> None:
    scribe.say(AGENT, scribe.phrase(kind, ">"), value, _titled(title))
    if scribe.rng.random() < 0.6:
        scribe.say(CONTACT, scribe.phrase(COMMON, "+"))


def _stalled(scribe: Scribe, kind: str, value: Value, title: str) -> None:
    _ask(scribe, kind, title)
    scribe.say(CONTACT, scribe.phrase(COMMON, "~"))
    scribe.say(AGENT, scribe.phrase(COMMON, "%"))
    if scribe.rng.random() < 0.35:
        scribe.block("any")
        scribe.say(AGENT, scribe.phrase(COMMON, "^"))
    scribe.say(CONTACT, answer(scribe, kind), value, _titled(title))


def _repeated(scribe: Scribe, kind: str, value: Value, title: str) -> None:
    _asked(scribe, kind, value, title)
    scribe.say(AGENT, scribe.phrase(COMMON, "&"))
    scribe.say(CONTACT, scribe.phrase(COMMON, "="), value)


def _corrected(scribe: Scribe, kind: str, value: Value, title: str) -> None:
    _asked(scribe, kind, value, title)
    scribe.say(AGENT, scribe.phrase(COMMON, ">"), value)
    scribe.say(CONTACT, scribe.phrase(COMMON, "-"), value)


def _split(scribe: Scribe, kind: str, value: Value, title: str) -> None:
    """The value comes in parts, the other side says yes or the part again in between."""
    _ask(scribe, kind, title)
    mark = scribe.mark(value.kind, value.role)
    parts = joined_groups(scribe.rng, value.read(scribe.rng, scribe.aloud), scribe.rng.choice((2, 3, 4)))
    echo = scribe.rng.random() < 0.3
    for number, part in enumerate(parts):
        frame = answer(scribe, kind).partition("{}")[0] + "{}" if not number else "{}"
        scribe.say_groups(CONTACT, frame, part, mark, _titled(title))
        if number + 1 < len(parts):
            if echo:
                scribe.say_groups(AGENT, "{}.", part, scribe.mark(value.kind, value.role))
            else:
                scribe.say(AGENT, scribe.phrase(COMMON, "<"))


_WAYS = {
    "asked": _asked, "told": _told, "stated": _stated, "stalled": _stalled, "repeated": _repeated,
    "corrected": _corrected, "split": _split,
}  # fmt: skip

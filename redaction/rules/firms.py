"""Words that stand beside the name of a firm or a product: what they follow is no person."""

from __future__ import annotations

from redaction.lexicon import words

FIRMS = words(
    "bank finance financial insurance travel travels hotel hotels energy broadband mobile airlines airways air parcels "
    "health healthcare clinic hospital pharmacy group limited ltd inc company corp corporation llc plc gmbh support "
    "online card pay app plan school college university city county airport station council systems services solutions "
    "telecom networks network technologies technology motors foods stores store bank's electronics media water power "
    "gas electric logistics courier couriers express capital mutual assurance realty properties resort restaurant cafe "
    "industries enterprises pvt private partners associates trust fund credit union wireless communications cable "
    "customer plus premium pro max prime account edition series model subscription membership package bundle dashboard "
    "palace museum theatre theater stadium bridge tower castle cathedral abbey gallery arena park gardens hall musical "
    "portal website site software router modem printer phone laptop tablet tv watch device street road"
)
"""What stands beside the name of a firm or a product."""

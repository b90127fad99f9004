"""What vendors' notices disagree on, as settings of a profile: hours, ages, days, and what is allowed at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

PRIVACY_SHIELD_VOID_FROM: Final = date(2020, 7, 16)
"""The day of the judgment in C-311/18 (Schrems II)."""


class Safeguard(StrEnum):
    """What a transfer out of the EEA rests on (GDPR Chapter V; promises RN5, RU18)."""

    ADEQUACY = "adequacy"
    STANDARD_CLAUSES = "standard_clauses"
    EXPLICIT_CONSENT = "explicit_consent"
    PRIVACY_SHIELD = "privacy_shield"
    """Void since 2020-07-16: a policy of that day or later that names it is refused."""

    def void_on(self, day: date) -> bool:
        """Say whether the safeguard protects nobody any more on this day."""
        return self is Safeguard.PRIVACY_SHIELD and day >= PRIVACY_SHIELD_VOID_FROM


@dataclass(frozen=True, slots=True)
class PolicySettings:
    """The values on which the profiles disagree. Defaults are the strictest that any of them promises."""

    breach_report_hours: int = 12
    """From the identification of a breach to the report inside the house (RN20)."""
    breach_authority_hours: int = 72
    """From awareness to the notice to the authority (RL5; GDPR Art. 33)."""
    minors_age: int = 18
    """Data of persons under this age is not taken (RN10, RU27, RK22, RM10)."""
    erasure_days: int | None = 30
    """From a deletion request to its end (RL8); None: "as long as necessary" (RM6)."""
    marketing_opt_out_business_days: int = 0
    """Until an opt-out from marketing is heeded at the latest (RL1); 0: at once."""
    policy_change_notice: bool = True
    """Whether people are told of material changes of the policy (RN28, RU28)."""
    provider_sharing: bool = False
    """Whether personal data may be shared with service providers (RU15 against RL3)."""
    transfer_safeguards: tuple[Safeguard, ...] = ()
    """What a transfer out of the EEA may rest on (RN5, RU18)."""

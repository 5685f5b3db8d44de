"""What went back of one payment: refunds that Stripe made for us, and what the giver's bank took by a dispute."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.domain.money import from_stripe
from service.payments.gateway import Stripe

# Source: stripe-python, Refund.status and Dispute.status. A warning asks and takes nothing; of a dispute that was
# prevented, the money went back by a refund. A status that we do not know may have taken it.
_NOT_REFUNDED = frozenset({"failed", "canceled"})
_LOST = "lost"
WARNINGS = frozenset({"warning_needs_response", "warning_under_review", "warning_closed"})
_NOT_OPEN = frozenset({"won", "prevented", _LOST, *WARNINGS})


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A charge with its refunds and disputes, each oldest first."""

    charge: Stripe
    refunds: Sequence[Stripe] = ()
    disputes: Sequence[Stripe] = ()

    def refunded_minor(self, currency: str) -> int:
        """What Stripe gave back for us, or is about to."""
        given = (one for one in self.refunds if one["status"] not in _NOT_REFUNDED)
        return sum(from_stripe(int(one["amount"]), currency) for one in given)

    def disputed_minor(self, currency: str) -> int:
        """What the bank holds: in disputes that are open, and in those that were lost."""
        held = (one for one in self.disputes if one["status"] == _LOST or one["status"] not in _NOT_OPEN)
        return sum(dispute_minor(one, self.charge, currency) for one in held)

    @property
    def disputed(self) -> bool:
        """True while a dispute is open."""
        return any(one["status"] not in _NOT_OPEN for one in self.disputes)

    @property
    def lost(self) -> bool:
        """True when a dispute was lost."""
        return any(one["status"] == _LOST for one in self.disputes)


def may_be_taken_back(charge: Mapping[str, Any]) -> bool:
    """True when Stripe is worth asking for refunds and disputes of this charge."""
    return bool(charge.get("amount_refunded") or charge.get("refunded") or charge.get("disputed"))


def dispute_minor(dispute: Stripe, charge: Stripe, currency: str) -> int:
    """What the dispute is about; all of the charge where the bank reckons in another currency."""
    same = str(dispute["currency"]).upper() == currency
    return from_stripe(int(dispute["amount"] if same else charge["amount"]), currency)

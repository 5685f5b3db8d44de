"""Which of Stripe's events say that a bank declined one of our payments."""

from dataclasses import dataclass
from datetime import UTC, datetime

from service.payments.gateway import Stripe
from service.payments.webhooks import our_metadata

_DECLINES = ("payment_intent.payment_failed", "invoice.payment_failed")


@dataclass(frozen=True, slots=True)
class Decline:
    """`event`: its id, by which it is counted once."""

    event: str
    site: str
    at: datetime


def decline_in(event: Stripe) -> Decline | None:
    """The decline that a verified event tells of; None for another event, and for a stranger's payment.

    Unlike gifts, declines are taken from the event itself: Stripe signed it, and in an attack, with thousands of them,
    asking Stripe about each would be the second half of the attack.
    """
    if event["type"] not in _DECLINES:
        return None
    metadata = our_metadata(event["data"]["object"])
    site = metadata.get("site")
    if not isinstance(site, str) or not metadata.get("attempt") or not isinstance(event.get("created"), int):
        return None
    return Decline(str(event.get("id")), site, datetime.fromtimestamp(event["created"], UTC))

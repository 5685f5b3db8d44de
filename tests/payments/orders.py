"""Orders that no service made."""

import uuid
from typing import Any

from service.domain.contribution import Attribution
from service.domain.money import Interval
from service.payments.checkout import Order, session_params
from service.payments.gateway import Gateway
from tests.payments.giving import ARTICLE, PLACED, SITE
from tests.payments.sides import KEY, Event, Side

READER = "AAAAAAAAAAAAAAAAAAAAAA"


def an_order(interval: str = "once", **changes: Any) -> Order:
    """A gift to the Courier."""
    attribution = Attribution(SITE, READER, "open-door", "plain", "banner", str(uuid.uuid4()))
    own: dict[str, Any] = {
        "interval": Interval(interval),
        "currency": "USD",
        "amount_minor": PLACED[interval],
        "title": "Contribution to The Harbour Courier",
        "language": "en",
        "attribution": attribution,
        "return_url": ARTICLE,
    }
    return Order(**(own | changes))


def open_session(side: Side, order: Order) -> str:
    """Its Checkout Session, made past the service."""
    params = session_params(order, "https://support.example.org")
    return str(Gateway(KEY, side.api).create_session(params, order.attribution.attempt)["id"])


def given(side: Side, interval: str = "once") -> tuple[str, list[Event]]:
    """The attempt of a gift of which the service has heard nothing, and Stripe's events."""
    order = an_order(interval)
    return order.attribution.attempt, side.pay(open_session(side, order))
